"""A database for tests of the read side, and what they ask of it.

Shape: database(dsn) makes one that nobody else uses and drops it; contents(connection) is every row
of what people see, to be compared.
"""

import uuid
from collections.abc import Generator, Iterable
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from projections.apply import Applied, apply_batch
from projections.model import Model
from projections.models import all_models, event_models
from projections.recorded import Recorded
from projections.schema import LIVE, prepare

Contents = dict[str, list[tuple[object, ...]]]


@contextmanager
def database(dsn: str) -> Generator[str]:
    name = f"reads_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo(dsn, dbname=name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def clean(dsn: str) -> str:
    """The same database as if nobody had been there: what read models lie in is gone."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public$)'"
        ).fetchall()
        for (name,) in found:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    return dsn


def connect(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn)


def prepared(dsn: str, schema: str = LIVE) -> psycopg.Connection:
    """A connection to a database where all read models are made."""
    connection = connect(dsn)
    assert prepare(connection, all_models(), schema=schema) == []
    return connection


def apply(
    connection: psycopg.Connection,
    records: Iterable[Recorded],
    *,
    models: list[Model] | None = None,
    book: str = "main",
    schema: str = LIVE,
) -> Applied:
    """Apply records that have no gap, and say where the models stand."""
    done = apply_batch(connection, models or event_models(), book, list(records), schema=schema)
    assert isinstance(done, Applied), done
    return done


def contents(connection: psycopg.Connection, schema: str = LIVE) -> Contents:
    """Every row of what models are compared by, and where they stand; in no build's own numbers."""
    found: Contents = {}
    relations = [relation for model in all_models() for relation in model.relations.compared]
    for relation in relations:
        table = sql.Identifier(schema, relation)
        query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(table)
        found[relation] = connection.execute(query).fetchall()
    position = sql.SQL("SELECT model, book, sequence, parked FROM {} ORDER BY 1, 2").format(
        sql.Identifier(schema, "position")
    )
    found["position"] = connection.execute(position).fetchall()
    connection.commit()
    return found


def ask(connection: psycopg.Connection, query: str, *values: object) -> list[tuple[object, ...]]:
    """The rows of a query, and no transaction left open."""
    found = connection.execute(query.encode(), values).fetchall()
    connection.commit()
    return found
