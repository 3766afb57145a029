"""A book's log in PostgreSQL as the projections read it: to follow it, for rebuilds and proofs.

Shape: read(connection, book, after, to) yields Recorded in order, through a cursor of the server:
memory is bounded by ROWS whatever the length of the log. `at` reads single places. Following gives
the next few, of events or answers.
Errors: psycopg's; an event of an unknown type becomes an Undecoded of its own stream: its first
field is the stream's id, and the id it is stored by says which aggregate's it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.types.numeric import Int4BinaryLoader, Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

from commands import identity
from commands.catalogue import EVENTS, STREAM_OF_FIELD
from consumers.projector.decoding import answer_of
from consumers.relay.headers import first_text
from infra.event_store.directory import Book
from infra.event_store.rows import EPOCH_2000_DAYS, EPOCH_2000_US
from projections.recorded import Recorded, Undecoded, answered
from projections.rows import moment
from schemas import codec
from schemas.editions import MARK
from schemas.malformed import Malformed

ROWS = 10_000
READ = """SELECT notification_id, recorded_at, effective_on, originator_version, topic, state,
  command_id, coalesce(correlation_id, ''), originator_id
FROM {schema}.events WHERE """
BETWEEN = READ + "notification_id > %s AND notification_id <= %s ORDER BY notification_id"
AT = READ + "notification_id = ANY(%s) ORDER BY notification_id"
NEXT = READ + "notification_id > %s ORDER BY notification_id LIMIT %s"
ANSWERS = """SELECT answer FROM {schema}.answers
WHERE answer_sequence > %s ORDER BY answer_sequence LIMIT %s"""
ENDS = "SELECT last_sequence, last_answer FROM {schema}.head"
HEADS = "SELECT {name}, last_sequence, last_answer FROM {schema}.head"
OTHER = """SELECT min(held.sequence) FROM (
  SELECT sequence, recorded_at FROM read.position
  WHERE book = %(book)s AND model = ANY(%(models)s) AND recorded_at IS NOT NULL
  UNION SELECT book_sequence, recorded_at FROM read.parked
  WHERE book = %(book)s AND model = ANY(%(models)s)
) AS held LEFT JOIN {schema}.events AS e ON e.notification_id = held.sequence
WHERE e.recorded_at IS DISTINCT FROM held.recorded_at"""
STANDS = """SELECT sequence, recorded_at FROM read.position
WHERE book = %s AND model = ANY(%s) AND recorded_at IS NOT NULL"""
UNKNOWN = "unknown"
# As PostgreSQL sends them: the driver's own dates and ids would be made only to be taken apart.
PLAIN = (
    ("timestamptz", Int8BinaryLoader),
    ("date", Int4BinaryLoader),
    ("uuid", ByteaBinaryLoader),
)


def ends_of(connection: psycopg.Connection, book: Book) -> tuple[int, int]:
    """The last sequence of the log, and that of the answers."""
    row = connection.execute(_of(book, ENDS)).fetchone()
    assert row is not None, "a book without a head"
    return int(row[0]), int(row[1])


def ends_of_all(books: Iterable[Book]) -> sql.Composed:
    """What asks for name, last sequence and last answer of many at once."""
    heads = [
        sql.SQL(HEADS).format(name=sql.Literal(book.name), schema=sql.Identifier(book.schema))
        for book in books
    ]
    return sql.SQL(" UNION ALL ").join(heads)


def other_event(connection: psycopg.Connection, book: Book, models: Iterable[str]) -> int | None:
    """The first place of models, or of what they have parked, where the log has another event."""
    asked = {"book": book.name, "models": list(models)}
    row = connection.execute(_of(book, OTHER), asked).fetchone()
    assert row is not None, "a minimum is a row"
    return cast("int | None", row[0])


def other_answer(connection: psycopg.Connection, book: Book, models: Iterable[str]) -> int | None:
    """A place of models of answers where the book has another; what it dropped tells nothing."""
    answers = Following(connection).answers
    for sequence, at in connection.execute(STANDS, (book.name, list(models))).fetchall():
        for each in answers(book, after=sequence - 1, limit=1):
            if each.sequence == sequence and moment(each.recorded_at_us) != at:
                return cast("int", sequence)
    return None


def read(connection: psycopg.Connection, book: Book, *, after: int, to: int) -> Iterator[Recorded]:
    """The events after `after` up to `to`, each as it was stored."""
    return _read(connection, _of(book, BETWEEN), (after, to))


def at(connection: psycopg.Connection, book: Book, places: Sequence[int]) -> Iterator[Recorded]:
    """The events of some places, in order."""
    return _read(connection, _of(book, AT), (list(places),))


class Following:
    """The next events and answers of books, a batch at a time, by one round trip each."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._cursor = _plain(connection.cursor(binary=True))

    def events(self, book: Book, *, after: int, limit: int) -> Sequence[Recorded]:
        return list(recorded(self._rows(book, NEXT, after, limit)))

    def answers(self, book: Book, *, after: int, limit: int) -> Sequence[Recorded]:
        return [answered(answer_of(row[0])) for row in self._rows(book, ANSWERS, after, limit)]

    def _rows(self, book: Book, text: LiteralString, *parameters: int) -> Sequence[tuple[Any, ...]]:
        self._cursor.execute(_of(book, text), parameters, prepare=True)
        return self._cursor.fetchall()


def recorded(rows: Iterable[tuple[Any, ...]]) -> Iterator[Recorded]:
    """The columns of READ become what the models are fed with."""
    read_event, rule_of = codec.decode_stored_event, EVENTS.__getitem__
    for sequence, at_us, day, version, topic, state, command_id, correlation_id, stream_id in rows:
        try:
            event: object = read_event(topic, state)
        except Malformed as malformed:
            event = Undecoded(str(malformed))
            aggregate, aggregate_id = _stream(stream_id, payload=state)
        else:
            rule = rule_of(type(event))
            aggregate, aggregate_id = rule.aggregate, rule.id_of(event)
        yield Recorded(
            sequence,
            at_us + EPOCH_2000_US,
            day + EPOCH_2000_DAYS,
            aggregate,
            aggregate_id,
            version,
            topic.partition(MARK)[0] if MARK in topic else topic,
            event,
            command_id,
            correlation_id,
        )


def _read(
    connection: psycopg.Connection, statement: sql.Composed, parameters: Sequence[object]
) -> Iterator[Recorded]:
    with connection.transaction(), connection.cursor("log", binary=True) as cursor:
        _plain(cursor).itersize = ROWS
        cursor.execute(statement, parameters)
        yield from recorded(cursor)


def _plain(cursor: Any) -> Any:  # noqa: ANN401 - a cursor of the client or of the server.
    for name, loader in PLAIN:
        cursor.adapters.register_loader(name, loader)
    return cursor


def _stream(stream_id: bytes, *, payload: bytes) -> tuple[str, str]:
    """Whose event it is that cannot be read; nobody's whom we know: (UNKNOWN, "")."""
    try:
        aggregate_id = first_text(payload).decode()
    except (IndexError, UnicodeDecodeError):
        return UNKNOWN, ""
    for aggregate in STREAM_OF_FIELD.values():
        if identity.stream_id((aggregate, aggregate_id)) == stream_id:
            return aggregate, aggregate_id
    return UNKNOWN, ""


def _of(book: Book, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(book.schema))
