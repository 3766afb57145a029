"""Refunds of payment orders, and their parts by item.

Shape: a row a refund and a row an item of it; evolve_refund and evolve_item are the folds. What a
channel charged after its payment's end is given back by a refund too, marked `late`.
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
from projections.recorded import Recorded
from projections.relations import Column, Table
from projections.rows import Change, Key, Rows

REFUND_ID = Column("refund_id", TEXT, "The refund's id, which is our number at the channel too.")
REFUNDS = Table(
    name="refunds",
    comment="One row a refund: money that goes back from seller and commission to the items.",
    columns=(
        Column("payment_id", TEXT, "The payment that is refunded."),
        REFUND_ID,
        BOOK,
        Column("amount", AMOUNT, "What goes back in all, in minor units."),
        Column("seller_part", AMOUNT, "What of that the seller bears."),
        Column("commission_part", AMOUNT, "What of that our commission bears."),
        CURRENCY,
        Column(
            "late", "boolean NOT NULL", "Whether it gives back a charge that came after the end."
        ),
        Column(
            "status",
            TEXT,
            "started, succeeded, or refused: an item would not take it, a person's case.",
        ),
        Column("started_at", TIME, "When it began."),
        Column("succeeded_at", TIME_OR_NONE, "When all of it had arrived."),
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("payment_id", "refund_id", "book"),
    indexes=("(refund_id)",),
)
REFUND_ITEMS = Table(
    name="refund_items",
    comment="One row a part of a refund: what goes back to one item.",
    columns=(
        Column("payment_id", TEXT, "The payment that is refunded."),
        REFUND_ID,
        Column("item_id", TEXT, "The item that it goes back to."),
        BOOK,
        Column("tool", TEXT, "balance: to a wallet; channel: at a payment provider."),
        Column("amount", AMOUNT, "In minor units."),
        CURRENCY,
        Column("wallet_id", TEXT, "Of a balance: the wallet; else empty."),
        Column("collection_id", TEXT, "At a channel: the charge; else empty."),
        Column("status", TEXT, "started, succeeded, refused or unknown."),
        CODE,
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("payment_id", "refund_id", "item_id", "book"),
)


class Refund(NamedTuple):
    payment_id: str
    refund_id: str
    book: str
    amount: int
    seller_part: int
    commission_part: int
    currency: str
    late: bool
    status: str
    started_at: datetime
    succeeded_at: datetime | None
    updated_at: datetime
    book_sequence: int


class RefundItem(NamedTuple):
    payment_id: str
    refund_id: str
    item_id: str
    book: str
    tool: str
    amount: int
    currency: str
    wallet_id: str
    collection_id: str
    status: str
    code: str
    updated_at: datetime
    book_sequence: int


def refund_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    match event:
        case (
            payment.RefundStarted()
            | payment.LateChargeReceived()
            | payment.RefundItemSucceeded()
            | payment.RefundItemRefused()
            | payment.RefundItemUnknown()
            | payment.RefundSucceeded()
        ):
            return ((event.payment_id, event.refund_id),)
        case _:
            return ()


def item_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    match event:
        case payment.RefundStarted():
            return [(event.payment_id, event.refund_id, item.item_id) for item in event.items]
        case (
            payment.LateChargeReceived()
            | payment.RefundItemSucceeded()
            | payment.RefundItemRefused()
            | payment.RefundItemUnknown()
        ):
            return ((event.payment_id, event.refund_id, event.item_id),)
        case _:
            return ()


def evolve_refund(row: Refund | None, change: Change) -> Refund:
    event = change.recorded.event
    if isinstance(event, payment.RefundStarted | payment.LateChargeReceived):
        assert row is None, "a refund starts twice"
        return _started(event, change)
    assert row is not None, "a refund that was never started"
    row = row._replace(updated_at=change.at, book_sequence=change.recorded.sequence)
    match event:
        case payment.RefundItemRefused():
            return row._replace(status="refused")
        case payment.RefundSucceeded():
            return row._replace(status="succeeded", succeeded_at=change.at)
        case _:
            return row


def evolve_item(row: RefundItem | None, change: Change) -> RefundItem:
    event = change.recorded.event
    if isinstance(event, payment.RefundStarted | payment.LateChargeReceived):
        assert row is None, "a refund's item starts twice"
        return _started_item(event, change)
    assert row is not None, "a refund's item that was never started"
    row = row._replace(updated_at=change.at, book_sequence=change.recorded.sequence)
    match event:
        case payment.RefundItemSucceeded():
            return row._replace(status="succeeded", code="")
        case payment.RefundItemRefused():
            return row._replace(status="refused", code=event.code)
        case payment.RefundItemUnknown():
            return row._replace(status="unknown", code=event.code)
        case _:
            raise AssertionError("an event of no refund's item")


def _started(event: payment.RefundStarted | payment.LateChargeReceived, change: Change) -> Refund:
    late = isinstance(event, payment.LateChargeReceived)
    return Refund(
        event.payment_id,
        event.refund_id,
        change.book,
        event.amount_minor,
        0 if late else event.seller_minor,
        0 if late else event.commission_minor,
        event.currency,
        late,
        status="started",
        started_at=change.at,
        succeeded_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


def _started_item(
    event: payment.RefundStarted | payment.LateChargeReceived, change: Change
) -> RefundItem:
    item_id = change.key[-1]
    if isinstance(event, payment.LateChargeReceived):
        item = payment.RefundItem(
            event.item_id, "channel", event.amount_minor, "", event.collection_id
        )
    else:
        item = next(each for each in event.items if each.item_id == item_id)
    return RefundItem(
        event.payment_id,
        event.refund_id,
        item.item_id,
        change.book,
        item.tool,
        item.amount_minor,
        event.currency,
        item.wallet_id,
        item.collection_id,
        status="started",
        code="",
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


REFUND_ROWS = Rows(REFUNDS, Refund, refund_keys, evolve_refund)
REFUND_ITEM_ROWS = Rows(REFUND_ITEMS, RefundItem, item_keys, evolve_item)
