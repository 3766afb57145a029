"""A book's log in PostgreSQL as the projections read it: for gaps, rebuilds and proofs.

Shape: read(connection, book, after, to) yields Recorded in order, through a cursor of the server:
memory is bounded by ROWS whatever the length of the log. `at` reads single places.
Errors: psycopg's; an event of an unknown type becomes an Undecoded of its own stream: its first
field is the stream's id, and the id it is stored by says which aggregate's it is.
"""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from commands import identity
from commands.catalogue import EVENTS, STREAM_OF_FIELD
from consumers.relay.headers import first_text
from infra.event_store.directory import Book
from infra.event_store.rows import EPOCH_2000_DAYS, EPOCH_2000_US
from projections.recorded import Recorded, Undecoded
from schemas import codec
from schemas.editions import MARK
from schemas.malformed import Malformed

ROWS = 10_000
READ = """SELECT notification_id, timestamptz_send(recorded_at), date_send(effective_on),
  originator_version, topic, state, uuid_send(command_id), coalesce(correlation_id, '')
FROM {schema}.events WHERE {where} ORDER BY notification_id"""
BETWEEN = "notification_id > {after} AND notification_id <= {to}"
STREAM = "SELECT uuid_send(originator_id) FROM {schema}.events WHERE notification_id = {sequence}"
END = "SELECT last_sequence FROM {schema}.head"
UNKNOWN = "unknown"


def end_of(connection: psycopg.Connection, book: Book) -> int:
    """The last sequence of the log."""
    row = connection.execute(sql.SQL(END).format(schema=sql.Identifier(book.schema))).fetchone()
    assert row is not None, "a book without a head"
    return int(row[0])


def read(connection: psycopg.Connection, book: Book, *, after: int, to: int) -> Iterator[Recorded]:
    """The events after `after` up to `to`, each as it was stored."""
    where = sql.SQL(BETWEEN).format(after=sql.Literal(after), to=sql.Literal(to))
    return _read(connection, book, where)


def at(connection: psycopg.Connection, book: Book, places: Sequence[int]) -> Iterator[Recorded]:
    """The events of some places, in order."""
    wanted = sql.SQL(", ").join(map(sql.Literal, places))
    return _read(connection, book, sql.SQL("notification_id IN ({})").format(wanted))


def _read(connection: psycopg.Connection, book: Book, where: sql.Composed) -> Iterator[Recorded]:
    statement = sql.SQL(READ).format(schema=sql.Identifier(book.schema), where=where)
    with connection.transaction(), connection.cursor("log", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(statement)
        for sequence, at, on, version, topic, state, command_id, correlation_id in cursor:
            event, aggregate, aggregate_id = _event(topic, state)
            if isinstance(event, Undecoded):
                aggregate, aggregate_id = _stream(connection, book, sequence, state)
            yield Recorded(
                sequence,
                int.from_bytes(at, "big", signed=True) + EPOCH_2000_US,
                int.from_bytes(on, "big", signed=True) + EPOCH_2000_DAYS,
                aggregate,
                aggregate_id,
                version,
                topic.partition(MARK)[0],
                event,
                command_id,
                correlation_id,
            )


def _event(stored_name: str, payload: bytes) -> tuple[object, str, str]:
    try:
        event = codec.decode_stored_event(stored_name, payload)
    except Malformed as malformed:
        return Undecoded(str(malformed)), UNKNOWN, ""
    rule = EVENTS[type(event)]
    return event, rule.aggregate, rule.id_of(event)


def _stream(
    connection: psycopg.Connection, book: Book, sequence: int, payload: bytes
) -> tuple[str, str]:
    """Whose event it is that cannot be read; nobody's whom we know: (UNKNOWN, "")."""
    statement = sql.SQL(STREAM).format(
        schema=sql.Identifier(book.schema), sequence=sql.Literal(sequence)
    )
    row = connection.execute(statement, binary=True).fetchone()
    assert row is not None, "an event that was there"
    try:
        aggregate_id = first_text(payload).decode()
    except (IndexError, UnicodeDecodeError):
        return UNKNOWN, ""
    for aggregate in STREAM_OF_FIELD.values():
        if identity.stream_id((aggregate, aggregate_id)) == row[0]:
            return aggregate, aggregate_id
    return UNKNOWN, ""
