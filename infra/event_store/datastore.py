"""Connections to PostgreSQL through the library's datastore, with its errors made ours.

Shape: datastore(dsn, schema) -> PostgresDatastore; `translated()` turns the library's errors into
Outage (may be retried) or Unwritable (the content is refused).
"""

from collections.abc import Generator
from contextlib import contextmanager

from eventsourcing import persistence
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from commands.outage import Outage
from commands.ports import Unwritable

CONNECT_TIMEOUT_S = 5.0
REFUSED = (persistence.DataError, persistence.IntegrityError, persistence.NotSupportedError)


def datastore(dsn: str, *, schema: str, pool_size: int = 1) -> PostgresDatastore:
    """A pool for one book. `dsn` is anything that libpq takes."""
    info = conninfo_to_dict(dsn)
    return PostgresDatastore(
        dbname=str(info.get("dbname") or "postgres"),
        host=str(info.get("host") or ""),
        port=str(info.get("port") or "5432"),
        user=str(info.get("user") or "postgres"),
        password=str(info.get("password") or ""),
        connect_timeout=CONNECT_TIMEOUT_S,
        pool_size=pool_size,
        schema=schema,
    )


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
