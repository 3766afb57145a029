"""A whole system for a benchmark: embedded servers, our programs as processes, and what they use.

Shape: `with system() as up:` then surroundings, programs; `Usage` samples CPU and memory of each
of our processes and of the servers.
Units: seconds, bytes. Errors: those of the parts.
"""

import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread

import psutil

from consumers.supervisor.start import Up, started
from infra import telemetry
from infra.settings import Settings
from infra.stopping import Stop

ROOT = Path(__file__).parents[1]
SAMPLE_S = 5.0  # A sample walks the page tables of some thirty processes: 40 ms and more.
Part = str  # Who speaks.


def said(part: Part, what: str) -> None:
    """How it goes, on stderr."""
    sys.stderr.write(f"{part}: {what}\n")


@contextmanager
def system(partitions: int = 1) -> Generator[Up]:
    """Servers of our own, in a folder that goes with them."""
    telemetry.configure(level=logging.WARNING)  # Stdout is for the document alone.
    folder = Path(mkdtemp(prefix="tally-benchmark-"))
    settings = Settings(data=folder, kafka="", postgres="", registry="", partitions=partitions)
    with started(settings, said, delete_data=True) as up:
        yield up


@contextmanager
def programs(up: Up, names: Sequence[str]) -> Generator[None]:
    """Our programs as processes of their own, until the block ends."""
    ready, ended = Event(), Stop()
    thread = Thread(target=up.run, args=(ended, ready.set, names))
    thread.start()
    try:
        if not ready.wait(60.0):
            raise TimeoutError("the programs do not come up")
        yield
    finally:
        ended.set()
        thread.join()


class Usage:
    """Samples of the processes that a keeper keeps: CPU spent and the largest memory."""

    def __init__(self, up: Up) -> None:
        self._pids = up.keeper.pids
        self._begin = self._cpu_s()
        self.memory: dict[str, list[int]] = {}
        self._stop = Event()
        self._thread = Thread(target=self._sample, daemon=True)
        self._thread.start()

    def end(self, commands: int) -> dict[str, dict[str, float]]:
        """CPU in microseconds a command, and memory early and at its largest, by process."""
        self._stop.set()
        self._thread.join()
        found: dict[str, dict[str, float]] = {}
        for name, cpu_s in self._cpu_s().items():
            samples = self.memory.get(name, [0])
            found[name] = {
                "cpu_us": round((cpu_s - self._begin.get(name, 0.0)) / commands * 1e6, 1),
                "memory_mb_early": round(samples[len(samples) // 4] / 1e6, 1),
                "memory_mb_max": round(max(samples) / 1e6, 1),
            }
        return found

    def _cpu_s(self) -> dict[str, float]:
        return {name: sum(map(_cpu_of, _family(pid))) for name, pid in self._pids.items()}

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            for name, pid in self._pids.items():
                size = sum(map(_size_of, _family(pid)))
                self.memory.setdefault(name, []).append(size)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _size_of(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def report(name: str, figures: dict[str, object]) -> None:
    """One JSON document, with where and of what it was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - whatever git is first.
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    document = {
        "benchmark": name,
        "commit": commit,
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.processor() or platform.machine(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
            "python": platform.python_version(),
            "load_before": round(os.getloadavg()[0], 2),
        },
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **figures,
    }
    sys.stdout.write(json.dumps(document, indent=1) + "\n")
