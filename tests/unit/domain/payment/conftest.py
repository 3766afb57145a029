"""What the flows of payments begin with."""

import pytest

from tests.unit.domain.payment.world import World


@pytest.fixture
def world() -> World:
    """A shop, and Ann with 100.00; she has ordered for 100.00."""
    world = World()
    world.open_wallet("shop")
    world.open_wallet("ann", 10_000)
    world.place("o1")
    return world
