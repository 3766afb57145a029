"""The keeper with small programs: ends, escalations, and every way in which its owner can die."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType

import pytest

from infra.embedded import data
from infra.embedded.process import Keeper, Program
from infra.embedded.settings import ServerFailed
from tests.integration.processes import Watch, alive

STOP_S, GONE_WITHIN_S = 10.0, 20.0
WAIT = "import signal; print('up', flush=True); signal.pause()"
OWNER = """
import os, signal, sys
from pathlib import Path
from types import FrameType
from infra.embedded import data
from infra.embedded.process import Keeper, Program
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # Under nohup it is ignored, and that is inherited.
folder = Path(sys.argv[1])
held = data.take(folder)
delete = folder if "delete" in sys.argv else None
keeper = Keeper(lock=held.servers, log=folder / "keeper.log", delete=delete)
argv = (sys.executable, "-c", "import signal; signal.pause()")
pid = keeper.start(Program(name="waits", argv=argv, cwd=folder, log=folder / "waits.log"))
child = os.fork() if "fork" in sys.argv else 0
if "fork" in sys.argv and child == 0:
    signal.pause()  # Holds everything open that its parent had open.
print(keeper.pid, pid, child, flush=True)
signal.pause()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def keeper(folder: Path) -> Generator[Keeper]:
    held = data.take(folder)
    one = Keeper(lock=held.servers, log=folder / "keeper.log", delete=None)
    yield one
    one.close(patience_max_s=STOP_S)
    held.release()


def python(
    folder: Path, code: str, *steps: tuple[signal.Signals, float], name: str = "program"
) -> Program:
    return Program(
        name=name,
        argv=(sys.executable, "-c", textwrap.dedent(code)),
        cwd=folder,
        log=folder / f"{name}.log",
        steps=steps or ((signal.SIGTERM, STOP_S),),
    )


def ready(log: Path, word: str) -> None:
    """Wait until the program has written the word: it reads the log as `tail -f` does."""
    tail = subprocess.run(
        ["/bin/sh", "-c", f"until grep -qs '{word}' '{log}'; do sleep 0.01; done"],
        timeout=GONE_WITHIN_S,
        check=True,
    )
    assert tail.returncode == 0


def test_an_end_is_reported_with_its_status(keeper: Keeper, folder: Path) -> None:
    pid = keeper.start(python(folder, WAIT))
    assert keeper.status("program") is None
    with Watch([pid]) as watch:
        os.kill(pid, signal.SIGKILL)
        assert watch.gone(GONE_WITHIN_S)
    assert keeper.status("program") == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has this policy")
def test_what_it_starts_works_in_batches(keeper: Keeper, folder: Path) -> None:
    pid = keeper.start(python(folder, WAIT))
    assert os.sched_getscheduler(pid) == os.SCHED_BATCH


def test_what_cannot_be_started_is_named(keeper: Keeper, folder: Path) -> None:
    program = Program("nothing", argv=("/no/such/program",), cwd=folder, log=folder / "log")
    with pytest.raises(
        ServerFailed, match="nothing could not be started: /no/such/program: No such"
    ):
        keeper.start(program)


def test_what_ignores_a_signal_gets_the_next(keeper: Keeper, folder: Path) -> None:
    code = """
        import signal
        signal.signal(signal.SIGTERM, lambda *_: print('asked', flush=True))
        print('up', flush=True)
        while True:
            signal.pause()
    """
    steps = ((signal.SIGTERM, 0.3), (signal.SIGKILL, STOP_S))
    keeper.start(python(folder, code, *steps))
    ready(folder / "program.log", "up")
    keeper.stop("program", patience_max_s=STOP_S)
    assert keeper.status("program") == -signal.SIGKILL
    assert "asked" in (folder / "program.log").read_text()


def test_an_interrupted_request_does_not_answer_the_next(keeper: Keeper, folder: Path) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAIT
    keeper.start(python(folder, code, (signal.SIGTERM, 1.0), (signal.SIGKILL, STOP_S)))
    ready(folder / "program.log", "up")

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            keeper.stop("program", patience_max_s=STOP_S)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert keeper.status("program") == -signal.SIGKILL


def test_what_cannot_be_ended_is_named(keeper: Keeper, folder: Path) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAIT
    keeper.start(python(folder, code, (signal.SIGTERM, 0.2)))
    ready(folder / "program.log", "up")
    with pytest.raises(ServerFailed, match="not gone in time: program"):
        keeper.stop("program", patience_max_s=STOP_S)
    keeper.kill("program")


def test_a_server_is_gone_when_what_it_forked_is_gone(keeper: Keeper, folder: Path) -> None:
    code = """
        import os, signal, time
        ended, held = os.pipe()
        if os.fork() == 0:
            os.close(held)
            print('up', flush=True)
            os.read(ended, 1)  # Until the parent is dead.
            time.sleep(0.3)
            print('child ended', flush=True)
            os._exit(0)
        signal.pause()
    """
    keeper.start(python(folder, code))
    ready(folder / "program.log", "up")
    keeper.kill("program")
    assert "child ended" in (folder / "program.log").read_text()


def test_the_same_name_starts_again(keeper: Keeper, folder: Path) -> None:
    first = keeper.start(python(folder, WAIT))
    keeper.kill("program")
    second = keeper.start(python(folder, WAIT))
    assert first != second
    assert alive(second)


@pytest.fixture
def owner(folder: Path) -> Generator[Callable[..., tuple[subprocess.Popen[str], list[int]]]]:
    """A process that owns a keeper and one program; gives it and the ids of all the others."""
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> tuple[subprocess.Popen[str], list[int]]:
        argv = [sys.executable, "-c", OWNER, str(folder), *options]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return process, [int(pid) for pid in process.stdout.readline().split()]

    yield start
    for process in processes:
        with process:  # Its end closes what we read it by.
            process.kill()


def test_a_killed_owner_takes_all_with_it(
    owner: Callable[..., tuple[subprocess.Popen[str], list[int]]], folder: Path
) -> None:
    process, (keeper_pid, pid, _) = owner("delete")
    with Watch([keeper_pid, pid]) as watch:
        process.kill()
        assert watch.gone(GONE_WITHIN_S)
    assert not folder.exists()


def test_a_process_that_the_owner_forked_holds_nothing_up(
    owner: Callable[..., tuple[subprocess.Popen[str], list[int]]], folder: Path
) -> None:
    process, (keeper_pid, pid, child) = owner("fork")
    try:
        with Watch([keeper_pid, pid]) as watch:
            process.kill()
            assert watch.gone(GONE_WITHIN_S)
        assert alive(child)
    finally:
        os.kill(child, signal.SIGKILL)
    assert folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_owner_that_is_ended_takes_all_with_it(
    owner: Callable[..., tuple[subprocess.Popen[str], list[int]]], number: signal.Signals
) -> None:
    process, (keeper_pid, pid, _) = owner()
    with Watch([keeper_pid, pid]) as watch:
        process.send_signal(number)
        assert watch.gone(GONE_WITHIN_S)


if sys.platform == "linux":  # Elsewhere nothing tells a child that its parent is dead.

    def test_a_killed_keeper_takes_all_with_it(keeper: Keeper, folder: Path) -> None:
        pid = keeper.start(python(folder, WAIT))
        with Watch([pid]) as watch:
            os.kill(keeper.pid, signal.SIGKILL)
            assert watch.gone(GONE_WITHIN_S)
        with pytest.raises(ServerFailed, match="keeps the servers"):
            keeper.status("program")


def test_a_folder_has_one_owner(
    owner: Callable[..., tuple[subprocess.Popen[str], list[int]]], folder: Path
) -> None:
    process, _ = owner()
    with pytest.raises(ServerFailed, match=f"in use by process {process.pid}: stop that"):
        data.take(folder)
    process.kill()
    process.wait()
    data.take(folder).release()  # It waits for what the killed one left behind.
