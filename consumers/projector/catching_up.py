"""What this release knows by now: models that stopped go on, and what was put aside comes back.

Shape: catch_up(connection, feed, fetch_at, stop), once, as the projector starts. A model that an
older release left standing before an event, or that is new, reads what the others hold already
from the book; what models of streams have parked is redriven in order.
Errors: Outage; psycopg's. Bound: FETCH_MAX events in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from threading import Event

import psycopg
import structlog

from consumers.projector.feed import FETCH_MAX, Feed, Span
from projections import models
from projections.parking import redrive
from projections.recorded import Recorded

POSITIONS = "SELECT book, model, sequence FROM read.position"
PARKED = "SELECT book FROM read.position WHERE model = %s AND parked > 0 ORDER BY book"
FetchAt = Callable[[str, Sequence[int]], Iterable[Recorded]]  # Of a book, by sequences.
log = structlog.get_logger()


def catch_up(connection: psycopg.Connection, feed: Feed, fetch_at: FetchAt, stop: Event) -> None:
    """Bring all models of a feed to one place, as far as they know what lies between."""
    for book in _books(connection):
        while not stop.is_set() and (place := _behind(connection, feed, book)) is not None:
            after, to = place
            log.info("catching_up", book=book, after=after, to=to)
            feed.apply(connection, book, feed.fetch(book, Span(after, min(to, after + FETCH_MAX))))
    for model in feed.models:
        _redrive(connection, model.name, fetch_at)


def _books(connection: psycopg.Connection) -> list[str]:
    return sorted({book for book, _, _ in connection.execute(POSITIONS).fetchall()})


def _behind(connection: psycopg.Connection, feed: Feed, book: str) -> tuple[int, int] | None:
    """Where the last of the models that go on stands, and the first; None: they are together."""
    held = {
        model: sequence
        for each, model, sequence in connection.execute(POSITIONS).fetchall()
        if each == book
    }
    going = [held.get(model.name, 0) for model in feed.going(book)]
    lowest, highest = min(going, default=0), max(going, default=0)
    return (lowest, highest) if lowest < highest else None


def _redrive(connection: psycopg.Connection, name: str, fetch_at: FetchAt) -> None:
    model = models.by_name(name)
    assert model is not None, "a model of ours"
    for (book,) in connection.execute(PARKED, (name,)).fetchall():
        done = redrive(connection, model, book, lambda places, book=book: fetch_at(book, places))
        log.info("redriven", book=book, model=name, applied=done.applied, waiting=done.waiting)
