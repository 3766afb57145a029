"""How far each model is in each book, which version of it is built, and what is put aside.

Shape: `model` has a row a model, `position` one a model and book, `parked` one an event put aside.
Rules: whoever applies a batch holds the positions it moves until it commits, and the gate in
shared mode; whoever swaps a rebuilt model in holds the gate alone, so nobody else is between.
Units: `sequence` counts from 1 without gap in each book; 0 is before the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import Cursor, sql

from projections.relations import Column, Relations, Table

MODEL = Table(
    name="model",
    comment="The read models of this schema and which version of each is built.",
    columns=(
        Column("model", "text NOT NULL", "Name of the read model."),
        Column("version", "integer NOT NULL", "Version of its tables; a new one is rebuilt."),
        Column("build", "bigint NOT NULL", "Counts its builds: it rises when one is swapped in."),
        Column("relations", "text[] NOT NULL", "Its tables and views, as they were created."),
        Column("functions", "text[] NOT NULL", "Its functions; no two have one name."),
        Column("built_at", "timestamp with time zone NOT NULL", "When it was created here."),
    ),
    key=("model",),
)
POSITION = Table(
    name="position",
    comment="How far each read model is in each book. It moves with the rows that it speaks of.",
    columns=(
        Column("model", "text NOT NULL", "Name of the read model."),
        Column("book", "text NOT NULL", "Name of the book."),
        Column("sequence", "bigint NOT NULL", "The last book_sequence that the model holds."),
        Column("parked", "bigint NOT NULL", "How many events of the book it has put aside."),
        Column(
            "recorded_at",
            "timestamp with time zone",
            "When that event was recorded: the distance to now is the lag in time.",
        ),
    ),
    added=(
        Column(
            "passed",
            "bigint NOT NULL DEFAULT 0",
            "How many records it has passed over: nobody had them any more.",
        ),
    ),
    key=("model", "book"),
)
PARKED = Table(
    name="parked",
    comment="Events that a read model put aside, with all that came after them in their streams.",
    columns=(
        Column("model", "text NOT NULL", "Name of the read model."),
        Column("book", "text NOT NULL", "Name of the book."),
        Column("book_sequence", "bigint NOT NULL", "Place of the event in the book."),
        Column("aggregate", "text NOT NULL", "Kind of the stream, such as payment."),
        Column("aggregate_id", "text NOT NULL", "Which stream of that kind."),
        Column("version", "bigint NOT NULL", "Place of the event in its stream."),
        Column("type_name", "text NOT NULL", "Full name of the event's type."),
        Column("reason", "text NOT NULL", "unknown_event, or follows_parked: it waits its turn."),
        Column("recorded_at", "timestamp with time zone NOT NULL", "When it was recorded."),
    ),
    key=("model", "book", "book_sequence"),
    indexes=("(model, book, aggregate, aggregate_id)",),
)
RELATIONS: Final = Relations(tables=(MODEL, POSITION, PARKED))

GATE = 0x7461_6C6C_79  # A number of ours among the locks of a database.
ENTER = """SELECT set_config('search_path', %s, true), set_config('synchronous_commit', %s, true),
set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
pg_advisory_xact_lock_shared(hashtextextended(%s, %s))"""
BEGIN = """INSERT INTO position (model, book, sequence, parked)
SELECT model, %s, 0, 0 FROM model WHERE model = ANY(%s) ON CONFLICT DO NOTHING"""
LOCK = """SELECT p.model, p.book, m.version, m.build, p.sequence, p.parked
FROM position AS p JOIN model AS m USING (model)
WHERE p.book = %s AND p.model = ANY(%s) ORDER BY p.model FOR UPDATE OF p"""
MOVE = """UPDATE position AS p SET sequence = m.sequence, parked = m.parked,
recorded_at = timestamptz 'epoch' + m.recorded_at_us * interval '1 microsecond'
FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[])
  AS m (model, sequence, parked, recorded_at_us)
WHERE p.book = %s AND p.model = m.model"""

OVER = """UPDATE position SET passed = passed + %(to)s - sequence, sequence = %(to)s
WHERE book = %(book)s AND model = ANY(%(models)s) AND sequence < %(to)s"""


class WrongVersionError(Exception):
    """The tables are those of another version of a model, or not there: prepare or rebuild it."""

    def __init__(self, model: str, *, built: int, wanted: int) -> None:
        super().__init__(f"read model {model}: version {built} is built, not {wanted}")
        self.model, self.built, self.wanted = model, built, wanted


@dataclass(frozen=True, slots=True)
class Position:
    """Where a model stands in a book, and in which build of its tables."""

    model: str
    book: str
    version: int
    build: int
    sequence: int
    parked: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Where it stands after a batch."""

    model: str
    sequence: int
    parked: int
    recorded_at_us: int


def enter(cursor: Cursor, schema: str) -> None:
    """Begin a transaction that writes a batch: rows come back from the log if they are lost.

    So nobody waits for the disk; rows and position are lost together or not at all. All that is
    asked in it are rows by their keys: the planner, which knows little of tables that grow by
    thousands of rows a second, is left no other way than the index.
    """
    quoted = sql.Identifier(schema).as_string(cursor)
    cursor.execute(ENTER, (quoted, "off", schema, GATE))


def lock(cursor: Cursor, book: str, versions: Mapping[str, int]) -> dict[str, Position]:
    """The positions of models in a book, ours until the transaction ends; new ones begin at 0."""
    wanted = list(versions)
    found = cursor.execute(LOCK, (book, wanted)).fetchall()
    if len(found) < len(wanted):
        cursor.execute(BEGIN, (book, wanted))
        found = cursor.execute(LOCK, (book, wanted)).fetchall()
    positions = {row[0]: Position(*row) for row in found}
    for model, version in versions.items():
        built = positions[model].version if model in positions else 0
        if built != version:
            raise WrongVersionError(model, built=built, wanted=version)
    return positions


def pass_over(cursor: Cursor, book: str, models: Sequence[str], *, to: int) -> None:
    """Nobody has what comes up to there any more: those that stand before it stand there now."""
    cursor.execute(OVER, {"book": book, "models": list(models), "to": to})


def require(cursor: Cursor, model: str, version: int) -> None:
    """Of a model that has no positions: whether its tables are of this version."""
    found = cursor.execute("SELECT version FROM model WHERE model = %s", (model,)).fetchone()
    built = found[0] if found else 0
    if built != version:
        raise WrongVersionError(model, built=built, wanted=version)


def move(cursor: Cursor, book: str, moved: Iterable[Moved]) -> None:
    rows = sorted(moved, key=lambda each: each.model)
    models, sequences = [each.model for each in rows], [each.sequence for each in rows]
    parked, at_us = [each.parked for each in rows], [each.recorded_at_us for each in rows]
    cursor.execute(MOVE, (models, sequences, parked, at_us, book))
