"""The log of a book as people ask for it: by stream, type, place or time.

Shape: read(dsn, book, Wanted) yields events as dictionaries for JSON, through a cursor of the
server. A time becomes a place in the book by halving: `recorded_at` never decreases in a book.
Errors: psycopg's; a place or time that is none is a ValueError.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString, Self

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from commands import identity
from commands.catalogue import EVENTS, EVENTS_BY_NAME, STREAM_OF_FIELD
from infra.event_store import directory
from infra.event_store.directory import Book, connect
from schemas import codec
from schemas.editions import MARK
from schemas.malformed import Malformed
from schemas.to_json import event_to_json

ROWS = 1_000
COLUMNS: LiteralString = """notification_id, originator_version, recorded_at, effective_on,
  command_id, topic, state, chain, correlation_id, causation, actor, traceparent"""
FORWARD: LiteralString = """SELECT {columns} FROM {schema}.events WHERE {where}
ORDER BY notification_id LIMIT %s""".replace("{columns}", COLUMNS)
LATEST: LiteralString = """SELECT * FROM (
  SELECT {columns} FROM {schema}.events WHERE {where} ORDER BY notification_id DESC LIMIT %s
) AS latest ORDER BY notification_id""".replace("{columns}", COLUMNS)
LAST_OF = "SELECT last_sequence FROM {schema}.head"
TIME_OF = "SELECT recorded_at FROM {schema}.events WHERE notification_id = %s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; without `start` the last ones. Places are included, times too."""

    start: int | datetime | None
    end: int | datetime | None
    aggregate: str | None
    type_name: str | None
    limit: int  # 0: all.

    @classmethod
    def parsed(cls, start: str | None, end: str | None, /, **more: Any) -> Self:  # noqa: ANN401
        """As people write it. Errors: ValueError."""
        first = None if start is None else _when("--from", start, end_of_day=False)
        last = None if end is None else _when("--to", end, end_of_day=True)
        return cls(first, last, **more)


def _when(option: LiteralString, text: str, *, end_of_day: bool) -> int | datetime:
    if text.isdecimal():
        return int(text)
    try:
        if len(text) == len("YYYY-MM-DD"):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            return day + timedelta(days=1, microseconds=-1) if end_of_day else day
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{option}: expected a number, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, found {text!r:.80}"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def type_of(name: str) -> str | None:
    """The full name of an event's type, by that or by its short name."""
    short = {full.rpartition(".")[2]: full for full in EVENTS_BY_NAME}
    return name if name in EVENTS_BY_NAME else short.get(name)


def read(dsn: str, wanted: Wanted, *, book: str) -> Iterator[dict[str, Any]] | None:
    """The events in order; None where there is no such book."""
    found = next((each for each in directory.list_books(dsn) if each.name == book), None)
    return None if found is None else _read(dsn, found, wanted)


def _read(dsn: str, book: Book, wanted: Wanted) -> Iterator[dict[str, Any]]:
    with closing(connect(dsn)) as connection, connection.transaction():
        statement, parameters = _statement(connection, book, wanted)
        with connection.cursor("log") as cursor:
            cursor.itersize = ROWS
            for row in cursor.execute(statement, parameters):
                yield _event(book.name, row)


def _statement(
    connection: psycopg.Connection[TupleRow], book: Book, wanted: Wanted
) -> tuple[sql.Composed, list[object]]:
    conditions: list[LiteralString] = []
    parameters: list[object] = []
    if wanted.start is not None:
        conditions.append("notification_id >= %s")
        parameters.append(_first(connection, book, wanted.start))
    if wanted.end is not None:
        conditions.append("notification_id <= %s")
        parameters.append(_last(connection, book, wanted.end))
    if wanted.aggregate is not None:
        conditions.append("originator_id = ANY(%s::text[]::uuid[])")
        kinds = sorted(set(STREAM_OF_FIELD.values()))
        parameters.append([identity.stream_id((kind, wanted.aggregate)).hex() for kind in kinds])
    if wanted.type_name is not None:
        conditions.append("split_part(topic, '#', 1) = %s")  # Of any edition.
        parameters.append(wanted.type_name)
    parameters.append(wanted.limit or None)
    shape = LATEST if wanted.limit and wanted.start is None else FORWARD
    text = shape.replace("{where}", " AND ".join(conditions) or "true")
    return _of(book, text), parameters


def _first(connection: psycopg.Connection[TupleRow], book: Book, at: int | datetime) -> int:
    """The first place recorded at a time or later."""
    return at if isinstance(at, int) else _before(connection, book, at) + 1


def _last(connection: psycopg.Connection[TupleRow], book: Book, at: int | datetime) -> int:
    """The last place recorded up to a time."""
    if isinstance(at, int):
        return at
    return _before(connection, book, at + timedelta(microseconds=1))


def _before(connection: psycopg.Connection[TupleRow], book: Book, at: datetime) -> int:
    """The last place recorded before a time, 0 if there is none: forty looks at most."""
    row = connection.execute(_of(book, LAST_OF)).fetchone()
    low, high = 0, int(row[0]) if row else 0
    while low < high:
        middle = (low + high + 1) // 2
        found = connection.execute(_of(book, TIME_OF), (middle,)).fetchone()
        assert found is not None, "the log has a gap"
        low, high = (middle, high) if found[0] < at else (low, middle - 1)
    return low


def _event(book: str, row: TupleRow) -> dict[str, Any]:
    sequence, version, at, day, command_id, topic, state, chain, *more = row
    correlation_id, causation, actor, traceparent = (each or "" for each in more)
    aggregate, aggregate_id, data = _decoded(topic, bytes(state))
    type_name = topic.partition(MARK)[0]
    recorded_at = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "book": book,
        "book_sequence": sequence,
        "aggregate": aggregate,
        "aggregate_id": aggregate_id,
        "version": version,
        "type": type_name.rpartition(".")[2],
        "type_name": type_name,
        "recorded_at": recorded_at,
        "effective_on": day.isoformat(),
        "command_id": command_id.hex,
        "correlation_id": correlation_id or command_id.hex,
        "causation": causation,
        "actor": actor,
        "traceparent": traceparent,
        "chain": bytes(chain).hex(),
        "data": data,
    }


def _decoded(stored_name: str, state: bytes) -> tuple[str, str, dict[str, object]]:
    """What a release that does not know the event can say of it: its bytes."""
    try:
        event = codec.decode_stored_event(stored_name, state)
    except Malformed as malformed:
        return "", "", {"undecoded": state.hex(), "why": malformed.detail}
    rule = EVENTS[type(event)]
    return rule.aggregate, rule.id_of(event), event_to_json(event)


def _of(book: Book, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(book.schema))
