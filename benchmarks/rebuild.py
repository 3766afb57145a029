"""All read models made anew from a log that transfers have filled.

Shape: the log is filled through everything; then writer, relay and projector stop, and the clock
runs over consumers/rebuild.py. A transfer is two events and one answer. Prints JSON.
"""

import argparse
import logging
import resource
import time

import psycopg

from benchmarks.pipeline import PROGRAMS, opening, publish, transfers, wait_for
from benchmarks.system import programs, report, said, system
from consumers import rebuild
from consumers.surroundings import Surroundings
from infra import telemetry
from projections.models import REBUILT

EVENTS_A_TRANSFER = 2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--wallets", type=int, default=10_000)
    asked = parser.parse_args()
    telemetry.configure(level=logging.WARNING)  # To stderr: stdout is for the document.
    with system() as up:
        surroundings = Surroundings.reach(up.settings)
        with psycopg.connect(up.settings.postgres, autocommit=True) as connection:
            count = publish(surroundings, opening(asked.wallets))
            transferred = asked.events // EVENTS_A_TRANSFER
            load = transfers(transferred, wallets=asked.wallets, hot=False)
            count += publish(surroundings, load)
            with programs(up, PROGRAMS):
                wait_for(connection, count)
        said("load", f"{count} commands are in the log")
        began_s, cpu_s = time.monotonic(), time.process_time()
        outcomes = rebuild.run(surroundings, REBUILT, _quietly)
        duration_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
        events = max(each.rebuilt.events for each in outcomes)
    assert all(each.rebuilt.swapped for each in outcomes), "what was rebuilt is not what serves"
    report(
        "rebuild",
        {
            "duration_s": round(duration_s, 2),
            "own_cpu_us_per_event": round(cpu_s / events * 1e6, 1),
            "own_memory_mb_max": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
            "feeds": [
                {
                    "models": each.models,
                    "records": each.rebuilt.events,
                    "duration_s": round(each.duration_s, 2),
                    "records_per_s": round(each.rebuilt.events / each.duration_s),
                }
                for each in outcomes
            ],
        },
    )


def _quietly(_book: str, _sequence: int) -> None:
    """Progress that nobody watches."""


if __name__ == "__main__":
    main()
