"""The keeper: a small process that is the parent of all servers and never outlives its owner.

The owner writes one JSON request a line to our stdin and reads one JSON reply a line from our
stdout. When stdin ends (the owner has closed it, or died, even by SIGKILL) every server is stopped,
the data is deleted if that was asked, and we go. Should we be killed ourselves, Linux sends each
server its `orphan_signal`.

Every server inherits the write end of a pipe. When the read end is at its end, the server and all
that it ever forked are gone: an exact answer, with no process list and nothing to poll.

Units: seconds. Shape: start, poll, stop, kill, leave; a server ends by the steps (signal, patience)
of its program, each tried once the one before has run out of patience.
Errors: a program that cannot be started is a reply with `error`. The standard library only: we run
without site-packages, so that we are there in 20 ms.
Source: prctl(2), PR_SET_PDEATHSIG (cleared when the user changes, so set after that; its race with
a parent that is dead already is closed by asking for the parent's id after it).
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

Request = dict[str, Any]

OWNER_CHECK_S = 1.0  # For a pipe that somebody the owner forked still holds open.
PATIENCE_ORPHAN_S = 3.0  # Nobody waits for a clean end any more.
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Server:
    process: subprocess.Popen[bytes]
    lifeline: int
    steps: list[tuple[int, float]]
    last: bool  # Others depend on it: it is stopped after them.
    gone: bool = field(default=False)

    def send(self, number: int) -> None:
        """To the leader of its process group: PostgreSQL and Java end their own children."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def reap(self) -> None:
        os.close(self.lifeline)
        self.process.wait()
        self.gone = True


def end(servers: Iterable[Server], *, patience_max_s: float, hasty: bool) -> None:
    """Send every server its next signal as soon as its patience runs out, until all are gone."""
    waiting = {server.lifeline: (0.0, _steps(server, hasty=hasty)) for server in servers}
    by_lifeline = {server.lifeline: server for server in servers}
    while waiting:
        now = time.monotonic()
        for lifeline, (deadline, steps) in list(waiting.items()):
            if now >= deadline:
                if not steps:
                    del waiting[lifeline]
                    continue
                number, patience_s = steps.pop(0)
                by_lifeline[lifeline].send(number)
                waiting[lifeline] = (now + min(patience_s, patience_max_s), steps)
        soonest = min((deadline for deadline, _ in waiting.values()), default=now)
        ended, _, _ = select.select(list(waiting), [], [], max(0.0, soonest - now))
        for lifeline in ended:
            by_lifeline[lifeline].reap()
            del waiting[lifeline]


def _steps(server: Server, *, hasty: bool) -> list[tuple[int, float]]:
    return list(server.steps[1:] if hasty and len(server.steps) > 1 else server.steps)


def before_exec(orphan_signal: int) -> Callable[[], None] | None:
    """What a new child does on Linux before it becomes the server: ask to die with us."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, orphan_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


class Keeper:
    def __init__(self, *, lock: int, delete: Path | None) -> None:
        self.lock, self.delete, self.owner = lock, delete, os.getppid()
        self.servers: dict[str, Server] = {}
        self.patience_max_s = PATIENCE_ORPHAN_S

    def start(self, request: Request) -> Request:
        before = self.servers.get(request["name"])
        if before is not None and not before.gone:
            end([before], patience_max_s=PATIENCE_ORPHAN_S, hasty=True)
        lifeline, held = os.pipe()
        try:
            with Path(request["log"]).open("ab") as log:
                process = subprocess.Popen(
                    request["argv"],
                    cwd=request["cwd"],
                    env=request["env"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    user=request["uid"],
                    group=request["gid"],
                    extra_groups=None if request["uid"] is None else [],
                    start_new_session=True,
                    pass_fds=(held, self.lock),
                    preexec_fn=before_exec(request["orphan_signal"]),  # noqa: PLW1509
                )
        except OSError as error:
            os.close(lifeline)
            return {"error": f"{request['argv'][0]}: {error.strerror}"}
        finally:
            os.close(held)
        steps = [(int(number), float(patience_s)) for number, patience_s in request["steps"]]
        self.servers[request["name"]] = Server(process, lifeline, steps, request["last"])
        return {"pid": process.pid}

    def poll(self, request: Request) -> Request:
        return {"status": self.servers[request["name"]].process.poll()}

    def stop(self, request: Request) -> Request:
        servers = [s for name, s in self.servers.items() if name in request["names"] and not s.gone]
        end(servers, patience_max_s=request["patience_max_s"], hasty=False)
        return {"left": [name for name, s in self.servers.items() if s in servers and not s.gone]}

    def kill(self, request: Request) -> Request:
        server = self.servers[request["name"]]
        if not server.gone:
            server.steps = [(signal.SIGKILL, request["patience_s"])]
            end([server], patience_max_s=request["patience_s"], hasty=False)
        return {"left": [] if server.gone else [request["name"]]}

    def close(self) -> None:
        """End all that is left, those that others depend on after the others."""
        hasty = self.delete is not None
        for last in (False, True):
            servers = [s for s in self.servers.values() if not s.gone and s.last == last]
            end(servers, patience_max_s=self.patience_max_s, hasty=hasty)
        if self.delete is not None:
            shutil.rmtree(self.delete, ignore_errors=True)

    def requests(self) -> Iterable[Request]:
        """Each line of stdin until the owner leaves: it says so, closes stdin, or is dead."""
        unread = b""
        while os.getppid() == self.owner:
            if not select.select([0], [], [], OWNER_CHECK_S)[0]:
                continue
            if not (chunk := os.read(0, 65536)):
                return
            *lines, unread = (unread + chunk).split(b"\n")
            for request in map(json.loads, lines):
                if request["do"] == "leave":
                    self.patience_max_s = request["patience_max_s"]
                    return
                yield request

    def run(self) -> None:
        do = {
            "start": self.start,
            "poll": self.poll,
            "stop": self.stop,
            "kill": self.kill,
        }
        for request in self.requests():
            reply = {"number": request["number"], **do[request["do"]](request)}
            with contextlib.suppress(BrokenPipeError):  # The end of stdin says it next.
                os.write(1, json.dumps(reply).encode() + b"\n")


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)


def work_in_batches() -> None:
    """Tell Linux that what we start works in batches and seldom needs to interrupt others.

    Why: all of it shares few cores, and who is interrupted amid a batch finds its caches cold:
    5 % less CPU a transfer, with the same latency (docs/benchmarks.md).
    """
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):  # A sandbox may forbid it: then as it was.
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def main() -> None:
    """Run as `keeper.py LOCK_FD [DIRECTORY_TO_DELETE]`."""
    signal.signal(signal.SIGTERM, _end)
    work_in_batches()
    keeper = Keeper(lock=int(sys.argv[1]), delete=Path(sys.argv[2]) if sys.argv[2:] else None)
    try:
        keeper.run()
    finally:
        keeper.close()


if __name__ == "__main__":
    main()
