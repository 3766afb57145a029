"""What a book's writer needs from the outside: a store for the book and a codec.

Shape: `Changes` is one transaction; the store writes all of it or nothing.
Errors: `Fenced` (somebody else has the book: forget everything), `Unwritable` (the store refuses
the content: find the command that brings it; `Begun` among it: ask first), Outage
(commands/outage.py: nothing was written).
Units: times in microseconds since 1970, UTC; `effective_on` in days since 1970.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from commands.answer import CommandAnswered
from commands.chain import Facts
from commands.dead_letter import DeadLetter
from commands.incoming import Incoming, Meta
from domain.decision import Stream


class Fenced(Exception):  # noqa: N818 - a fact about us, not an error of somebody.
    """Another writer has taken the book. Never retried, never bisected."""


class Unwritable(Exception):  # noqa: N818 - a fact about the batch.
    """The store will not take this content, now or later."""


class Begun(Unwritable):
    """Something that it begins has begun before: decide the batch again, asking for that."""


class Loaded(NamedTuple):
    """An aggregate in memory: its stream, its version and its state. Version 0: nothing yet."""

    stream_id: bytes
    version: int
    state: object


class NewEvent(NamedTuple):
    """One event, ready to be written."""

    sequence: int
    stream_id: bytes
    version: int
    type_name: str
    payload: bytes
    facts: Facts  # One object for all events of a command.
    causation: str  # Empty: the command itself; else the sequence of the event that caused it.
    chain: bytes
    fact_key: bytes | None


class NewAnswer(NamedTuple):
    """One answer. `command_id` None: not to be found again (a repeat, an internal error)."""

    sequence: int
    command_id: bytes | None
    payload_hash: bytes
    payload: bytes


class SavedAnswer(NamedTuple):
    """What was answered before."""

    payload_hash: bytes
    payload: bytes


class Outgoing(NamedTuple):
    """A row of the outbox: a command for another book, or a dead letter of this one."""

    topic: str  # "internal" or "dead-letters".
    key: str  # The book that it goes to.
    type_name: str
    payload: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Timer(NamedTuple):
    """A command of this book that falls due."""

    timer_id: bytes
    due_us: int
    type_name: str
    payload: bytes


class Snapshot(NamedTuple):
    """A state to start from instead of the beginning of its stream."""

    stream_id: bytes
    version: int
    state: object


@dataclass(frozen=True, slots=True)
class Head:
    """Where a book stands. Positions are the next offset to read of each topic's partition."""

    name: str
    epoch: int
    sequence: int
    answer_sequence: int
    chain: bytes
    recorded_at_us: int
    commands_position: int
    internal_position: int


@dataclass(slots=True)
class Changes:
    """What one batch writes, on top of `before`, in one transaction that is fenced by it."""

    before: Head
    after: Head
    at_us: int
    events: list[NewEvent] = field(default_factory=list[NewEvent])
    answers: list[NewAnswer] = field(default_factory=list[NewAnswer])
    outgoing: list[Outgoing] = field(default_factory=list[Outgoing])
    timers: list[Timer] = field(default_factory=list[Timer])
    timers_done: list[bytes] = field(default_factory=list[bytes])
    snapshots: list[Snapshot] = field(default_factory=list[Snapshot])
    marks: list[NewAnswer] = field(default_factory=list[NewAnswer])  # Kept for good.


class Found(NamedTuple):
    """What the store knows of a batch before it is decided."""

    answers: Mapping[bytes, SavedAnswer]  # By command id.
    facts: Collection[bytes]  # Which of the asked fact keys exist.
    streams: Mapping[Stream, Loaded]  # Every asked stream, version 0 where there is none.


class Store(Protocol):
    """The write side of one book."""

    @property
    def key(self) -> bytes:
        """The secret of the book's salts."""
        ...

    def look_up(
        self, command_ids: Sequence[bytes], facts: Sequence[bytes], streams: Sequence[Stream]
    ) -> Found:
        """One round trip for a whole batch."""
        ...

    def due_timers(self, at_us: int, *, limit: int) -> Sequence[Timer]:
        """The timers that are due, the oldest first."""
        ...

    def record(self, changes: Changes) -> None:
        """Write one batch. Raises Fenced, Unwritable or Outage, and has then written nothing."""
        ...


class Context(NamedTuple):
    """The envelope of a follow-on: who sends it under which key, and what it inherits."""

    client: str
    idempotency_key: str
    correlation_id: str
    actor: str
    traceparent: str
    effective_on: str


class Accepted(Protocol):
    """Bytes of the answers to accepted commands, of one batch: no refusal, and nothing repeated."""

    def __call__(self, incoming: Incoming, *, sequence: int, first: int, last: int) -> bytes: ...


class Codec(Protocol):
    """Bytes of events, commands, answers and dead letters: bare Avro, without a registry's id.

    Bare Avro does not say by which edition of its schema it was written: the name does, under which
    it is stored. `stored_name` is the one of what is encoded today.
    """

    def stored_name(self, type_name: str) -> str: ...
    def encode_event(self, event: object, /) -> bytes: ...
    def encode_command(self, context: Meta, command: object) -> bytes: ...
    def decode_command(self, stored_name: str, payload: bytes) -> object: ...
    def encode_answer(self, answer: CommandAnswered, /) -> bytes: ...
    def accepted(self, book: str, at_us: int) -> Accepted: ...
    def decode_answer(self, payload: bytes) -> CommandAnswered: ...
    def encode_dead_letter(self, dead_letter: DeadLetter) -> bytes: ...
