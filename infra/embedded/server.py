"""What all three servers have in common: started by steps, so that one thread starts them together.

Units: seconds. Shape: `starting()` yields as long as it is not ready; `drive` runs several of
these in turn. `start`, `stop` and `kill` act on one server, again and again, on the same data.
A port that somebody takes between our choice and the server's start is replaced, but only at the
first start: later ones keep the ports that clients know.
Errors: ServerFailed with the end of the server's log.
Source: house style, bounded waits; what readiness means is each server's own word.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.embedded import ports
from infra.embedded.process import Keeper, Program, tail
from infra.embedded.settings import EmbeddedSettings, Progress, ServerFailed

PAUSE_S = 0.01  # Between two looks at servers that are starting.
PORTS_TRIES_MAX = 3

Starting = Iterator[None]


@dataclass(frozen=True, slots=True)
class Site:
    """Where servers live and who keeps them; `lasting`: the data is there for another start."""

    data: Path
    keeper: Keeper
    settings: EmbeddedSettings
    progress: Progress
    lasting: bool = True

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


class EmbeddedServer(ABC):
    name: str

    def __init__(self, site: Site, chosen: Mapping[str, int], *, movable: bool) -> None:
        """`chosen`: its ports by name; `movable`: nobody has asked for these very ones."""
        self.site, self.ports, self.movable = site, dict(chosen), movable
        self.running = False

    @abstractmethod
    def prepare(self) -> Starting:
        """Make what the first start needs, step by step."""

    @abstractmethod
    def program(self) -> Program: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @property
    def port(self) -> int:
        return self.ports[self.name]

    @property
    def pid(self) -> int:
        return self.site.keeper.pids[self.name]

    def starting(self) -> Starting:
        """Start, step by step; at its end the server answers."""
        yield from self.prepare()
        self.site.progress(self.name, "starting")
        tries = 1
        while True:
            try:
                yield from self._until_it_answers()
                break
            except ServerFailed:
                lost = [name for name, port in self.ports.items() if not ports.is_free(port)]
                if not lost or not self.movable or tries == PORTS_TRIES_MAX:
                    raise
                self.ports |= ports.choose(dict.fromkeys(lost), {})
                tries += 1
        self.movable, self.running = False, True
        self.site.progress(self.name, f"ready on port {self.port}")

    def start(self) -> None:
        """Start again what was stopped or killed, on the same ports and data."""
        assert not self.running, f"{self.name} runs already"
        drive([self.starting()])

    def stop(self) -> None:
        self.running = False
        patience_s = self.site.settings.stop_timeout_s
        self.site.keeper.stop(self.name, patience_max_s=patience_s)

    def kill(self) -> None:
        """As a crash would: SIGKILL, no farewell."""
        self.running = False
        self.site.keeper.kill(self.name)

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

    def _until_it_answers(self) -> Starting:
        """Its early end, or its silence, is a failure."""
        program = self.program()
        deadline = time.monotonic() + self.site.settings.start_timeout_s
        self.site.keeper.start(program)
        answered = False
        while (status := self.site.keeper.status(program.name)) is None and not answered:
            yield
            if time.monotonic() > deadline:
                break
            answered = self.answers()
        if not answered or status is not None:  # Who answers for one that has ended is another.
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
