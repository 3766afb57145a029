"""`tally up` and `tally run` as processes of their own, and what they say of themselves.

Shape: `with starting(folder) as start:` start("up", "--json", **settings) -> Running; whatever
runs at its end is killed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TypeVar

from infra import heartbeat
from infra.heartbeat import Beat
from infra.settings import Settings
from tests.unit.cli.calling import tally

UNTIL_S_MAX = 120.0
LOOK_EVERY_S = 0.05
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


@contextmanager
def starting(folder: Path) -> Generator[Start]:
    """`tally …` with these settings in its environment, on a folder of the test's own."""
    with ExitStack() as stack:

        def run(*words: str, **settings: str) -> Running:
            env = {name: value for name, value in os.environ.items() if "TALLY_" not in name}
            env |= {f"TALLY_{name.upper()}": value for name, value in settings.items()}
            log = folder / "stderr"
            command = [sys.executable, "-P", "-m", "tallystick", *words]
            with log.open("ab") as stderr:
                process = subprocess.Popen(
                    [*command, "--data", str(folder / "data")],
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=env,
                    text=True,
                )
            stack.callback(_end, process)
            return Running(process, folder, log)

        yield run


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def said(settings: Settings) -> dict[str, str]:
    names = ("kafka", "postgres", "registry", "topic_prefix", "partitions")
    return {name: str(getattr(settings, name)) for name in names}


def publish(running: Running, *, key: str, wallet_id: str = "alice") -> str:
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
