"""Events that a model puts aside, with all that come after them in their streams, and their return.

Shape: sort(batch) parts what may be applied from what waits; park and parked keep it in the table
`parked`; redrive applies what is known by now, stream by stream in order.
Rules: the log holds the events, so only their places are kept. A stream whose next event is still
unknown stays parked from there on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import Cursor

from projections.batches import Batch, batch_of
from projections.model import Model
from projections.positions import enter, lock
from projections.recorded import KNOWN, Recorded
from projections.rows import moment

Stream = tuple[str, str]
UNKNOWN, FOLLOWS = "unknown_event", "follows_parked"
WAITING = """SELECT wanted.aggregate, wanted.aggregate_id
FROM unnest(%b::text[], %b::text[]) AS wanted (aggregate, aggregate_id)
CROSS JOIN LATERAL (
  SELECT FROM parked AS p WHERE p.model = %s AND p.book = %s AND p.aggregate = wanted.aggregate
  AND p.aggregate_id = wanted.aggregate_id AND p.book_sequence <= %s LIMIT 1
) AS held"""
PARK = """INSERT INTO parked (model, book, book_sequence, aggregate, aggregate_id, version,
  type_name, reason, recorded_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
LIST = """SELECT book_sequence FROM parked WHERE model = %s AND book = %s AND book_sequence > %s
ORDER BY book_sequence LIMIT %s"""
RETURN = "DELETE FROM parked WHERE model = %s AND book = %s AND book_sequence = ANY(%s)"
FEWER = "UPDATE position SET parked = parked - %s WHERE model = %s AND book = %s"
REDRIVE_MAX = 1_000  # Events in one transaction.
LAST = 2**63 - 1

Fetch = Callable[[Sequence[int]], Iterable[Recorded]]  # Events of the book by their sequences.


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch, parted in order."""

    going: list[Recorded]
    parked: list[tuple[Recorded, str]]  # With the reason.


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many parked events were applied, and how many still wait."""

    applied: int
    waiting: int


def sort(batch: Sequence[Recorded], waiting: set[Stream]) -> Sorted:
    """Whatever is unknown, or comes after it in its stream, waits."""
    parked_streams, parted = set(waiting), Sorted([], [])
    for recorded in batch:
        stream = (recorded.aggregate, recorded.aggregate_id)
        if type(recorded.event) not in KNOWN:
            parked_streams.add(stream)
            parted.parked.append((recorded, UNKNOWN))
        elif stream in parked_streams:
            parted.parked.append((recorded, FOLLOWS))
        else:
            parted.going.append(recorded)
    return parted


def waiting(cursor: Cursor, model: Model, batch: Batch, *, until: int = LAST) -> set[Stream]:
    """Of the streams of a batch, those with an event that was parked, up to a place."""
    streams = sorted({(each.aggregate, each.aggregate_id) for each in batch.events})
    aggregates, ids = [stream[0] for stream in streams], [stream[1] for stream in streams]
    wanted = (aggregates, ids, model.name, batch.book, until)
    return set(cursor.execute(WAITING, wanted).fetchall())


def park(cursor: Cursor, model: Model, book: str, parked: Iterable[tuple[Recorded, str]]) -> None:
    cursor.executemany(
        PARK,
        [
            (
                model.name,
                book,
                each.sequence,
                each.aggregate,
                each.aggregate_id,
                each.version,
                each.type_name,
                reason,
                moment(each.recorded_at_us),
            )
            for each, reason in parked
        ],
    )


def redrive(
    connection: psycopg.Connection, model: Model, book: str, fetch: Fetch, *, schema: str = "read"
) -> Redriven:
    """Apply what was parked and is known by now, in order, a bounded part in a transaction."""
    after, total = 0, Redriven(0, 0)
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            enter(cursor, schema)
            lock(cursor, book, {model.name: model.version})
            found = cursor.execute(LIST, (model.name, book, after, REDRIVE_MAX)).fetchall()
            places = [row[0] for row in found]
            if not places:
                return total
            batch = batch_of(book, _fetched(fetch, places))
            parted = sort(batch.events, waiting(cursor, model, batch, until=after))
            if parted.going:
                model.apply(cursor, batch_of(book, parted.going))
            done = [recorded.sequence for recorded in parted.going]
            cursor.execute(RETURN, (model.name, book, done))
            cursor.execute(FEWER, (len(done), model.name, book))
        after = places[-1]
        total = Redriven(total.applied + len(done), total.waiting + len(parted.parked))


def _fetched(fetch: Fetch, places: Sequence[int]) -> list[Recorded]:
    events = list(fetch(places))
    assert [each.sequence for each in events] == list(places), "the log gave other events"
    return events
