"""What the read side is fed: events as the log has them, answers, and dead letters.

Shape: one object a record, made once by whoever decodes, in batches of one book in order.
`sequence` counts without gap from 1: events by `book_sequence`, answers by `answer_sequence`.
Units: `recorded_at_us`, `answered_at_us` microseconds since 1970, UTC; `effective_on` days since
1970; `command_id` 16 bytes.
An event of a type that the decoder does not know is an Undecoded: every model knows what to do.
"""

from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, get_args

from domain.collection import events as collection
from domain.order import events as order
from domain.payment import events as payment
from domain.settlement import events as settlement
from domain.transfer import events as transfer
from domain.wallet import events as wallet


class Recorded(NamedTuple):
    """An event with the facts that it carries."""

    sequence: int
    recorded_at_us: int
    effective_on: int
    aggregate: str
    aggregate_id: str
    version: int
    type_name: str
    event: object
    command_id: bytes
    correlation_id: str


# For `map`, where they are faster than attributes.
aggregate_of = itemgetter(Recorded._fields.index("aggregate"))
event_of = itemgetter(Recorded._fields.index("event"))


@dataclass(frozen=True, slots=True)
class Undecoded:
    """Stands for an event whose type or schema the decoder does not know."""

    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command, field by field as tally.results carries it: decoded as it is."""

    book: str
    answer_sequence: int
    command_id: str
    client: str
    idempotency_key: str
    command_type: str
    status: str
    code: str
    detail: str
    replayed: bool
    first_sequence: int
    last_sequence: int
    correlation_id: str
    answered_at_us: int


class DeadLetter(NamedTuple):
    """A record that could not be processed, field by field as tally.dead-letters carries it."""

    dead_letter_id: str
    book: str
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    reason: str
    detail: str
    traceback: str
    command_type: str
    command_id: str
    recorded_at_us: int


def answered(answer: Answer) -> Recorded:
    """An answer as the read side is fed with it: its place is its own sequence."""
    return Recorded(
        answer.answer_sequence,
        answer.answered_at_us,
        0,
        "answer",
        answer.command_id,
        1,
        "tally.answer.v1.CommandAnswered",
        answer,
        b"",
        answer.correlation_id,
    )


def _events() -> frozenset[type]:
    unions = (wallet, transfer, order, payment, collection, settlement)
    return frozenset({Answer, *(event for each in unions for event in classes(each.Event))})


def classes(union: object) -> tuple[type, ...]:
    """The event classes of one aggregate."""
    return get_args(union)


KNOWN = _events()  # Every type that some model here is fed with.
