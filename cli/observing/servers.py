"""Whether the servers answer, each asked by itself, all at the same time.

Shape: probe(settings) -> Server for Kafka, PostgreSQL and the registry; what Kafka and PostgreSQL
said beside that is read by others only if they answered. require_kafka(address) is for commands
that need it.
Bound: a server that is silent costs TIMEOUT_S, or what its own client takes to give up.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from confluent_kafka import KafkaException

from commands.outage import Outage
from infra.event_store.directory import connect
from infra.kafka import clients
from infra.kafka.address import KafkaAddress
from infra.registry.client import Registry
from infra.settings import Settings
from infra.telemetry import masked

TIMEOUT_S = 5.0
ANY_SUBJECT = "tally.answer.v1.CommandAnswered"


@dataclass(frozen=True, slots=True)
class Server:
    """`why` it cannot be used, empty where it answers."""

    name: str
    address: str
    answers: bool
    why: str


class Asked(NamedTuple):
    name: str
    address: str
    ask: Callable[[], None]


def probe(settings: Settings) -> Sequence[Server]:
    """Ask all of them whether they are there."""
    asked = (
        Asked("kafka", settings.kafka, partial(_ask_kafka, settings.kafka_address)),
        Asked("postgres", settings.postgres, partial(_ask_postgres, settings.postgres)),
        Asked("registry", settings.registry, partial(_ask_registry, settings.registry)),
    )
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(_probe, asked))


def _probe(asked: Asked) -> Server:
    name, address, ask = asked
    if not address:
        return Server(name, "", answers=False, why="nobody says where it is")
    try:
        ask()
    except Outage as error:
        return Server(name, masked(address), answers=False, why=masked(str(error).strip()))
    return Server(name, masked(address), answers=True, why="")


def require_kafka(kafka: KafkaAddress, timeout_s: float = TIMEOUT_S) -> None:
    """Kafka answers, or Outage(retry=False): said soon, where its clients would go on trying."""
    try:
        _ask_kafka(kafka, timeout_s)
    except Outage as outage:
        said = f"Kafka at {kafka.bootstrap} does not answer: {outage}"
        raise Outage(said, retry=False) from outage


def _ask_kafka(kafka: KafkaAddress, timeout_s: float = TIMEOUT_S) -> None:
    try:
        clients.admin(kafka).list_topics(timeout=timeout_s)
    except KafkaException as error:
        raise Outage(clients.words(error), retry=True) from error


def _ask_postgres(dsn: str) -> None:
    connect(dsn).close()


def _ask_registry(url: str) -> None:
    with Registry(url) as registry:
        registry.compatibility(ANY_SUBJECT)
