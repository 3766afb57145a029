"""`tally rebuild`: read models made anew from the books, and from the answers on tally.results.

Shape: run(surroundings, names, progress) -> one Outcome a feed. Events come from PostgreSQL;
answers from their topic, for the books keep them for a day only, and those that the topic has no
more from what serves: nobody else has them. Dead letters are not rebuilt: what became of them is
noted nowhere else.
Bounds: BATCH records at a time, through a cursor of the server; projections/building.py reads one
batch ahead.
Errors: Outage: somebody else rebuilds, or the log or the topic does not give what comes next.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import psycopg

from commands.outage import Outage
from consumers.projector import log_reader, results
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.event_store.directory import Book
from infra.garbage import seldom_collected
from projections import building, models
from projections.answers import Commands
from projections.building import SourceError
from projections.model import Model
from projections.rebuild import AlreadyRunningError, Rebuilt, rebuild
from projections.recorded import Answer, Recorded, answered
from projections.schema import LIVE

BATCH = 10_000
GARBAGE_EVERY = 500_000  # Objects: above two batches of 10,000 records, some ten objects each.
EVENTS, ANSWERS = "events", "answers"
Feed = str  # One of these.
NEVER = 2**63 - 1
SERVED = """SELECT book, answer_sequence, replace(command_id::text, '-', ''), client,
  idempotency_key, command_type, status, code, detail, replayed, first_sequence, book_sequence,
  correlation_id, (extract(epoch FROM answered_at) * 1000000)::bigint
FROM read.commands WHERE book = %s AND answer_sequence > %s AND answer_sequence < %s
ORDER BY answer_sequence LIMIT %s"""
Progress = Callable[[str, int], None]  # The book, and how many of its records are read.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the models of one feed."""

    models: tuple[str, ...]
    rebuilt: Rebuilt
    duration_s: float


def run(
    surroundings: Surroundings, names: Sequence[str], progress: Progress, *, accept: bool = False
) -> list[Outcome]:
    """Rebuild the named models; those of one feed together, for they share the reading."""
    found = [models.by_name(name) for name in names]
    chosen = [each for each in found if each is not None and each.name in models.REBUILT]
    assert len(chosen) == len(names), "a model that is none, or is not rebuilt"
    fed = {feed: [each for each in chosen if each.feed == feed] for feed in (EVENTS, ANSWERS)}
    source = LogSource(surroundings, progress)
    with seldom_collected(GARBAGE_EVERY):
        return [_rebuild(source, wanted, accept=accept) for wanted in fed.values() if wanted]


def _rebuild(source: "LogSource", wanted: Sequence[Model], *, accept: bool) -> Outcome:
    began_at_s = time.monotonic()
    try:
        rebuilt = rebuild(source.connect, wanted, source, accept=accept)
    except AlreadyRunningError:
        raise Outage("somebody else rebuilds in this database", retry=False) from None
    except SourceError as error:
        raise Outage(f"what to rebuild from cannot be read: {error}", retry=False) from error
    names = tuple(each.name for each in wanted)
    return Outcome(names, rebuilt, time.monotonic() - began_at_s)


class LogSource:
    """What is rebuilt from: projections.building.Source."""

    def __init__(self, surroundings: Surroundings, progress: Progress) -> None:
        self._surroundings = surroundings
        self._dsn = surroundings.settings.postgres
        self._progress = progress

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self._dsn)

    def books(self) -> Sequence[str]:
        return [book.name for book in directory.list_books(self._dsn)]

    def read(self, feed: Feed, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        """Everything behind a place, in order, in batches."""
        found = self._events(book, after) if feed == EVENTS else self._answers(book, after)
        with closing(found):
            while batch := list(islice(found, BATCH)):
                self._progress(book, batch[-1].sequence)
                yield batch

    def end(self, feed: Feed, book: str) -> int | None:
        """Where the book ends: read models may hold more of it, if it was restored."""
        with closing(self.connect()) as connection:
            ends = log_reader.ends_of(connection, self._book(book))
        return ends[feed == ANSWERS]

    def _book(self, name: str) -> Book:
        return next(each for each in directory.list_books(self._dsn) if each.name == name)

    def _events(self, name: str, after: int) -> Generator[Recorded]:
        book = self._book(name)
        with closing(psycopg.connect(self._dsn, autocommit=True)) as connection:
            end, _ = log_reader.ends_of(connection, book)
            yield from log_reader.read(connection, book, after=after, to=end)

    def _answers(self, book: str, after: int) -> Generator[Recorded]:
        """What nobody has any more shows as a gap; what is not relayed yet the book has."""
        last = after
        with closing(results.since(self._surroundings, book, after=after)) as found:
            for each in found:
                yield from self._served(book, after=last, before=each.sequence)
                last = each.sequence
                yield each
        with closing(psycopg.connect(self._dsn, autocommit=True)) as connection:
            following = log_reader.Following(connection)
            while saved := following.answers(self._book(book), after=last, limit=BATCH):
                yield from self._served(book, after=last, before=saved[0].sequence)
                yield from saved
                last = saved[-1].sequence
        yield from self._served(book, after=last, before=NEVER)

    def _served(self, book: str, *, after: int, before: int) -> Iterator[Recorded]:
        """Answers that serve, between two places."""
        last = after
        while last + 1 < before:
            with closing(self.connect()) as connection:
                if building.versions(connection, LIVE).get(Commands.name) != Commands.version:
                    return
                rows = connection.execute(SERVED, (book, last, before, BATCH)).fetchall()
            yield from (answered(Answer(*row)) for row in rows)
            if len(rows) < BATCH:
                return
            last = rows[-1][1]
