"""Payment orders: what was planned, how far it is, and what of it went back.

Shape: a row a payment; evolve is the fold. Items, refunds and the journal are in modules of their
own, all of them one read model.
Rules: keyed by its own stream, so an unknown event parks that payment alone.
Units: amounts in minor units.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.payment import events as payment
from projections.columns import (
    AMOUNT,
    BOOK,
    CODE,
    CURRENCY,
    LAST_SEQUENCE,
    TEXT,
    TIME,
    TIME_OR_NONE,
    UPDATED_AT,
)
from projections.model import RowsModel
from projections.payment_items import ITEM_ROWS, ITEMS
from projections.payment_journal import JOURNAL, JOURNAL_ROWS
from projections.recorded import Recorded
from projections.refunds import REFUND_ITEM_ROWS, REFUND_ITEMS, REFUND_ROWS, REFUNDS
from projections.relations import Column, Relations, Table
from projections.rows import Change, Key, Rows

PAYMENTS = Table(
    name="payments",
    comment="One row a payment order: what was planned and how far it is.",
    columns=(
        Column("payment_id", TEXT, "The client's id of the payment."),
        BOOK,
        Column("order_id", TEXT, "The order that it pays."),
        Column("seller_wallet_id", TEXT, "The wallet that sells."),
        Column("amount", AMOUNT, "What is paid in all, in minor units."),
        Column("commission", AMOUNT, "Our part of it."),
        CURRENCY,
        Column(
            "status",
            TEXT,
            "created, executing, succeeded, failed, undone; late_charged: charged after its end.",
        ),
        CODE,
        Column("refunded", AMOUNT, "What refunds have begun to give back, in minor units."),
        Column("created_at", TIME, "When it was planned."),
        Column("ended_at", TIME_OR_NONE, "When it succeeded, failed or was undone."),
        Column(
            "share_released_at",
            TIME_OR_NONE,
            "When the seller's share became available: the order was delivered.",
        ),
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("payment_id", "book"),
    indexes=("(order_id)",),
)


class Payment(NamedTuple):
    payment_id: str
    book: str
    order_id: str
    seller_wallet_id: str
    amount: int
    commission: int
    currency: str
    status: str
    code: str
    refunded: int
    created_at: datetime
    ended_at: datetime | None
    share_released_at: datetime | None
    updated_at: datetime
    book_sequence: int


def keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),)


def evolve(row: Payment | None, change: Change) -> Payment:
    event, at = change.recorded.event, change.at
    if isinstance(event, payment.PaymentCreated):
        assert row is None, "a payment is created twice"
        return _created(event, change)
    assert row is not None, "a payment that was never created"
    row = row._replace(updated_at=at, book_sequence=change.recorded.sequence)
    match event:
        case payment.ItemExecutionStarted():
            return row._replace(status="executing")
        case payment.PaymentSucceeded():
            return row._replace(status="succeeded", ended_at=at)
        case payment.PaymentFailed():
            return row._replace(status="failed", code=event.code, ended_at=at)
        case payment.PaymentUndone():
            return row._replace(status="undone", code=event.reason, ended_at=at)
        case payment.LateChargeReceived():
            refunded = row.refunded + event.amount_minor
            return row._replace(status="late_charged", refunded=refunded)
        case payment.SellerShareReleased():
            return row._replace(share_released_at=at)
        case payment.RefundStarted():
            return row._replace(refunded=row.refunded + event.amount_minor)
        case _:
            return row  # Of an item or of a refund's item: their rows tell.


def _created(event: payment.PaymentCreated, change: Change) -> Payment:
    return Payment(
        event.payment_id,
        change.book,
        event.order_id,
        event.seller_wallet_id,
        event.amount_minor,
        event.commission_minor,
        event.currency,
        status="created",
        code="",
        refunded=0,
        created_at=change.at,
        ended_at=None,
        share_released_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


TABLES = (PAYMENTS, ITEMS, REFUNDS, REFUND_ITEMS, JOURNAL)


class Payments(RowsModel):
    name = "payments"
    version = 1
    relations = Relations(tables=TABLES, compared=tuple(table.name for table in TABLES))
    parks = True
    aggregates = frozenset({"payment"})
    rows = (
        Rows(PAYMENTS, Payment, keys, evolve),
        ITEM_ROWS,
        REFUND_ROWS,
        REFUND_ITEM_ROWS,
        JOURNAL_ROWS,
    )
