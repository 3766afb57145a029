"""One command with all that follows from it in its book, on an overlay that a refusal discards.

Shape: Executor(book, at_us, known).execute(wanted(command), first_sequence, own=…) -> Executed, or
the Refused of the command or of a Do that follows from it.
Follow-ons run breadth first; a refused Do refuses the whole; a refused Try is answered by its
`on_refusal`; what goes to another book, or falls due later, is listed for the outbox and timers.
Errors: Missing (streams that must be loaded first), AssertionError (a bug in the rules).
Bound: FOLLOW_ONS_MAX steps a command; a payment of 10 items takes about 50.
"""

from collections import deque
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from commands import identity
from commands.catalogue import COMMANDS, EVENTS, CommandRule, EventRule
from commands.known import Known, Missing
from commands.ports import Loaded
from domain.decision import ALREADY_EXISTS, At, Do, FollowOn, Refused, Stream, Try

FOLLOW_ONS_MAX = 1_000

# One event with its place: its rule, the aggregate's id and stream, the version in it, the cause in
# the book, the thing that it begins. Made and read in one place each, thousands of times a batch:
# a named tuple takes 0.3 µs more.
Happened = tuple[object, EventRule, str, bytes, int, str, bytes | None]


class Outward(NamedTuple):
    """A follow-on that leaves: to another book, or to a later time."""

    sequence: int
    follow_on: Try | At


class Wanted(NamedTuple):
    """What a command asks for before it is decided: told once, for the look-up and the rules."""

    command: object
    rule: CommandRule
    streams: tuple[Stream, ...]
    fact_key: bytes | None  # Of the thing that it begins.


def wanted(command: object) -> Wanted:
    """What a command reads and begins."""
    rule = COMMANDS[type(command)]
    thing = rule.begins(command)
    return Wanted(command, rule, rule.reads(command), identity.fact_key(thing) if thing else None)


class Executed:
    """What a command did. `unanswered`: refusals of follow-ons that nobody named an answer to."""

    __slots__ = ("events", "facts", "first_sequence", "outward", "overlay", "unanswered")

    def __init__(self, first_sequence: int) -> None:
        self.first_sequence = first_sequence
        self.overlay: dict[Stream, Loaded] = {}
        self.events: list[Happened] = []
        self.outward: list[Outward] = []
        self.facts: set[bytes] = set()
        self.unanswered: list[tuple[Outward, Refused]] = []


class Executor:
    """Executes commands of one book. `at_us` is the writer's time, one for a batch."""

    def __init__(self, book: str, at_us: int, known: Known) -> None:
        self.book = book
        self.at_us = at_us
        self.known = known

    def execute(self, first: Wanted, first_sequence: int, *, own: bool) -> Executed | Refused:
        """Do a command. `own`: it is ours, so that a thing that exists already is no refusal."""
        done = Executed(first_sequence)
        queue: deque[tuple[int, FollowOn]] = deque()
        try:
            refused = self._step(done, queue, first, "", own=own)
            steps = 0
            while queue and refused is None:
                steps += 1
                assert steps <= FOLLOW_ONS_MAX, "follow-ons without end"
                refused = self._follow(done, queue, *queue.popleft())
        except Missing as missing:
            raise Missing(missing.streams + self._unknown(queue)) from None
        return done if refused is None else refused

    def _unknown(self, queue: deque[tuple[int, FollowOn]]) -> tuple[Stream, ...]:
        """What the follow-ons still waiting would miss too: one round loads it all."""
        return tuple(
            stream
            for _, follow_on in queue
            if not isinstance(follow_on, At)
            for stream in wanted(follow_on.command).streams
            if self.known.lacks(stream)
        )

    def _follow(
        self,
        done: Executed,
        queue: deque[tuple[int, FollowOn]],
        sequence: int,
        follow_on: FollowOn,
    ) -> Refused | None:
        if isinstance(follow_on, At) or (
            isinstance(follow_on, Try) and follow_on.book not in ("", self.book)
        ):
            done.outward.append(Outward(sequence, follow_on))
            return None
        cause = str(sequence)
        refused = self._step(done, queue, wanted(follow_on.command), cause, own=True)
        if refused is None or isinstance(follow_on, Do):
            return refused
        if follow_on.on_refusal is None:
            done.unanswered.append((Outward(sequence, follow_on), refused))
            return None
        answer = with_code(follow_on.on_refusal, refused)
        return self._step(done, queue, wanted(answer), cause, own=True)

    def _step(
        self,
        done: Executed,
        queue: deque[tuple[int, FollowOn]],
        asked: Wanted,
        causation: str,
        *,
        own: bool,
    ) -> Refused | None:
        command, rule, streams, fact_key = asked
        overlay, known = done.overlay, self.known
        states = [(overlay.get(stream) or known[stream]).state for stream in streams]
        state = states[0] if len(states) == 1 else tuple(states)
        if fact_key is not None and (fact_key in done.facts or fact_key in known.facts):
            return None if own else Refused(ALREADY_EXISTS, rule.begins(command))
        outcome = rule.decide(command, state, self.at_us)
        if isinstance(outcome, Refused):
            return None if own and outcome.code == ALREADY_EXISTS else outcome
        if fact_key is not None and outcome:
            done.facts.add(fact_key)
        self._happened(done, queue, outcome, causation, fact_key)
        return None

    def _happened(
        self,
        done: Executed,
        queue: deque[tuple[int, FollowOn]],
        events: tuple[object, ...],
        causation: str,
        fact_key: bytes | None,
    ) -> None:
        overlay, known, happened = done.overlay, self.known, done.events
        for event in events:
            rule = EVENTS[type(event)]
            aggregate_id = rule.id_of(event)
            stream = (rule.aggregate, aggregate_id)
            found = overlay.get(stream) or known.get(stream)
            assert found is not None, "an event of a stream that was not read"
            stream_id, version, state = found
            version += 1
            overlay[stream] = Loaded(stream_id, version, rule.evolve(state, event))
            happened.append((event, rule, aggregate_id, stream_id, version, causation, fact_key))
            fact_key = None  # The first event carries it.
            follow_ons = rule.react(event, self.book)
            if follow_ons:
                sequence = done.first_sequence + len(happened) - 1
                queue.extend((sequence, follow_on) for follow_on in follow_ons)


def with_code(command: object, refused: Refused) -> object:
    """The answer to a refusal, told why where it has a field for it."""
    assert is_dataclass(command), "a command is a dataclass"
    assert not isinstance(command, type), "a command is an instance"
    named = "code" in {each.name for each in fields(command)}
    changed: dict[str, Any] = {"code": refused.code} if named else {}
    return replace(command, **changed)
