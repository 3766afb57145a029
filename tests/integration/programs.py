"""The programs as tests need them: each a process, on a database and topics of the test's own.

Shape: `with running(servers, folder) as system:` prepares all and starts writer and relay; then
`system.start("projector")`, `.kill(…)` (SIGKILL), `.stop(…)` (SIGTERM, and it must end well).
`system.asker()` publishes commands and waits for their answers, `system.until(…)` waits for
anything else; nobody sleeps. `python -m tests.integration.programs NAME` is the child: settings
come from TALLY_* in its environment, and it ends when its standard input does.
Errors: a program that ends by itself fails the test with the end of its log.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar, cast

import psycopg
from confluent_kafka.admin import AdminClient
from psycopg import sql
from psycopg.conninfo import make_conninfo

from consumers.asking import Asker
from consumers.provider import replay
from consumers.provider.outcomes import Outcome, Outcomes
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.settings import Settings
from infra.stopping import stopping
from providers import formats
from providers.settlement_file import FileRefused, SettlementLine
from tests.integration.databases import drop
from tests.integration.servers import Addresses

ROOT = Path(__file__).parents[2]
BASIC = ("writer", "relay")
END_S_MAX = 30.0  # For a program to finish its batch and go.
UNTIL_S_MAX = 60.0
LOOK_EVERY_S = 0.02
LOG_TAIL_CHARACTERS = 4_000
BILL = "TALLY_TEST_BILL"  # What the replay provider answers from.
Value = TypeVar("Value")
Deleted = Mapping[str, Future[None]]


@dataclass
class Program:
    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def check(self) -> None:
        """It runs; else the test fails with what it said last."""
        code = self.process.poll()
        assert code is None, f"{self.name} ended with {code}:\n{self.said()}"

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARACTERS:]


@dataclass
class System:
    """One tallystick of a test."""

    surroundings: Surroundings
    folder: Path
    programs: dict[str, Program] = field(default_factory=dict[str, Program])

    @property
    def settings(self) -> Settings:
        return self.surroundings.settings

    def start(self, name: str, *, label: str = "", bill: Path | None = None) -> Program:
        """Start a program; `label` tells a second one of the same name apart."""
        label = label or name
        assert label not in self.programs, f"{label} runs already"
        log = self.folder / f"{label}.log"
        with log.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.programs", name],
                cwd=ROOT,
                env={**os.environ, **_variables(self.settings), BILL: str(bill or "")},
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self.programs[label] = Program(name, log, process)
        return self.programs[label]

    def kill(self, label: str) -> None:
        """SIGKILL: it finishes nothing."""
        program = self.programs.pop(label)
        program.check()
        _end(program, signal.SIGKILL)

    def stop(self, label: str) -> None:
        """SIGTERM: it finishes what it has in hand, and ends well."""
        program = self.programs.pop(label)
        program.check()
        code = _end(program, signal.SIGTERM)
        assert code == 0, f"{label} ended with {code}:\n{program.said()}"

    def check(self) -> None:
        for program in self.programs.values():
            program.check()

    def asker(self, *, outstanding_max: int = 1_000) -> Asker:
        return Asker(self.surroundings, outstanding_max=outstanding_max)

    def create_book(self, name: str) -> None:
        assert directory.create(self.settings.postgres, name=name), f"there is a book {name}"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.settings.postgres, autocommit=True)

    def until(self, look: Callable[[], Value | None], what: str) -> Value:
        """The first thing that `look` finds; programs that end meanwhile fail the test."""
        until_s = time.monotonic() + UNTIL_S_MAX
        pause = Event()
        while (found := look()) is None:
            self.check()
            assert time.monotonic() < until_s, f"waited {UNTIL_S_MAX:.0f} s for {what}"
            pause.wait(LOOK_EVERY_S)
        return found

    def serves(self) -> bool | None:
        """Whether a projector has made the tables that people read."""
        with self.connect() as connection:
            there = connection.execute("SELECT to_regclass('read.position') IS NOT NULL")
            return True if there.fetchone() == (True,) else None

    def caught_up(self, model: str, *, book: str = "main") -> int:
        """Wait until a read model holds all that is in the book's log now; that sequence."""
        head = sql.SQL("SELECT last_sequence FROM {}.head").format(sql.Identifier(f"book_{book}"))
        with self.connect() as connection:
            row = connection.execute(head).fetchone()
            assert row is not None, f"no book {book}"
            last = int(row[0])

            def look() -> bool | None:
                if not self.serves():
                    return None
                found = connection.execute(
                    "SELECT TRUE FROM read.position WHERE (model, book) = (%s, %s)"
                    " AND sequence >= %s",
                    (model, book, last),
                )
                return True if found.fetchone() else None

            self.until(look, f"{model} to reach {last}")
        return last


@contextmanager
def running(
    servers: Addresses, folder: Path, *, programs: Iterable[str] = BASIC, partitions: int = 2
) -> Generator[System]:
    """A database and topics that nobody else has, and these programs; all gone afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    dsn = make_conninfo(servers.postgres_dsn, dbname=name)
    with psycopg.connect(servers.postgres_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    settings = Settings.model_validate(
        {
            "kafka": servers.kafka_bootstrap,
            "postgres": dsn,
            "registry": servers.registry_url,
            "data": folder / "data",
            "topic_prefix": name,
            "partitions": partitions,
        }
    )
    system = System(Surroundings.reach(settings), folder)
    try:
        for each in programs:
            system.start(each)
        if "projector" in system.programs:
            system.until(system.serves, "the read models' tables")
        yield system
        system.check()
    finally:
        for program in system.programs.values():
            _end(program, signal.SIGKILL)
        _delete(servers, system, name)


def _end(program: Program, how: signal.Signals) -> int:
    program.process.send_signal(how)
    try:
        return program.process.wait(END_S_MAX)
    except subprocess.TimeoutExpired:
        program.process.kill()
        program.process.wait()
        raise AssertionError(f"{program.name} did not end:\n{program.said()}") from None
    finally:
        assert program.process.stdin is not None, "started with a pipe"
        program.process.stdin.close()


def _delete(servers: Addresses, system: System, name: str) -> None:
    with psycopg.connect(servers.postgres_dsn, autocommit=True) as connection:
        drop(connection, name)
    admin = AdminClient({"bootstrap.servers": servers.kafka_bootstrap})
    deleted = cast("Deleted", admin.delete_topics([*system.surroundings.topics.retention()]))
    for future in deleted.values():
        future.result()


def _variables(settings: Settings) -> dict[str, str]:
    return {f"TALLY_{name.upper()}": str(value) for name, value in settings.model_dump().items()}


def main(name: str) -> None:
    """Be one program until told to stop, or until nobody holds our standard input."""
    Thread(target=_die_with_parent, daemon=True).start()
    with stopping() as stop:
        surroundings = Surroundings.reach(Settings.model_validate({}))
        if name == "provider":
            _replay(surroundings, Path(os.environ[BILL]), stop)
        else:
            import_module(f"consumers.{name}.start").run(surroundings, stop)


def _replay(surroundings: Surroundings, bill: Path, stop: Event) -> None:
    proof = formats.prove(bill)
    assert not isinstance(proof, FileRefused), proof
    replay.run(surroundings, _said(proof.provider, formats.lines(bill, proof)), stop)


def _said(provider: str, lines: Iterable[SettlementLine]) -> Outcomes:
    """What a settlement file says happened; where two lines tell of one thing, the first counts."""
    charges: dict[str, Outcome] = {}
    refunds: dict[str, Outcome] = {}
    for line in lines:
        known = charges if line.kind == "charge" else refunds if line.kind == "refund" else None
        if known is not None:
            booked_on = line.booked_at.date().isoformat()
            known.setdefault(line.reference, Outcome(line.provider_reference, booked_on))
    return Outcomes(provider, charges, refunds)


def _die_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # Nothing ever comes: it returns when the other end is closed.
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
