"""A shelf for each test: a database of its own with the book `main`."""

from collections.abc import Generator

import pytest

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
