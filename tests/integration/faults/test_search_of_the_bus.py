"""Row 6, its price: how much a writer searches of tally.events before it writes a book.

Shape: two books on one partition, one of them busy; what is read is counted, not timed.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Message, TopicPartition
from psycopg import sql

from commands.outage import Outage
from consumers.writer import bus_check
from infra.event_store import books
from infra.event_store.directory import Book
from infra.kafka import reading
from infra.kafka.address import KafkaAddress
from schemas import codec
from tests.integration.faults.given import (
    opened,
    publish,
    read,
    transfers,
    until_relayed,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

QUIET = Book("quiet", "book_quiet")
WAVE = 200


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What the writer's search has read in this process."""
    found: list[Message] = []

    def counting(kafka: KafkaAddress, place: TopicPartition) -> Iterator[Message]:
        for message in reading.records(kafka, place):
            found.append(message)
            yield message

    monkeypatch.setattr(bus_check, "records", counting)
    monkeypatch.setattr(bus_check, "CLOCKS_MS", 0)  # Here all clocks are one.
    return found


def busy(system: System, waves: int) -> None:
    """The book main writes another wave of transfers."""
    wave = transfers(range(waves * WAVE, waves * WAVE + WAVE), ("a", "b"))
    if not waves:
        wave = [*opened("a", "b", cents=WAVE * 10), *wave]
    publish(system, wave)
    until_relayed(system, 4 + (waves + 1) * WAVE)


def search(system: System) -> None:
    """As a writer does that takes the book."""
    surroundings = system.surroundings
    start = (0, 0)
    taken = books.take(system.settings.postgres, QUIET, surroundings.bus, start, codec.decode_event)
    taken.store.close()
    bus_check.check_bus(surroundings, QUIET, 0, epoch=taken.head.epoch)


def test_a_new_book_costs_no_search_of_what_its_neighbours_wrote(
    servers: Addresses, tmp_path: Path, count: list[Message]
) -> None:
    with running(servers, tmp_path, partitions=1) as system:
        busy(system, 0)
        system.kill("writer")
        system.create_book(QUIET.name)
        search(system)
    assert count == []


def test_an_idle_book_costs_no_search_of_what_its_neighbours_wrote_meanwhile(
    servers: Addresses, tmp_path: Path, count: list[Message]
) -> None:
    """Taken without any command of it, and kept up to date while it does nothing."""
    with running(servers, tmp_path, partitions=1) as system:
        system.create_book(QUIET.name)
        busy(system, 0)
        busy(system, 1)
        end = len(read(system, system.surroundings.topics.events))

        def is_noted() -> bool | None:
            with system.connect() as connection:
                found = connection.execute("SELECT events_offset FROM book_quiet.relayed")
                return True if found.fetchone() == (end,) else None

        system.until(is_noted, f"offset {end} of a book that is idle")
        system.kill("writer")
        search(system)
    assert count == []


def test_a_book_restored_to_its_first_moment_is_still_found_out(
    servers: Addresses, tmp_path: Path
) -> None:
    """It says of itself that nobody has had it; Kafka holds its events since it was made."""
    with running(servers, tmp_path, partitions=1) as system:
        system.create_book(QUIET.name)
        publish(system, opened("a"), book=QUIET.name)
        until_relayed(system, 1, book=QUIET.name)
        for name in ("writer", "relay"):
            system.kill(name)
        with system.connect() as connection:
            made = connection.execute(
                "DELETE FROM tally.books WHERE name = 'quiet' RETURNING created_at"
            ).fetchone()
            assert made is not None
            schema = sql.Identifier(QUIET.schema)
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
            system.create_book(QUIET.name)
            connection.execute("UPDATE tally.books SET created_at = %s WHERE name = 'quiet'", made)
        with pytest.raises(Outage, match="Kafka holds events up to 1, PostgreSQL up to 0"):
            search(system)
