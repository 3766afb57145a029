"""A dead letter goes back to where it came from, and the read side notes that it did.

Shape: `with Redriver(settings) as redriver:` redrive(id) -> Place, or why not.
Rules: what was cut is not what was sent, and is refused. So is what the registry still has no
schema for, each id asked for once: it would come back, and many of them are a flood, in which what
is redriven with them suffers. The row is held while the record is published, so that two people do
not do it at the same time; if we die in between, it still waits, and doing it again does no harm:
commands carry keys.
Errors: Outage; psycopg's.
"""

import time
from typing import Any, NamedTuple, Self

from confluent_kafka import KafkaError, Message
from psycopg.rows import dict_row

from cli.observing.servers import require_kafka
from commands.outage import Outage
from commands.outward import CUT
from infra.event_store.directory import connect
from infra.kafka import clients, messages
from infra.kafka.topics import Topics
from infra.registry.client import Registry
from infra.registry.ids import SCHEMA_NOT_ASKED, UNKNOWN_SCHEMA
from infra.settings import Settings
from projections.dead_letters import settle
from schemas import editions
from schemas.framing import frame, unframe
from schemas.malformed import Malformed

HOLD = """SELECT topic, topic_partition, topic_offset, book, key, value, header_names,
  header_values, reason, detail, command_type, settled_as, settled_at
FROM read.dead_letters
WHERE dead_letter_id = %s FOR UPDATE"""
Headers = list[tuple[str, str | bytes | None]]
FLUSH_TIMEOUT_S = 130.0  # Above delivery.timeout.ms.
REDRIVEN = "redriven"
OF_NO_SCHEMA = (UNKNOWN_SCHEMA, SCHEMA_NOT_ASKED)


class Place(NamedTuple):
    """Where the record lies now."""

    topic: str
    partition: int
    offset: int

    @property
    def dead_letter_id(self) -> str:
        """Of the letter that it would be if it came back."""
        return f"{self.topic}-{self.partition}-{self.offset}"


class Redriver:
    """Publishes dead letters again."""

    def __init__(self, settings: Settings) -> None:
        require_kafka(settings.kafka_address)
        self._topics = Topics(settings.topic_prefix)
        self._registry = Registry(settings.registry)
        self._producer = clients.producer(settings.kafka_address)
        self._connection = connect(settings.postgres)
        self._delivered: Message | None = None
        self._failed: KafkaError | None = None
        self._has_schema: dict[int, bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._registry.close()

    def redrive(self, dead_letter_id: str) -> Place | str:
        """Publish one and note it."""
        with self._connection.transaction():
            cursor = self._connection.cursor(row_factory=dict_row)
            letter = cursor.execute(HOLD, (dead_letter_id,)).fetchone()
            if letter is None:
                return "there is no such dead letter"
            if letter["settled_as"]:
                return f"was {letter['settled_as']} at {letter['settled_at']:%Y-%m-%d %H:%M:%S %Z}"
            if letter["detail"].endswith(CUT):
                return (
                    "what is kept of it was cut, so that it would not be what was sent: the whole"
                    " of it is in {topic}, partition {topic_partition}, offset {topic_offset}"
                ).format_map(letter)
            place = self._unknown_still(letter) or self._published(letter)
            if isinstance(place, Place):
                settle(
                    self._connection,
                    dead_letter_id,
                    settled_as=REDRIVEN,
                    at_us=time.time_ns() // 1_000,
                    redriven_to=place.dead_letter_id,
                )
            return place

    def _unknown_still(self, letter: dict[str, Any]) -> str:
        """Why it would come back at once; empty: it may not."""
        if letter["reason"] not in OF_NO_SCHEMA:
            return ""
        schema_id, _ = unframe(bytes(letter["value"]))
        if schema_id not in self._has_schema:
            self._has_schema[schema_id] = self._registry.schema_by_id(schema_id) is not None
        if self._has_schema[schema_id]:
            return ""
        return (
            f"the registry still has no schema {schema_id}: it would come back. If it is a command,"
            " whoever sent it sends it again, by a schema that is registered; then dismiss this one"
        )

    def _published(self, letter: dict[str, Any]) -> Place | str:
        names, values = letter["header_names"], letter["header_values"]
        headers: Headers = list(zip(names, map(bytes, values), strict=True))
        key, value = bytes(letter["key"]), bytes(letter["value"])
        if letter["topic"]:
            return self._publish(letter["topic"], (key, value), headers)
        if not value:
            return "it came from no topic and carries no bytes: it cannot be published"
        schema_id = self._id_of(letter["command_type"])
        if schema_id is None:
            return f"the registry has no {letter['command_type']}"
        return self._publish(
            self._topics.internal, (letter["book"].encode(), frame(schema_id, value)), headers
        )

    def _id_of(self, stored_name: str) -> int | None:
        try:
            text = editions.text_of(stored_name)
        except Malformed:
            return None
        return self._registry.id_of(subject=editions.parted(stored_name)[0], text=text)

    def _publish(self, topic: str, record: tuple[bytes, bytes], headers: Headers) -> Place:
        self._delivered = None
        key, value = record
        self._producer.produce(topic, value, key or None, headers=headers, on_delivery=self._report)
        self._producer.flush(FLUSH_TIMEOUT_S)
        if self._delivered is None:
            why = self._failed.str() if self._failed else "no answer"
            raise Outage(f"Kafka did not take the record: {why}", retry=False)
        message = self._delivered
        return Place(topic, messages.partition(message), messages.offset(message))

    def _report(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self._delivered = message
        else:
            self._failed = error
