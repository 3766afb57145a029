"""The journal of payment orders: one row an event, as it happened.

Shape: rows that are only added. Fields that an event does not have stay empty.
Units: amounts in minor units.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.columns import BOOK, CODE, TEXT, TIME
from projections.recorded import Recorded
from projections.relations import Column, Table
from projections.rows import Change, Key, Rows, always

JOURNAL = Table(
    name="payment_journal",
    comment="One row an event of a payment, in order: what was tried and what came of it.",
    columns=(
        Column("payment_id", TEXT, "The client's id of the payment."),
        Column("version", "bigint NOT NULL", "Place of the event among those of the payment."),
        BOOK,
        Column("event_type", TEXT, "What happened, such as ItemSucceeded."),
        Column("item_id", TEXT, "The item that it is about, else empty."),
        Column("refund_id", TEXT, "The refund that it is about, else empty."),
        Column("amount", "bigint", "The amount that it names, in minor units."),
        CODE,
        Column("command_id", "uuid NOT NULL", "The command that it came of."),
        Column("correlation_id", TEXT, "What the client calls the whole affair, else empty."),
        Column("recorded_at", TIME, "When it was recorded."),
        Column("book_sequence", "bigint NOT NULL", "Place of the event in the book."),
    ),
    key=("payment_id", "version", "book"),
)


class Entry(NamedTuple):
    payment_id: str
    version: int
    book: str
    event_type: str
    item_id: str
    refund_id: str
    amount: int | None
    code: str
    command_id: UUID
    correlation_id: str
    recorded_at: datetime
    book_sequence: int


def keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id, recorded.version),)


def entry(row: Entry | None, change: Change) -> Entry:
    assert row is None, "a place in a payment's journal is taken"
    recorded, event = change.recorded, change.recorded.event
    return Entry(
        recorded.aggregate_id,
        recorded.version,
        change.book,
        type(event).__name__,
        getattr(event, "item_id", ""),
        getattr(event, "refund_id", ""),
        getattr(event, "amount_minor", None),
        getattr(event, "code", getattr(event, "reason", "")),
        UUID(bytes=recorded.command_id),
        recorded.correlation_id,
        change.at,
        recorded.sequence,
    )


JOURNAL_ROWS = Rows(JOURNAL, Entry, keys, entry, begins=always)
