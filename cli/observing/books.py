"""Where each book stands in PostgreSQL: its head, its relay, its read models, what is pending.

Shape: look(dsn) -> Books. Units: microseconds since 1970; sequences count from 1.
Errors: Outage; psycopg's.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from infra.event_store.directory import Book, connect

DIRECTORY = "SELECT to_regclass('tally.books') IS NOT NULL, to_regclass('read.model') IS NOT NULL"
BOOKS = "SELECT name, schema_name FROM tally.books ORDER BY name"
STRAYS = "SELECT count(*) FROM tally.partition_outbox"
HEAD = """SELECT h.last_sequence, h.last_answer, h.epoch, h.recorded_at_us,
  h.commands_position, h.internal_position, r.last_sequence, r.last_answer,
  (SELECT count(*) FROM {schema}.outbox),
  (SELECT count(*) FROM {schema}.timers),
  (SELECT count(*) FROM {schema}.timers WHERE due_us <= %s),
  (SELECT recorded_at FROM {schema}.events WHERE notification_id = r.last_sequence + 1)
FROM {schema}.head h, {schema}.relayed r"""
MODELS = """SELECT m.model, coalesce(p.sequence, 0), coalesce(p.parked, 0),
  (SELECT recorded_at FROM {schema}.events WHERE notification_id = coalesce(p.sequence, 0) + 1)
FROM read.model m LEFT JOIN read.position p ON p.model = m.model AND p.book = %s
WHERE m.model <> ALL(%s) ORDER BY m.model"""
LETTERS = "SELECT count(*) FROM read.dead_letters WHERE settled_as = ''"
HAS_LETTERS = "SELECT to_regclass('read.dead_letters') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """One read model in one book. `next_at_us`: when the event that it waits for was recorded."""

    model: str
    sequence: int
    behind: int
    parked: int
    next_at_us: int | None


@dataclass(frozen=True, slots=True)
class BookStanding:
    """Positions are None for a book that no writer has taken yet."""

    book: str
    sequence: int
    answers: int
    epoch: int
    recorded_at_us: int
    commands_position: int | None
    internal_position: int | None
    relayed: int
    relayed_answers: int
    outbox: int
    timers: int
    timers_due: int
    relay_next_at_us: int | None
    models: Sequence[ModelStanding]


@dataclass(frozen=True, slots=True)
class Books:
    """All books at one moment. `dead_letters`: waiting for a person, None if nobody keeps them."""

    at_s: float
    books: Sequence[BookStanding]
    strays: int
    dead_letters: int | None


def look(dsn: str) -> Books:
    """All books as they are now."""
    with connect(dsn) as connection:
        at_s = time.monotonic()
        made, has_models = _one(connection, DIRECTORY)
        if not made:
            return Books(at_s, (), 0, None)
        books = [Book(str(name), str(schema)) for name, schema in connection.execute(BOOKS)]
        found = [_book(connection, book, has_models=has_models) for book in books]
        letters = _one(connection, LETTERS)[0] if _one(connection, HAS_LETTERS)[0] else None
        return Books(at_s, found, _one(connection, STRAYS)[0], letters)


def _book(
    connection: psycopg.Connection[TupleRow], book: Book, *, has_models: bool
) -> BookStanding:
    from projections.models import MODELS as KNOWN

    row = _one(connection, _of(book, HEAD), (time.time_ns() // 1000,))
    feeds: Mapping[str, str] = {model.name: model.feed for model in KNOWN}
    unplaced = [name for name, feed in feeds.items() if feed == "dead_letters"]
    found: Sequence[TupleRow] = ()
    if has_models:
        found = connection.execute(_of(book, MODELS), (book.name, unplaced)).fetchall()
    models = [_model(each, feeds, sequence=row[0], answers=row[1]) for each in found]
    return BookStanding(book.name, *row[:11], relay_next_at_us=_us(row[11]), models=models)


def _model(
    row: Sequence[Any], feeds: Mapping[str, str], *, sequence: int, answers: int
) -> ModelStanding:
    name, held, parked, next_at = row
    on_answers = feeds.get(name) == "answers"
    behind = (answers if on_answers else sequence) - held
    return ModelStanding(name, held, behind, parked, None if on_answers else _us(next_at))


def _us(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1_000_000)


def _of(book: Book, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(book.schema))


def _one(
    connection: psycopg.Connection[TupleRow],
    text: LiteralString | sql.Composed,
    parameters: Sequence[object] = (),
) -> Any:  # noqa: ANN401 - a row of any columns.
    row = connection.execute(text, parameters).fetchone()
    assert row is not None, "a statement that always has a row"
    return row
