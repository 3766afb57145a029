"""One book at a writer: taken with an epoch, its batches written behind the fence.

Shape: Desk.handle(batch, positions) writes one batch, or several where content is refused.
Rules: an outage makes the desk forget everything and take the book again, then skip what the
book has already; Fenced is never retried; a batch of which something had begun before is decided
again, asking; content that the store refuses is found by bisection and costs one command; a batch
with which there are too many internal errors in a minute is not written, and stops the writer: the
release is bad, not the commands.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event
from typing import NamedTuple

import structlog

from commands.incoming import Incoming, Origin
from commands.log import DAY_US
from commands.memory import Memory
from commands.outage import Outage
from commands.ports import Begun, Codec, Head, Loaded, Timer, Unwritable
from commands.unit_of_work import Failure, TooManyRounds, UnitOfWork
from domain.decision import Refused, Stream
from infra.event_store.books import TakenBook
from infra.event_store.datastore import translated

TIMERS_MAX = 500  # A batch of due timers; the rest follow in the next.
MINUTE_S = 60.0
# Two minutes in all, below max.poll.interval.ms; then the supervisor starts us afresh.
PAUSES_S = (0.05, 0.2, 1.0, 2.0, *[5.0] * 24)
UNWRITABLE = "unwritable"
LEFT = (
    "They wait, with all that came after them. Put the last good release back; or, if it is the"
    " commands, raise failures_max, and they become dead letters"
)
log = structlog.get_logger()


class TooManyFailures(Exception):  # noqa: N818 - a state of the release, not of one command.
    """So many commands in a short time made us fail that the release is at fault."""


class Limits(NamedTuple):
    """Aggregates kept in memory; internal errors in a minute that stop the writer."""

    memory: int
    failures: int


def now_us() -> int:
    """The writer's clock."""
    return time.time_ns() // 1000


def today() -> int:
    """The writer's day: days since 1970, UTC."""
    return now_us() // DAY_US


class Desk:
    """A taken book. `take` opens it anew: called first, and after every outage."""

    def __init__(
        self,
        take: Callable[[], TakenBook],
        codec: Codec,
        read_timer: Callable[[Timer], Incoming],
        stop: Event,
        limits: Limits,
    ) -> None:
        self._take = take
        self._codec = codec
        self._read_timer = read_timer
        self._stop = stop
        self._limits = limits
        self._failed_at_s = deque[float](maxlen=limits.failures)
        self._open()

    def _open(self) -> None:
        self._opened_on = today()
        taken = self._take()
        memory = Memory[Stream, Loaded](self._limits.memory)
        self.head: Head = taken.head
        self.store = taken.store
        self._work = UnitOfWork(taken.store, self._codec, memory)
        self.next_due_us = taken.next_due_us
        self._taken = True

    @property
    def positions(self) -> tuple[int, int]:
        """The next offsets that the book needs, of tally.commands and tally.internal."""
        return self.head.commands_position, self.head.internal_position

    def close(self) -> None:
        """Forget everything; the book is anybody's."""
        self._taken = False
        self.store.close()

    def handle(self, batch: Sequence[Incoming]) -> None:
        """Write a batch and move past it. Raises Fenced, TooManyFailures, Outage."""
        self._surviving(lambda: self._handle_rest(batch))

    def tend(self, positions: tuple[int, int]) -> None:
        """Now and then: move past records that were none of this book's; take it anew each day."""
        if self._opened_on != today():
            self.close()
            self._surviving(lambda: None)
        if self._at_least(positions) != self.positions:
            self._surviving(lambda: self._handle((), self._at_least(positions)))

    def note_end(self, offset: int, topic_id: str) -> None:
        """Where the next search for events that Kafka has and we have not may begin."""

        def note() -> None:
            with translated():
                self.store.recorder.note_end(offset, topic_id, epoch=self.head.epoch)

        self._surviving(note)

    def has(self, offset: int, origin: Origin) -> bool:
        """Whether the book has moved past this record of its partition."""
        head = self.head
        commands, internal = head.commands_position, head.internal_position
        return offset < (commands if origin is Origin.COMMANDS else internal)

    def _handle_rest(self, batch: Sequence[Incoming]) -> None:
        rest = [
            each
            for each in batch
            if each.record is None or not self.has(each.record.offset, each.origin)
        ]
        self._handle(rest, self._reached(rest))

    def handle_due(self) -> None:
        """Write a batch of the timers that are due, if any are."""
        if self.next_due_us is not None and self.next_due_us <= now_us():
            self._surviving(self._handle_timers)

    def _handle_timers(self) -> None:
        timers = self.store.due_timers(now_us(), limit=TIMERS_MAX)
        self._handle([self._read_timer(timer) for timer in timers], self._at_least((0, 0)))
        self.next_due_us = self.store.next_due_us()

    def _surviving(self, action: Callable[[], None]) -> None:
        """Through an outage: forget, wait, take the book again, and do what is still to do."""
        for pause_s in (*PAUSES_S, None):
            try:
                if not self._taken:
                    self._open()
                action()
            except Outage as outage:
                if not outage.retry or pause_s is None:
                    raise
                self.close()
                log.warning("waiting", book=self.head.name, outage=str(outage), pause_s=pause_s)
                self._stop.wait(pause_s)
                if self._stop.is_set():
                    raise
            else:
                return

    def _handle(self, batch: Sequence[Incoming], positions: tuple[int, int]) -> None:
        after = replace(self.head, commands_position=positions[0], internal_position=positions[1])
        try:
            decided = self._work.decide(self.head, batch, now_us(), after)
            self._check(decided.failures)
            self.store.record(decided.changes)
        except (Unwritable, TooManyRounds) as error:
            if isinstance(error, Begun) and self._work.doubt():
                self._handle(batch, positions)
            else:
                self._bisect(batch, positions, error)
            return
        self._work.remember(decided)
        self.head = decided.changes.after
        for timer in decided.changes.timers:
            if self.next_due_us is None or timer.due_us < self.next_due_us:
                self.next_due_us = timer.due_us
        self._failed_at_s.extend([time.monotonic()] * len(decided.failures))

    def _bisect(
        self,
        batch: Sequence[Incoming],
        positions: tuple[int, int],
        error: Unwritable | TooManyRounds,
    ) -> None:
        """Find what the store refuses; the halves move the position only over what they hold."""
        if len(batch) <= 1:
            if not batch or batch[0].unreadable or batch[0].unwritable:
                raise Outage(f"the store refuses a batch of nothing: {error}", retry=False)
            said = str(error).partition("\n")[0]
            refused = Refused(UNWRITABLE, f"{type(error).__name__}: {said}")
            failed = batch[0]._replace(refused=refused, unwritable=True)
            self._handle([failed], positions)
            return
        middle = len(batch) // 2
        self._handle(batch[:middle], self._reached(batch[:middle]))
        self._handle(batch[middle:], positions)

    def _reached(self, batch: Sequence[Incoming]) -> tuple[int, int]:
        """The positions after these records and no further."""
        commands, internal = self.head.commands_position, self.head.internal_position
        for each in batch:
            if each.record is not None and each.origin is Origin.COMMANDS:
                commands = max(commands, each.record.offset + 1)
            elif each.record is not None:
                internal = max(internal, each.record.offset + 1)
        return commands, internal

    def _at_least(self, positions: tuple[int, int]) -> tuple[int, int]:
        return (
            max(positions[0], self.head.commands_position),
            max(positions[1], self.head.internal_position),
        )

    def _check(self, failures: Sequence[Failure]) -> None:
        """Before a batch is written: what made us fail stays where it is, if it is too much."""
        if not failures:
            return
        since_s = time.monotonic() - MINUTE_S
        count = len(failures) + sum(at_s > since_s for at_s in self._failed_at_s)
        if count >= self._limits.failures:
            incoming, why, trace = failures[0]
            log.error(
                "failing",
                book=self.head.name,
                correlation_id=incoming.meta.correlation_id or incoming.command_id.hex(),
                command_type=incoming.type_name,
                traceback=trace,
            )
            said = (
                f"{self.head.name}: {count} commands in a minute, the first of them: {why.detail}"
            )
            raise TooManyFailures(f"{said}. {LEFT}")
