"""What the bus carries for the read side: answers and dead letters, as the read models hold them.

Shape: read_answer(message) -> (book, Recorded), read_dead_letter(message) -> DeadLetter; answer_of
reads an answer as it is stored.
Errors: Foreign, a record on a topic of ours that nobody of us wrote: whoever reads logs it and goes
on. answer_of: Malformed.
"""

from dataclasses import fields as fields_of
from dataclasses import replace
from typing import Any, TypeVar

from confluent_kafka import Message

from commands import dead_letter
from infra.codec import DEAD_LETTER
from infra.kafka import messages
from projections.recorded import Answer, DeadLetter, Recorded, answered
from schemas import codec
from schemas.framing import unframe
from schemas.malformed import Malformed

ZERO, NO_ZERO = "\0", "\ufffd"
Told = TypeVar("Told", Answer, dead_letter.DeadLetter)
ANSWER = codec.RecordCodec(Answer)


class Foreign(Exception):  # noqa: N818 - a fact about the record.
    """A record that we did not write, on a topic that is ours alone. Says where it is, and why."""

    def __init__(self, message: Message, why: str) -> None:
        place = f"{message.topic()}[{message.partition()}]@{message.offset()}"
        super().__init__(f"{place} is none of ours: {why}")


def read_answer(message: Message) -> tuple[str, Recorded] | None:
    """Reads tally.results; None for a stray's answer, which has no place in any book."""
    try:
        answer = answer_of(unframe(messages.value(message))[1])
    except Malformed as malformed:
        raise Foreign(message, malformed.detail) from malformed
    return (answer.book, answered(answer)) if answer.answer_sequence else None


def answer_of(payload: bytes) -> Answer:
    """An answer as it is stored, bare."""
    answer = ANSWER.decode(payload)
    told = answer.client + answer.idempotency_key + answer.correlation_id
    return _stored(answer) if ZERO in told else answer


def read_dead_letter(message: Message) -> DeadLetter:
    """Reads tally.dead-letters."""
    try:
        found = _stored(DEAD_LETTER.decode(unframe(messages.value(message))[1]))
    except Malformed as malformed:
        raise Foreign(message, malformed.detail) from malformed
    fields: dict[str, Any] = {name: getattr(found, name) for name in DeadLetter._fields}
    fields["headers"] = tuple(
        (each.name.replace(ZERO, NO_ZERO), each.value) for each in found.headers
    )
    return DeadLetter(**fields)


def _stored(record: Told) -> Told:
    """The same fit for PostgreSQL, whose texts hold no zero byte: what clients sent may."""
    texts = {
        each.name: text.replace(ZERO, NO_ZERO)
        for each in fields_of(record)
        if isinstance(text := getattr(record, each.name), str) and ZERO in text
    }
    return replace(record, **texts) if texts else record
