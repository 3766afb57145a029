"""Kafka has lost the projector's position: it begins with the oldest record, the book has the rest.

Shape: one system; records are deleted as retention does, while the projector is away and while it
stands still, and its offset is set beyond the end, as after a broker that lost its last records.
"""

import os
import signal
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from confluent_kafka import OFFSET_END, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from consumers import verify
from consumers.projector.start import GROUP
from tests.integration.faults.given import (
    Keyed,
    opened,
    publish,
    start,
    transfers,
    until_consumed,
    until_relayed,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

Deleted = Mapping[TopicPartition, Future[object]]
Altered = Mapping[str, Future[object]]
BEYOND = 1_000_000
COUNT = "SELECT count(*) FROM read.commands WHERE book = 'main'"


def places(system: System, offset: int) -> list[TopicPartition]:
    """Of the topics whose records have a sequence; there is one partition."""
    topics = system.surroundings.topics
    return [TopicPartition(topic, 0, offset) for topic in (topics.events, topics.results)]


def delete_all(system: System) -> None:
    admin = AdminClient({"bootstrap.servers": system.settings.kafka})
    deleted = cast("Deleted", admin.delete_records(places(system, OFFSET_END)))
    for future in deleted.values():
        future.result()


def set_beyond(system: System) -> None:
    admin = AdminClient({"bootstrap.servers": system.settings.kafka})
    group = f"{system.surroundings.topics.prefix}.{GROUP}"
    asked = ConsumerGroupTopicPartitions(group, places(system, BEYOND))
    for future in cast("Altered", admin.alter_consumer_group_offsets([asked])).values():
        future.result()


def more(system: System, commands: list[Keyed], before: int) -> int:
    """Publish and relay them; how many answers there are by then."""
    count = before + publish(system, commands)
    until_relayed(system, count)
    return count


def until_held(system: System, count: int) -> None:
    system.caught_up("ledger")
    with system.connect() as connection:
        system.until(
            lambda: connection.execute(COUNT).fetchone() == (count,) or None, "all answers"
        )


def test_the_projector_goes_on_where_kafka_has_lost_its_position(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, partitions=1) as system:
        topics = system.surroundings.topics
        start(system, "projector")
        count = more(system, [*opened("a", "b", cents=100), *transfers(range(5), "ab")], 0)
        until_consumed(system, GROUP, topics.events, topics.results)

        system.stop("projector")
        count = more(system, transfers(range(5, 10), "ab"), count)
        delete_all(system)
        program = start(system, "projector")
        count = more(system, transfers(range(10, 15), "ab"), count)
        until_held(system, count)

        os.kill(program.process.pid, signal.SIGSTOP)
        count = more(system, transfers(range(15, 20), "ab"), count)
        delete_all(system)
        os.kill(program.process.pid, signal.SIGCONT)
        count = more(system, transfers(range(20, 25), "ab"), count)
        until_held(system, count)
        until_consumed(system, GROUP, topics.events, topics.results)

        system.stop("projector")
        set_beyond(system)
        start(system, "projector")
        count = more(system, transfers(range(25, 30), "ab"), count)
        until_held(system, count)
        said = program.log.read_text(encoding="utf-8")
        assert said.count("position_gone") == 3 * len(places(system, 0))
        report = verify.run(system.surroundings)  # Only that Kafka has lost records is amiss.
        broken = [each.name for each in report.invariants if not each.holds]
        assert broken == ["bus_holds_the_log"]
