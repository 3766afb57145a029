"""What a writer reads: both topics of its partitions, each book from its own position.

Shape: a Partition is a pair of partitions of one number (tally.commands, tally.internal) with the
desks of its books. On assignment its books are taken and reading starts at the lowest of their
positions; what a book has already is skipped, whatever Kafka has committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from confluent_kafka import Message

from commands.incoming import Origin, Record
from consumers.writer.desk import Desk
from infra.event_store.strays import Strays
from infra.kafka import messages


@dataclass(slots=True)
class Partition:
    """One partition of both topics. `seen`: the next offsets after what was read."""

    number: int
    strays: Strays
    desks: dict[str, Desk] = field(default_factory=dict[str, Desk])
    seen: tuple[int, int] = (0, 0)

    def start(self) -> tuple[int, int]:
        """The lowest positions that anybody here still needs."""
        commands = [desk.head.commands_position for desk in self.desks.values()]
        internal = [desk.head.internal_position for desk in self.desks.values()]
        strays = self.strays.positions
        return min(commands, default=strays[0]), min(internal, default=strays[1])

    def saw(self, records: Sequence[tuple[Origin, Record]]) -> None:
        """Note how far these records go."""
        commands, internal = self.seen
        for origin, record in records:
            if origin is Origin.COMMANDS:
                commands = max(commands, record.offset + 1)
            else:
                internal = max(internal, record.offset + 1)
        self.seen = commands, internal

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()


def record_of(message: Message) -> Record:
    """A message, kept whole."""
    found = messages.known_headers(message)
    return Record(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        message.key() or b"",
        message.value() or b"",
        None if found is None else tuple((name, value or b"") for name, value in found),
    )
