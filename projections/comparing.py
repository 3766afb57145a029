"""Compare two builds of a read model, row for row, without moving the rows here.

Shape: compare(models, live, fresh, places) -> differences, empty if the two hold the same in those
books of a model that are named. Compared are the relations that a model names: rows as people see
them, not the numbers that each build gives to names. Columns that only one of the two has are left
out.
Rules: both sides stand at the same places in their books, each in one snapshot. Rows are counted
and hashed where they are; only where that differs are they read, until examples are found.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from projections.model import Model
from projections.relations import names

EXAMPLES_MAX = 3
COLUMNS = """SELECT a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = to_regnamespace(%s) AND c.relname = %s AND a.attnum > 0
  AND NOT a.attisdropped ORDER BY a.attnum"""
# A sum does not mind the order of rows, so nobody sorts millions of them.
HASH: Final = """SELECT book, count(*), sum(hash_record_extended(t, 0)::numeric)
FROM (SELECT {columns} FROM {relation}) AS t GROUP BY book"""
ROWS: Final = """SELECT row_to_json(t)::text COLLATE "C" AS row
FROM (SELECT {columns} FROM {relation} WHERE book = %s) AS t ORDER BY row"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A relation in which two builds differ; rows that only one of them has, as JSON objects."""

    model: str
    relation: str
    book: str
    live_rows: int
    fresh_rows: int
    only_live: tuple[str, ...]
    only_fresh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A build: a connection in a transaction whose snapshot holds still, and its schema."""

    connection: psycopg.Connection
    schema: str


Hashes = dict[str, tuple[int, int]]  # By book: how many rows, and the sum of their hashes.


def compare(
    models: Iterable[Model], live: Side, fresh: Side, places: Collection[tuple[str, str]]
) -> list[Difference]:
    """Where two builds differ. `places`: models and books in which both stand at the same."""
    found: list[Difference] = []
    for model in models:
        for relation in model.relations.compared:
            columns = _common(live, fresh, relation)
            was, is_now = _both(live, fresh, relation, columns)
            for book in sorted(was.keys() | is_now.keys()):
                if (model.name, book) in places and was.get(book) != is_now.get(book):
                    before, after = was.get(book, (0, 0))[0], is_now.get(book, (0, 0))[0]
                    sides = [_rows(side, relation, columns, book=book) for side in (live, fresh)]
                    only = only_one_has(*sides)
                    found.append(Difference(model.name, relation, book, before, after, *only))
    return found


def only_one_has(
    live: Iterator[str], fresh: Iterator[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of two ordered streams, the first few that only one of them has."""
    only: tuple[list[str], list[str]] = ([], [])
    one, other = next(live, None), next(fresh, None)
    while (one is not None or other is not None) and max(map(len, only)) < EXAMPLES_MAX:
        if one == other:
            one, other = next(live, None), next(fresh, None)
        elif other is None or (one is not None and one < other):
            only[0].append(one or "")
            one = next(live, None)
        else:
            only[1].append(other)
            other = next(fresh, None)
    return tuple(only[0]), tuple(only[1])


def _common(live: Side, fresh: Side, relation: str) -> list[str]:
    """The columns that both sides have, in the order of the live one."""
    sides = [
        [row[0] for row in side.connection.execute(COLUMNS, (side.schema, relation)).fetchall()]
        for side in (live, fresh)
    ]
    return [column for column in sides[0] if column in sides[1]]


def _both(live: Side, fresh: Side, relation: str, columns: Sequence[str]) -> tuple[Hashes, Hashes]:
    """Of both sides at once: each is another process of the server."""
    with ThreadPoolExecutor(max_workers=1) as other:
        was = other.submit(_hashes, live, relation, columns)
        is_now = _hashes(fresh, relation, columns)
        return was.result(), is_now


def _hashes(side: Side, relation: str, columns: Sequence[str]) -> Hashes:
    if not columns:
        return {}  # One of the two builds has no such relation.
    found = side.connection.execute(_of(side, HASH, relation, columns)).fetchall()
    return {book: (rows, total) for book, rows, total in found}


def _rows(side: Side, relation: str, columns: Sequence[str], *, book: str) -> Iterator[str]:
    with side.connection.cursor(name="rows") as cursor:
        cursor.execute(_of(side, ROWS, relation, columns), (book,))
        for (row,) in cursor:
            yield row


def _of(side: Side, query: LiteralString, relation: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(query).format(
        columns=names(tuple(columns)), relation=sql.Identifier(side.schema, relation)
    )
