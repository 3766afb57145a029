"""One program in this process: reaches its surroundings, runs, and waits through outages.

Shape: host("writer", settings, stop, heartbeat) returns when told to stop. An outage that may be
retried, at the start or later, is waited for with a backoff as long as it takes, and said so;
`surviving` does this for any action.
Errors: GaveUp for what no waiting helps: an Outage(retry=False), a fenced book, a bad release. Its
`status` is the program's exit status: GAVE_UP, or ENDED where a new start is all it needs.
"""

import time
from collections.abc import Callable
from importlib import import_module
from threading import Event
from typing import Final, Protocol, TypeVar, cast

import psycopg
import structlog
from confluent_kafka import KafkaException

from commands.outage import Outage
from commands.ports import Fenced
from consumers.supervisor.backoff import AWAY_MAX_S, Backoff
from consumers.surroundings import Surroundings
from consumers.writer.desk import TooManyFailures
from infra.heartbeat import Heartbeat
from infra.settings import Settings

# In the order in which they are stopped: who feeds others goes first.
PROGRAMS: Final = ("intake", "writer", "relay", "projector")
UNREACHED = (psycopg.OperationalError, psycopg.InterfaceError, KafkaException)
ENDED, GAVE_UP = 1, 3
Result = TypeVar("Result")
log = structlog.get_logger()


class GaveUp(Outage):
    """A program cannot go on, and trying again would not help."""

    def __init__(self, why: str, status: int = GAVE_UP) -> None:
        super().__init__(why, retry=False)
        self.status = status


class Run(Protocol):
    def __call__(self, surroundings: Surroundings, stop: Event) -> None: ...


def program(name: str) -> Run:
    """The entry of a program: `run` of consumers/<name>/start.py."""
    assert name in PROGRAMS, "a program of ours"
    return cast("Run", import_module(f"consumers.{name}.start").run)


def host(name: str, settings: Settings, stop: Event, heartbeat: Heartbeat) -> None:
    """Run a program until told to stop. Errors: GaveUp."""
    run = program(name)

    def reach_and_run() -> None:
        heartbeat.reaching()
        surroundings = Surroundings.reach(settings)
        heartbeat.running()
        log.info("running")
        run(surroundings, stop)

    surviving(reach_and_run, stop)


def surviving(action: Callable[[], Result], stop: Event) -> Result | None:
    """What the action returns, through any outage; None: told to stop. Errors: GaveUp."""
    backoff = Backoff(AWAY_MAX_S)
    while not stop.is_set():
        began_at_s = time.monotonic()
        try:
            return action()
        except Fenced as error:
            raise GaveUp(f"Fenced: {error}", ENDED) from error
        except TooManyFailures as error:
            raise GaveUp(f"TooManyFailures: {error}") from error
        except Outage as outage:
            if not outage.retry:
                raise GaveUp(str(outage)) from outage
            _wait(str(outage), backoff, began_at_s, stop)
        except UNREACHED as error:
            _wait(f"{type(error).__name__}: {error}", backoff, began_at_s, stop)
    return None


def _wait(why: str, backoff: Backoff, began_at_s: float, stop: Event) -> None:
    if stop.is_set():
        return  # Asked to stop amid an outage: nothing is in hand.
    pause_s = backoff.pause_s(ran_s=time.monotonic() - began_at_s)
    log.warning("waiting", outage=why, pause_s=pause_s)
    stop.wait(pause_s)
