"""A batch of commands of one book becomes one transaction.

Shape: UnitOfWork.decide(batch) -> Decided (what to write, what to remember). The commands are
decided in order, each seeing what the ones before it left; a refusal leaves nothing but its
answer; a command that makes the code fail is answered `internal_error`, dead-lettered, and the
rest goes on. Streams that turn out to be missing are loaded together and the batch is decided
again from its beginning: a round trip a round, never one a command.
What a client begins is taken as new without asking: the store refuses a second beginning, and the
batch is decided again, asking. Whatever could be otherwise if a thing had begun before (a refusal,
an acceptance without events, a failure) is asked for before it counts, so that the outcome is the
same as if all had been (docs/decisions/0011-new-things.md).
Bound: ROUNDS_MAX rounds; the longest chain of follow-ons that meet unknown streams is 4. Commands
that wait for each other's could need more: TooManyRounds, and a smaller batch needs fewer.
"""

import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from commands.answering import INTERNAL_ERROR, Answers
from commands.asking import allowed, asked_by, facts_of
from commands.chain import Salts
from commands.execution import Executed, Executor, Wanted, wanted
from commands.incoming import Incoming, Origin
from commands.known import Known, Missing
from commands.log import Log
from commands.memory import Memory
from commands.outage import Outage
from commands.outward import Outbox, unheard
from commands.ports import (
    Changes,
    Codec,
    Found,
    Head,
    Loaded,
    NewAnswer,
    Outgoing,
    SavedAnswer,
    Snapshot,
    Store,
)
from domain.decision import Refused, Stream

ROUNDS_MAX = 12
SNAPSHOT_EVERY = 200  # Events: a stream is loaded from a snapshot and at most a batch more.
ASKING_BATCHES = 100  # After something that had begun before: they ask, so a flood costs one batch.
NOT_ALLOWED = Refused("not_allowed", "this type is not accepted from outside")


class TooManyRounds(Exception):  # noqa: N818 - a fact about the batch.
    """The batch keeps asking for more streams: decide it in parts."""


class Failure(NamedTuple):
    """A command that made us fail, or that the store has refused."""

    incoming: Incoming
    why: Refused
    trace: str


class Decided(NamedTuple):
    """What a batch comes to: the transaction, and the aggregates as it leaves them."""

    changes: Changes
    touched: dict[Stream, Loaded]
    failures: list[Failure]


class UnitOfWork:
    """Decides batches of one book. It holds the book's aggregates in bounded memory."""

    def __init__(self, store: Store, codec: Codec, memory: Memory[Stream, Loaded]) -> None:
        self.store = store
        self.codec = codec
        self.memory = memory
        self.salts = Salts(store.key)
        self._asking = 0  # Batches that are still to ask for what they begin.
        self._trusted = False  # Whether the last batch has not asked.

    def decide(self, head: Head, incoming: Sequence[Incoming], at_us: int, after: Head) -> Decided:
        """Decide a batch. `after` carries the positions to move to. Writes nothing.

        Raises TooManyRounds, Outage.
        """
        at_us = max(at_us, head.recorded_at_us)
        asked = [asked_by(each) for each in incoming]
        self._trusted = not self._asking
        looked_up = set[bytes]() if self._trusted else facts_of(asked)
        found, before = self._look_up(incoming, asked, looked_up)
        begun = set(found.facts)
        for _ in range(ROUNDS_MAX):
            known = Known(self.memory, before, set(begun))
            round_ = _Round(self, head, at_us, known, found.answers)
            for each, wants in zip(incoming, asked, strict=True):
                round_.one(each, wants)
            doubted = (facts_of(asked) if round_.failures else round_.doubted) - looked_up
            if not round_.missing and not doubted:
                return round_.decided(after)
            more = self.store.look_up((), tuple(doubted), tuple(round_.missing))
            if not round_.missing and not more.facts:
                return round_.decided(after)
            looked_up |= doubted
            begun.update(more.facts)
            before.update(more.streams)
            self._ask_after(more)
        raise TooManyRounds(f"{len(incoming)} commands")

    def remember(self, decided: Decided) -> None:
        """The batch was written: keep its aggregates."""
        self.memory.update(decided.touched)
        self._asking = max(0, self._asking - 1)

    def doubt(self) -> bool:
        """A thing was taken as new and is not: whether to decide the batch again, asking."""
        self._asking = ASKING_BATCHES
        return self._trusted

    def _look_up(
        self,
        incoming: Sequence[Incoming],
        asked: Sequence[Wanted | None],
        facts: Collection[bytes],
    ) -> tuple[Found, dict[Stream, Loaded]]:
        """Ask the store what memory does not know; and the streams of both."""
        commands = [
            each.command_id
            for each in incoming
            if not each.unreadable and each.origin is not Origin.TIMER
        ]
        before, missing = self.memory.of(
            {stream for wants in asked if wants is not None for stream in wants.streams}
        )
        found = self.store.look_up(commands, tuple(facts), missing)
        before.update(found.streams)
        self._ask_after(found)
        return found, before

    def _ask_after(self, found: Found) -> None:
        """Where something is begun again, more of it is likely."""
        if found.facts:
            self._asking = ASKING_BATCHES


class _Round:
    """One attempt at a batch."""

    def __init__(
        self,
        work: UnitOfWork,
        head: Head,
        at_us: int,
        known: Known,
        saved: Mapping[bytes, SavedAnswer],
    ) -> None:
        self.work = work
        self.head = head
        self.known = known
        self.at_us = at_us
        self.log = Log(head, at_us, work.salts, work.codec)
        self.answers = Answers(head, at_us, work.codec, saved)
        self.outbox = Outbox(head.name, at_us, work.codec)
        self.executor = Executor(head.name, at_us, known)
        self.missing: dict[Stream, None] = {}
        self.doubted: set[bytes] = set()  # Things that were not asked for, and it may matter.
        self.timers_done: list[bytes] = []
        self.marks: list[NewAnswer] = []
        self.failures: list[Failure] = []

    def one(self, incoming: Incoming, wants: Wanted | None) -> None:
        """Decide one command of the batch."""
        if incoming.origin is Origin.TIMER:  # Whatever comes of it, it does not come back.
            self.timers_done.append(incoming.timer_id)
        if incoming.unreadable:
            assert incoming.refused is not None, "unreadable for no reason"
            self.outbox.dead_letter(incoming, incoming.refused)
            return
        saved = self.answers.given(incoming.command_id)
        if saved is not None and incoming.origin is not Origin.TIMER:
            self.answers.again(incoming, saved)
            return
        if incoming.unwritable:
            assert incoming.refused is not None, "unwritable for no reason"
            self._fail(incoming, incoming.refused, "")
            return
        try:
            outcome = self._execute(incoming, wants)
            returned = self._returned(incoming, outcome)
        except Missing as missing:
            self.missing.update(dict.fromkeys(missing.streams))
            return
        except Outage:
            raise
        except Exception:  # noqa: BLE001 - a bug must cost one command, never the book.
            trace = traceback.format_exc()
            why = Refused(INTERNAL_ERROR, trace.strip().rsplit("\n", 1)[-1])
            self._fail(incoming, why, trace)
            return
        if isinstance(outcome, Refused):
            self._refused(incoming, outcome, returned)
        elif incoming.origin is not Origin.TIMER:
            self.answers.accepted(incoming, outcome)

    def decided(self, after: Head) -> Decided:
        after = replace(
            after,
            sequence=self.log.sequence,
            answer_sequence=self.answers.sequence,
            chain=self.log.chain,
            recorded_at_us=self.at_us,
        )
        changes = Changes(
            self.head,
            after,
            self.at_us,
            self.log.rows,
            self.answers.rows,
            self.outbox.outgoing,
            self.outbox.timers,
            self.timers_done,
            self._snapshots(),
            self.marks,
        )
        return Decided(changes, self.known.touched, self.failures)

    def _doubt(self, wants: Wanted) -> None:
        """Note what a command would have begun and has not: it may have begun before."""
        if wants.fact_key is not None and wants.fact_key not in self.known.facts:
            self.doubted.add(wants.fact_key)

    def _execute(self, incoming: Incoming, wants: Wanted | None) -> Executed | Refused:
        if wants is None:
            if not allowed(incoming):
                return NOT_ALLOWED
            if incoming.refused is not None:
                return incoming.refused
            wants = wanted(incoming.command)  # It made us fail before, and does again.
        own = incoming.origin is not Origin.COMMANDS
        outcome = self.executor.execute(wants, self.log.sequence + 1, own=own)
        if isinstance(outcome, Refused):
            self._doubt(wants)
            return outcome
        leaving = self.outbox.leaving(incoming, outcome)
        self.log.append(incoming, outcome)
        self.known.keep(outcome.overlay, outcome.facts)
        self.outbox.add(leaving)
        if not outcome.events:
            self._doubt(wants)
        return outcome

    def _returned(self, incoming: Incoming, outcome: Executed | Refused) -> Outgoing | None:
        if incoming.on_refusal is None or not isinstance(outcome, Refused):
            return None
        return self.outbox.returned(incoming, incoming.on_refusal, outcome)

    def _refused(self, incoming: Incoming, refused: Refused, returned: Outgoing | None) -> None:
        if returned is None and not incoming.heard:
            why = unheard(refused)
            self.outbox.dead_letter(incoming, why)
            if incoming.origin is not Origin.TIMER:
                self.answers.failed(incoming, why)
            return
        self.answers.refused(incoming, refused)
        if returned is not None:
            self.marks.append(self.answers.rows[-1])
            self.outbox.outgoing.append(returned)

    def _fail(self, incoming: Incoming, why: Refused, trace: str) -> None:
        self.failures.append(Failure(incoming, why, trace))
        self.outbox.dead_letter(incoming, why, trace)
        if incoming.origin is not Origin.TIMER:
            self.answers.failed(incoming)

    def _snapshots(self) -> list[Snapshot]:
        """Of the streams that have passed a version at which one is due."""
        due = {row.stream_id for row in self.log.rows if not row.version % SNAPSHOT_EVERY}
        if not due:
            return []
        touched = self.known.touched.values()
        return [Snapshot(*each) for each in touched if each.stream_id in due]
