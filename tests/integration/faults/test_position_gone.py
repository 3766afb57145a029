"""What the projector needs of Kafka: nothing for the books, its position for the dead letters.

Shape: one system; records are deleted as retention does, while the projector is away.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import cast

from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import AdminClient

from consumers.projector.start import GROUP
from tests.integration.faults.given import (
    Raw,
    balances,
    gave_up,
    opened,
    publish,
    put,
    start,
    transfers,
    until_consumed,
    until_held,
    until_relayed,
    until_written,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

Deleted = Mapping[TopicPartition, Future[object]]
LETTERS = "SELECT count(*) FROM read.dead_letters"


def delete_all(system: System, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": system.settings.kafka})
    place = TopicPartition(topic, 0, OFFSET_END)
    for future in cast("Deleted", admin.delete_records([place])).values():
        future.result()


def test_read_models_come_from_the_books_whatever_the_bus_says(
    servers: Addresses, tmp_path: Path
) -> None:
    """Nothing is relayed before the models hold it; what is put on the bus again moves nothing."""
    with running(servers, tmp_path, programs=("writer", "projector"), partitions=1) as system:
        topics = system.surroundings.topics
        count = publish(system, [*opened("a", "b", cents=100), *transfers(range(5), "ab")])
        until_written(system, count)
        until_held(system, count)
        system.stop("projector")
        system.start("relay")
        count += publish(system, transfers(range(5, 10), "ab"))
        until_relayed(system, count)
        delete_all(system, topics.events)
        delete_all(system, topics.results)
        with system.connect() as connection:
            connection.execute("UPDATE book_main.relayed SET last_sequence = 8, last_answer = 2")
        system.kill("relay")
        system.start("relay")
        system.start("projector")
        until_held(system, count)
        until_relayed(system, count)
        assert balances(system) == 200


def test_a_lost_position_among_the_dead_letters_stops_the_projector(
    servers: Addresses, tmp_path: Path
) -> None:
    """They have no sequence by which the missing could be fetched, so a person must decide."""
    with running(servers, tmp_path, partitions=1) as system:
        letters = system.surroundings.topics.dead_letters
        start(system, "projector")
        put(system, [Raw(b"first")])
        with system.connect() as connection:
            system.until(system.serves, "the read models' tables")
            system.until(
                lambda: connection.execute(LETTERS).fetchone() == (1,) or None, "the first letter"
            )
        until_consumed(system, GROUP, letters)
        system.stop("projector")
        put(system, [Raw(b"second"), Raw(b"third")])
        until_relayed(system, publish(system, opened("a")))
        delete_all(system, letters)
        start(system, "projector")
        assert "Kafka: " in gave_up(system, "projector")
