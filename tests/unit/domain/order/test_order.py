"""An order with what surrounds it: streams, names, follow-ons, and its life from end to end."""

import pytest

from domain import order
from domain.decision import Do, Refused
from domain.order import (
    AttachPayment,
    CancelledOrder,
    CancelOrder,
    DetachPayment,
    Order,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaymentAttached,
    PaymentDetached,
    PlaceOrder,
    begins,
    react,
    reads,
)
from domain.payment import ReleaseSellerShare
from infra.event_store import snapshots
from tests.unit.domain.memory_book import MemoryBook
from tests.unit.domain.order.test_table import GIVEN

PLACE = PlaceOrder("o1", "ann", "shop", 100, "CNY")


def test_an_order_reads_and_begins_its_own_stream() -> None:
    assert reads(PLACE) == (("order", "o1"),)
    assert reads(DetachPayment("o2", "p1")) == (("order", "o2"),)
    assert begins(PLACE) == ""


def test_delivery_makes_the_share_available_and_nothing_else_follows_an_order() -> None:
    assert react(OrderDelivered("o1", "p1"), "main") == (
        Do("release_share", ReleaseSellerShare("p1")),
    )
    for event in (
        OrderPlaced("o1", "ann", "shop", 100, "CNY"),
        PaymentAttached("o1", "p1"),
        PaymentDetached("o1", "p1"),
        OrderPaid("o1", "p1"),
        OrderCancelled("o1", "no"),
    ):
        assert react(event, "main") == ()


def test_after_a_payment_came_to_nothing_another_may_claim_or_the_buyer_give_up() -> None:
    book = MemoryBook("main", (order,))
    book.execute(PLACE)
    book.execute(AttachPayment("o1", "p1", "shop", 100, "CNY"))
    assert book.execute(CancelOrder("o1", "no")) == Refused(
        "payment_under_way", "payment p1 is under way"
    )
    book.execute(DetachPayment("o1", "p1"))
    book.execute(AttachPayment("o1", "p2", "shop", 100, "CNY"))
    book.execute(DetachPayment("o1", "p2"))
    assert book.execute(CancelOrder("o1", "no")) == (OrderCancelled("o1", "no"),)
    assert book.state("order", "o1") == CancelledOrder("o1")


@pytest.mark.parametrize("state", GIVEN[1:])
def test_a_snapshot_gives_the_same_state(state: Order) -> None:
    assert snapshots.decode(*snapshots.encode(state)) == state
