"""Collections: charges at channels and refunds there, and what the channel said of them.

Shape: a row a charge and a row a refund; evolve_charge and evolve_refund are the folds.
Rules: keyed by its own stream, so an unknown event parks that collection alone.
Units: amounts in minor units; days are the channel's business days.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from domain.collection import events as collection
from projections.collection_relations import COLLECTIONS, REFUNDS
from projections.model import RowsModel
from projections.recorded import Recorded
from projections.relations import Relations
from projections.rows import Change, Key, Rows, day


class Charge(NamedTuple):
    collection_id: str
    book: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount: int
    currency: str
    status: str
    code: str
    provider_reference: str
    occurred_on: date | None
    refunded: int
    contradiction: str
    started_at: datetime
    succeeded_at: datetime | None
    updated_at: datetime
    book_sequence: int


class ChannelRefund(NamedTuple):
    collection_id: str
    refund_id: str
    book: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount: int
    currency: str
    status: str
    code: str
    provider_reference: str
    occurred_on: date | None
    contradiction: str
    started_at: datetime
    succeeded_at: datetime | None
    updated_at: datetime
    book_sequence: int


def charge_keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),)


def refund_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    match event:
        case (
            collection.CollectionRefundStarted()
            | collection.CollectionRefundSucceeded()
            | collection.CollectionRefundRefused()
            | collection.CollectionRefundUnknown()
        ):
            return ((event.collection_id, event.refund_id),)
        case collection.OutcomeContradicted() if event.refund_id:
            return ((event.collection_id, event.refund_id),)
        case _:
            return ()


def evolve_charge(row: Charge | None, change: Change) -> Charge:
    event, at = change.recorded.event, change.at
    if isinstance(event, collection.CollectionStarted):
        assert row is None, "a collection starts twice"
        return _started(event, change)
    assert row is not None, "a collection that was never started"
    row = row._replace(updated_at=at, book_sequence=change.recorded.sequence)
    match event:
        case collection.CollectionSucceeded():
            return row._replace(
                status="succeeded",
                code="",
                provider_reference=event.provider_reference,
                occurred_on=day(event.occurred_on),
                succeeded_at=at,
            )
        case collection.CollectionRefused():
            return row._replace(status="refused", code=event.code)
        case collection.CollectionUnknown():
            return row._replace(status="unknown", code=event.code)
        case collection.CollectionRefundSucceeded():
            return row._replace(refunded=row.refunded + event.amount_minor)
        case collection.OutcomeContradicted() if not event.refund_id:
            return row._replace(contradiction=_contradiction(event))
        case _:
            return row  # Of a refund: its row tells.


def evolve_refund(row: ChannelRefund | None, change: Change) -> ChannelRefund:
    event, at = change.recorded.event, change.at
    if isinstance(event, collection.CollectionRefundStarted):
        assert row is None, "a refund at a channel starts twice"
        return _refund_started(event, change)
    assert row is not None, "a refund at a channel that was never started"
    row = row._replace(updated_at=at, book_sequence=change.recorded.sequence)
    match event:
        case collection.CollectionRefundSucceeded():
            return row._replace(
                status="succeeded",
                code="",
                provider_reference=event.provider_reference,
                occurred_on=day(event.occurred_on),
                succeeded_at=at,
            )
        case collection.CollectionRefundRefused():
            return row._replace(status="refused", code=event.code)
        case collection.CollectionRefundUnknown():
            return row._replace(status="unknown", code=event.code)
        case collection.OutcomeContradicted():
            return row._replace(contradiction=_contradiction(event))
        case _:
            raise AssertionError("an event of no refund at a channel")


def _contradiction(event: collection.OutcomeContradicted) -> str:
    return f"recorded {event.recorded}, reported {event.reported}"


def _started(event: collection.CollectionStarted, change: Change) -> Charge:
    return Charge(
        event.collection_id,
        change.book,
        event.payment_id,
        event.item_id,
        event.provider,
        event.merchant_account,
        event.reference,
        event.amount_minor,
        event.currency,
        status="started",
        code="",
        provider_reference="",
        occurred_on=None,
        refunded=0,
        contradiction="",
        started_at=change.at,
        succeeded_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


def _refund_started(event: collection.CollectionRefundStarted, change: Change) -> ChannelRefund:
    return ChannelRefund(
        event.collection_id,
        event.refund_id,
        change.book,
        event.payment_id,
        event.item_id,
        event.provider,
        event.merchant_account,
        event.reference,
        event.amount_minor,
        event.currency,
        status="started",
        code="",
        provider_reference="",
        occurred_on=None,
        contradiction="",
        started_at=change.at,
        succeeded_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


class Collections(RowsModel):
    name = "collections"
    version = 1
    relations = Relations(tables=(COLLECTIONS, REFUNDS), compared=(COLLECTIONS.name, REFUNDS.name))
    parks = True
    aggregates = frozenset({"collection"})
    rows = (
        Rows(COLLECTIONS, Charge, charge_keys, evolve_charge),
        Rows(REFUNDS, ChannelRefund, refund_keys, evolve_refund),
    )
