"""Rows that events change: read those of a batch, fold the batch over them, write them back.

Shape: Rows(table, row, keys, evolve). `keys(recorded)` names the rows that an event changes, but
for the book; `evolve(row | None, change) -> row` is the fold, pure. One query and two statements a
table and batch, however many events. The columns of a row are the fields of its class.
`kinds`: the types of events that change rows; none named, any may. `begins(recorded)`: whether an
event begins the row that it changes, so that there is nothing to read. `told`: an event that tells
all of the columns that it changes; where it is alone with its row in a batch, that is not read.
Errors: AssertionError where an event changes a row that was never begun.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from operator import itemgetter
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


class Told(NamedTuple):
    """A type of event, the columns that it changes, and what they are after it."""

    kind: type
    columns: tuple[LiteralString, ...]
    values: Callable[[Change], tuple[object, ...]]

    def over(self, row: Row, change: Change) -> Row:
        """The row after the event."""
        place: Callable[..., Row] = getattr(row, "_replace")  # noqa: B009
        return place(**dict(zip(self.columns, self.values(change), strict=True)))


def always(_recorded: Recorded) -> bool:
    """Every event begins rows of its own."""
    return True


def never(_recorded: Recorded) -> bool:
    """No event says by itself that its row is new."""
    return False


def first(recorded: Recorded) -> bool:
    """The first event of a stream begins the row that is about the stream."""
    return recorded.version == 1


key_of = itemgetter(Change._fields.index("key"))


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
    kinds: frozenset[type] = frozenset()
    begins: Callable[[Recorded], bool] = never
    told: Told | None = None

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
        changes = self.changes(book, batch)
        if changes and self.told is not None:
            changes = self._tell(cursor, book, changes, self.told)
        if changes:
            earliest = {change.key: change.recorded for change in reversed(changes)}
            old = [key for key, recorded in earliest.items() if not self.begins(recorded)]
            held = self.load(cursor, book, old) if old else {}
            rows = fold(held, changes, self.evolve)
            self.add(cursor, [rows[key] for key in sorted(rows.keys() - held.keys())])
            self.change(cursor, [rows[key] for key in sorted(held)])

    def changes(self, book: str, batch: Iterable[Recorded]) -> list[Change]:
        """What a batch changes here, in order."""
        kinds = self.kinds
        if kinds:
            batch = [recorded for recorded in batch if type(recorded.event) in kinds]
        return [Change(book, key, recorded) for recorded in batch for key in self.keys(recorded)]

    def _tell(
        self, cursor: Cursor, book: str, changes: Sequence[Change], told: Told
    ) -> list[Change]:
        """Write what needs no reading; what is left."""
        times = Counter([change.key for change in changes])
        alone, rest = list[Change](), list[Change]()
        for change in changes:
            is_alone = type(change.recorded.event) is told.kind and times[change.key] == 1
            (alone if is_alone else rest).append(change)
        if alone:
            alone.sort(key=key_of)
            rows = [(*change.key, *told.values(change)) for change in alone]
            columns = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(self._told, (*columns, book))
            assert cursor.rowcount == len(alone), "an event changes a row that was never begun"
        return rest

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
        return sql.SQL("SELECT found.* FROM {}").format(
            self._found(self.key, names(tuple(self.row.__annotations__)))
        )

    @cached_property
    def _told(self) -> sql.Composed:
        assert self.told is not None, "no event is told of"
        columns = self.told.columns
        return sql.SQL(
            "UPDATE {table} AS t SET ({columns}) = ROW({new}) FROM {found} "
            "WHERE t.ctid = found.ctid"
        ).format(
            table=sql.Identifier(self.table.name),
            columns=names(columns),
            new=of("wanted", columns),
            found=self._found((*self.key, *columns), sql.SQL("ctid")),
        )

    def _found(self, given: tuple[LiteralString, ...], columns: sql.Composable) -> sql.Composed:
        """The rows of keys, beside all that is given with them.

        LIMIT keeps the planner to one look into the index for each key.
        """
        return sql.SQL(
            "unnest({arrays}) AS wanted ({given}) CROSS JOIN LATERAL "
            "(SELECT {columns} FROM {table} AS t WHERE {same} AND t.book = %s LIMIT 1) AS found"
        ).format(
            arrays=self._arrays(given),
            given=names(given),
            columns=columns,
            table=sql.Identifier(self.table.name),
            same=sql.SQL(" AND ").join(
                sql.SQL("t.{0} = wanted.{0}").format(sql.Identifier(name)) for name in self.key
            ),
        )

    def _arrays(self, fields: Iterable[str]) -> sql.Composed:
        """Parameters: an array a field."""
        types = dict(zip(self.row.__annotations__, self.types, strict=True))
        return sql.SQL(", ").join(
            sql.SQL("%b::") + sql.SQL(types[name]) + sql.SQL("[]") for name in fields
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
            arrays=self._arrays(fields),
            key=names(self.table.key),
            rest=names(rest),
            new=of("excluded", rest),
        )


def of(alias: LiteralString, columns: Iterable[str]) -> sql.Composed:
    """Columns of one of the things that a statement reads."""
    return sql.SQL(", ").join(sql.SQL(alias + ".") + sql.Identifier(name) for name in columns)


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
