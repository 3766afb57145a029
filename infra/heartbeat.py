"""What a program says of itself: DIR/run/<program>-<pid>.json, written anew every second.

Shape: `with Heartbeat(data, "writer", stop) as heartbeat:` then reaching(), running(),
waiting(why, pause_s), failed(why). `beats(data)` reads what all programs say. A program that ended
well leaves no file; one that failed leaves its reason; one that was killed leaves a file that is
not written any more.
Units: microseconds since 1970, UTC. `turned_at_us`: when the program's loop last turned.
Rules: a wait that is not renewed is over, but for one amid reaching() and running(); a file is
written whole or not at all; a disk that cannot be written to stops no program.
"""

import contextlib
import json
import os
import socket
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Self

import structlog

from infra.stopping import Stop

STARTING, RUNNING, WAITING, FAILED = "starting", "running", "waiting", "failed"
EVERY_S = 1.0
WAIT_RENEWED_S = 15.0  # How long a new try of one that runs may take before its wait is over.
SILENT_S = 10.0  # Ten beats missed: it does not run any more, or the machine stands still.
STUCK_S = 180.0  # Above the longest wait in one turn of a loop, the relay's flush of 130 s.
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Beat:
    """One program's word of itself. `facts`: what else it knows, such as its children."""

    program: str
    pid: int
    host: str
    state: str
    why: str
    since_us: int
    written_at_us: int
    turned_at_us: int
    facts: dict[str, Any] = field(default_factory=dict[str, Any])

    def is_fresh(self, at_us: int) -> bool:
        """Whether it is alive: it writes, its loop turns, and it has not given up."""
        written = at_us - self.written_at_us < SILENT_S * 1e6
        turned = at_us - self.turned_at_us < STUCK_S * 1e6
        return written and turned and self.state != FAILED and self._is_process()

    def _is_process(self) -> bool:
        """Of another machine, or container, a process id says nothing here."""
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True  # Somebody else's, and alive.
        return True


class Heartbeat:
    """Written by a thread of its own, so that a program that waits says so."""

    def __init__(self, data: Path, program: str, stop: Stop) -> None:
        self._folder = data / "run"
        self._path = self._folder / f"{program}-{os.getpid()}.json"
        self._stop = stop
        self._lock = Lock()
        now = _now_us()
        self._beat = Beat(program, os.getpid(), socket.gethostname(), STARTING, "", now, now, now)
        self._wait_ends_at_s = float("inf")
        self._reaching = False
        self._over = Event()
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)

    def reaching(self) -> None:
        """From now on it has not what it stands on, however long a try takes, until it runs."""
        with self._lock:
            self._reaching, self._wait_ends_at_s = True, float("inf")

    def running(self) -> None:
        self._reaching = False
        self._change(RUNNING)

    def waiting(self, why: str, pause_s: float) -> None:
        """For something outside, to be tried again after a pause."""
        over_at_s = time.monotonic() + pause_s + WAIT_RENEWED_S
        self._change(WAITING, float("inf") if self._reaching else over_at_s, why=why)

    def failed(self, why: str) -> None:
        """The last word of a program that gives up."""
        self._change(FAILED, why=why)

    def note(self, facts: dict[str, Any]) -> None:
        with self._lock:
            self._beat = replace(self._beat, facts=facts)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for beat in beats(self._folder.parent):
            if beat.program == self._beat.program and not beat.is_fresh(_now_us()):
                (self._folder / f"{beat.program}-{beat.pid}.json").unlink(missing_ok=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._beat.state == FAILED:
            self._write()
        else:
            self._path.unlink(missing_ok=True)

    def _change(self, state: str, wait_ends_at_s: float = float("inf"), *, why: str = "") -> None:
        with self._lock:
            self._wait_ends_at_s = wait_ends_at_s
            if (state, why) != (self._beat.state, self._beat.why):
                since = self._beat.since_us if state == self._beat.state else _now_us()
                self._beat = replace(self._beat, state=state, why=why, since_us=since)

    def _run(self) -> None:
        could = True
        while True:
            try:
                self._write()
                could = True
            except OSError as error:
                if could:  # Once, not every second.
                    log.warning("heartbeat_not_written", why=str(error))
                could = False
            if self._over.wait(EVERY_S):
                return

    def _write(self) -> None:
        with self._lock:
            if time.monotonic() > self._wait_ends_at_s:
                self._wait_ends_at_s = float("inf")
                self._beat = replace(self._beat, state=RUNNING, why="", since_us=_now_us())
            now = _now_us()
            idle_us = int((time.monotonic() - self._stop.looked_at_s) * 1e6)
            beat = self._beat = replace(self._beat, written_at_us=now, turned_at_us=now - idle_us)
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(beat)) + "\n", encoding="utf-8")
        unfinished.replace(self._path)


def beats(data: Path) -> list[Beat]:
    """What every program that keeps this folder says, or said last."""
    found: list[Beat] = []
    for path in sorted((data / "run").glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # It ended well meanwhile.
            found.append(Beat(**json.loads(path.read_text(encoding="utf-8"))))
    return found


def _now_us() -> int:
    return time.time_ns() // 1000
