"""A batch of events of one book, in order, and what kinds of things are in it.

Shape: in_order(book, records) -> Batch | Gap; runs(records) parts them where events are missing;
Batch.after(sequence) cuts off what is held already; Batch.about(aggregates) and of(kinds) narrow it
to what somebody wants.
`kinds` and `aggregates` may name more than is left after narrowing, never less: they only save
looking at every event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projections.recorded import KNOWN, Recorded, aggregate_of, event_of


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing: from `expected` up to before `found`. Nothing was applied."""

    book: str
    expected: int
    found: int


class Batch(NamedTuple):
    """Events of a book without gap."""

    book: str
    events: Sequence[Recorded]
    kinds: frozenset[type]
    aggregates: frozenset[str]

    def after(self, sequence: int) -> "Batch":
        """Only what comes after a position."""
        if not self.events or self.events[0].sequence > sequence:
            return self
        return batch_of(self.book, self.events[sequence + 1 - self.events[0].sequence :])

    def about(self, aggregates: frozenset[str]) -> "Batch":
        """Only the events of some aggregates; of none named, all."""
        if not aggregates or self.aggregates <= aggregates:
            return self
        if self.aggregates.isdisjoint(aggregates):
            return self._replace(events=())
        return self._replace(events=[each for each in self.events if each.aggregate in aggregates])

    def of(self, kinds: frozenset[type]) -> Sequence[Recorded]:
        """The events of some types."""
        if self.kinds <= kinds:
            return self.events
        if self.kinds.isdisjoint(kinds):
            return ()
        return [each for each in self.events if type(each.event) in kinds]

    @property
    def unknown(self) -> Recorded | None:
        """The first event of a type that nobody here knows."""
        if self.kinds <= KNOWN:
            return None
        return next((each for each in self.events if type(each.event) not in KNOWN), None)

    def before(self, recorded: Recorded) -> "Batch":
        return self._replace(events=self.events[: recorded.sequence - self.events[0].sequence])


def batch_of(book: str, events: Sequence[Recorded]) -> Batch:
    kinds, aggregates = map(type, map(event_of, events)), map(aggregate_of, events)
    return Batch(book, events, frozenset(kinds), frozenset(aggregates))


def in_order(book: str, records: Sequence[Recorded]) -> Batch | Gap:
    """The batch without its own repeats, gapless."""
    if not records:
        return batch_of(book, ())
    expected = records[0].sequence
    sequences = [recorded.sequence for recorded in records]
    if sequences == list(range(expected, expected + len(records))):
        return batch_of(book, records)
    kept: list[Recorded] = []
    for recorded in records:
        if recorded.sequence > expected:
            return Gap(book, expected, recorded.sequence)
        if recorded.sequence == expected:
            kept.append(recorded)
            expected += 1
    return batch_of(book, kept)


def runs(records: Sequence[Recorded]) -> list[list[Recorded]]:
    """The records without repeats, parted wherever some are missing between them."""
    found: list[list[Recorded]] = []
    for recorded in records:
        if not found or recorded.sequence > found[-1][-1].sequence + 1:
            found.append([recorded])
        elif recorded.sequence == found[-1][-1].sequence + 1:
            found[-1].append(recorded)
    return found
