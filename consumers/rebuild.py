"""`tally rebuild`: read models made anew from the books, and from the answers on tally.results.

Shape: run(surroundings, names, progress) -> one Outcome a feed. Events come from PostgreSQL;
answers too, but the books keep them for a day only: those before from their topic, and what that
has no more from what serves: nobody else has them. Dead letters are not rebuilt: what became of
them is noted nowhere else.
Bounds: BATCH records at a time, through a cursor of the server; projections/building.py reads one
batch ahead.
Errors: Outage: somebody else rebuilds, or the log or the topic does not give what comes next.
"""

import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import Final

import psycopg

from commands.outage import Outage
from consumers.projector import log_reader, results
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.event_store.directory import Book
from infra.garbage import seldom_collected
from projections import building, models
from projections.answers import Commands
from projections.building import At, Ends, SourceError
from projections.model import Feed, Model
from projections.rebuild import AlreadyRunningError, Rebuilt, rebuild
from projections.recorded import Answer, Recorded, answered
from projections.rows import moment
from projections.schema import LIVE

BATCH = 10_000
GARBAGE_EVERY = 500_000  # Objects: above two batches of 10,000 records, some ten objects each.
EVENTS: Final = "events"
ANSWERS: Final = "answers"
NEVER = 2**63 - 1
SERVED = """SELECT book, answer_sequence, replace(command_id::text, '-', ''), client,
  idempotency_key, command_type, status, code, detail, replayed, first_sequence, book_sequence,
  correlation_id, (extract(epoch FROM answered_at) * 1000000)::bigint
FROM read.commands WHERE book = %s AND answer_sequence > %s AND answer_sequence < %s
ORDER BY answer_sequence LIMIT %s"""
Relayed = Callable[[str, int], Generator[Recorded]]  # A book's answers after a place.
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

    def relayed(book: str, after: int) -> Generator[Recorded]:
        return results.since(surroundings, book, after=after)

    source = LogSource(surroundings.settings.postgres, relayed, progress)
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
    """What is rebuilt from: projections.building.Source. `relayed`: what the topic has."""

    def __init__(self, dsn: str, relayed: Relayed, progress: Progress) -> None:
        self._dsn = dsn
        self._relayed = relayed
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

    def ends(self, books: Collection[str]) -> Ends:
        """Read models may hold more of a book than it has, if it was restored; 0: it is gone."""
        found: dict[tuple[Feed, str], int] = {}
        for name in books:
            found[EVENTS, name] = found[ANSWERS, name] = 0
        with closing(self.connect()) as connection:
            asked = [book for book in directory.listed(connection) if book.name in books]
            rows = connection.execute(log_reader.ends_of_all(asked)).fetchall() if asked else []
        for name, events, answers in rows:
            found[EVENTS, name], found[ANSWERS, name] = events, answers
        return found

    def recorded_at(self, places: Collection[At]) -> Mapping[At, datetime]:
        """Of events; and of answers, as long as their books keep them."""
        found: dict[At, datetime] = {}
        with closing(self._reading()) as connection:
            books = {book.name: book for book in directory.listed(connection)}
            log = log_reader.Following(connection)
            for feed, name, sequence in places:
                if name in books:
                    read = log.events if feed == EVENTS else log.answers
                    for each in read(books[name], after=sequence - 1, limit=1):
                        found[At(feed, name, each.sequence)] = moment(each.recorded_at_us)
        return found

    def _reading(self) -> psycopg.Connection:
        return psycopg.connect(self._dsn, autocommit=True)

    def _events(self, name: str, after: int) -> Generator[Recorded]:
        with closing(self._reading()) as connection:
            book = _book(connection, name)
            end, _ = log_reader.ends_of(connection, book)
            yield from log_reader.read(connection, book, after=after, to=end)

    def _answers(self, name: str, after: int) -> Generator[Recorded]:
        """The book's own, and before them the topic's. What nobody has any more shows as a gap.

        Of a book that was restored the topic may have answers that were lost, under the numbers of
        others. A gap amid its own is a day that the book has dropped since we began.
        """
        last, looked = after, False
        with closing(self._reading()) as connection:
            book, log = _book(connection, name), log_reader.Following(connection)
            while (own := log.answers(book, after=last, limit=BATCH)) or not looked:
                looked = True
                for each in self._before(
                    name, after=last, before=own[0].sequence if own else NEVER
                ):
                    yield each
                    last = each.sequence
                yield from own
                last = own[-1].sequence if own else last
        yield from self._served(name, after=last, before=NEVER)

    def _before(self, book: str, *, after: int, before: int) -> Iterator[Recorded]:
        """Of the topic, between two places, and in its gaps what serves."""
        if after + 1 == before:
            return
        last = after
        with closing(self._relayed(book, after)) as found:
            for each in takewhile(lambda each: each.sequence < before, found):
                yield from self._served(book, after=last, before=each.sequence)
                yield each
                last = each.sequence
        yield from self._served(book, after=last, before=before)

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


def _book(connection: psycopg.Connection, name: str) -> Book:
    return next(book for book in directory.listed(connection) if book.name == name)
