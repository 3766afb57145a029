"""Row 6: PostgreSQL is an older one than Kafka knows. The writer refuses, and writes nothing.

Shape: the database is copied as it is at one moment and put in the place of the later one.
"""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from commands.incoming import Incoming, Origin, Record
from commands.ports import Fenced
from consumers.writer.bus_check import check_bus
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from infra import heartbeat
from infra.codec import AvroCodec
from infra.event_store import books
from infra.event_store.directory import Book
from infra.heartbeat import FAILED
from infra.kafka.partition import partition_of
from schemas import codec
from schemas.meta import CommandMeta
from tests.integration.databases import disconnect, drop
from tests.integration.faults.given import (
    Keyed,
    assert_sound,
    balances,
    framed,
    gave_up,
    last_sequence,
    opened,
    outcomes,
    publish,
    read,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

MAIN = Book("main", "book_main")
CENTS = 1_000
BEFORE, AFTER = 20, 30
# All that a writer writes, and not the epoch: taking a book writes nothing into it.
WRITTEN = """SELECT last_sequence, last_answer, encode(chain, 'hex'), commands_position,
  internal_position, (SELECT count(*) FROM book_main.events),
  (SELECT count(*) FROM book_main.answers), (SELECT count(*) FROM book_main.outbox),
  (SELECT count(*) FROM book_main.timers)
FROM book_main.head"""


class Databases:
    """The system's database under its name, and others beside it."""

    def __init__(self, admin: psycopg.Connection, name: str) -> None:
        self._admin = admin
        self._name = name

    def copy(self, beside: str) -> None:
        """As it is now; nobody may be connected, so the sessions of the killed are ended."""
        disconnect(self._admin, self._name)
        self._do("CREATE DATABASE {} TEMPLATE {}", f"{self._name}_{beside}", self._name)

    def swap(self, beside: str, *, keep_as: str) -> None:
        """Put another in its place, and keep it under another name."""
        disconnect(self._admin, self._name)
        self._do("ALTER DATABASE {} RENAME TO {}", self._name, f"{self._name}_{keep_as}")
        self._do("ALTER DATABASE {} RENAME TO {}", f"{self._name}_{beside}", self._name)

    def _do(self, text: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    def drop_others(self) -> None:
        found = self._admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self._name + "_",)
        ).fetchall()
        for (name,) in found:
            drop(self._admin, name)


@contextmanager
def databases(servers: Addresses, system: System) -> Generator[Databases]:
    with psycopg.connect(servers.postgres_dsn, autocommit=True) as admin:
        made = Databases(admin, system.settings.topic_prefix)
        try:
            yield made
        finally:
            made.drop_others()


def ran(system: System, group: str, asked: list[Keyed], *, answers: int) -> None:
    """A writer and a relay do these commands, and are gone."""
    publish(system, asked)
    start(system, "writer", Fault(group=group))
    start(system, "relay")
    until_relayed(system, answers)
    for name in ("writer", "relay"):
        system.kill(name)


def written(system: System) -> object:
    with system.connect() as connection:
        return connection.execute(WRITTEN.encode()).fetchone()


def published(system: System) -> list[int]:
    topics = system.surroundings.topics
    return [len(read(system, topic)) for topic in (topics.events, topics.results, topics.internal)]


def another_history(system: System) -> None:
    """Other transfers under the sequences that Kafka has, by somebody who did not look."""
    surroundings = system.surroundings
    decoder = Decoder(surroundings.schemas)
    take = partial(
        books.take, system.settings.postgres, MAIN, surroundings.bus, (0, 0), codec.decode_event
    )
    desk = Desk(take, AvroCodec(), decoder.timer, Event(), Limits(100, 100))
    first = desk.positions[0]
    batch: list[Incoming] = []
    for place, (key, command) in enumerate(transfers(range(500, 500 + AFTER), ("a", "b")), first):
        value = framed(system, CommandMeta("shop", key), command)
        record = Record(surroundings.topics.commands, 0, place, b"main", value, ())
        batch.append(decoder.read(record, Origin.COMMANDS))
    desk.handle(batch)
    desk.close()


def refused_as_restored(system: System, *, older: int, newer: int) -> None:
    """The writer gives up and says what is missing, in its log and in its heartbeat."""
    words = gave_up(system, "writer")
    assert f"Kafka holds events up to {newer}, PostgreSQL up to {older}" in words
    assert "restored to an older state" in words
    assert f"the events {older + 1} to {newer} are recovered from" in words
    beats = {each.program: each for each in heartbeat.beats(system.settings.data)}
    assert beats["writer"].state == FAILED
    assert "restored to an older state" in beats["writer"].why


def said_by_its_owner_alone(system: System) -> None:
    """Who has lost the book meanwhile knows of no older database: another one may have written."""
    with system.connect() as connection:
        row = connection.execute("SELECT epoch FROM book_main.head").fetchone()
    assert row is not None, "a book without a head"
    partition = partition_of(b"main", system.surroundings.cluster.partitions)
    with pytest.raises(Fenced):
        check_bus(system.surroundings, MAIN, partition, epoch=int(row[0]) - 1)


def goes_on(system: System, *, answers: int) -> None:
    """With the newer log everything goes on, and nothing is lost or done twice."""
    start(system, "writer", Fault(group="fifth"))
    start(system, "relay")
    start(system, "projector")
    until_relayed(system, answers)
    assert set(outcomes(system).values()) == {1}
    assert_sound(system)
    assert balances(system) == 2 * CENTS


def test_a_writer_refuses_a_log_that_kafka_knows_more_of_or_otherwise(
    servers: Addresses, tmp_path: Path
) -> None:
    first = [*opened("a", "b", cents=CENTS), *transfers(range(BEFORE), ("a", "b"))]
    second = transfers(range(BEFORE, BEFORE + AFTER), ("a", "b"))
    done = len(first) + len(second)
    with (
        running(servers, tmp_path, programs=()) as system,
        databases(servers, system) as others,
    ):
        ran(system, "first", first, answers=len(first))
        older = last_sequence(system)
        others.copy("older")
        others.copy("otherwise")
        ran(system, "second", second, answers=done)
        newer = last_sequence(system)
        assert newer == older + 2 * AFTER

        others.swap("older", keep_as="newer")
        publish(system, transfers(range(900, 910), ("a", "b")))
        before, said = written(system), published(system)
        start(system, "relay")
        start(system, "writer", Fault(group="third"))
        refused_as_restored(system, older=older, newer=newer)
        said_by_its_owner_alone(system)
        system.kill("relay")
        assert (written(system), published(system)) == (before, said)

        others.swap("otherwise", keep_as="older")
        another_history(system)
        before = written(system)
        start(system, "writer", Fault(group="fourth"))
        words = gave_up(system, "writer")
        assert f"event {older + 1} in Kafka is not the one in PostgreSQL" in words
        assert (written(system), published(system)) == (before, said)

        others.swap("newer", keep_as="otherwise")
        goes_on(system, answers=done + 10)
