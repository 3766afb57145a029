"""`tally run` by itself, and a program that dies again and again under the supervisor."""

import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from cli.calls import BROKEN
from consumers.supervisor import program
from consumers.supervisor.hosting import ENDED, GAVE_UP
from consumers.supervisor.program import Supervisor
from infra.embedded import data
from infra.embedded.process import Keeper, Program
from infra.heartbeat import WAITING, Beat, Heartbeat, beats
from infra.stopping import Stop
from tests.integration.upward import UNTIL_S_MAX, Start
from tests.unit.cli.calling import tally

GONE_WITHIN_S = 60.0
TURNS = 20  # Four seconds: as many as start anything else for the third time.


def test_what_dies_again_and_again_is_started_again_and_again(tmp_path: Path) -> None:
    with supervising(tmp_path / "data", status=ENDED) as child:
        assert child.thrice.wait(UNTIL_S_MAX)


def test_what_gives_up_is_left_alone_and_its_reason_is_told(tmp_path: Path) -> None:
    with supervising(tmp_path / "data", status=GAVE_UP) as child:
        assert child.turned.wait(UNTIL_S_MAX)
        assert child.starts == 1
        (beat,) = beats(tmp_path / "data")
    assert beat.facts["children"]["dying"]["gave_up"] == "the log was altered"
    assert not beat.facts["children"]["dying"]["runs"]


def test_what_gave_up_is_tried_again_some_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "GAVE_UP_PAUSE_S", 0.0)
    with supervising(tmp_path / "data", status=GAVE_UP) as child:
        assert child.thrice.wait(UNTIL_S_MAX)


@contextmanager
def supervising(folder: Path, *, status: int) -> Generator["Dying"]:
    """A supervisor of a program that ends with that status."""
    held = data.take(folder)
    keeper = Keeper(lock=held.servers, log=folder / "keeper.log", delete=None)
    stop = Stop()
    try:
        with Heartbeat(folder, "supervisor", stop) as beat:
            child = Dying(keeper, folder, status)
            supervisor = Supervisor(keeper, (), (child,), beat)
            thread = Thread(target=supervisor.run, args=(stop, child.look))
            thread.start()
            yield child
            stop.set()
            thread.join()
    finally:
        keeper.close(patience_max_s=GONE_WITHIN_S)
        held.release()


class Dying:
    """A program that ends as soon as it is started."""

    name = "dying"

    def __init__(self, keeper: Keeper, folder: Path, status: int) -> None:
        self.keeper, self.starts, self.turns = keeper, 0, 0
        self.thrice, self.turned = Event(), Event()
        argv = (sys.executable, "-c", f"raise SystemExit({status})")
        self.program = Program("dying", argv=argv, cwd=folder, log=folder / "dying.log")

    def start(self) -> None:
        self.starts += 1
        self.keeper.start(self.program)

    def status(self) -> int | None:
        return self.keeper.status(self.name)

    def last_words(self) -> str:
        return "the log was altered"

    def look(self) -> None:
        self.turns += 1
        if self.starts >= 3:
            self.thrice.set()
        if self.turns >= TURNS:
            self.turned.set()


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
    assert writer.process.wait(UNTIL_S_MAX) == GAVE_UP
    last = writer.log.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("tally: writer: book main: its positions count on ")
    assert last == "tally: writer: " + writer.beats()["writer"].why


@pytest.mark.parametrize(
    ("words", "status"), [(["up"], BROKEN), (["run", "writer"], GAVE_UP)], ids=str
)
def test_a_server_that_cannot_be_is_an_error_without_traceback(
    start: Start, words: Sequence[str], status: int, system: dict[str, str]
) -> None:
    """No schema registry: waiting would not help."""
    wrong = system["registry"].partition("/apis")[0] + "/nothing"
    ended = start(*words, **system | {"registry": wrong})
    assert ended.process.wait(UNTIL_S_MAX) == status
    text = ended.log.read_text(encoding="utf-8")
    assert "is no schema registry's address" in text
    assert "Traceback" not in text
