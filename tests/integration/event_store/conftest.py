"""A shelf for each test: a database of its own with the book `main`."""

from collections.abc import Generator

import psycopg
import pytest

from projections import schema
from projections.models import all_models
from tests.integration.event_store import given
from tests.integration.event_store.given import Contract, Shelf
from tests.integration.servers import Addresses


@pytest.fixture(scope="module")
def known(servers: Addresses) -> Generator[Contract]:
    with given.contract(servers) as found:
        yield found


@pytest.fixture
def shelf(servers: Addresses, known: Contract) -> Generator[Shelf]:
    with given.shelf(servers, known) as made:
        yield made


@pytest.fixture
def connection(shelf: Shelf) -> Generator[psycopg.Connection]:
    """With read models, that nothing has been told to yet."""
    with psycopg.connect(shelf.dsn, autocommit=True) as made:
        assert schema.prepare(made, all_models()) == []
        yield made
