"""Rows 1 and 2, in one group: writers come and go under load, every command is done once.

Shape: books on every partition; whoever comes takes some, whoever leaves gives all back.
"""

import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread

from infra.kafka import clients
from infra.kafka.partition import partition_of
from schemas.meta import CommandMeta
from tests.integration.faults.given import (
    CLIENT,
    answers,
    assert_sound,
    balances,
    framed,
    opened,
    publish,
    start,
    transfers,
    until_relayed,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

PARTITIONS = 4
CENTS = 10_000
EVERY_S = 0.01


def one_book_a_partition() -> list[str]:
    found: dict[int, str] = {}
    for number in count():
        name = f"book{number}"
        found.setdefault(partition_of(name.encode(), PARTITIONS), name)
        if len(found) == PARTITIONS:
            return sorted(found.values())
    raise AssertionError("numbers do not end")


@contextmanager
def load(system: System, books: list[str]) -> Generator[Counter[str]]:
    """A transfer in each book in turn; how many each has got, at the end."""
    published = Counter[str]()
    over, producer = Event(), clients.producer(system.settings.kafka_address)

    def run() -> None:
        topic = system.surroundings.topics.commands
        while not over.wait(EVERY_S):
            for book in books:
                ((key, command),) = transfers([published[book]], ("a", "b"))
                value = framed(system, CommandMeta(CLIENT, key), command)
                producer.produce(topic, value, book.encode())
                published[book] += 1
            producer.poll(0)

    thread = Thread(target=run)
    thread.start()
    try:
        yield published
    finally:
        over.set()
        thread.join()
        assert producer.flush(60) == 0, "Kafka has not taken all of it"


def until_assigned(system: System, **partitions: int) -> None:
    """Wait until each writer has so many partitions, by its own word."""

    def has(label: str) -> int:
        lines = system.programs[label].log.read_text(encoding="utf-8").splitlines()
        said = [json.loads(line) for line in lines if '"partitions"' in line]
        return len(said[-1]["partitions"]) if said else 0

    system.until(
        lambda: all(has(label) == wanted for label, wanted in partitions.items()) or None,
        f"partitions {partitions}",
    )


def test_partitions_move_between_writers_under_load(servers: Addresses, tmp_path: Path) -> None:
    books = one_book_a_partition()
    with running(
        servers, tmp_path, programs=("relay", "projector"), partitions=PARTITIONS
    ) as system:
        for book in books:
            system.create_book(book)
            publish(system, opened("a", "b", cents=CENTS), book=book, client="founder")
        with load(system, books) as published:
            start(system, "writer", label="first")
            until_assigned(system, first=4)
            start(system, "writer", label="second")
            until_assigned(system, first=2, second=2)
            start(system, "writer", label="third")
            system.until(lambda: '"assigned"' in system.programs["third"].said() or None, "a third")
            system.stop("first")
            until_assigned(system, second=2, third=2)
            system.stop("second")
            until_assigned(system, third=4)
        for book in books:
            until_relayed(system, 4 + published[book], book=book)
            system.caught_up("wallets", book=book)
        found = Counter((each.book, each.idempotency_key) for each in answers(system))
        assert set(found.values()) == {1}
        assert len(found) == 4 * len(books) + sum(published.values())
        assert_sound(system)
        assert balances(system) == 2 * CENTS * len(books)
