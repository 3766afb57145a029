"""A spool goes out and, where somebody waits, its answers come back.

Shape: publish_all(settings, spool, timeout_s), or ask_all(settings, spool, timeout_s) which yields
(line number, answer) as the answers come. Neither needs PostgreSQL. `timeout_s`: how long Kafka,
or the answers, may keep silent.
Bounds: as consumers/asking.py says; the line numbers of what is under way are remembered here.
Errors: Outage; sending again is harmless, for each command carries its key.
"""

from collections import deque
from collections.abc import Iterator

from cli.observing.servers import TIMEOUT_S, require_kafka
from cli.publishing.sending import Sender
from cli.publishing.spool import Spool
from commands.answer import CommandAnswered
from consumers.asking import Ask, Asker
from consumers.surroundings import Surroundings
from infra.kafka import topics
from infra.kafka.topics import Topics
from infra.registry.client import Registry
from infra.registry.ids import SchemaIds, register_all
from infra.settings import Settings
from schemas import codec

Key = tuple[str, str, str]  # Book, client, idempotency key.


def publish_all(settings: Settings, spool: Spool, timeout_s: float) -> None:
    """Send all and wait until Kafka has them."""
    require_kafka(settings.kafka_address, min(timeout_s, TIMEOUT_S))
    sender = Sender(settings, timeout_s)
    for good in spool:
        sender.send(good)
    sender.finish()


def ask_all(
    settings: Settings, spool: Spool, timeout_s: float
) -> Iterator[tuple[int, CommandAnswered]]:
    """Send all, a window at a time, and yield each answer with the line that it answers."""
    require_kafka(settings.kafka_address, min(timeout_s, TIMEOUT_S))
    numbers: dict[Key, deque[int]] = {}
    with Asker(_surroundings(settings), silence_s_max=timeout_s) as asker:
        for answer in asker.ask_all(_asks(spool, numbers)):
            key = answer.book, answer.client, answer.idempotency_key
            number = numbers[key].popleft()
            if not numbers[key]:
                del numbers[key]
            yield number, answer


def _asks(spool: Spool, numbers: dict[Key, deque[int]]) -> Iterator[Ask]:
    for good in spool:
        meta, command, _ = codec.decode_command(good.type_name, good.payload)
        key = good.book, meta.client, meta.idempotency_key
        numbers.setdefault(key, deque()).append(good.number)
        yield Ask(good.book, meta, command)


def _surroundings(settings: Settings) -> Surroundings:
    """What asking needs: topics that are there, and the ids of the schemas."""
    names, registry = Topics(settings.topic_prefix), Registry(settings.registry)
    cluster = topics.describe(settings.kafka_address, names)
    return Surroundings(settings, names, cluster, register_all(registry), SchemaIds(registry))
