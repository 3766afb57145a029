"""A book's log in PostgreSQL as the projections read it: for gaps, rebuilds and proofs.

Shape: read(connection, book, after, to) yields Recorded in order, through a cursor of the server:
memory is bounded by ROWS whatever the length of the log.
Errors: psycopg's; an event of an unknown type becomes an Undecoded.
"""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from commands.catalogue import EVENTS, EVENTS_BY_NAME
from infra.event_store.directory import Book
from infra.event_store.rows import EPOCH_2000_DAYS, EPOCH_2000_US
from projections.recorded import Recorded, Undecoded
from schemas import codec
from schemas.malformed import Malformed

ROWS = 10_000
READ = """SELECT notification_id, timestamptz_send(recorded_at), date_send(effective_on),
  originator_version, topic, state, uuid_send(command_id), coalesce(correlation_id, '')
FROM {schema}.events WHERE notification_id > {after} AND notification_id <= {to}
ORDER BY notification_id"""
END = "SELECT last_sequence FROM {schema}.head"
UNKNOWN = "unknown"


def end_of(connection: psycopg.Connection, book: Book) -> int:
    """The last sequence of the log."""
    row = connection.execute(sql.SQL(END).format(schema=sql.Identifier(book.schema))).fetchone()
    assert row is not None, "a book without a head"
    return int(row[0])


def read(connection: psycopg.Connection, book: Book, *, after: int, to: int) -> Iterator[Recorded]:
    """The events after `after` up to `to`, each as it was stored."""
    statement = sql.SQL(READ).format(
        schema=sql.Identifier(book.schema), after=sql.Literal(after), to=sql.Literal(to)
    )
    with connection.transaction(), connection.cursor("log", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(statement)
        for sequence, at, on, version, topic, state, command_id, correlation_id in cursor:
            event, aggregate, aggregate_id = _event(topic, state)
            yield Recorded(
                sequence,
                int.from_bytes(at, "big", signed=True) + EPOCH_2000_US,
                int.from_bytes(on, "big", signed=True) + EPOCH_2000_DAYS,
                aggregate,
                aggregate_id,
                version,
                topic,
                event,
                command_id,
                correlation_id,
            )


def _event(type_name: str, payload: bytes) -> tuple[object, str, str]:
    cls = EVENTS_BY_NAME.get(type_name)
    if cls is None:
        return Undecoded(f"no event is called {type_name}"), UNKNOWN, ""
    rule = EVENTS[cls]
    try:
        event = codec.decode_event(type_name, payload)
    except Malformed as malformed:
        return Undecoded(str(malformed)), rule.aggregate, ""
    return event, rule.aggregate, rule.id_of(event)
