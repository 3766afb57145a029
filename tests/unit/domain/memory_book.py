"""A book in memory: runs the deciders of any aggregates as the unit of work runs them.

Shape: MemoryBook(name, (domain.wallet, ...)); execute(command) is a client's, deliver(message) a
follow-on from another book, pass_time(at_us) lets timers fall due. What it did: `events` in order,
`states` by stream, `timers`, `outbox` (a message stays until the test takes it; delivering it
twice, late or in another order is the test's choice).
Rules: follow-ons run breadth first in one unit of work, each seeing what the ones before it left;
a refused Do refuses the whole command, which then leaves nothing; a refused Try is followed by its
`on_refusal`, whose field `code`, where it has one, says why. A refusal of another book's follow-on
is kept for good under its identity: a second delivery must never succeed later. An accepted one is
not: answers are saved for a day only, so aggregates must take the same message twice.
Errors: AssertionError where an aggregate breaks the contract of domain/decision.py.
"""

from collections import ChainMap, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from heapq import heappop, heappush
from types import UnionType
from typing import Protocol, cast, get_args

from domain.decision import ALREADY_EXISTS, At, Do, FollowOn, Refused, Stream, Try

Outcome = tuple[object, ...] | Refused
START_US = 1_700_000_000_000_000  # Some moment in 2023.
FOLLOW_ONS_MAX = 1_000  # Of one command; more is two aggregates calling each other without end.
# The first field of an event names its stream, so the field's name says which aggregate it is.
STREAM_OF_FIELD = {
    "wallet_id": "wallet",
    "transfer_id": "transfer",
    "incoming_id": "incoming_transfer",
    "order_id": "order",
    "payment_id": "payment",
    "collection_id": "collection",
    "batch_id": "settlement_batch",
    "settlement_id": "settlement_reference",
}


class Aggregate(Protocol):
    """What a package of domain/ offers; the package itself is one."""

    @property
    def Command(self) -> UnionType: ...  # noqa: N802  (As the packages spell it.)
    @property
    def Event(self) -> UnionType: ...  # noqa: N802
    @property
    def reads(self) -> Callable[..., tuple[Stream, ...]]: ...
    @property
    def decide(self) -> Callable[..., Outcome]: ...
    @property
    def evolve(self) -> Callable[..., object]: ...
    @property
    def react(self) -> Callable[..., tuple[FollowOn, ...]]: ...
    @property
    def begins(self) -> Callable[..., str]: ...


@dataclass(frozen=True, slots=True)
class Message:
    """A follow-on on its way to another book. `identity` is the same however often it is sent."""

    identity: str
    source: str
    destination: str
    command: object
    on_refusal: object | None


@dataclass(slots=True)
class Unit:
    """What one command has done so far; kept as a whole or thrown away as a whole."""

    states: ChainMap[Stream, object]
    events: list[object] = field(default_factory=list[object])
    began: set[str] = field(default_factory=set[str])
    timers: list[tuple[int, object]] = field(default_factory=list[tuple[int, object]])
    outbox: list[Message] = field(default_factory=list[Message])
    queue: deque[tuple[int, FollowOn]] = field(default_factory=deque[tuple[int, FollowOn]])


def stream_of(event: object) -> Stream:
    assert is_dataclass(event), "an event is a dataclass"
    name = fields(event)[0].name
    return STREAM_OF_FIELD[name], cast("str", getattr(event, name))


def with_code(command: object, refused: Refused) -> object:
    """The answer to a refusal, told why where it has a field for it."""
    assert is_dataclass(command), "a command is a dataclass"
    assert not isinstance(command, type), "a command is an instance"
    named = "code" in {each.name for each in fields(command)}
    return replace(command, code=refused.code) if named else command


class MemoryBook:
    def __init__(self, name: str, aggregates: Iterable[Aggregate]) -> None:
        self.name = name
        self.at_us = START_US
        self.states: dict[Stream, object] = {}
        self.events: list[object] = []
        self.began: set[str] = set()
        self.timers: list[tuple[int, int, object]] = []  # Due time, order of asking, command.
        self.outbox: list[Message] = []
        self._refused: dict[str, Refused] = {}
        self._asked = 0
        self._by_command: dict[type, Aggregate] = {}
        self._by_event: dict[type, Aggregate] = {}
        for aggregate in aggregates:
            self._by_command |= dict.fromkeys(get_args(aggregate.Command), aggregate)
            self._by_event |= dict.fromkeys(get_args(aggregate.Event), aggregate)

    def execute(self, command: object, *, follow_on: bool = False) -> Outcome:
        """Do a command with all that follows from it here; a refusal leaves no trace."""
        unit = Unit(ChainMap({}, self.states))
        refused = self._step(unit, command, follow_on=follow_on)
        steps = 0
        while unit.queue and refused is None:
            steps += 1
            assert steps <= FOLLOW_ONS_MAX, "follow-ons without end"
            refused = self._follow(unit, *unit.queue.popleft())
        if refused is not None:
            return refused
        self._keep(unit)
        return tuple(unit.events)

    def deliver(self, message: Message) -> Outcome:
        """Do what another book asks; a refusal goes back to it through this book's outbox."""
        assert message.destination == self.name, "a message for another book"
        if message.identity in self._refused:
            return self._refused[message.identity]
        outcome = self.execute(message.command, follow_on=True)
        if isinstance(outcome, Refused):
            self._refused[message.identity] = outcome
            if message.on_refusal is not None:
                answer = with_code(message.on_refusal, outcome)
                identity = f"{message.identity}/refused"
                self.outbox.append(Message(identity, self.name, message.source, answer, None))
        return outcome

    def pass_time(self, at_us: int) -> None:
        """Let time pass, and every timer that falls due by then run at its moment or later."""
        assert at_us >= self.at_us, "time never goes back in a book"
        while self.timers and self.timers[0][0] <= at_us:
            due_us, _, command = heappop(self.timers)
            self.at_us = max(self.at_us, due_us)
            outcome = self.execute(command, follow_on=True)
            assert not isinstance(outcome, Refused), "nobody hears a timer's refusal"
        self.at_us = at_us

    def state(self, aggregate: str, stream_id: str) -> object | None:
        return self.states.get((aggregate, stream_id))

    def _step(self, unit: Unit, command: object, *, follow_on: bool) -> Refused | None:
        """One command: look up what it begins, decide, evolve, note what follows."""
        aggregate = self._by_command[type(command)]
        begins = aggregate.begins(command)
        known = begins in self.began or begins in unit.began
        streams = aggregate.reads(command)
        found = tuple(unit.states.get(stream) for stream in streams)
        state = found[0] if len(streams) == 1 else found
        outcome = (
            Refused(ALREADY_EXISTS, begins)
            if begins and known
            else aggregate.decide(command, state, self.at_us)
        )
        if isinstance(outcome, Refused):
            return None if follow_on and outcome.code == ALREADY_EXISTS else outcome
        if begins and outcome:
            unit.began.add(begins)
        for event in outcome:
            self._record(unit, event, streams)
        return None

    def _record(self, unit: Unit, event: object, streams: tuple[Stream, ...]) -> None:
        stream = stream_of(event)
        assert stream in streams, "an event of a stream that was not read"
        aggregate = self._by_event[type(event)]
        unit.states[stream] = aggregate.evolve(unit.states.get(stream), event)
        unit.events.append(event)
        sequence = len(self.events) + len(unit.events)
        follow_ons = aggregate.react(event, self.name)
        purposes = [each.purpose for each in follow_ons]
        assert len(set(purposes)) == len(purposes), "two follow-ons of an event of one name"
        unit.queue.extend((sequence, each) for each in follow_ons)

    def _follow(self, unit: Unit, sequence: int, follow_on: FollowOn) -> Refused | None:
        match follow_on:
            case Do(_, command):
                return self._step(unit, command, follow_on=True)
            case At(_, due_us, command):
                unit.timers.append((due_us, command))
                return None
            case Try(purpose, command, book, on_refusal) if book not in {"", self.name}:
                identity = f"{self.name}/{sequence}/{purpose}"
                unit.outbox.append(Message(identity, self.name, book, command, on_refusal))
                return None
            case Try(_, command, _, on_refusal):
                refused = self._step(unit, command, follow_on=True)
                if refused is None or on_refusal is None:
                    return None
                return self._step(unit, with_code(on_refusal, refused), follow_on=True)

    def _keep(self, unit: Unit) -> None:
        self.states.update(unit.states.maps[0])
        self.events.extend(unit.events)
        self.began |= unit.began
        self.outbox.extend(unit.outbox)
        for due_us, command in unit.timers:
            self._asked += 1
            heappush(self.timers, (due_us, self._asked, command))
