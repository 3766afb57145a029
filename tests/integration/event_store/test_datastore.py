"""A writer's connection: all that the DSN says, one session a book, no thread, and plain errors."""

import threading
import uuid
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from commands.outage import Outage
from infra.event_store.store import PostgresStore
from schemas import codec
from tests.integration.event_store.given import MAIN, Shelf, opened, transfers

WORDS = {"application_name": "a writer", "options": "-c work_mem=77MB", "keepalives_idle": "33"}
SESSIONS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@contextmanager
def store(dsn: str) -> Generator[PostgresStore]:
    opened_store = PostgresStore(dsn, schema=MAIN.schema, decode_event=codec.decode_event)
    yield opened_store
    opened_store.close()


def test_every_word_of_the_dsn_reaches_the_server(shelf: Shelf) -> None:
    with store(make_conninfo(shelf.dsn, **WORDS)) as writer:
        with writer.recorder.datastore.get_connection() as connection:
            said = connection.info.get_parameters()
            shown = connection.execute("SHOW work_mem").fetchone()
        assert WORDS.items() <= said.items()
        assert shown == {"work_mem": "77MB"}


def test_a_server_that_cannot_prove_itself_gets_no_password(shelf: Shelf) -> None:
    """The embedded one has no TLS."""
    with store(make_conninfo(shelf.dsn, sslmode="verify-full", sslrootcert="system")) as writer:
        with pytest.raises(Outage, match="SSL") as outage:
            writer.next_due_us()
        assert outage.value.retry


def test_a_book_has_one_session_and_no_thread(shelf: Shelf) -> None:
    threads = threading.active_count()
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, range(3))])
    assert shelf.ask(SESSIONS) == [(1,)]
    assert threading.active_count() == threads
    desk.close()
    assert shelf.ask(SESSIONS) == [(0,)]


def test_a_broken_session_is_an_outage_and_then_a_new_one(shelf: Shelf) -> None:
    with store(shelf.dsn) as writer:
        assert writer.next_due_us() is None
        with shelf.connect() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with pytest.raises(Outage, match="terminating") as outage:
            writer.next_due_us()
        assert outage.value.retry
        assert writer.next_due_us() is None


def test_a_server_that_has_too_many_says_so(shelf: Shelf) -> None:
    name = f"crowded{uuid.uuid4().hex[:12]}"
    role = sql.Identifier(name)
    with shelf.connect() as admin:
        made = "CREATE ROLE {} LOGIN CONNECTION LIMIT 0 PASSWORD {}"
        admin.execute(sql.SQL(made).format(role, sql.Literal(name)))
        try:
            crowded = make_conninfo(shelf.dsn, user=name, password=name)
            with store(crowded) as writer, pytest.raises(Outage, match="too many") as outage:
                writer.next_due_us()
            assert outage.value.retry
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(role))
