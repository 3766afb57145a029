"""Reading PostgreSQL for people: one read-only snapshot a command, rows as dictionaries.

Shape: `with reading(call) as connection:` and rows(connection, statement, parameters);
require_book(connection, name) where nothing was found.
Units: times become RFC 3339 in UTC, days YYYY-MM-DD; sums are integers.
Errors: psycopg's; cli/calls.py says what is not there yet.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from cli.calls import Call, refuse
from cli.printing import rfc_3339
from infra.event_store.directory import connect

IN_MODELS = "SELECT FROM read.position WHERE book = %s LIMIT 1"
IN_DIRECTORY = "SELECT FROM tally.books WHERE name = %s"
Row = dict[str, Any]
Statement = LiteralString | sql.Composed
Reader = psycopg.Connection[DictRow]
Parameters = Sequence[object] | Mapping[str, object]


@contextmanager
def reading(call: Call) -> Generator[Reader]:
    """One snapshot of everything, in which nothing can be written."""
    plain = connect(call.settings("postgres").postgres)
    with psycopg.Connection[DictRow](plain.pgconn, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def rows(connection: Reader, statement: Statement, parameters: Parameters = ()) -> list[Row]:
    """All rows, ready for JSON. For what is bounded by its own nature."""
    return [plain(row) for row in connection.execute(statement, parameters)]


def plain(row: Row) -> Row:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds.
    match value:
        case datetime():
            return rfc_3339(value)
        case date():
            return value.isoformat()
        case Decimal():
            return int(value)
        case UUID() | bytes():
            return value.hex if isinstance(value, UUID) else value.hex()
        case _:
            return value


def require_book(connection: Reader, name: str) -> None:
    """For a question without an answer: whether there is such a book, or nothing of it.

    Who may read the read models alone is not asked about books that have no events.
    """
    if connection.execute(IN_MODELS, (name,)).rowcount:
        return
    if not connection.execute(IN_DIRECTORY, (name,)).rowcount:
        raise refuse(f"there is no book {name}")
