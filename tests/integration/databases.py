"""Databases of a test's own, made and dropped on servers that are shared.

Shape: `with database(dsn) as own:` yields the DSN of a new one; drop(connection, name) takes one
away with whoever is still connected, disconnect(connection, name) only them: the session of a
program that was killed outlives it by a moment.
Why: DROP DATABASE … WITH (FORCE) fails when an autovacuum worker is in it, which is a superuser's
and none of ours to end; without FORCE, PostgreSQL asks that worker to go and waits for it.
"""

import uuid
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OUR_OWN = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()"""


@contextmanager
def database(dsn: str) -> Generator[str]:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo(dsn, dbname=name)
        finally:
            drop(admin, name)


def disconnect(admin: psycopg.Connection, name: str) -> None:
    """End the sessions in a database; returns when they are gone."""
    admin.execute(OUR_OWN, (name,))


def drop(admin: psycopg.Connection, name: str) -> None:
    disconnect(admin, name)
    admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
