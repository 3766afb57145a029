"""What the supervisor keeps alive: a program of ours, or an embedded server.

Shape: a Child has a name, starts (again), and has a status: None while it runs. All of them are
kept by infra/embedded/keeper.py, so that none outlives us, even if we are killed.
Errors: ServerFailed where it cannot be started.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from infra.embedded.process import Keeper, Program
from infra.embedded.server import EmbeddedServer
from infra.heartbeat import beats
from infra.settings import Settings

PATIENCE_S = 30.0  # For a batch in hand, and an outage amid it.


class Child(Protocol):
    @property
    def name(self) -> str: ...

    def start(self) -> None: ...

    def status(self) -> int | None:
        """The exit status (negative: killed by that signal), None while it runs."""
        ...

    def last_words(self) -> str:
        """Why it gave up, as far as it has said so."""
        ...


class OwnProgram:
    """`tally run NAME` by our own interpreter."""

    def __init__(self, keeper: Keeper, name: str, settings: Settings) -> None:
        self.name = name
        self._keeper = keeper
        self._data = settings.data
        self._program = Program(
            name=name,
            # -P: a folder `commands` where we happen to stand is none of ours.
            argv=(sys.executable, "-P", "-m", "tallystick", "run", name),
            cwd=Path.cwd(),
            log=settings.data / "logs" / f"{name}.log",
            env=environment(settings),
        )

    def start(self) -> None:
        self._keeper.start(self._program)

    def status(self) -> int | None:
        return self._keeper.status(self.name)

    def last_words(self) -> str:
        pid = self._keeper.pids.get(self.name)
        said = [
            each.why for each in beats(self._data) if (each.program, each.pid) == (self.name, pid)
        ]
        return said[0] if said else ""


class Server:
    """An embedded server, started again on the same ports and data."""

    def __init__(self, keeper: Keeper, server: EmbeddedServer) -> None:
        self.name = server.name
        self._keeper = keeper
        self._server = server

    def start(self) -> None:
        self._server.running = False
        self._server.start()

    def status(self) -> int | None:
        return self._keeper.status(self.name)

    def last_words(self) -> str:
        return ""


def environment(settings: Settings) -> Mapping[str, str]:
    """Ours, with every setting in it: what a DSN holds is not shown in a list of processes."""
    said = settings.model_dump(mode="json", exclude={"log_json"})
    return os.environ | {f"TALLY_{name.upper()}": str(value) for name, value in said.items()}
