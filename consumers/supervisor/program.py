"""The supervisor's loop: every child runs, and one that dies is started again.

Shape: Supervisor(keeper, children, heartbeat).run(stop, on_turn=…) starts all, looks at each every
TURN_S, and stops all in order when told to. A child that dies again and again is started after
ever longer pauses, up to a bound (consumers/supervisor/backoff.py). One that gave up, because only
a person can help, is tried again seldom, in case somebody has: GAVE_UP_PAUSE_S.
Errors: ServerFailed if the keeper itself is gone: then so are all children.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

import structlog

from consumers.supervisor.backoff import Backoff
from consumers.supervisor.child import PATIENCE_S, Child
from consumers.supervisor.hosting import GAVE_UP
from infra.embedded.process import Keeper
from infra.embedded.settings import ServerFailed
from infra.heartbeat import Heartbeat

TURN_S = 0.2
GAVE_UP_PAUSE_S = 300.0
log = structlog.get_logger()


@dataclass(slots=True)
class Watched:
    """A child and how it fares. `again_at_s`: when it is started again; None while it runs."""

    child: Child
    backoff: Backoff = field(default_factory=Backoff)
    started_at_s: float = 0.0
    again_at_s: float | None = None
    restarts: int = 0
    gave_up: str = ""  # Why.


class Supervisor:
    """`servers` run already; `programs` are started here, and stopped in their order."""

    def __init__(
        self,
        keeper: Keeper,
        servers: Sequence[Child],
        programs: Sequence[Child],
        heartbeat: Heartbeat,
    ) -> None:
        self._keeper = keeper
        self._heartbeat = heartbeat
        self._programs = [Watched(each) for each in programs]
        now_s = time.monotonic()
        self._servers = [Watched(each, started_at_s=now_s) for each in servers]

    def run(self, stop: Event, on_turn: Callable[[], None]) -> None:
        """Until told to stop. Everything that was started here has ended when it returns."""
        try:
            for each in self._programs:
                self._start(each)
            self._heartbeat.running()
            while not stop.is_set():
                for each in (*self._servers, *self._programs):
                    self._look(each)
                self._note()
                on_turn()
                stop.wait(TURN_S)
        finally:
            self._stop_all()

    def _look(self, each: Watched) -> None:
        now_s = time.monotonic()
        if each.again_at_s is not None:
            if now_s >= each.again_at_s:
                each.restarts += 1
                self._start(each)
        elif (status := each.child.status()) == GAVE_UP:
            self._give_up(each)
        elif status is not None:
            self._wait(each, f"ended with status {status}")

    def _start(self, each: Watched) -> None:
        each.started_at_s, each.again_at_s, each.gave_up = time.monotonic(), None, ""
        try:
            each.child.start()
        except ServerFailed as failed:
            self._wait(each, str(failed))
        else:
            pid = self._keeper.pids.get(each.child.name)
            log.info("started", program=each.child.name, pid=pid, restarts=each.restarts)

    def _wait(self, each: Watched, why: str) -> None:
        now_s = time.monotonic()
        pause_s = each.backoff.pause_s(ran_s=now_s - each.started_at_s)
        each.again_at_s = now_s + pause_s
        log.warning("died", program=each.child.name, why=why, again_in_s=pause_s)

    def _give_up(self, each: Watched) -> None:
        each.gave_up = each.child.last_words() or "see its log"
        each.again_at_s = time.monotonic() + GAVE_UP_PAUSE_S
        log.error("gave_up", program=each.child.name, why=each.gave_up, again_in_s=GAVE_UP_PAUSE_S)

    def _note(self) -> None:
        children = {
            each.child.name: {
                "pid": self._keeper.pids.get(each.child.name),
                "runs": each.again_at_s is None,
                "restarts": each.restarts,
                "gave_up": each.gave_up,
            }
            for each in (*self._servers, *self._programs)
        }
        self._heartbeat.note({"children": children})

    def _stop_all(self) -> None:
        for each in self._programs:
            if each.child.name in self._keeper.pids:
                self._keeper.stop(each.child.name, patience_max_s=PATIENCE_S)
                log.info("stopped", program=each.child.name)
