"""Sending commands as any upstream service does: framed Avro on tally.commands, key = book.

Shape: Sender(settings, silence_s_max).send(good) …, then finish(). Bounded: while the producer's
queue is full, sending waits for the broker, as long as it acknowledges something now and then.
Units: seconds.
Errors: Outage(retry=False) says how many were acknowledged; publishing them again is harmless, for
each carries its key.
"""

import time

from confluent_kafka import KafkaError, Message

from cli.printing import counted
from cli.publishing.lines import Good
from commands.outage import Outage
from infra.called import hint
from infra.kafka import clients
from infra.kafka.topics import Topics
from infra.registry.client import Registry
from infra.settings import Settings
from schemas import files
from schemas.framing import frame

PAUSE_S = 0.5


class Sender:
    """A producer and the registry's ids of the types it has met."""

    def __init__(self, settings: Settings, silence_s_max: float) -> None:
        self._silence_s_max = silence_s_max
        self._heard_at_s = time.monotonic()
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
                self._wait()
            else:
                break
        self._producer.poll(0)
        self._check()

    def finish(self) -> None:
        """Wait until the broker has all of them."""
        while len(self._producer):
            self._wait()
        self._check()

    def _wait(self) -> None:
        self._producer.poll(PAUSE_S)
        self._check()
        if time.monotonic() - self._heard_at_s > self._silence_s_max:
            self._producer.purge()
            raise self._outage(f"no acknowledgement for {self._silence_s_max:.0f} s")

    def _id_of(self, type_name: str) -> int:
        found = self._ids.get(type_name)
        if found is None:
            text = files.texts()[type_name]
            found = self._registry.id_of(subject=type_name, text=text)
            if found is None:
                said = f"the registry has no {type_name}: wait until `tally up` runs everything"
                raise Outage(f"{said}, or run `{hint('init')}`", retry=False)
            self._ids[type_name] = found
        return found

    def _reported(self, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            self.acknowledged += 1
            self._heard_at_s = time.monotonic()
        else:
            self._failed = error

    def _check(self) -> None:
        if self._failed is not None:
            raise self._outage(self._failed.str())

    def _outage(self, why: str) -> Outage:
        return Outage(
            f"Kafka: {why}; {counted(self.acknowledged, 'command')} acknowledged."
            " Publish the same file again: what arrived is not done twice",
            retry=False,
        )
