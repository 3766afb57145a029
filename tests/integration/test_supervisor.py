"""`tally up` and `tally run`: what dies is started again, what is told to stop leaves nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import psycopg
import pytest

from consumers.supervisor.program import Supervisor
from infra import heartbeat
from infra.embedded import data
from infra.embedded.process import Keeper, Program
from infra.heartbeat import RUNNING, WAITING, Beat, Heartbeat
from infra.settings import Settings
from infra.stopping import Stop
from tests.integration import programs
from tests.integration.processes import Watch
from tests.integration.servers import Addresses
from tests.unit.cli.calling import tally

GONE_WITHIN_S = 60.0
UNTIL_S_MAX = 120.0
LOOK_EVERY_S = 0.05
PROGRAMS = {"writer", "relay", "projector", "intake"}
WALLET = {"wallet_id": "alice", "owner_id": "o", "type": "buyer", "currency": "EUR"}
Value = TypeVar("Value")


@dataclass
class Running:
    """A `tally` of its own process. `log`: its stderr."""

    process: subprocess.Popen[str]
    folder: Path
    log: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def until(self, look: Callable[[], Value | None], what: str) -> Value:
        pause = Event()
        for _ in range(int(UNTIL_S_MAX / LOOK_EVERY_S)):
            if (found := look()) is not None:
                return found
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            pause.wait(LOOK_EVERY_S)
        raise AssertionError(f"never {what}:\n{self.log.read_text(encoding='utf-8')}")

    def ready(self) -> dict[str, str]:
        """What `up --json` prints when all programs run."""
        assert self.process.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            line = self.process.stdout.readline()
            assert line, self.log.read_text(encoding="utf-8")
            text += line
        return json.loads(text)

    def beats(self) -> dict[str, Beat]:
        return {each.program: each for each in heartbeat.beats(self.data)}

    def pids(self) -> dict[str, int]:
        """Of everything that the supervisor keeps."""
        children = self.beats()["supervisor"].facts["children"]
        return {name: child["pid"] for name, child in children.items()}

    def logged(self, event: str) -> list[str]:
        """The programs that lines of this name are about, in order."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = [json.loads(each) for each in lines if each.startswith("{")]
        return [each["program"] for each in found if each["event"] == event]


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Generator[Start]:
    """`tally …` with these settings in its environment, on a folder of the test's own."""
    with ExitStack() as stack:

        def run(*words: str, **settings: str) -> Running:
            env = {name: value for name, value in os.environ.items() if "TALLY_" not in name}
            env |= {f"TALLY_{name.upper()}": value for name, value in settings.items()}
            log = tmp_path / "stderr"
            command = [sys.executable, "-P", "-m", "tallystick", *words]
            with log.open("ab") as stderr:
                process = subprocess.Popen(
                    [*command, "--data", str(tmp_path / "data")],
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=env,
                    text=True,
                )
            stack.callback(_end, process)
            return Running(process, tmp_path, log)

        yield run


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.fixture
def system(servers: Addresses, tmp_path: Path) -> Generator[dict[str, str]]:
    """Settings of a database and topics that nobody else has, on the shared servers."""
    folder = tmp_path / "system"
    folder.mkdir()
    with programs.running(servers, folder, programs=()) as made:
        yield said(made.settings)


def said(settings: Settings) -> dict[str, str]:
    names = ("kafka", "postgres", "registry", "topic_prefix", "partitions")
    return {name: str(getattr(settings, name)) for name in names}


def publish(running: Running, key: str, wallet_id: str = "alice") -> str:
    """Through the folder alone, as somebody would who only knows where `up` runs."""
    line = {
        "type": "OpenWallet",
        "book": "main",
        "client": "test",
        "idempotency_key": key,
        "data": WALLET | {"wallet_id": wallet_id},
    }
    words = ("publish", "-", "--wait", "--json", "--data", str(running.data))
    published = tally(*words, stdin=json.dumps(line).encode())
    return json.loads(published.stdout)["status"] if published.stdout else published.stderr


def test_a_killed_program_is_started_again_and_all_stop_in_order(
    start: Start, system: dict[str, str]
) -> None:
    up = start("up", "--json", **system)
    assert up.ready()["kafka"] == system["kafka"]
    assert set(up.beats()) >= PROGRAMS
    before = up.pids()
    for name in ("writer", "relay"):
        os.kill(before[name], signal.SIGKILL)

    def again() -> bool | None:
        beats = up.beats()
        new = [beats[each] for each in ("writer", "relay") if each in beats]
        started = [each for each in new if each.pid != before[each.program]]
        return True if [each.state for each in started] == [RUNNING, RUNNING] else None

    up.until(again, "started again")
    children = up.beats()["supervisor"].facts["children"]
    assert {name: child["restarts"] for name, child in children.items()} == {
        "writer": 1,
        "relay": 1,
        "projector": 0,
        "intake": 0,
    }
    assert publish(up, "k1") == "accepted"
    status = tally("status", "--json", "--data", str(up.data))
    assert {each["beat"]["program"] for each in json.loads(status.stdout)["programs"]} == {
        *PROGRAMS,
        "supervisor",
    }
    with Watch(up.pids().values()) as watch:
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(GONE_WITHIN_S) == 0
        assert watch.gone(GONE_WITHIN_S)
    assert up.logged("stopped") == ["intake", "writer", "relay", "projector"]
    assert up.beats() == {}
    assert "nothing runs under" in publish(up, "k2")


def test_a_killed_supervisor_takes_all_with_it(start: Start, system: dict[str, str]) -> None:
    up = start("up", "--json", **system)
    up.ready()
    with Watch(up.pids().values()) as watch:
        up.process.kill()
        up.process.wait()
        assert watch.gone(GONE_WITHIN_S)
    held = data.take(up.data)  # Waits until the keeper, too, is gone.
    held.release()
    assert "nothing runs under" in publish(up, "k1")


def test_everything_embedded_survives_a_crash_and_a_new_start(start: Start) -> None:
    up = start("up", "--json")
    up.ready()
    assert publish(up, "k1", "first") == "accepted"
    before = up.pids()
    with Watch([before["postgres"]]) as watch:
        os.kill(before["postgres"], signal.SIGKILL)
        assert watch.gone(GONE_WITHIN_S)
    up.until(lambda: up.pids()["postgres"] != before["postgres"] or None, "PostgreSQL again")
    assert publish(up, "k2", "second") == "accepted"
    with Watch(up.pids().values()) as watch:
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(GONE_WITHIN_S) == 0
        assert watch.gone(GONE_WITHIN_S)

    again = start("up", "--json")
    again.ready()
    assert publish(again, "k3", "first") == "refused"
    events = tally("events", "--json", "--data", str(again.data)).stdout.splitlines()
    assert [json.loads(each)["aggregate_id"] for each in events] == ["first", "second"]
    with Watch(again.pids().values()) as watch:
        again.process.kill()
        assert watch.gone(GONE_WITHIN_S)


def test_what_dies_again_and_again_is_started_again_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    held = data.take(folder)
    keeper = Keeper(lock=held.servers, log=folder / "keeper.log", delete=None)
    stop = Stop()
    try:
        with Heartbeat(folder, "supervisor", stop) as beat:
            child = Dying(keeper, folder)
            supervisor = Supervisor(keeper, (), (child,), beat)
            thread = Thread(target=supervisor.run, args=(stop, child.look))
            thread.start()
            assert child.thrice.wait(UNTIL_S_MAX)
            stop.set()
            thread.join()
    finally:
        keeper.close(patience_max_s=GONE_WITHIN_S)
        held.release()
    assert child.starts >= 3


class Dying:
    """A program that ends as soon as it is started."""

    name = "dying"

    def __init__(self, keeper: Keeper, folder: Path) -> None:
        self.keeper, self.starts, self.thrice = keeper, 0, Event()
        argv = (sys.executable, "-c", "raise SystemExit(3)")
        self.program = Program("dying", argv=argv, cwd=folder, log=folder / "dying.log")

    def start(self) -> None:
        self.starts += 1
        self.keeper.start(self.program)

    def status(self) -> int | None:
        return self.keeper.status(self.name)

    def look(self) -> None:
        if self.starts >= 3:
            self.thrice.set()


def test_a_program_waits_for_its_servers_and_says_so(start: Start, system: dict[str, str]) -> None:
    nobody = "postgresql://tally:secret@127.0.0.1:1/tally"
    relay = start("run", "relay", **system | {"postgres": nobody})

    def waits() -> Beat | None:
        beat = relay.beats().get("relay")
        return beat if beat is not None and beat.state == WAITING else None

    beat = relay.until(waits, "waiting")
    assert beat.why.startswith("PostgreSQL: ")
    assert relay.logged("waiting") != []
    assert "secret" not in relay.log.read_text(encoding="utf-8") + str(beat)
    assert tally("status", "--program", "relay", "--data", str(relay.data)).exit_code == 0
    relay.process.send_signal(signal.SIGTERM)
    assert relay.process.wait(GONE_WITHIN_S) == 0
    assert relay.beats() == {}


def test_a_program_that_waiting_does_not_help_says_why_and_ends(
    start: Start, system: dict[str, str]
) -> None:
    with psycopg.connect(system["postgres"], autocommit=True) as connection:
        connection.execute("UPDATE book_main.head SET cluster_id = 'another'")
        connection.execute("UPDATE book_main.head SET commands_topic_id = 'other'")
    writer = start("run", "writer", **system)
    assert writer.process.wait(UNTIL_S_MAX) == 1
    last = writer.log.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("tally: writer: book main: its positions count on ")
    assert last == "tally: writer: " + writer.beats()["writer"].why


@pytest.mark.parametrize("words", [["up"], ["run", "writer"]], ids=" ".join)
def test_a_server_that_cannot_be_is_an_error_without_traceback(
    start: Start, words: Sequence[str], system: dict[str, str]
) -> None:
    """No schema registry: waiting would not help."""
    wrong = system["registry"].partition("/apis")[0] + "/nothing"
    ended = start(*words, **system | {"registry": wrong})
    assert ended.process.wait(UNTIL_S_MAX) == 1
    text = ended.log.read_text(encoding="utf-8")
    assert "is no schema registry's address" in text
    assert "Traceback" not in text
