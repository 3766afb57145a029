"""What all three servers have in common: started by steps, so that one thread starts them together.

Units: seconds. Shape: `starting()` yields as long as it is not ready; `drive` runs several of
these in turn. `start`, `stop` and `kill` act on one server, again and again, on the same data.
Errors: ServerFailed with the end of the server's log.
Source: house style, bounded waits; what readiness means is each server's own word.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.process import Keeper, Program, tail
from infra.embedded.settings import EmbeddedSettings, Progress, ServerFailed

PAUSE_S = 0.01  # Between two looks at servers that are starting.

Starting = Iterator[None]


@dataclass(frozen=True, slots=True)
class Site:
    """Where servers live and who keeps them."""

    data: Path
    keeper: Keeper
    settings: EmbeddedSettings
    progress: Progress

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


class EmbeddedServer(ABC):
    name: str

    def __init__(self, site: Site) -> None:
        self.site = site
        self.running = False

    @abstractmethod
    def starting(self) -> Starting:
        """Start, step by step; at its end the server answers."""

    @property
    def pid(self) -> int:
        return self.site.keeper.pids[self.name]

    def start(self) -> None:
        """Start again what was stopped or killed, on the same ports and data."""
        assert not self.running, f"{self.name} runs already"
        drive([self.starting()])

    def stop(self) -> None:
        self.site.keeper.stop(self.name, patience_max_s=self.site.settings.stop_timeout_s)
        self.running = False

    def kill(self) -> None:
        """As a crash would: SIGKILL, no farewell."""
        self.site.keeper.kill(self.name)
        self.running = False

    def until(self, program: Program, ready: Callable[[], bool]) -> Starting:
        """Run the program until it answers; its early end or silence is a failure."""
        deadline = time.monotonic() + self.site.settings.start_timeout_s
        self.site.keeper.start(program)
        while not ready():
            yield
            status = self.site.keeper.status(program.name)
            if status is not None or time.monotonic() > deadline:
                raise failed(program, status)

    def finish(self, program: Program) -> Starting:
        """Run a program that ends by itself."""
        deadline = time.monotonic() + self.site.settings.start_timeout_s
        self.site.keeper.start(program)
        while (status := self.site.keeper.status(program.name)) is None:
            yield
            if time.monotonic() > deadline:
                break
        if status != 0:
            raise failed(program, status)


def failed(program: Program, status: int | None) -> ServerFailed:
    how = "did not answer in time" if status is None else f"ended with status {status}"
    return ServerFailed(f"{program.name} {how}; the end of {program.log}:\n{tail(program.log)}")


def drive(starts: Collection[Starting]) -> None:
    """Run all of them in turn until each has ended; the first failure is everybody's."""
    unfinished = list(starts)
    while unfinished:
        unfinished = [one for one in unfinished if next(one, StopIteration) is not StopIteration]
        if unfinished:
            time.sleep(PAUSE_S)
