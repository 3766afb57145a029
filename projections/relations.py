"""What a read model is made of: tables, views and functions, every column with its comment.

Shape: Relations.create() -> statements that make them in the first schema of the search path, with
their comments and the right of the read-only role to read them. Nothing here names a schema, so
that the same relations serve, or are built beside those that serve.
Rules: every table and view says of every column what it holds; tests compare docs/read-models.md
with the comments of a database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import LiteralString, NamedTuple

from psycopg import sql

# Of a question that looks at the last few of possibly very many rows: the planner knows averages
# only, and would read and sort all rows of what is busier than they are.
BY_INDEX: tuple[LiteralString, ...] = (
    "enable_bitmapscan = off",
    "enable_sort = off",
    "enable_seqscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
)
READER = "tally_reader"  # The role that may read everything here and write nothing.


class Column(NamedTuple):
    """`type` as PostgreSQL spells it, with NOT NULL or an identity where it has one."""

    name: LiteralString
    type: LiteralString
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """`key` is its primary key. `indexes`: what stands after ON table."""

    name: LiteralString
    comment: str
    columns: tuple[Column, ...]
    key: tuple[LiteralString, ...]
    indexes: tuple[LiteralString, ...] = ()
    constraints: tuple[LiteralString, ...] = ()
    # Of columns that a later release has added in place: only to what cannot be rebuilt.
    added: tuple[Column, ...] = ()

    def create(self) -> Iterator[sql.Composed]:
        name = sql.Identifier(self.name)
        parts: list[sql.Composable] = [
            sql.Identifier(column.name) + sql.SQL(" ") + sql.SQL(column.type)
            for column in (*self.columns, *self.added)
        ]
        parts.append(sql.SQL("PRIMARY KEY ({})").format(names(self.key)))
        parts.extend(sql.SQL(constraint) for constraint in self.constraints)
        yield sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(parts))
        for index in self.indexes:
            yield sql.SQL("CREATE INDEX ON {} ").format(name) + sql.SQL(index)
        yield from self._comments()

    def complete(self) -> Iterator[sql.Composed]:
        """Add what a table of an earlier release does not have."""
        for column in self.added:
            yield sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} {}").format(
                sql.Identifier(self.name), sql.Identifier(column.name), sql.SQL(column.type)
            )
        yield from self._comments()

    def _comments(self) -> Iterator[sql.Composed]:
        columns = (*self.columns, *self.added)
        words = {each.name: each.comment for each in columns}
        yield from comments("TABLE", self.name, self.comment, words)


@dataclass(frozen=True, slots=True)
class View:
    """`columns`: what each holds, in the order of the query."""

    name: LiteralString
    comment: str
    columns: Mapping[str, str]
    query: LiteralString

    def create(self) -> Iterator[sql.Composed]:
        name = sql.Identifier(self.name)
        yield sql.SQL("CREATE VIEW {} ({}) AS ").format(name, names(tuple(self.columns))) + sql.SQL(
            self.query
        )
        yield from comments("VIEW", self.name, self.comment, self.columns)


@dataclass(frozen=True, slots=True)
class Function:
    """A question with parameters, in SQL that is parsed when it is made: it moves with its tables.

    `declaration`: parameters and what it returns. No two functions have one name. `settings`: of
    the planner while it runs.
    """

    name: LiteralString
    comment: str
    declaration: LiteralString
    query: LiteralString
    settings: tuple[LiteralString, ...] = ()

    def create(self) -> Iterator[sql.Composed]:
        yield (
            sql.SQL("CREATE FUNCTION {}").format(sql.Identifier(self.name))
            + sql.SQL(self.declaration)
            + sql.SQL(" LANGUAGE sql STABLE PARALLEL SAFE ")
            + sql.SQL(" ").join(sql.SQL("SET ") + sql.SQL(each) for each in self.settings)
            + sql.SQL(" BEGIN ATOMIC ")
            + sql.SQL(self.query)
            + sql.SQL("; END")
        )
        yield sql.SQL("COMMENT ON FUNCTION {} IS {}").format(
            sql.Identifier(self.name), sql.Literal(self.comment)
        )


@dataclass(frozen=True, slots=True)
class Relations:
    """The tables, views and functions of one read model, in the order in which they are made."""

    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    # What two builds are compared by: without the numbers that each of them gives to names.
    compared: tuple[LiteralString, ...] = field(default=())

    def create(self) -> Iterator[sql.Composed]:
        for each in (*self.tables, *self.views, *self.functions):
            yield from each.create()
        for relation in (*self.tables, *self.views):
            yield sql.SQL("GRANT SELECT ON {} TO {}").format(
                sql.Identifier(relation.name), sql.Identifier(READER)
            )


def names(columns: tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def comments(
    kind: LiteralString, name: LiteralString, comment: str, columns: Mapping[str, str]
) -> Iterator[sql.Composed]:
    yield sql.SQL("COMMENT ON {} {} IS {}").format(
        sql.SQL(kind), sql.Identifier(name), sql.Literal(comment)
    )
    for column, words in columns.items():
        yield sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
            sql.Identifier(name), sql.Identifier(column), sql.Literal(words)
        )
