"""The topics, made once with the number of partitions fixed.

Shape: Topics(prefix) names them; prepare() makes those that are missing and checks the others.
Rules: commands, internal and events have the same number of partitions, so that a book has the
same partition in all three and one writer owns it.
Errors: Outage.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, cast

import stamina
from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.cimpl import NewTopic

from commands.outage import Outage
from infra.kafka import clients
from infra.kafka.address import KafkaAddress


class Described(Protocol):
    """What the client tells of a cluster or a topic; its own types are not declared."""

    @property
    def cluster_id(self) -> str: ...
    @property
    def topic_id(self) -> object: ...
    @property
    def partitions(self) -> list[object]: ...


Futures = dict[str, Future[Described]]
FOREVER = "-1"
FORTNIGHT_MS = str(14 * 86_400_000)
TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Topics:
    """The names, with a prefix so that several systems share a cluster."""

    prefix: str = "tally"

    @property
    def commands(self) -> str:
        return f"{self.prefix}.commands"

    @property
    def internal(self) -> str:
        return f"{self.prefix}.internal"

    @property
    def events(self) -> str:
        return f"{self.prefix}.events"

    @property
    def results(self) -> str:
        return f"{self.prefix}.results"

    @property
    def dead_letters(self) -> str:
        return f"{self.prefix}.dead-letters"

    def retention(self) -> Mapping[str, str]:
        return {
            self.commands: FORTNIGHT_MS,
            self.internal: FORTNIGHT_MS,
            self.events: FOREVER,
            self.results: FORTNIGHT_MS,
            self.dead_letters: FOREVER,
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which Kafka this is, and which topics: positions are only good for these."""

    cluster_id: str
    topic_ids: Mapping[str, str]
    partitions: int


def prepare(kafka: KafkaAddress, topics: Topics, *, partitions: int, replicas: int = 1) -> Cluster:
    """Make the topics that are missing and describe all. Errors: Outage."""
    admin = clients.admin(kafka)
    try:
        existing = admin.list_topics(timeout=TIMEOUT_S).topics
        new = [
            NewTopic(name, partitions, replicas, config={"retention.ms": retention_ms})
            for name, retention_ms in topics.retention().items()
            if name not in existing
        ]
        for future in cast("Futures", admin.create_topics(new)).values() if new else ():
            _made(future)
    except KafkaException as error:
        raise Outage(f"Kafka at {kafka.bootstrap}: {clients.words(error)}", retry=True) from error
    return _described(kafka, topics)


@stamina.retry(on=Outage, attempts=20, timeout=10.0, wait_initial=0.05, wait_max=1.0)
def _described(kafka: KafkaAddress, topics: Topics) -> Cluster:
    """A broker may answer before it has heard of a topic that was just made."""
    return describe(kafka, topics)


def describe(kafka: KafkaAddress, topics: Topics) -> Cluster:
    """Cluster and topic ids, and the number of partitions. Errors: Outage."""
    admin = clients.admin(kafka)
    names = list(topics.retention())
    try:
        cluster = cast("Described", admin.describe_cluster(request_timeout=TIMEOUT_S).result())
        asked = cast("Futures", admin.describe_topics(TopicCollection(names)))
        described = {name: future.result() for name, future in asked.items()}
    except KafkaException as error:
        raise Outage(f"Kafka at {kafka.bootstrap}: {clients.words(error)}", retry=True) from error
    counts = {len(each.partitions) for each in described.values()}
    if len(counts) != 1:
        raise Outage(f"the topics {names} have different numbers of partitions", retry=False)
    ids = {name: str(each.topic_id) for name, each in described.items()}
    return Cluster(str(cluster.cluster_id), ids, counts.pop())


def _made(future: Future[Described]) -> None:
    """A topic that somebody else made at the same moment is as good."""
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].name() != "TOPIC_ALREADY_EXISTS":
            raise
