"""Rows that events change: read those of a batch, fold the batch over them, write them back.

Shape: Rows(table, row, keys, evolve). `keys(recorded)` names the rows that an event changes, but
for the book; `evolve(row | None, change) -> row` is the fold, pure. One query and two statements a
table and batch, however many events. The columns of a row are the fields of its class.
`adds`: every event adds rows of its own, so that there is nothing to read.
Errors: AssertionError where an event changes a row that was never begun.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Generic, LiteralString, NamedTuple, TypeVar

from psycopg import Cursor, sql

from projections.copying import copy
from projections.recorded import Recorded
from projections.relations import Table, names

Row = TypeVar("Row", bound=tuple[object, ...])
Key = tuple[object, ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BOOK: LiteralString = "book"


class Change(NamedTuple):
    """An event that changes the row of this key."""

    book: str
    key: Key
    recorded: Recorded

    @property
    def at(self) -> datetime:
        return moment(self.recorded.recorded_at_us)


@lru_cache(maxsize=1_024)
def moment(at_us: int) -> datetime:
    """Exact: a float of seconds would round. The events of one command share theirs."""
    return EPOCH + timedelta(microseconds=at_us)


def day(text: str) -> date | None:
    """A day as an event spells it; none where it has none. Errors: ValueError."""
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """One table that is changed by events."""

    table: Table
    row: type[Row]
    keys: Callable[[Recorded], Iterable[Key]]
    evolve: Callable[[Row | None, Change], Row]
    adds: bool = False

    def __post_init__(self) -> None:
        assert self.fields <= {each.name for each in self.table.columns}, "a field is no column"
        assert self.table.key[-1] == BOOK, "the book ends the key: people ask without it"

    @property
    def fields(self) -> set[str]:
        return set(self.row.__annotations__)

    @cached_property
    def key(self) -> tuple[LiteralString, ...]:
        return self.table.key[:-1]

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Where the key stands in a row."""
        order = list(self.row.__annotations__)
        return tuple(order.index(name) for name in self.key)

    def apply(self, cursor: Cursor, book: str, batch: Sequence[Recorded]) -> None:
        """Fold a batch over what the table holds."""
        changes = [Change(book, key, recorded) for recorded in batch for key in self.keys(recorded)]
        if changes:
            wanted = {change.key for change in changes}
            held = {} if self.adds else self.load(cursor, book, wanted)
            rows = fold(held, changes, self.evolve)
            self.add(cursor, [rows[key] for key in sorted(rows.keys() - held.keys())])
            self.change(cursor, [rows[key] for key in sorted(held)])

    def load(self, cursor: Cursor, book: str, keys: Iterable[Key]) -> dict[Key, Row]:
        columns = [list(column) for column in zip(*keys, strict=True)]
        found = cursor.execute(self._load, (*columns, book)).fetchall()
        make: Callable[[Iterable[object]], Row] = getattr(self.row, "_make")  # noqa: B009
        rows = (make(row) for row in found)
        return {tuple(row[place] for place in self.places): row for row in rows}

    def add(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Write rows that were not there."""
        if rows:
            copy(cursor, self._add, self.types, rows)

    def change(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Write rows that were there already."""
        if rows:
            cursor.execute(self._change, [list(column) for column in zip(*rows, strict=True)])

    @cached_property
    def types(self) -> list[LiteralString]:
        """Of the fields, as PostgreSQL spells them."""
        types: dict[str, LiteralString] = {
            column.name: column.type.removesuffix(" NOT NULL") for column in self.table.columns
        }
        return [types[name] for name in self.row.__annotations__]

    @cached_property
    def _load(self) -> sql.Composed:
        types = dict(zip(self.row.__annotations__, self.types, strict=True))
        # LIMIT keeps the planner to one look into the index for each key that is wanted.
        return sql.SQL(
            "SELECT found.* FROM unnest({arrays}) AS wanted ({key}) CROSS JOIN LATERAL "
            "(SELECT {columns} FROM {table} AS t WHERE {same} AND t.book = %s LIMIT 1) AS found"
        ).format(
            arrays=sql.SQL(", ").join(
                sql.SQL("%b::") + sql.SQL(types[name]) + sql.SQL("[]") for name in self.key
            ),
            key=names(self.key),
            columns=names(tuple(self.row.__annotations__)),
            table=sql.Identifier(self.table.name),
            same=sql.SQL(" AND ").join(
                sql.SQL("t.{0} = wanted.{0}").format(sql.Identifier(name)) for name in self.key
            ),
        )

    @cached_property
    def _add(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
            sql.Identifier(self.table.name), names(tuple(self.row.__annotations__))
        )

    @cached_property
    def _change(self) -> sql.Composed:
        """By way of the key's conflict: no plan to choose, whatever the table's size."""
        fields = tuple(self.row.__annotations__)
        rest = tuple(name for name in fields if name not in self.table.key)
        return sql.SQL(
            "INSERT INTO {table} ({fields}) SELECT * FROM unnest({arrays}) "
            "ON CONFLICT ({key}) DO UPDATE SET ({rest}) = ROW({new})"
        ).format(
            table=sql.Identifier(self.table.name),
            fields=names(fields),
            arrays=sql.SQL(", ").join(
                sql.SQL("%b::") + sql.SQL(type_name) + sql.SQL("[]") for type_name in self.types
            ),
            key=names(self.table.key),
            rest=names(rest),
            new=sql.SQL(", ").join(sql.SQL("excluded.") + sql.Identifier(name) for name in rest),
        )


def fold(
    rows: Mapping[Key, Row],
    changes: Iterable[Change],
    evolve: Callable[[Row | None, Change], Row],
) -> dict[Key, Row]:
    """The rows after the changes, in order; those that were given stay as they are."""
    after = dict(rows)
    for change in changes:
        after[change.key] = evolve(after.get(change.key), change)
    return after
