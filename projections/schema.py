"""Make, and take away, the tables of read models in a schema.

Shape: prepare(connection, models) makes what is not there yet and says which models are there in
another version: those are rebuilt, never changed in place. A program calls it as it starts.
Rules: one at a time in a database; a read-only role reads everything that serves. Where the
program may not create roles, that role is made before.
"""

from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg import Cursor, sql

from projections.model import Model
from projections.positions import GATE, RELATIONS
from projections.relations import READER, Relations

LIVE: Final = "read"
MAKING = GATE + 1  # A number of ours among the locks of a database.
SCHEMA_COMMENT = "Read models of tallystick: made from events, rebuilt at will, never edited."
NOTE = """INSERT INTO model (model, version, build, relations, functions, built_at)
VALUES (%s, %s, %s, %s, %s, now())"""
BUILT = "SELECT model, version FROM model"
NOTED = "SELECT relations, functions FROM model WHERE model = %s"
HAS = """SELECT count(*) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attname = ANY(%s)"""
DROP = {
    "v": sql.SQL("DROP VIEW {}"),
    "r": sql.SQL("DROP TABLE {}"),
}
KINDS = """SELECT relname, relkind::text FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)"""


def prepare(
    connection: psycopg.Connection, models: Sequence[Model], *, schema: str = LIVE
) -> list[str]:
    """Make a schema and the models in it. Those of another version stay, and are returned."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING,))
        make_reader(connection)
        make(cursor, schema)
        complete(cursor, RELATIONS)
        cursor.execute(
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
                sql.Identifier(schema), sql.Identifier(READER)
            )
        )
        built: dict[str, int] = dict(cursor.execute(BUILT).fetchall())
        for model in models:
            if model.name not in built:
                create(cursor, model, build=1)
            else:
                complete(cursor, model.relations)
    return [model.name for model in models if built.get(model.name, model.version) != model.version]


def make_reader(connection: psycopg.Connection) -> None:
    """The role that may read; roles belong to the server, so another database may make it now."""
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (READER,))
    if found.rowcount:
        return
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(READER)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # It is there, which is what was wanted.


def make(cursor: Cursor, schema: str) -> None:
    """A schema with the tables that say what is in it, and make it the one that is meant."""
    name = sql.Identifier(schema)
    cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
    if cursor.execute("SELECT to_regclass('model')").fetchone() == (None,):
        cursor.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(name, sql.Literal(SCHEMA_COMMENT))
        )
        for statement in RELATIONS.create():
            cursor.execute(statement)


def create(cursor: Cursor, model: Model, *, build: int) -> None:
    """Make the relations of a model in the schema that is meant."""
    relations = model.relations
    for statement in relations.create():
        cursor.execute(statement)
    named = [each.name for each in (*relations.tables, *relations.views)]
    functions = [each.name for each in relations.functions]
    cursor.execute(NOTE, (model.name, model.version, build, named, functions))


def complete(cursor: Cursor, relations: Relations) -> None:
    """Add the columns that a later release has added in place, if they are not there yet."""
    for table in relations.tables:
        names = [each.name for each in table.added]
        if names and cursor.execute(HAS, (table.name, names)).fetchone() != (len(names),):
            for statement in table.complete():
                cursor.execute(statement)


def drop(cursor: Cursor, model: str) -> None:
    """Take a model away as it was noted, in whatever version; whoever built on it is named."""
    noted = cursor.execute(NOTED, (model,)).fetchone()
    if noted is None:
        return
    relations, functions = noted
    kinds = dict(cursor.execute(KINDS, (relations,)).fetchall())
    for function in reversed(functions):
        cursor.execute(sql.SQL("DROP FUNCTION {}").format(sql.Identifier(function)))
    for relation in reversed(relations):
        cursor.execute(DROP[kinds[relation]].format(sql.Identifier(relation)))
    for table in ("parked", "position", "model"):
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE model = %s").format(sql.Identifier(table)), (model,)
        )
