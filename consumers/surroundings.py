"""What every program stands on: Kafka, PostgreSQL and the registry, prepared and checked.

Shape: Surroundings.reach(settings) makes topics, directory and schemas where they are missing.
Errors: Outage, with retry where waiting may help.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commands.catalogue import EVENTS
from consumers.relay.publish import Place, Publisher
from infra.event_store import directory
from infra.event_store.directory import Bus
from infra.kafka import clients, topics
from infra.kafka.topics import Cluster, Topics
from infra.registry.client import Registry
from infra.registry.ids import SchemaIds, register_all, register_earlier
from infra.settings import Settings
from schemas import editions

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
    # Of editions before: by the name under which what they wrote is stored.
    earlier_ids: Mapping[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def reach(cls, settings: Settings) -> "Surroundings":
        """Prepare everything; doing it twice, or in two programs at once, does no harm.

        The registry last: two hundred questions, that nobody asks while another server is away.
        """
        names = Topics(settings.topic_prefix)
        cluster = topics.prepare(
            settings.kafka_address,
            names,
            partitions=settings.partitions,
            replicas=settings.replicas,
        )
        directory.prepare(settings.postgres)
        directory.create(settings.postgres, name=FIRST_BOOK)
        registry = Registry(settings.registry)
        earlier_ids = register_earlier(registry)
        ids = register_all(registry)
        schemas = SchemaIds(registry, stored_ids(ids, earlier_ids))
        return cls(settings, names, cluster, ids, schemas, earlier_ids)

    @property
    def bus(self) -> Bus:
        ids = self.cluster.topic_ids
        return Bus(self.cluster.cluster_id, ids[self.topics.commands], ids[self.topics.internal])

    @property
    def place(self) -> Place:
        ids = stored_ids(self.ids, self.earlier_ids)
        return Place(self.topics, self.cluster.partitions, ids, AGGREGATE_OF)

    def publisher(self) -> Publisher:
        kafka = self.settings.kafka_address
        producer = clients.producer(kafka, says_waiting=True, reports_failures_only=True)
        return Publisher(producer, self.place)


def stored_ids(ids: Mapping[str, int], earlier_ids: Mapping[str, int]) -> Mapping[str, int]:
    """Of all editions, by the names under which records are stored."""
    return {**{editions.name_of(name): number for name, number in ids.items()}, **earlier_ids}
