"""Every state of an order x every command: the exact answer."""

from functools import reduce

import pytest

from domain.decision import Refused
from domain.order import (
    STATES,
    AttachPayment,
    CancelledOrder,
    CancelOrder,
    ClaimedOrder,
    Command,
    DeliveredOrder,
    DeliverOrder,
    DetachPayment,
    Event,
    OpenOrder,
    Order,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaidOrder,
    PaymentAttached,
    PaymentDetached,
    PlaceOrder,
    RecordOrderPaid,
    decide,
    evolve,
)
from tests.unit.domain.payment.table import Cell, Impossible, Row, assert_cell, assert_whole

OPEN = OpenOrder("o1", "ann", "shop", 100, "CNY")
GIVEN: tuple[Order | None, ...] = (
    None,
    OPEN,
    ClaimedOrder(OPEN, "p1"),
    PaidOrder("o1", "p1"),
    DeliveredOrder("o1", "p1"),
    CancelledOrder("o1"),
)
UNCLAIMED = Impossible("a payment ends at an order that is claimed")
OTHER = Impossible("the order is claimed by another payment")
PLACED = OrderPlaced("o1", "ann", "shop", 100, "CNY")
EXISTS = ("already_exists",) * 5
UNKNOWN, UNDER_WAY, NOT_PAYABLE = "order_unknown", "payment_under_way", "order_not_payable"
NOT_PAID, PAID = "order_not_paid", "order_paid"
DELIVERED, CANCELLED = "order_delivered", "order_cancelled"

# Answers to each command in the states of GIVEN: nothing, open, claimed, paid, delivered,
# cancelled.
TABLE: tuple[Row, ...] = (
    (PlaceOrder("o1", "ann", "shop", 100, "CNY"), ((PLACED,), *EXISTS)),
    (PlaceOrder("o1", "ann", "shop", 10**15 + 1, "CNY"), ("amount_too_large", *EXISTS)),
    (PlaceOrder("o1", "ann", "shop", 0, "CNY"), ("amount_not_positive", *EXISTS)),
    (
        CancelOrder("o1", "changed my mind"),
        (
            UNKNOWN,
            (OrderCancelled("o1", "changed my mind"),),
            UNDER_WAY,
            PAID,
            DELIVERED,
            CANCELLED,
        ),
    ),
    (
        DeliverOrder("o1"),
        (UNKNOWN, NOT_PAID, NOT_PAID, (OrderDelivered("o1", "p1"),), DELIVERED, CANCELLED),
    ),
    (
        AttachPayment("o1", "p2", "shop", 100, "CNY"),
        (UNKNOWN, (PaymentAttached("o1", "p2"),), UNDER_WAY, *(NOT_PAYABLE,) * 3),
    ),
    (
        AttachPayment("o1", "p2", "another shop", 99, "USD"),
        (UNKNOWN, "seller_mismatch", UNDER_WAY, *(NOT_PAYABLE,) * 3),
    ),
    (
        AttachPayment("o1", "p2", "shop", 99, "USD"),
        (UNKNOWN, "currency_mismatch", UNDER_WAY, *(NOT_PAYABLE,) * 3),
    ),
    (
        AttachPayment("o1", "p2", "shop", 99, "CNY"),
        (UNKNOWN, "amount_mismatch", UNDER_WAY, *(NOT_PAYABLE,) * 3),
    ),
    (
        DetachPayment("o1", "p1"),
        (UNCLAIMED, UNCLAIMED, (PaymentDetached("o1", "p1"),), *(UNCLAIMED,) * 3),
    ),
    (DetachPayment("o1", "p2"), (UNCLAIMED, UNCLAIMED, OTHER, *(UNCLAIMED,) * 3)),
    (
        RecordOrderPaid("o1", "p1"),
        (UNCLAIMED, UNCLAIMED, (OrderPaid("o1", "p1"),), *(UNCLAIMED,) * 3),
    ),
    (RecordOrderPaid("o1", "p2"), (UNCLAIMED, UNCLAIMED, OTHER, *(UNCLAIMED,) * 3)),
)
CELLS = [
    pytest.param(command, state, cell, id=f"{type(command).__name__}-{row}-{type(state).__name__}")
    for row, (command, cells) in enumerate(TABLE)
    for state, cell in zip(GIVEN, cells, strict=True)
]


@pytest.mark.parametrize(("command", "state", "cell"), CELLS)
def test_every_state_answers_every_command(
    command: Command, state: Order | None, cell: Cell
) -> None:
    assert_cell(cell, lambda: decide(command, state, 0))


def test_the_table_is_whole() -> None:
    assert_whole(TABLE, commands=Command, states=len(GIVEN))
    assert {type(state) for state in GIVEN} == {type(None), *STATES}


PLACED_THEN: dict[str, tuple[tuple[Event, ...], Order]] = {
    "placed": ((), OPEN),
    "attached": ((PaymentAttached("o1", "p1"),), ClaimedOrder(OPEN, "p1")),
    "detached": ((PaymentAttached("o1", "p1"), PaymentDetached("o1", "p1")), OPEN),
    "paid": ((PaymentAttached("o1", "p1"), OrderPaid("o1", "p1")), PaidOrder("o1", "p1")),
    "delivered": (
        (PaymentAttached("o1", "p1"), OrderPaid("o1", "p1"), OrderDelivered("o1", "p1")),
        DeliveredOrder("o1", "p1"),
    ),
    "cancelled": ((OrderCancelled("o1", "no"),), CancelledOrder("o1")),
}


@pytest.mark.parametrize("name", PLACED_THEN)
def test_what_happened_makes_the_state(name: str) -> None:
    events, then = PLACED_THEN[name]
    assert reduce(evolve, events, evolve(None, PLACED)) == then


HAPPENS_IN: dict[type[Event], tuple[type[Order], ...]] = {
    OrderPlaced: (),
    PaymentAttached: (OpenOrder,),
    PaymentDetached: (ClaimedOrder,),
    OrderPaid: (ClaimedOrder,),
    OrderDelivered: (PaidOrder,),
    OrderCancelled: (OpenOrder,),
}
EVENTS: tuple[Event, ...] = (
    PLACED,
    PaymentAttached("o1", "p1"),
    PaymentDetached("o1", "p1"),
    OrderPaid("o1", "p1"),
    OrderDelivered("o1", "p1"),
    OrderCancelled("o1", "no"),
)
HISTORIES = [(state, event) for state in GIVEN[1:] for event in EVENTS]


@pytest.mark.parametrize(("state", "event"), HISTORIES)
def test_every_state_meets_every_event(state: Order, event: Event) -> None:
    if isinstance(state, HAPPENS_IN[type(event)]):
        assert evolve(state, event) != state
    else:
        with pytest.raises(AssertionError):
            evolve(state, event)


IMPOSSIBLE: tuple[tuple[Order | None, Event, str], ...] = (
    (None, PaymentAttached("o1", "p1"), "an order begins by being placed"),
    (None, OrderPlaced("o1", "ann", "shop", 0, "CNY"), "an order over nothing"),
    (OPEN, PaymentAttached("o2", "p1"), "an event of another order"),
    (ClaimedOrder(OPEN, "p1"), OrderPaid("o1", "p2"), "the order is claimed by another payment"),
    (
        ClaimedOrder(OPEN, "p1"),
        PaymentDetached("o1", "p2"),
        "the order is claimed by another payment",
    ),
    (PaidOrder("o1", "p1"), OrderDelivered("o1", "p2"), "paid by another payment"),
)


@pytest.mark.parametrize(("state", "event", "why"), IMPOSSIBLE)
def test_an_impossible_history_stops(state: Order | None, event: Event, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        evolve(state, event)


def test_an_order_over_the_smallest_amount_is_one() -> None:
    placed = decide(PlaceOrder("o1", "ann", "shop", 1, "CNY"), None, 0)
    assert isinstance(placed, tuple)
    assert evolve(None, placed[0]) == OpenOrder("o1", "ann", "shop", 1, "CNY")


def test_a_refusal_says_why_to_a_person() -> None:
    refused = decide(CancelOrder("o1", "no"), ClaimedOrder(OPEN, "p1"), 0)
    assert refused == Refused("payment_under_way", "payment p1 is under way")
