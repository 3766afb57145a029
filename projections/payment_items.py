"""The items of payment orders: each tool that pays a part, and how far it is.

Shape: a row an item; evolve is the fold. A payment's creation begins the rows of all its items.
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
    MERCHANT,
    PROVIDER,
    TEXT,
    UPDATED_AT,
)
from projections.recorded import Recorded
from projections.relations import Column, Table
from projections.rows import Change, Key, Rows

ITEMS = Table(
    name="payment_items",
    comment="One row an item of a payment: the tool that pays a part.",
    columns=(
        Column("payment_id", TEXT, "The client's id of the payment."),
        Column("item_id", TEXT, "The client's id of the item within it."),
        BOOK,
        Column("tool", TEXT, "balance: of a wallet; channel: at a payment provider."),
        Column("amount", AMOUNT, "The part that it pays, in minor units."),
        CURRENCY,
        Column("wallet_id", TEXT, "Of a balance: the wallet; else empty."),
        PROVIDER,
        MERCHANT,
        Column("reference", TEXT, "Our number of the charge at the provider; else empty."),
        Column("collection_id", TEXT, "The charge, in collections; else empty."),
        Column(
            "status",
            TEXT,
            "planned, started, succeeded, refused, unknown, undone, or late_charged.",
        ),
        CODE,
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("payment_id", "item_id", "book"),
)


class Item(NamedTuple):
    payment_id: str
    item_id: str
    book: str
    tool: str
    amount: int
    currency: str
    wallet_id: str
    provider: str
    merchant_account: str
    reference: str
    collection_id: str
    status: str
    code: str
    updated_at: datetime
    book_sequence: int


def keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    match event:
        case payment.PaymentCreated():
            return [(event.payment_id, item.item_id) for item in event.items]
        case (
            payment.ItemExecutionStarted()
            | payment.ItemSucceeded()
            | payment.ItemFailed()
            | payment.ItemOutcomeUnknown()
            | payment.ItemUndone()
            | payment.LateChargeReceived()
        ):
            return ((event.payment_id, event.item_id),)
        case _:
            return ()


def evolve(row: Item | None, change: Change) -> Item:
    event = change.recorded.event
    if isinstance(event, payment.PaymentCreated):
        assert row is None, "an item is planned twice"
        return _planned(event, change)
    assert row is not None, "an item that was never planned"
    row = row._replace(updated_at=change.at, book_sequence=change.recorded.sequence)
    match event:
        case payment.ItemExecutionStarted():
            return row._replace(status="started", collection_id=event.collection_id)
        case payment.ItemSucceeded():
            return row._replace(status="succeeded", code="")
        case payment.ItemFailed():
            return row._replace(status="refused", code=event.code)
        case payment.ItemOutcomeUnknown():
            return row._replace(status="unknown", code=event.code)
        case payment.ItemUndone():
            return row._replace(status="undone")
        case payment.LateChargeReceived():
            return row._replace(status="late_charged", code="")
        case _:
            raise AssertionError("an event of no item")


def _planned(event: payment.PaymentCreated, change: Change) -> Item:
    payment_id, item_id = change.key
    item = next(each for each in event.items if each.item_id == item_id)
    assert payment_id == event.payment_id, "the key of another payment"
    return Item(
        event.payment_id,
        item.item_id,
        change.book,
        item.tool,
        item.amount_minor,
        event.currency,
        item.wallet_id,
        item.provider,
        item.merchant_account,
        item.reference,
        collection_id="",
        status="planned",
        code="",
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


ITEM_ROWS = Rows(ITEMS, Item, keys, evolve)
