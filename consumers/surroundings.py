"""What every program stands on: Kafka, PostgreSQL and the registry, prepared and checked.

Shape: Surroundings.reach(settings) makes topics, directory and schemas where they are missing.
Errors: Outage, with retry where waiting may help.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from commands.catalogue import EVENTS
from consumers.relay.publish import Place, Publisher
from infra.event_store import directory
from infra.event_store.directory import Bus
from infra.kafka import clients, topics
from infra.kafka.topics import Cluster, Topics
from infra.registry.client import Registry
from infra.registry.ids import SchemaIds, register_all
from infra.settings import Settings

AGGREGATE_OF = {rule.type_name: rule.aggregate for rule in EVENTS.values()}
FIRST_BOOK = "main"  # Exists from the start.


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Reached, and as they must be."""

    settings: Settings
    topics: Topics
    cluster: Cluster
    ids: Mapping[str, int]
    schemas: SchemaIds

    @classmethod
    def reach(cls, settings: Settings) -> "Surroundings":
        """Prepare everything; doing it twice, or in two programs at once, does no harm."""
        names = Topics(settings.topic_prefix)
        cluster = topics.prepare(
            settings.kafka_address,
            names,
            partitions=settings.partitions,
            replicas=settings.replicas,
        )
        registry = Registry(settings.registry)
        ids = register_all(registry)
        directory.prepare(settings.postgres)
        directory.create(settings.postgres, name=FIRST_BOOK)
        return cls(settings, names, cluster, ids, SchemaIds(registry))

    @property
    def bus(self) -> Bus:
        ids = self.cluster.topic_ids
        return Bus(self.cluster.cluster_id, ids[self.topics.commands], ids[self.topics.internal])

    @property
    def place(self) -> Place:
        return Place(self.topics, self.cluster.partitions, self.ids, AGGREGATE_OF)

    def publisher(self) -> Publisher:
        producer = clients.producer(self.settings.kafka_address, says_waiting=True)
        return Publisher(producer, self.place)
