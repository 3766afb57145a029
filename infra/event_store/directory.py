"""The directory of books: create and list them, and keep a book's partitions of answers.

Shape: create(dsn, name), list_books(dsn), keep_answer_partitions(connection, schema, now);
Listing(dsn).books() is for whoever lists them all the time.
Errors: Outage; a name of another shape is a ValueError.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from commands.chain import FIRST
from commands.outage import Outage
from infra.event_store import tables

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
ADVISORY_DIRECTORY = 7_410_001  # One creator at a time: PostgreSQL fails on two at the same moment.


class Book(NamedTuple):
    """A line of the directory."""

    name: str
    schema: str


@dataclass(frozen=True, slots=True)
class Bus:
    """Which Kafka the positions count on."""

    cluster_id: str
    commands_topic_id: str
    internal_topic_id: str


def connect(dsn: str) -> psycopg.Connection[TupleRow]:
    """A plain connection that commits each statement. Errors: Outage(retry=True)."""
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Outage(f"PostgreSQL: {error}", retry=True) from error


def prepare(dsn: str) -> None:
    """Make the directory where it is missing."""
    with connect(dsn) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_DIRECTORY,))
        connection.execute(tables.DIRECTORY)


def create(dsn: str, *, name: str) -> bool:
    """Make a book. False: it exists already. Errors: ValueError names what a name may be."""
    if not NAME.fullmatch(name):
        raise ValueError(f"book: expected {NAME.pattern}, found {name!r}")
    schema = "book_" + name
    with connect(dsn) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_DIRECTORY,))
        made = connection.execute(
            "INSERT INTO tally.books (name, schema_name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (name, schema),
        )
        if made.rowcount == 0:
            return False
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for text in (tables.BOOK, HEAD, RELAYED):
            connection.execute(_of(schema, text), {"name": name, "chain": FIRST})
        connection.execute(_of(schema, SALT), {"salt": token_bytes(32)})
        keep_answer_partitions(connection, schema, datetime.now(UTC))
    return True


HEAD = """INSERT INTO {schema}.head
  (name, epoch, last_sequence, last_answer, chain, recorded_at_us)
  VALUES (%(name)s, 0, 0, 0, %(chain)s, 0)"""
RELAYED = "INSERT INTO {schema}.relayed VALUES (%(name)s, 0, 0, 0, NULL)"
SALT = "INSERT INTO {schema}.secrets VALUES ('salt', %(salt)s)"
ALL_RELAYED = """SELECT NOT EXISTS (SELECT FROM {schema}.{table} a, {schema}.relayed r
  WHERE a.answer_sequence > r.last_answer)"""


def list_books(dsn: str) -> list[Book]:
    """All books by name."""
    with connect(dsn) as connection:
        return listed(connection)


class Listing:
    """The books over a connection that is kept; one that has failed is followed by another."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[TupleRow] | None = None

    def books(self) -> list[Book]:
        """All books by name. Errors: Outage(retry=True)."""
        if self._connection is None:
            self._connection = connect(self._dsn)
        try:
            return listed(self._connection)
        except psycopg.OperationalError as error:
            self.close()
            raise Outage(f"PostgreSQL: {error}", retry=True) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def listed(connection: psycopg.Connection[TupleRow]) -> list[Book]:
    """All books by name, over a connection of the caller's."""
    found = connection.execute("SELECT name, schema_name FROM tally.books ORDER BY name")
    return [Book(str(name), str(schema)) for name, schema in found]


def keep_answer_partitions(
    connection: psycopg.Connection[TupleRow], schema: str, now: datetime
) -> None:
    """Partitions for today and tomorrow; drop those that ended two days ago and are relayed."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for start in (today - timedelta(days=1), today, today + timedelta(days=1)):
        connection.execute(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {}.{} PARTITION OF {}.answers"
                " FOR VALUES FROM ({}) TO ({})"
            ).format(
                sql.Identifier(schema),
                sql.Identifier(f"answers_{start:%Y%m%d}"),
                sql.Identifier(schema),
                sql.Literal(start.isoformat()),
                sql.Literal((start + timedelta(days=1)).isoformat()),
            )
        )
    oldest = f"answers_{today - timedelta(days=2):%Y%m%d}"
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE %s"
        " AND tablename < %s",
        (schema, "answers\\_%", oldest),
    ).fetchall()
    for (name,) in found:
        named = {"schema": sql.Identifier(schema), "table": sql.Identifier(str(name))}
        relayed = connection.execute(sql.SQL(ALL_RELAYED).format(**named)).fetchone()
        if relayed == (True,):
            connection.execute(sql.SQL("DROP TABLE {schema}.{table}").format(**named))


def _of(schema: str, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(schema))
