"""`tally rebuild`: read models made anew from the books, and from the answers on tally.results.

Shape: run(surroundings, names, progress) -> one Outcome a feed. Events come from PostgreSQL;
answers from their topic, for the books keep them for a day only; dead letters are not rebuilt:
what became of them is noted nowhere else.
Bounds: BATCH records at a time, through a cursor of the server; projections/building.py reads one
batch ahead.
Errors: Outage: somebody else rebuilds, or the log or the topic does not give what comes next.
"""

import gc
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import psycopg
from confluent_kafka import TopicPartition

from commands.outage import Outage
from consumers.projector import log_reader
from consumers.projector.decoding import read_answer
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.kafka.partition import partition_of
from infra.kafka.reading import records
from projections import models
from projections.building import SourceError
from projections.model import Model
from projections.rebuild import AlreadyRunningError, Rebuilt, rebuild
from projections.recorded import Recorded

BATCH = 10_000
GARBAGE_EVERY = 500_000  # Objects: above two batches of 10,000 records, some ten objects each.
EVENTS, ANSWERS = "events", "answers"
Feed = str  # One of these.
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
    gc.set_threshold(GARBAGE_EVERY, 50, 1_000)
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
        self._progress = progress

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self._surroundings.settings.postgres)

    def books(self) -> Sequence[str]:
        return [book.name for book in directory.list_books(self._surroundings.settings.postgres)]

    def read(self, feed: Feed, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        """Everything behind a place, in order, in batches."""
        found = self._events(book, after) if feed == EVENTS else self._answers(book, after)
        with closing(found):
            while batch := list(islice(found, BATCH)):
                self._progress(book, batch[-1].sequence)
                yield batch

    def _events(self, name: str, after: int) -> Generator[Recorded]:
        dsn = self._surroundings.settings.postgres
        book = next(each for each in directory.list_books(dsn) if each.name == name)
        with closing(psycopg.connect(dsn, autocommit=True)) as connection:
            end = log_reader.end_of(connection, book)
            yield from log_reader.read(connection, book, after=after, to=end)

    def _answers(self, book: str, after: int) -> Generator[Recorded]:
        """A repeat of the relay's is passed over; what the topic has lost shows as a gap."""
        surroundings = self._surroundings
        number = partition_of(book.encode(), surroundings.cluster.partitions)
        place = TopicPartition(surroundings.topics.results, number, 0)
        last = after
        for message in records(surroundings.settings.kafka_address, place):
            found = read_answer(message)
            if found is not None and found[0] == book and found[1].sequence > last:
                last = found[1].sequence
                yield found[1]
