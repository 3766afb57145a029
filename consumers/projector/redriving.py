"""What models of streams have put aside of a book comes back, once this release knows it.

Shape: redrive_book(connection, book, fetch_at), as the projector begins with a book.
Errors: Outage; psycopg's.
"""

from collections.abc import Callable, Iterable, Sequence

import psycopg
import structlog

from projections import models
from projections.parking import redrive
from projections.recorded import Recorded

PARKED = "SELECT model FROM read.position WHERE book = %s AND parked > 0 ORDER BY model"
FetchAt = Callable[[str, Sequence[int]], Iterable[Recorded]]  # Of a book, by sequences.
log = structlog.get_logger()


def redrive_book(connection: psycopg.Connection, book: str, fetch_at: FetchAt) -> None:
    """In order, what waits."""
    for (name,) in connection.execute(PARKED, (book,)).fetchall():
        model = models.by_name(name)
        if model is None:
            continue  # Of another release, which may know it.
        done = redrive(connection, model, book, lambda places: fetch_at(book, places))
        log.info("redriven", book=book, model=name, applied=done.applied, waiting=done.waiting)
