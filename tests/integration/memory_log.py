"""A log in memory, read as the book's log is, to rebuild read models from.

Shape: MemoryLog is a projections.building.Source; `meanwhile` happens after each batch that it has
given.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from projections.building import At, Source
from projections.model import Feed
from projections.recorded import Recorded
from projections.rows import moment
from tests.integration.read_side import ask, connect
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

LOG = record(Story().events)
END = len(LOG)


def nothing(place: int) -> None:
    """Nobody does anything while the log is read."""
    del place


@dataclass
class MemoryLog(Source):
    """A log that may be read while something else happens, after any batch."""

    events: dict[str, list[Recorded]] = field(default_factory=lambda: {"main": LOG})
    answers: list[Recorded] = field(default_factory=list[Recorded])
    size: int = 25
    meanwhile: Callable[[int], None] = nothing
    read_from: list[int] = field(default_factory=list[int])

    def books(self) -> Sequence[str]:
        return list(self.events)

    def read(self, feed: Feed, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        log = self._log(feed, book)
        self.read_from.append(after)
        for start in range(after, len(log), self.size):
            yield log[start : start + self.size]
            self.meanwhile(start + self.size)

    def recorded_at(self, places: Collection[At]) -> Mapping[At, datetime]:
        return {
            place: moment(self._log(place.feed, place.book)[place.sequence - 1].recorded_at_us)
            for place in places
        }

    def _log(self, feed: Feed, book: str) -> list[Recorded]:
        return self.events[book] if feed == "events" else self.answers


def opening(dsn: str) -> Callable[[], psycopg.Connection]:
    return lambda: connect(dsn)


def schemas(reads: psycopg.Connection) -> list[object]:
    return [
        row[0] for row in ask(reads, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^read'")
    ]
