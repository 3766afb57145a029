"""Row 5: Kafka or PostgreSQL goes for a while and comes back. Everybody waits, nothing is lost.

Shape: servers of the test's own; commands are published all the time, as upstream services do that
know nothing of it. PostgreSQL is killed, killed while nobody writes, and stopped as by a debugger;
Kafka is killed.
Units: seconds. TALLY_DOWN_S: for how long each is away, 6 s if nobody says.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import psycopg
import pytest

from infra import heartbeat
from infra.embedded.servers import EmbeddedServers
from infra.heartbeat import WAITING
from infra.kafka import clients
from schemas.meta import CommandMeta
from tests.integration.conftest import StartServers
from tests.integration.faults.given import (
    CLIENT,
    Raw,
    assert_sound,
    balances,
    framed,
    last_sequence,
    opened,
    outcomes,
    publish,
    put,
    start,
    transfers,
    until_consumed,
    until_held,
    until_relayed,
    variables,
    wait_for,
)
from tests.integration.programs import ROOT, System, running
from tests.integration.read_side import Contents, contents
from tests.integration.servers import Addresses

DOWN_S = float(os.environ.get("TALLY_DOWN_S", "6"))
FROZEN_S = 4.0
PROGRAMS = ("writer", "relay", "projector")
SAID = {"kafka": ("Kafka",), "postgres": ("PostgreSQL", "OperationalError", "registry")}
CENTS = 100_000
EVERY_S = 0.02  # 50 commands a second.


class Upstream:
    """Publishes one transfer after another and counts them, whatever happens to Kafka."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._producer = clients.producer(system.settings.kafka_address)
        self._over = Event()
        self._failed = 0
        self.count = 0
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        topic = self._system.surroundings.topics.commands
        while not self._over.wait(EVERY_S):
            ((key, command),) = transfers([self.count], ("a", "b"))
            value = framed(self._system, CommandMeta(CLIENT, key), command)
            self._producer.produce(topic, value, b"main", on_delivery=self._delivered)
            self._producer.poll(0)
            self.count += 1
        assert self._producer.flush(120) == 0, "Kafka has not taken all of it"

    def _delivered(self, error: object, _message: object) -> None:
        self._failed += error is not None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        assert self._failed == 0, "a command was not published"


@contextmanager
def everything(servers: EmbeddedServers, folder: Path) -> Generator[System]:
    """All programs as `tally run` hosts them, with two wallets to move money between."""
    addresses = Addresses(servers.postgres_dsn, servers.kafka_bootstrap, servers.registry_url)
    with running(addresses, folder, programs=()) as system:
        for name in PROGRAMS:
            start(system, name)
        until_relayed(system, publish(system, opened("a", "b", cents=CENTS)))
        yield system


def waits(system: System, server: str) -> bool:
    """Whether every program says that it waits, and for what; the registry waits for PostgreSQL."""
    said = {each.program: each for each in heartbeat.beats(system.settings.data)}
    words = SAID[server]
    return all(
        said[name].state == WAITING and any(word in said[name].why for word in words)
        for name in PROGRAMS
    )


def status(system: System) -> tuple[int, dict[str, Any]]:
    """What `tally status` tells people."""
    done = subprocess.run(
        [sys.executable, "-m", "tallystick", "status", "--json", "--interval", "0"],
        cwd=ROOT,
        env={**os.environ, **variables(system.settings)},
        capture_output=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def down(system: System, server: str) -> None:
    """A server is away for so long, and people can see that it is, and who waits for it."""
    gone_at_s = time.monotonic()
    code, said = status(system)
    answering = {each["name"]: each["answers"] for each in said["servers"]}
    assert (code, answering[server]) == (1, False)
    wait_for(lambda: waits(system, server), f"everybody to wait for {server}")
    Event().wait(max(0.0, gone_at_s + DOWN_S - time.monotonic()))


def goes_on(system: System) -> None:
    """What is published from now on comes through."""
    system.check()
    before = last_sequence(system)
    wait_for(lambda: last_sequence(system) > before, "the writer to go on")


@pytest.fixture
def servers(own_servers: StartServers) -> EmbeddedServers:
    return own_servers("postgres", "kafka", "registry")


def test_everybody_waits_for_servers_that_are_down_and_goes_on(
    servers: EmbeddedServers, tmp_path: Path
) -> None:
    with everything(servers, tmp_path) as system:
        with Upstream(system) as upstream:
            goes_on(system)
            servers.postgres.kill()
            down(system, "postgres")
            servers.postgres.start()
            goes_on(system)

            os.kill(servers.postgres.pid, signal.SIGSTOP)
            Event().wait(FROZEN_S)
            os.kill(servers.postgres.pid, signal.SIGCONT)
            goes_on(system)

            servers.kafka.kill()
            down(system, "kafka")
            servers.kafka.start()
            goes_on(system)
        published = 4 + upstream.count
        until_relayed(system, published)
        found = outcomes(system)
        assert len(found) == published
        assert set(found.values()) == {1}
        assert_sound(system)
        assert balances(system) == 2 * CENTS
        published += publish(system, transfers(range(10**6, 10**6 + 500), ("a", "b")))
        until_relayed(system, published)
        killed_before_the_disk(system, servers)
        killed_at_rest(system, servers)


def lazy(servers: EmbeddedServers) -> None:
    """For the next ten seconds what nobody waits for stays in PostgreSQL's memory, not for 0.2."""
    superuser = f"postgres:{servers.postgres.passwords.superuser}"
    dsn = f"postgresql://{superuser}@127.0.0.1:{servers.postgres.port}/postgres"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        connection.execute("ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
        connection.execute("ALTER SYSTEM SET autovacuum = off")  # It waits for the disk.
        connection.execute("SELECT pg_reload_conf()")


def held(system: System) -> Contents:
    with system.connect() as connection:
        return contents(connection)


def killed_before_the_disk(system: System, servers: EmbeddedServers) -> None:
    """What read models had not on the disk yet comes again, though nothing follows.

    Now and then PostgreSQL has written it down all the same: then once more.
    """
    kills = range(2 * 10**6, 2 * 10**6 + 5 * 50, 50)
    assert any(lost_and_come_again(system, servers, first) for first in kills)


def lost_and_come_again(system: System, servers: EmbeddedServers, first: int) -> bool:
    """Kill PostgreSQL behind some transfers; whether the read models had lost any of them.

    The projector is stopped as by a debugger, so that it is seen what was lost.
    """
    lazy(servers)
    count = len(outcomes(system))
    count += publish(system, transfers(range(first, first + 50), ("a", "b")))
    until_relayed(system, count)
    until_held(system, count)
    projector = system.programs["projector"].process
    projector.send_signal(signal.SIGSTOP)
    before = held(system)
    servers.postgres.kill()
    servers.postgres.start()
    lost = held(system) != before
    projector.send_signal(signal.SIGCONT)
    until_held(system, count)
    assert held(system) == before
    assert_sound(system)
    return lost


def killed_at_rest(system: System, servers: EmbeddedServers) -> None:
    """Of dead letters Kafka was told how far we are: what came before is on the disk by then."""
    lazy(servers)
    put(system, [Raw(b"garbage")])
    system.until(lambda: letters(system) or None, "the letter")
    until_consumed(system, "projector", system.surroundings.topics.dead_letters)
    before = letters(system)
    servers.postgres.kill()
    servers.postgres.start()
    assert letters(system) == before
    assert_sound(system)


def letters(system: System) -> list[tuple[object, ...]]:
    """The dead letters that are held; they are none of what models are compared by."""
    with system.connect() as connection:
        return connection.execute("SELECT dead_letter_id FROM read.dead_letters").fetchall()
