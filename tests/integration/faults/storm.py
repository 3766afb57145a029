"""What a storm is made of: commands without end, and whoever kills the programs meanwhile.

Shape: `with Load(system, chance) as load:` publishes; `Killer(system, chance, programs).run(50)`
kills, freezes and starts again so many times; settled(system, book, end) is what comes after it.
Both draw from a seed of their own, so that a storm can be had again.
Units: seconds; cents.
"""

import signal
import time
from collections import Counter
from itertools import count
from random import Random
from threading import Event, Thread
from typing import Self

from confluent_kafka import Message
from psycopg import sql

from domain.transfer import TransferCompleted, TransferFailed, TransferFunds, TransferStarted
from domain.wallet import HoldFunds
from infra.kafka import clients, messages
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command
from tests.integration.faults.given import CLIENT, EUR, framed, start, wait_for
from tests.integration.faults.program import Fault
from tests.integration.programs import Program, System

BOOKS = ("main", "second")
WALLETS = tuple(f"w{number}" for number in range(8))
BURST, EVERY_S = 10, 0.1  # 100 commands a second.
HOLD_US = 1_000_000
FENCED = "gave up: Fenced"
STARTED = FULL_NAMES[TransferStarted]
ENDED = [FULL_NAMES[TransferCompleted], FULL_NAMES[TransferFailed]]
# From left to right, so that the log is only counted once everything else is done.
SETTLED = """SELECT h.commands_position >= %s
  AND (h.last_sequence, h.last_answer) = (r.last_sequence, r.last_answer)
  AND NOT EXISTS (SELECT FROM {schema}.outbox) AND NOT EXISTS (SELECT FROM {schema}.timers)
  AND (SELECT count(*) FILTER (WHERE topic = %s) = count(*) FILTER (WHERE topic = ANY(%s))
    FROM {schema}.events)
FROM {schema}.head h, {schema}.relayed r"""


class Load:
    """Transfers in a book and between two, holds that end by themselves, and repeats of all."""

    def __init__(self, system: System, chance: Random) -> None:
        self._system = system
        self._chance = chance
        self._producer = clients.producer(system.settings.kafka_address)
        self._over = Event()
        self._thread = Thread(target=self._run)
        self._failed = 0
        self._before: list[tuple[str, str, Command]] = []
        self.published = Counter[tuple[str, str]]()  # By book and key, repeats included.
        self.ends = Counter[str]()  # The offset after the last command of each book.

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

    def _delivered(self, error: object, message: Message) -> None:
        self._failed += error is not None
        if error is None:
            book = messages.key(message).decode()
            self.ends[book] = max(self.ends[book], messages.offset(message) + 1)


class Killer:
    """Kills programs at random, freezes a writer behind another one, and starts all again."""

    def __init__(self, system: System, chance: Random, programs: tuple[str, ...]) -> None:
        self._system = system
        self._chance = chance
        self._programs = programs
        self._labels: dict[str, str] = {}
        self._numbers = count(1)
        self._frozen: list[Program] = []
        self.done = Counter[str]()

    def run(self, strikes: int) -> None:
        """All run before and afterwards."""
        for name in self._programs:
            self._start(name)
        try:
            for _ in range(strikes):
                self._let_them_work()
                self._strike(self._chance.choice(self._programs))
            while self._frozen:
                self._thaw()
        finally:
            for program in self._frozen:
                program.process.kill()
        # One that thawed may have been fenced, or have fenced the one behind which it stood.
        self._kill("writer")
        self._start("writer")
        self._system.check()

    def _let_them_work(self) -> None:
        """Mostly until all are at it; now and then somebody is struck as it starts."""
        if self._chance.random() < 0.8:
            wait_for(lambda: all(map(self._works, self._programs)), "all programs to work")
        Event().wait(self._chance.uniform(0.0, 0.5))

    def _works(self, name: str) -> bool:
        """Or has ended: who was fenced waits for the next strike."""
        program = self._system.programs[self._labels[name]]
        working = '"event": "running"' in program.log.read_text(encoding="utf-8")
        return working or program.process.poll() is not None

    def _strike(self, name: str) -> None:
        if name == "writer" and self._chance.random() < 0.25:
            self._freeze()
        else:
            self._kill(name)
        self._start(name)

    def _kill(self, name: str) -> None:
        """It may have given up before, as somebody who was fenced."""
        self._end(self._system.programs.pop(self._labels[name]))
        self.done[f"{name} killed"] += 1

    def _freeze(self) -> None:
        """It holds its books, and does not know that another one takes them."""
        program = self._system.programs.pop(self._labels["writer"])
        program.process.send_signal(signal.SIGSTOP)
        self._frozen.append(program)
        self.done["writer frozen"] += 1
        if len(self._frozen) > 1:
            self._thaw()

    def _thaw(self) -> None:
        """The first wakes up and meets the fence, or somebody who kills it before."""
        program = self._frozen[0]
        program.process.send_signal(signal.SIGCONT)
        Event().wait(self._chance.uniform(0.0, 0.3))
        self._end(self._frozen.pop(0))

    def _end(self, program: Program) -> None:
        program.process.kill()
        code = program.process.wait()
        assert program.process.stdin is not None, "started with a pipe"
        program.process.stdin.close()
        fenced = code == 1 and FENCED in program.said()
        assert fenced or code == -signal.SIGKILL, f"{program.name}: {code}\n{program.said()}"

    def _start(self, name: str) -> None:
        """Mostly in a group of its own: a killed member is missed by its group for ten seconds."""
        label = self._labels[name] = f"{name}-{next(self._numbers)}"
        group = name if self._chance.random() < 0.2 else label
        start(self._system, name, Fault(group=group), label=label)


def settled(system: System, book: str, end: int) -> bool:
    """All commands up to an offset are done and relayed, and nothing of the book is under way."""
    statement = sql.SQL(SETTLED).format(schema=sql.Identifier(f"book_{book}"))
    with system.connect() as connection:
        return connection.execute(statement, (end, STARTED, ENDED)).fetchone() == (True,)
