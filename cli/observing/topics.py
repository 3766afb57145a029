"""Where the topics end, and how long a record has been lying there.

Shape: Ends.of(settings) asks for the ends of all partitions at once; written_at_ms(place) reads
the one record at a place for its time.
Errors: Outage of Kafka.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    OffsetSpec,  # pyright: ignore[reportPrivateImportUsage] - documented as of this package.
)

from cli.observing.servers import TIMEOUT_S
from infra.kafka import clients
from infra.kafka.address import KafkaAddress
from infra.kafka.topics import Topics
from infra.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

READ_TIMEOUT_S = 3.0
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ends:
    """The next offset of each partition of ours. `dead_letters`: how many lie in their topic."""

    topics: Topics
    partitions: int
    ends: Mapping[Place, int]
    dead_letters: int

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """None where the topics have not been made."""
        topics = Topics(settings.topic_prefix)
        admin = clients.admin(settings.kafka_address)
        try:
            known = admin.list_topics(timeout=TIMEOUT_S).topics
            if not set(topics.retention()) <= set(known):
                return None
            places = [
                TopicPartition(name, number)
                for name in topics.retention()
                for number in known[name].partitions
            ]
            ends = _offsets(admin, places, latest=True)
            letters = [each for each in places if each.topic == topics.dead_letters]
            begins = _offsets(admin, letters, latest=False)
        except KafkaException as error:
            raise clients.outage(error) from error
        lying = sum(ends[place] - begin for place, begin in begins.items())
        return cls(topics, len(known[topics.commands].partitions), ends, lying)


def _offsets(admin: AdminClient, places: list[TopicPartition], *, latest: bool) -> dict[Place, int]:
    which = OffsetSpec.latest() if latest else OffsetSpec.earliest()
    assert which is not None, "the client makes them as it is imported"
    asked = cast(
        "dict[TopicPartition, Future[Any]]",
        admin.list_offsets(dict.fromkeys(places, which), request_timeout=TIMEOUT_S),
    )
    return {
        (each.topic, each.partition): int(found.result().offset) for each, found in asked.items()
    }


def written_at_ms(kafka: KafkaAddress, place: Place, offset: int) -> int | None:
    """When the record at an offset, or the next behind it, was written; None if it is not there."""
    consumer = clients.reader(kafka)
    try:
        consumer.assign([TopicPartition(*place, offset)])
        message = consumer.poll(READ_TIMEOUT_S)
        if message is None or message.error() is not None:
            return None
        return message.timestamp()[1]
    finally:
        consumer.close()
