"""A batch of commands of one book becomes one transaction.

Shape: UnitOfWork.decide(batch) -> Decided (what to write, what to remember). The commands are
decided in order, each seeing what the ones before it left; a refusal leaves nothing but its
answer; a command that makes the code fail is answered `internal_error`, dead-lettered, and the
rest goes on. Streams that turn out to be missing are loaded together and the batch is decided
again from its beginning: a round trip a round, never one a command.
Bound: ROUNDS_MAX rounds; the longest chain of follow-ons that meet unknown streams is 4. Commands
that wait for each other's could need more: TooManyRounds, and a smaller batch needs fewer.
"""

import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from commands.answering import INTERNAL_ERROR, Answers
from commands.catalogue import COMMANDS
from commands.chain import Salts
from commands.execution import Executed, Executor, Missing, Wanted, wanted
from commands.incoming import Incoming, Origin
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


class Batch:
    """The batch so far, over what is known from before it: an executor's view.

    `before` holds what memory and store knew of the streams asked for; it grows by what is met.
    """

    def __init__(
        self, memory: Memory[Stream, Loaded], before: dict[Stream, Loaded], facts: set[bytes]
    ) -> None:
        self.facts = facts
        self.before = before
        self.touched: dict[Stream, Loaded] = {}
        self._memory = memory

    def loaded(self, stream: Stream) -> Loaded | None:
        found = self.touched.get(stream) or self.before.get(stream)
        if found is None:
            found = self._memory.get(stream)
            if found is not None:
                self.before[stream] = found
        return found

    def fact_exists(self, fact_key: bytes) -> bool:
        return fact_key in self.facts

    def keep(self, done: Executed) -> None:
        self.touched.update(done.overlay)
        self.facts.update(done.facts)


def _wanted(incoming: Incoming) -> Wanted | None:
    return None if incoming.refused is not None else wanted(incoming.command)


class UnitOfWork:
    """Decides batches of one book. It holds the book's aggregates in bounded memory."""

    def __init__(self, store: Store, codec: Codec, memory: Memory[Stream, Loaded]) -> None:
        self.store = store
        self.codec = codec
        self.memory = memory
        self.salts = Salts(store.key)

    def decide(self, head: Head, incoming: Sequence[Incoming], at_us: int, after: Head) -> Decided:
        """Decide a batch. `after` carries the positions to move to. Writes nothing.

        Raises TooManyRounds, Outage.
        """
        at_us = max(at_us, head.recorded_at_us)
        asked = [_wanted(each) for each in incoming]
        before: dict[Stream, Loaded] = {}
        found = self._look_up(incoming, asked, before)
        for _ in range(ROUNDS_MAX):
            batch = Batch(self.memory, before, set(found.facts))
            round_ = _Round(self, head, at_us, batch, found)
            for each, wants in zip(incoming, asked, strict=True):
                round_.one(each, wants)
            if not round_.missing:
                return round_.decided(after)
            before.update(self.store.look_up((), (), tuple(round_.missing)).streams)
        raise TooManyRounds(f"{len(incoming)} commands")

    def remember(self, decided: Decided) -> None:
        """The batch was written: keep its aggregates."""
        self.memory.update(decided.touched)

    def _look_up(
        self,
        incoming: Sequence[Incoming],
        asked: Sequence[Wanted | None],
        before: dict[Stream, Loaded],
    ) -> Found:
        """Ask the store what memory does not know; `before` gets the streams of both."""
        commands = [
            each.command_id
            for each in incoming
            if not each.unreadable and each.origin is not Origin.TIMER
        ]
        wants = [each for each in asked if each is not None]
        facts = [each.fact_key for each in wants if each.fact_key is not None]
        missing: list[Stream] = []
        for stream in {stream for each in wants for stream in each.streams}:
            held = self.memory.get(stream)
            if held is None:
                missing.append(stream)
            else:
                before[stream] = held
        found = self.store.look_up(commands, facts, missing)
        before.update(found.streams)
        return found


class _Round:
    """One attempt at a batch."""

    def __init__(
        self, work: UnitOfWork, head: Head, at_us: int, batch: Batch, found: Found
    ) -> None:
        self.work = work
        self.head = head
        self.batch = batch
        self.found = found
        self.at_us = at_us
        self.log = Log(head, at_us, work.salts, work.codec)
        self.answers = Answers(head, at_us, work.codec)
        self.outbox = Outbox(head.name, at_us, work.codec)
        self.executor = Executor(head.name, at_us, batch)
        self.missing: dict[Stream, None] = {}
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
        saved = self._saved(incoming)
        if saved is not None:
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
        return Decided(changes, self.batch.touched, self.failures)

    def _saved(self, incoming: Incoming) -> SavedAnswer | None:
        if incoming.origin is Origin.TIMER:
            return None
        given = self.answers.given(incoming.command_id)
        return given or self.found.answers.get(incoming.command_id)

    def _execute(self, incoming: Incoming, wants: Wanted | None) -> Executed | Refused:
        own = incoming.origin is not Origin.COMMANDS
        if not own and not COMMANDS[type(incoming.command)].from_clients:
            return NOT_ALLOWED
        if incoming.refused is not None:
            return incoming.refused
        assert wants is not None, "what is not refused yet wants something"
        outcome = self.executor.execute(wants, self.log.sequence + 1, own=own)
        if not isinstance(outcome, Refused):
            leaving = self.outbox.leaving(incoming, outcome)
            self.log.append(incoming, outcome)
            self.batch.keep(outcome)
            self.outbox.add(leaving)
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
        found: list[Snapshot] = []
        for stream, loaded in self.batch.touched.items():
            before = self.batch.before.get(stream)
            version = before.version if before is not None else 0
            if loaded.version // SNAPSHOT_EVERY > version // SNAPSHOT_EVERY:
                found.append(Snapshot(loaded.stream_id, loaded.version, loaded.state))
        return found
