"""A book's connection to PostgreSQL as the library's datastore, with its errors made ours.

Shape: BookDatastore(dsn, schema=…); `translated()` turns the library's errors into
Outage (may be retried) or Unwritable (the content is refused).
Why no pool: a book has one writer with one thread. A pool would cost four threads a book, and
would hide behind a timeout why PostgreSQL lets nobody in.
Rules: a DSN is libpq's; not a word of it is read, dropped or made up here.
"""

from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import psycopg
from eventsourcing import persistence
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from commands.outage import Outage
from commands.ports import Unwritable

CONNECT_TIMEOUT_S = 5  # Unless the DSN says another.
REFUSED = (persistence.DataError, persistence.IntegrityError, persistence.NotSupportedError)
# All that a book is asked for are rows by their keys; of tables that grow by thousands of rows a
# second the planner knows too little to see that, and a bitmap a key costs a fifth more.
BY_INDEX = """SELECT set_config('enable_bitmapscan', 'off', false),
set_config('enable_seqscan', 'off', false)"""
# The library's word for each of the driver's errors, the narrower before the wider.
WORDS: tuple[tuple[type[psycopg.Error], type[persistence.PersistenceError]], ...] = (
    (psycopg.InterfaceError, persistence.InterfaceError),
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.InternalError, persistence.InternalError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.DatabaseError, persistence.DatabaseError),
    (psycopg.Error, persistence.PersistenceError),
)


class BookDatastore(PostgresDatastore):
    """One connection, made when it is first needed and again after it broke. For one thread."""

    def __init__(self, dsn: str, *, schema: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[DictRow] | None = None
        # The library's own pool is never opened: it has neither connection nor thread.
        super().__init__(dbname="", host="", port="", user="", password="", schema=schema)

    @contextmanager
    def get_connection(self) -> Generator[psycopg.Connection[DictRow]]:
        try:
            connection = self._connection or self._connected()
            try:
                yield connection
            finally:
                if connection.info.transaction_status != TransactionStatus.IDLE:
                    self.close()  # Broken, or left amid a transaction: nothing to go on with.
        except psycopg.Error as error:
            word = next(ours for theirs, ours in WORDS if isinstance(error, theirs))
            raise word(str(error)) from error

    def _connected(self) -> psycopg.Connection[DictRow]:
        timeout_s = conninfo_to_dict(self._dsn).get("connect_timeout", CONNECT_TIMEOUT_S)
        self._connection = psycopg.Connection[DictRow].connect(
            self._dsn, autocommit=True, row_factory=dict_row, connect_timeout=timeout_s
        )
        self._connection.execute(BY_INDEX)
        return self._connection

    def register_type_adapters(self) -> None:
        """None: a book has no types of its own, and nothing to ask the server for them."""

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def translated() -> Generator[None]:
    """The library's errors as ours."""
    try:
        yield
    except REFUSED as error:
        raise Unwritable(str(error)) from error
    except (persistence.InterfaceError, persistence.OperationalError) as error:
        raise Outage(f"PostgreSQL: {error}", retry=True) from error
    except persistence.PersistenceError as error:
        raise Outage(f"PostgreSQL: {error}", retry=False) from error
