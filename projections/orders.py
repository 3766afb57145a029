"""Orders: one buyer, one seller, one amount, and how far it is.

Shape: a row an order; evolve is the fold.
Rules: keyed by its own stream, so an unknown event parks that order alone.
Units: amounts in minor units.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.order import events as order
from projections.columns import (
    AMOUNT,
    BOOK,
    CURRENCY,
    LAST_SEQUENCE,
    TEXT,
    TIME,
    TIME_OR_NONE,
    UPDATED_AT,
)
from projections.model import RowsModel
from projections.recorded import Recorded
from projections.relations import Column, Relations, Table
from projections.rows import Change, Key, Rows

ORDERS = Table(
    name="orders",
    comment="One row an order: who buys from whom, and how far it is.",
    columns=(
        Column("order_id", TEXT, "The client's id of the order."),
        BOOK,
        Column("buyer_id", TEXT, "The client's opaque id of the buyer."),
        Column("seller_wallet_id", TEXT, "The wallet that sells."),
        Column("amount", AMOUNT, "What it costs, in minor units."),
        CURRENCY,
        Column("status", TEXT, "placed, being_paid, paid, delivered or cancelled."),
        Column("payment_id", TEXT, "The payment that claims it or has paid it, else empty."),
        Column("cancel_reason", TEXT, "Why it was cancelled, in the client's words, else empty."),
        Column("placed_at", TIME, "When it was placed."),
        Column("paid_at", TIME_OR_NONE, "When it was paid."),
        Column("delivered_at", TIME_OR_NONE, "When the buyer had it."),
        Column("cancelled_at", TIME_OR_NONE, "When it was given up."),
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("order_id", "book"),
    indexes=("(seller_wallet_id)", "(buyer_id)"),
)


class Order(NamedTuple):
    order_id: str
    book: str
    buyer_id: str
    seller_wallet_id: str
    amount: int
    currency: str
    status: str
    payment_id: str
    cancel_reason: str
    placed_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    updated_at: datetime
    book_sequence: int


def keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),)


def evolve(row: Order | None, change: Change) -> Order:
    event, at, sequence = change.recorded.event, change.at, change.recorded.sequence
    if isinstance(event, order.OrderPlaced):
        assert row is None, "an order is placed twice"
        return _placed(event, change)
    assert row is not None, "an order that was never placed"
    row = row._replace(updated_at=at, book_sequence=sequence)
    match event:
        case order.PaymentAttached():
            return row._replace(status="being_paid", payment_id=event.payment_id)
        case order.PaymentDetached():
            return row._replace(status="placed", payment_id="")
        case order.OrderPaid():
            return row._replace(status="paid", payment_id=event.payment_id, paid_at=at)
        case order.OrderDelivered():
            return row._replace(status="delivered", delivered_at=at)
        case order.OrderCancelled():
            reason = event.reason
            return row._replace(status="cancelled", cancel_reason=reason, cancelled_at=at)
        case _:
            raise AssertionError("an event of no order")


def _placed(event: order.OrderPlaced, change: Change) -> Order:
    return Order(
        event.order_id,
        change.book,
        event.buyer_id,
        event.seller_wallet_id,
        event.amount_minor,
        event.currency,
        status="placed",
        payment_id="",
        cancel_reason="",
        placed_at=change.at,
        paid_at=None,
        delivered_at=None,
        cancelled_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


class Orders(RowsModel):
    name = "orders"
    version = 1
    relations = Relations(tables=(ORDERS,), compared=(ORDERS.name,))
    parks = True
    aggregates = frozenset({"order"})
    rows = (Rows(ORDERS, Order, keys, evolve),)
