"""A program of ours as `tally run` hosts it, which kills itself at a named point.

Shape: `python -m tests.integration.faults.program NAME`. Settings come from TALLY_*, the rest from
Fault.variables: `point` and `count` (SIGKILL at the count-th passing of the point), `unknown` (a
type of event that this program does not know, as an older release), `group` (a group of its own,
so that a killed member need not be waited for). It ends when its standard input does.
The programs' own functions run, all of them; the points only count and kill.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread
from types import MappingProxyType
from typing import Any, NamedTuple

from commands import catalogue
from consumers.projector import start as projector_start
from consumers.projector.feed import DeadLetterFeed, Feed
from consumers.relay.book_relay import BookRelay
from consumers.relay.publish import Publisher
from consumers.relay.stray_relay import StrayRelay
from consumers.supervisor.hosting import GaveUp, host
from consumers.writer import start as writer_start
from infra import telemetry
from infra.event_store.recorder import BookRecorder
from infra.event_store.store import PostgresStore
from infra.event_store.strays import Strays
from infra.heartbeat import Heartbeat
from infra.settings import Settings
from infra.stopping import stopping
from projections import apply
from schemas import codec

PREFIX = "TALLY_TEST_"
BEFORE, AFTER = True, False


class Point(NamedTuple):
    """Where, which of its functions, before or after it, and which of its calls count."""

    owner: Any
    name: str
    before: bool
    counts: Callable[..., bool] = lambda *_: True


def of_events(feed: Feed, *_: object) -> bool:
    """A feed of events, not that of answers."""
    return len(feed.models) > 1


POINTS: Mapping[str, Point] = {
    "writer_before_transaction": Point(PostgresStore, "record", BEFORE),
    "writer_before_commit": Point(BookRecorder, "_insert_snapshots", AFTER),
    "writer_after_commit": Point(PostgresStore, "record", AFTER),
    "writer_after_strays": Point(Strays, "refuse", AFTER),
    "relay_after_produce": Point(Publisher, "flush", AFTER),
    "relay_before_note": Point(BookRelay, "_note", BEFORE),
    "relay_after_note": Point(BookRelay, "_note", AFTER),
    "relay_after_strays": Point(StrayRelay, "step", AFTER),
    "projector_before_move": Point(apply, "move", BEFORE),
    "projector_before_commit": Point(apply, "move", AFTER),
    "projector_after_commit": Point(Feed, "apply", AFTER, of_events),
    "projector_after_dead_letters": Point(DeadLetterFeed, "take", AFTER),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a program; nothing, unless it is said."""

    point: str = ""
    count: int = 1
    unknown: str = ""
    group: str = ""

    @property
    def variables(self) -> dict[str, str]:
        said = {"point": self.point, "count": str(self.count)}
        said |= {"unknown": self.unknown, "group": self.group}
        return {PREFIX + name.upper(): value for name, value in said.items()}

    @classmethod
    def of_environment(cls) -> "Fault":
        said = {name: os.environ.get(PREFIX + name.upper(), "") for name in cls.__slots__}
        return cls(said["point"], int(said["count"] or 1), said["unknown"], said["group"])


def install(fault: Fault) -> None:
    """Make it so, in this process."""
    if fault.point:
        point = POINTS[fault.point]
        setattr(point.owner, point.name, _dying(point, fault.count))
    if fault.unknown:
        del catalogue.EVENTS_BY_NAME[fault.unknown]
        known = {name: cls for name, cls in codec.EVENTS.items() if name != fault.unknown}
        codec.EVENTS = MappingProxyType(known)
    if fault.group:
        writer_start.GROUP = projector_start.GROUP = fault.group


def _dying(point: Point, count: int) -> Callable[..., Any]:
    original = getattr(point.owner, point.name)
    left = count

    def passing(*arguments: object, **named: object) -> object:
        nonlocal left
        counted = point.counts(*arguments)
        left -= counted
        if counted and point.before and left == 0:
            die()
        result = original(*arguments, **named)
        if counted and left == 0:
            die()
        return result

    return passing


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # Nothing ever comes: it returns when the other end is closed.
    os._exit(1)


def main(name: str) -> int:
    """As `tally run`: 0 when told to stop, another status when it gave up."""
    Thread(target=_end_with_parent, daemon=True).start()
    install(Fault.of_environment())
    settings = Settings.model_validate({})
    with stopping() as stop, Heartbeat(settings.data, name, stop) as heartbeat:
        telemetry.configure(as_json=True, on_waiting=heartbeat.waiting)
        try:
            host(name, settings, stop, heartbeat)
        except GaveUp as error:
            heartbeat.failed(str(error))
            sys.stderr.write(f"gave up: {error}\n")
            return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
