"""Publishing one row of an outbox: framed, on its topic, on the partition of its key.

Errors: Outage by the caller; a row of an unknown kind is an assertion.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from confluent_kafka import KafkaError, Message, Producer

from commands.outage import Outage
from infra.kafka.partition import partition_of
from infra.kafka.topics import Topics

FLUSH_TIMEOUT_S = 130.0  # Above delivery.timeout.ms: by then each record is acknowledged or failed.


class Place(NamedTuple):
    """Where things are published."""

    topics: Topics
    partitions: int
    ids: Mapping[str, int]  # The registry's id of the schema of what is stored under a name.
    aggregates: Mapping[str, str]  # Which aggregate each type of event belongs to.


class OutboxRow(NamedTuple):
    """What leaves."""

    topic: str  # internal, results or dead-letters.
    key: str
    type_name: str
    payload: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Publisher:
    """A producer that knows whether everything since the last flush has arrived."""

    def __init__(self, producer: Producer, place: Place) -> None:
        self.producer = producer
        self.place = place
        self.frames = {name: frame_of(number) for name, number in place.ids.items()}
        self._failed: KafkaError | None = None
        self._topics = {
            "internal": place.topics.internal,
            "results": place.topics.results,
            "dead-letters": place.topics.dead_letters,
        }

    def put(self, row: OutboxRow) -> None:
        key = row.key.encode()
        self.producer.produce(
            self._topics[row.topic],
            self.frames[row.type_name] + row.payload,
            key,
            partition_of(key, self.place.partitions),
            self.report,
            headers=[*row.headers],
        )

    @property
    def report(self) -> Callable[[KafkaError | None, Message], None]:
        return self._report

    def flush(self, what: str) -> None:
        """Wait until all is acknowledged. Errors: Outage; a producer that is done for says so."""
        left = self.producer.flush(FLUSH_TIMEOUT_S)
        failed, self._failed = self._failed, None
        if failed is not None or left:
            fatal = failed is not None and failed.fatal()
            raise Outage(f"Kafka did not take all of {what}: {failed}", retry=not fatal)

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed = error


def frame_of(schema_id: int) -> bytes:
    """Confluent's header before a bare Avro record."""
    return b"\0" + schema_id.to_bytes(4, "big")
