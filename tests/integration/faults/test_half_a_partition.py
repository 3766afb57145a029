"""Row 2, in one group: a writer keeps one topic of a partition and loses the other for a while.

Why: a coordinator may reconcile topics one after the other. What is read of the half that stays
must not be lost to the books: nobody else reads it, and the position moves past it later.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from confluent_kafka import Consumer

from infra.kafka.partition import partition_of
from tests.integration.faults.given import (
    Keyed,
    assert_sound,
    opened,
    outcomes,
    publish,
    transfers,
    until_relayed,
    wait_for,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

PARTITIONS = 2
CENTS = 1_000
BOOKS = {partition_of(name.encode(), PARTITIONS): name for name in ("main", "second", "third")}


@contextmanager
def member_of_one_topic(system: System, topic: str) -> Generator[set[int]]:
    """In the writer's group; it gets some of the topic, once the writer has given them up."""
    group = f"{system.surroundings.topics.prefix}.writer"
    consumer = Consumer(
        {
            "bootstrap.servers": system.settings.kafka,
            "group.id": group,
            "group.protocol": "consumer",
            "group.remote.assignor": "range",
            "enable.auto.commit": False,
            "auto.offset.reset": "latest",
        }
    )
    has, over = set[int](), Event()

    def poll() -> None:
        while not over.is_set():
            consumer.poll(0.05)
            has.update(each.partition for each in consumer.assignment())
        consumer.close()

    consumer.subscribe([topic])
    thread = Thread(target=poll)
    thread.start()
    try:
        wait_for(lambda: bool(has), f"a part of {topic}")
        yield has
    finally:
        over.set()
        thread.join()


def wave(number: int) -> list[Keyed]:
    return transfers(range(number * 10, number * 10 + 10), ("a", "b"))


@pytest.mark.parametrize("kept", ["commands", "internal"])
def test_what_comes_while_a_half_is_away_is_done_when_it_is_back(
    servers: Addresses, tmp_path: Path, kept: str
) -> None:
    """The other partition goes on meanwhile, which shows that the writer reads."""
    with running(
        servers, tmp_path, programs=("relay", "projector"), partitions=PARTITIONS
    ) as system:
        topics = system.surroundings.topics
        for book in BOOKS.values():
            if book != "main":
                system.create_book(book)
        system.start("writer")
        asked = 0
        for book in BOOKS.values():
            asked = publish(system, [*opened("a", "b", cents=CENTS), *wave(0)], book=book)
        for book in BOOKS.values():
            until_relayed(system, asked, book=book)
        away = topics.internal if kept == "commands" else topics.commands
        with member_of_one_topic(system, away) as has:
            (other,) = set(BOOKS) - has
            internal = kept == "internal"
            for number in [*sorted(has), other]:
                publish(system, wave(1), book=BOOKS[number], internal=internal)
            until_relayed(system, asked + 10, book=BOOKS[other])
        for book in BOOKS.values():
            publish(system, wave(2), book=book, internal=kept == "internal")
            until_relayed(system, asked + 20, book=book)
        assert set(outcomes(system).values()) == {len(BOOKS)}
        assert len(outcomes(system)) == asked + 20
        assert_sound(system)
