"""What models of streams have put aside comes back, once this release knows it.

Shape: redrive_all(connection, models, fetch_at), once, as the projector starts.
Errors: Outage; psycopg's.
"""

from collections.abc import Callable, Iterable, Sequence

import psycopg
import structlog

from projections import models
from projections.model import Model
from projections.parking import redrive
from projections.recorded import Recorded

PARKED = "SELECT book FROM read.position WHERE model = %s AND parked > 0 ORDER BY book"
FetchAt = Callable[[str, Sequence[int]], Iterable[Recorded]]  # Of a book, by sequences.
log = structlog.get_logger()


def redrive_all(
    connection: psycopg.Connection, parking: Iterable[Model], fetch_at: FetchAt
) -> None:
    """In order, what waits in every book."""
    for each in parking:
        model = models.by_name(each.name)
        assert model is not None, "a model of ours"
        for (book,) in connection.execute(PARKED, (model.name,)).fetchall():
            done = redrive(
                connection, model, book, lambda places, book=book: fetch_at(book, places)
            )
            said = {"book": book, "model": model.name}
            log.info("redriven", **said, applied=done.applied, waiting=done.waiting)
