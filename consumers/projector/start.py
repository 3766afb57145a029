"""The projector program, put together.

Shape: run(surroundings, stop) until told to stop. Errors: Outage; what needs a rebuild says so.
"""

import gc
from collections.abc import Sequence
from threading import Event

import psycopg
from psycopg import sql

from commands.outage import Outage
from consumers.projector import decoding, log_reader
from consumers.projector.catching_up import catch_up
from consumers.projector.decoding import EventDecoder
from consumers.projector.feed import FETCH_MAX, DeadLetterFeed, Feed, Span
from consumers.projector.program import Projector
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.event_store.directory import Book
from infra.kafka import clients
from projections import schema
from projections.answers import Commands
from projections.models import all_models, event_models
from projections.recorded import Recorded, answered

GROUP = "projector"
GARBAGE_EVERY = 250_000  # Objects: above the largest poll, 5,000 records of some 30 with headers.
ANSWERS = """SELECT answer FROM {schema}.answers
WHERE answer_sequence > %s AND answer_sequence <= %s ORDER BY answer_sequence LIMIT %s"""
ANSWERED = "SELECT last_answer FROM {schema}.head"


def run(surroundings: Surroundings, stop: Event) -> None:
    """Project everything that the group gives us."""
    settings, topics = surroundings.settings, surroundings.topics
    connection = psycopg.connect(settings.postgres, autocommit=True)
    outdated = schema.prepare(connection, all_models())
    if outdated:
        names = " ".join(outdated)
        raise Outage(f"read models of another version: tally rebuild {names}", retry=False)
    fetch = Fetch(settings.postgres)
    events = Feed(event_models(), EventDecoder(surroundings.schemas).read, fetch.events)
    catch_up(connection, events, fetch.events_at, stop)
    feeds = {
        topics.events: events,
        topics.results: Feed([Commands()], decoding.read_answer, fetch.answers),
        topics.dead_letters: DeadLetterFeed(decoding.read_dead_letter),
    }
    consumer = clients.group_consumer(settings.kafka_address, group=f"{topics.prefix}.{GROUP}")
    gc.freeze()
    gc.set_threshold(GARBAGE_EVERY, 50, 1_000)
    Projector(consumer, connection, feeds).run(stop)


class Fetch:
    """What Kafka skipped, from the book itself."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def events(self, name: str, span: Span) -> Sequence[Recorded]:
        with psycopg.connect(self._dsn) as connection:
            to = min(span.to, span.after + FETCH_MAX)
            return list(log_reader.read(connection, self._book(name), after=span.after, to=to))

    def events_at(self, name: str, places: Sequence[int]) -> Sequence[Recorded]:
        with psycopg.connect(self._dsn) as connection:
            return list(log_reader.at(connection, self._book(name), places))

    def answers(self, name: str, span: Span) -> Sequence[Recorded]:
        """What it still has. Errors: Outage, where it has not given what Kafka holds."""
        schema = sql.Identifier(self._book(name).schema)
        text = sql.SQL(ANSWERS).format(schema=schema)
        with psycopg.connect(self._dsn) as connection:
            head = connection.execute(sql.SQL(ANSWERED).format(schema=schema)).fetchone()
            assert head is not None, "a book without a head"
            if span.to >= head[0]:
                said = f"Kafka holds answer {span.to + 1} of {name}, the book gave {head[0]}"
                raise Outage(said, retry=True)
            bounds = (span.after, span.to, FETCH_MAX)
            rows = connection.execute(text, bounds, binary=True).fetchall()
        return [answered(decoding.answer_of(bytes(answer))) for (answer,) in rows]

    def _book(self, name: str) -> Book:
        found = [book for book in directory.list_books(self._dsn) if book.name == name]
        assert found, "an event of a book that is in no directory"
        return found[0]
