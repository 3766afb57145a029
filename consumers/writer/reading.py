"""What a writer reads: both topics of its partitions, each book from its own position.

Shape: a Partition is a pair of partitions of one number (tally.commands, tally.internal) with the
desks of its books. On assignment its books are taken and reading starts at the lowest of their
positions; what a book has already is skipped, whatever Kafka has committed.
"""

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

    def saw(self, record: Record, origin: Origin) -> None:
        commands, internal = self.seen
        after = record.offset + 1
        if origin is Origin.COMMANDS:
            self.seen = max(commands, after), internal
        else:
            self.seen = commands, max(internal, after)

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()


def record_of(message: Message) -> Record:
    """A message, kept whole."""
    found = messages.header_list(message)
    return Record(
        messages.topic(message),
        messages.partition(message),
        messages.offset(message),
        messages.key(message),
        messages.value(message),
        tuple((name, value or b"") for name, value in found) if found else (),
    )
