"""Real servers for tests: one set for the whole run, or one of its own for a test of faults.

Shape: `servers` are shared, so a test keeps to its own `book_name` and `topic_prefix`; whoever
stops or kills a server takes `own_servers`. `dsn` is a database of the file's own, clean for each
test, `reads` a connection to it with all read models.
Errors: ServerFailed, as at any start.
Source: tests/integration/servers.py.
"""

import uuid
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from infra.embedded.servers import EmbeddedServers
from infra.embedded.settings import Want
from tests.integration.read_side import clean, database, prepared
from tests.integration.servers import Addresses, quiet, shared

StartServers = Callable[..., EmbeddedServers]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Generator[Addresses]:
    base = tmp_path_factory.getbasetemp()
    # Each worker of a run has a base of its own in one that they share.
    run = base if worker_id == "master" else base.parent
    with shared(run / "servers") as addresses:
        yield addresses


@pytest.fixture
def own_servers(tmp_path: Path) -> Generator[StartServers]:
    """Start servers that nobody else uses: `own_servers("postgres", "kafka")`."""
    with ExitStack() as stack:

        def start(*want: Want, data: Path | None = None) -> EmbeddedServers:
            started = EmbeddedServers.start(
                data or tmp_path / "servers", want=frozenset(want), progress=quiet
            )
            return stack.enter_context(started)

        yield start


@pytest.fixture
def book_name() -> str:
    """A book that no other test has, in lower case letters and digits."""
    return f"book{uuid.uuid4().hex[:12]}"


@pytest.fixture
def topic_prefix() -> str:
    """To put before the names of topics and groups, `PREFIXtally.commands`."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture(scope="module")
def own(servers: Addresses) -> Generator[str]:
    with database(servers.postgres_dsn) as dsn:
        yield dsn


@pytest.fixture
def dsn(own: str) -> str:
    return clean(own)


@pytest.fixture
def reads(dsn: str) -> Generator[psycopg.Connection]:
    with prepared(dsn) as connection:
        yield connection
