"""Sending commands as any upstream service does: framed Avro on tally.commands, key = book.

Shape: Sender(settings).send(good) …, then finish(). Bounded: while the producer's queue is full,
sending waits for the broker.
Errors: Outage(retry=False) says how many were acknowledged; publishing them again is harmless,
for each carries its key.
"""

from confluent_kafka import KafkaError, Message

from cli.publishing.lines import Good
from commands.outage import Outage
from infra.kafka import clients
from infra.kafka.topics import Topics
from infra.registry.client import Registry
from infra.settings import Settings
from schemas import files
from schemas.framing import frame

FULL_PAUSE_S = 0.5
FLUSH_TIMEOUT_S = 130.0  # Above delivery.timeout.ms: by then each is acknowledged or failed.


class Sender:
    """A producer and the registry's ids of the types it has met."""

    def __init__(self, settings: Settings) -> None:
        self._topic = Topics(settings.topic_prefix).commands
        self._registry = Registry(settings.registry)
        self._producer = clients.producer(settings.kafka_address)
        self._ids: dict[str, int] = {}
        self._failed: KafkaError | None = None
        self.acknowledged = 0

    def send(self, good: Good) -> None:
        value = frame(self._id_of(good.type_name), good.payload)
        while True:
            try:
                self._producer.produce(
                    self._topic, value, good.book.encode(), on_delivery=self._reported
                )
            except BufferError:
                self._producer.poll(FULL_PAUSE_S)
                self._check()
            else:
                break
        self._producer.poll(0)
        self._check()

    def finish(self) -> None:
        """Wait until the broker has all of them."""
        left = self._producer.flush(FLUSH_TIMEOUT_S)
        self._check()
        assert not left, "neither acknowledged nor failed after delivery.timeout.ms"

    def _id_of(self, type_name: str) -> int:
        found = self._ids.get(type_name)
        if found is None:
            text = files.texts()[type_name]
            found = self._registry.id_of(subject=type_name, text=text)
            if found is None:
                raise Outage(f"the registry has no {type_name}: run `tally init`", retry=False)
            self._ids[type_name] = found
        return found

    def _reported(self, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            self.acknowledged += 1
        else:
            self._failed = error

    def _check(self) -> None:
        if self._failed is not None:
            raise Outage(
                f"Kafka: {self._failed.str()}; {self.acknowledged} commands were acknowledged."
                " Publish the same file again: what arrived is not done twice",
                retry=False,
            )
