"""A command as it arrives at a book's writer, from a topic or from a timer.

Units: `offset` counts the records of one partition of one topic.
"""

from enum import Enum
from typing import NamedTuple, Protocol

from domain.decision import Refused


class Origin(Enum):
    """Where a command came from, which decides what it may be."""

    COMMANDS = "commands"  # tally.commands: anybody with the right to publish.
    INTERNAL = "internal"  # tally.internal: our own programs and other books.
    TIMER = "timer"  # The book's own timers.


class Meta(Protocol):
    """The envelope of a command."""

    @property
    def client(self) -> str: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def traceparent(self) -> str: ...
    @property
    def effective_on(self) -> str: ...


class Return(NamedTuple):
    """What a refusal sends back to the book that tried: a command, ready to be published."""

    book: str
    type_name: str
    payload: bytes


class Record(NamedTuple):
    """A record as it was published: what a dead letter keeps.

    `headers` None: a name among them is no UTF-8, and none of them can be read.
    """

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] | None


class Incoming(NamedTuple):
    """One command, decoded. `refused`: already known to be refused (a malformed field, say).

    `unreadable`: no answer can be addressed; `refused` says why, and it becomes a dead letter.
    `unwritable`: the store has refused what it comes to; `refused` says why, and it has failed.
    `record` is None for a timer; `timer_id` is empty for a record. `heard`: its sender reads the
    answer and sees to a refusal, as whoever publishes on tally.commands does.
    """

    origin: Origin
    command_id: bytes
    payload_hash: bytes
    type_name: str
    meta: Meta
    command: object
    refused: Refused | None = None
    on_refusal: Return | None = None
    timer_id: bytes = b""
    record: Record | None = None
    unreadable: bool = False
    unwritable: bool = False
    heard: bool = True
