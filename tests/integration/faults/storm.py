"""What a storm is made of: commands without end, and whoever kills the programs meanwhile.

Shape: `with Load(system, chance) as load:` publishes; `Killer(system, chance).run(seconds)` kills,
freezes and starts again. Both draw from one seed each, so that a storm can be had again.
Units: seconds; cents.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Event, Thread
from typing import Self

from domain.transfer import TransferFunds
from domain.wallet import HoldFunds
from infra.kafka import clients
from schemas.meta import CommandMeta
from schemas.names import Command
from tests.integration.faults.given import CLIENT, EUR, framed, start
from tests.integration.faults.program import Fault
from tests.integration.programs import Program, System

BOOKS = ("main", "second")
WALLETS = tuple(f"w{number}" for number in range(8))
BURST, EVERY_S = 20, 0.1  # 200 commands a second.
HOLD_US = 1_000_000
FENCED = "gave up: Fenced"


class Load:
    """Transfers in a book and between two, holds that end by themselves, and repeats of all."""

    def __init__(self, system: System, chance: Random) -> None:
        self._system = system
        self._chance = chance
        self._producer = clients.producer(system.settings.kafka)
        self._over = Event()
        self._thread = Thread(target=self._run)
        self._failed = 0
        self._before: list[tuple[str, str, Command]] = []
        self.published = Counter[tuple[str, str]]()  # By book and key, repeats included.

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        assert self._failed == 0, "a command was not published"

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            for _ in range(BURST):
                self._publish(*self._next())
            self._producer.poll(0)
        assert self._producer.flush(120) == 0, "Kafka has not taken all of it"

    def _next(self) -> tuple[str, str, Command]:
        chance = self._chance
        if self._before and chance.random() < 0.1:
            return chance.choice(self._before)
        number = len(self._before)
        book, other = chance.sample(BOOKS, 2)
        source, destination = chance.sample(WALLETS, 2)
        kind = chance.random()
        command: Command
        if kind < 0.1:
            expires_at_us = time.time_ns() // 1_000 + HOLD_US
            command = HoldFunds(source, f"h{number}", chance.randint(1, 30), EUR, expires_at_us)
        else:
            there = other if kind < 0.4 else ""
            cents = chance.randint(1, 300)  # Some are more than there is.
            command = TransferFunds(f"t{number}", source, destination, cents, EUR, there)
        self._before.append((book, f"k{number}", command))
        return self._before[-1]

    def _publish(self, book: str, key: str, command: Command) -> None:
        self.published[book, key] += 1
        value = framed(self._system, CommandMeta(CLIENT, key), command)
        topic = self._system.surroundings.topics.commands
        self._producer.produce(topic, value, book.encode(), on_delivery=self._delivered)

    def _delivered(self, error: object, _message: object) -> None:
        self._failed += error is not None


class Killer:
    """Kills programs at random, freezes a writer behind another one, and starts all again."""

    def __init__(self, system: System, chance: Random, programs: tuple[str, ...]) -> None:
        self._system = system
        self._chance = chance
        self._programs = programs
        self._groups = 0
        self._frozen: list[Program] = []
        self.done = Counter[str]()

    def run(self, seconds: float) -> None:
        """All run before and afterwards."""
        pause, until_s = Event(), time.monotonic() + seconds
        for name in self._programs:
            self._start(name)
        while time.monotonic() < until_s:
            pause.wait(self._chance.uniform(0.1, 1.2))
            self._strike(self._chance.choice(self._programs))
        for program in self._frozen:
            self._thaw(program)
        for name in self._programs:
            if name == "writer":
                self._kill(name)  # A writer that thawed may have been fenced, or have fenced.
                self._start(name)
        self._system.check()

    def _strike(self, name: str) -> None:
        if name == "writer" and self._chance.random() < 0.25:
            self._freeze(name)
        else:
            self._kill(name)
        self._start(name)

    def _kill(self, name: str) -> None:
        """It may have given up before, as somebody who was fenced."""
        program = self._system.programs.pop(name)
        program.process.kill()
        self._gone(program)
        self.done[f"{name} killed"] += 1

    def _freeze(self, name: str) -> None:
        """It holds its books, and does not know that another one takes them."""
        program = self._system.programs.pop(name)
        program.process.send_signal(signal.SIGSTOP)
        self._frozen.append(program)
        self.done[f"{name} frozen"] += 1
        if len(self._frozen) > 1:
            self._thaw(self._frozen.pop(0))

    def _thaw(self, program: Program) -> None:
        """It wakes up, meets the fence, or somebody who kills it first."""
        program.process.send_signal(signal.SIGCONT)
        Event().wait(self._chance.uniform(0.0, 0.3))
        program.process.kill()
        self._gone(program)

    def _gone(self, program: Program) -> None:
        code = program.process.wait()
        fenced = code == 1 and FENCED in program.said()
        assert fenced or code == -signal.SIGKILL, f"{program.name}: {code}\n{program.said()}"
        assert program.process.stdin is not None, "started with a pipe"
        program.process.stdin.close()

    def _start(self, name: str) -> None:
        """Mostly in a group of its own: a killed member is missed by its group for ten seconds."""
        self._groups += 1
        group = name if self._chance.random() < 0.2 else f"{name}-{self._groups}"
        start(self._system, name, Fault(group=group))


def waiting(look: Callable[[], bool], system: System, what: str) -> None:
    system.until(lambda: True if look() else None, what)
