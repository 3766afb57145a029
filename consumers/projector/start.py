"""The projector program, put together.

Shape: run(surroundings, stop) until told to stop. Errors: Outage; what needs a rebuild says so.
"""

from collections.abc import Iterable, Sequence
from threading import Event

import psycopg

from commands.outage import Outage
from consumers.projector import decoding, log_reader
from consumers.projector.feed import FETCH_MAX, DeadLetterFeed, Feed, Span
from consumers.projector.follower import Follower
from consumers.projector.program import Projector
from consumers.projector.redriving import redrive_book
from consumers.projector.results import Results
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.event_store.directory import Book
from infra.garbage import seldom_collected
from infra.kafka import clients
from infra.kafka.partition import partition_of
from projections import schema
from projections.answers import Commands
from projections.models import all_models, event_models
from projections.recorded import Recorded

GROUP = "projector"
GARBAGE_EVERY = 250_000  # Objects: above the largest batch, 10,000 records of some 15.


def run(surroundings: Surroundings, stop: Event) -> None:
    """Project the books that the group gives us."""
    settings, topics = surroundings.settings, surroundings.topics
    connection = psycopg.connect(settings.postgres, autocommit=True)
    outdated = schema.prepare(connection, all_models())
    if outdated:
        names = " ".join(outdated)
        raise Outage(f"read models of another version: tally rebuild {names}", retry=False)
    fetch = Fetch(settings.postgres)
    follower = Follower(
        connection,
        lambda book: redrive_book(connection, book, fetch.events_at),
        events=Feed(event_models(), fetch.events),
        answers=Feed([Commands()], Results(surroundings).fetch),
    )
    letters = DeadLetterFeed(decoding.read_dead_letter)
    consumer = clients.group_consumer(settings.kafka_address, group=f"{topics.prefix}.{GROUP}")

    def books(partitions: Iterable[int]) -> list[Book]:
        ours, number = set(partitions), surroundings.cluster.partitions
        found = directory.listed(connection)
        return [book for book in found if partition_of(book.name.encode(), number) in ours]

    with seldom_collected(GARBAGE_EVERY):
        Projector(consumer, connection, follower, letters, books).run(topics.dead_letters, stop)


class Fetch:
    """What one of the models lacks, from the book."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def events(self, name: str, span: Span) -> Sequence[Recorded]:
        with psycopg.connect(self._dsn) as connection:
            to = min(span.to, span.after + FETCH_MAX)
            return list(log_reader.read(connection, self._book(name), after=span.after, to=to))

    def events_at(self, name: str, places: Sequence[int]) -> Sequence[Recorded]:
        with psycopg.connect(self._dsn) as connection:
            return list(log_reader.at(connection, self._book(name), places))

    def _book(self, name: str) -> Book:
        found = [book for book in directory.list_books(self._dsn) if book.name == name]
        assert found, "an event of a book that is in no directory"
        return found[0]
