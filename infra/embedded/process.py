"""The owner's side of the keeper: start, watch, stop and kill programs that cannot outlive us.

Units: seconds. Shape: `Program` says what to run and how to end it; `Keeper` runs programs by name.
Errors: ServerFailed when a program cannot be started or the keeper itself is gone.
Source: infra/embedded/keeper.py, which is the other end of the pipe.
"""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from infra.embedded.settings import ServerFailed

KEEPER = Path(__file__).with_name("keeper.py")
KILL_PATIENCE_S = 10.0  # What a killed PostgreSQL's backends need to notice, and then some.
LOG_TAIL_LINES, LOG_TAIL_BYTES = 25, 16_384


@dataclass(frozen=True, slots=True)
class Account:
    """The user a program runs as when we are root and it must not be."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """`steps`: signals that end it, each with the patience until the next; the first is polite."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    log: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    account: Account | None = None
    steps: tuple[tuple[signal.Signals, float], ...] = (
        (signal.SIGTERM, 60.0),
        (signal.SIGKILL, 5.0),
    )
    orphan_signal: signal.Signals = signal.SIGKILL
    last: bool = False  # Stopped after those that depend on it.


class Keeper:
    """A pipe to the keeper; closing it, or our death, ends everything it keeps."""

    def __init__(self, *, lock: int, log: Path, delete: Path | None) -> None:
        argv = [sys.executable, "-I", "-S", str(KEEPER), str(lock)]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                argv if delete is None else [*argv, str(delete)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=(lock,),
                start_new_session=True,
            )
        self._asked = 0
        self.log = log
        self.pids: dict[str, int] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, program: Program) -> int:
        """Start it and return its process id."""
        account = program.account
        reply = self._ask(
            {
                "do": "start",
                "name": program.name,
                "argv": program.argv,
                "cwd": str(program.cwd),
                "env": dict(program.env),
                "log": str(program.log),
                "uid": None if account is None else account.uid,
                "gid": None if account is None else account.gid,
                "steps": program.steps,
                "orphan_signal": program.orphan_signal,
                "last": program.last,
            }
        )
        if "error" in reply:
            raise ServerFailed(f"{program.name} could not be started: {reply['error']}")
        pid = cast("int", reply["pid"])
        self.pids[program.name] = pid
        return pid

    def status(self, name: str) -> int | None:
        """The exit status (negative: killed by that signal), or None while it runs."""
        return cast("int | None", self._ask({"do": "poll", "name": name})["status"])

    def stop(self, *names: str, patience_max_s: float) -> None:
        """Stop them at the same time, politely first, and return when they are gone."""
        request = {"do": "stop", "names": names, "patience_max_s": patience_max_s}
        self._expect_gone(self._ask(request))

    def kill(self, name: str) -> None:
        """SIGKILL, and return when it and all that it forked are gone."""
        request = {"do": "kill", "name": name, "patience_s": KILL_PATIENCE_S}
        self._expect_gone(self._ask(request))

    def _expect_gone(self, reply: Mapping[str, Any]) -> None:
        if left := reply["left"]:
            raise ServerFailed(f"not gone in time: {', '.join(left)}")

    def _ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        self._asked += 1
        try:
            self._send({"number": self._asked, **request})
        except BrokenPipeError:
            raise self._lost() from None
        while (line := self._process.stdout.readline()).endswith(b"\n"):
            reply = cast("Mapping[str, Any]", json.loads(line))
            if reply["number"] == self._asked:  # Else it answers a request that was interrupted.
                return reply
        raise self._lost()

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _lost(self) -> ServerFailed:
        return ServerFailed(
            f"the process that keeps the servers (pid {self.pid}) was killed, and they with it; "
            f"start again; see {self.log}"
        )

    def close(self, *, patience_max_s: float) -> None:
        """Let the keeper end whatever is left and wait for it; sound even amid a broken request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._send({"do": "leave", "patience_max_s": patience_max_s})
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def tail(log: Path) -> str:
    """The last lines of a log, for a message."""
    if not log.exists():
        return "(no log)"
    with log.open("rb") as file:
        file.seek(-min(LOG_TAIL_BYTES, log.stat().st_size), 2)
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_TAIL_LINES:])
