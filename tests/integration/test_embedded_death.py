"""However their owner ends, nothing of the three servers is left: no process, port or data."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.embedded import ports
from tests.integration.processes import Watch

ROOT = Path(__file__).parents[2]
GONE_WITHIN_S = 30.0  # It takes 1 to 4 s; the rest is for a busy machine.


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that owns servers: `python -m infra.embedded`."""

    process: subprocess.Popen[str]
    folder: Path

    def ready(self) -> None:
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline()).keys() == {
            "postgres",
            "kafka",
            "registry",
        }

    def said(self, word: str) -> bool:
        """Read what it says until the word is in it."""
        assert self.process.stderr is not None
        return any(word in line for line in self.process.stderr)

    def noted(self) -> dict[str, dict[str, int]]:
        return json.loads((self.folder / "servers.json").read_text(encoding="utf-8"))


@pytest.fixture
def owner(tmp_path: Path) -> Generator[Callable[..., Owner]]:
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> Owner:
        folder = tmp_path / "data"
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.embedded", "--data", str(folder), *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,  # As a terminal does it, so that Ctrl-C can be sent to all of it.
        )
        processes.append(process)
        return Owner(process, folder)

    yield start
    for process in processes:
        with process:  # Its end closes what we read it by.
            process.kill()


def descendants(pid: int) -> set[int]:
    """All processes that it started, and those that they started."""
    listing = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [line.split() for line in listing.stdout.splitlines()]
    parents = {int(child): int(parent) for child, parent in pairs}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def test_a_killed_owner_leaves_nothing(owner: Callable[..., Owner]) -> None:
    one = owner("--delete")
    one.ready()
    everybody, noted = descendants(one.process.pid), one.noted()
    assert everybody > set(noted["pids"].values())
    with Watch(everybody) as watch:
        os.kill(one.process.pid, signal.SIGKILL)
        assert watch.gone(GONE_WITHIN_S)
    assert all(map(ports.is_free, noted["ports"].values()))
    assert not one.folder.exists()


def test_an_owner_killed_while_it_starts_leaves_nothing(owner: Callable[..., Owner]) -> None:
    one = owner("--delete")
    assert one.said("postgres: starting")
    with Watch(descendants(one.process.pid)) as watch:
        os.kill(one.process.pid, signal.SIGKILL)
        assert watch.gone(GONE_WITHIN_S)
    assert not one.folder.exists()


def ctrl_c(one: Owner) -> None:
    os.killpg(one.process.pid, signal.SIGINT)


def terminate(one: Owner) -> None:
    one.process.terminate()


def end_of_input(one: Owner) -> None:
    assert one.process.stdin is not None
    one.process.stdin.close()


@pytest.mark.parametrize("end", [ctrl_c, terminate, end_of_input])
def test_an_owner_that_ends_stops_all_in_order(
    owner: Callable[..., Owner], end: Callable[[Owner], None]
) -> None:
    one = owner()
    one.ready()
    everybody, noted = descendants(one.process.pid), one.noted()
    with Watch(everybody) as watch:
        end(one)
        assert one.process.wait(GONE_WITHIN_S) == 0
        assert watch.gone(1.0)
    assert all(map(ports.is_free, noted["ports"].values()))
    log = (one.folder / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert log.rstrip().endswith("database system is shut down")
    assert (one.folder / "kafka" / "log" / ".kafka_cleanshutdown").exists()
