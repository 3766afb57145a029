"""What a collection is after an event.

Units: integer minor units.
Errors: AssertionError on a history that cannot be.
"""

from dataclasses import replace

from domain.collection.events import (
    CollectionRefundRefused,
    CollectionRefundStarted,
    CollectionRefundSucceeded,
    CollectionRefundUnknown,
    CollectionRefused,
    CollectionStarted,
    CollectionSucceeded,
    CollectionUnknown,
    Event,
    OutcomeContradicted,
)
from domain.collection.state import (
    REFUSED,
    STARTED,
    SUCCEEDED,
    UNKNOWN,
    ChannelRefund,
    Charge,
    Collection,
    RefusedCollection,
    StartedCollection,
    SucceededCollection,
    UnknownCollection,
)


def evolve(state: Collection | None, event: Event) -> Collection:
    if state is None:
        assert isinstance(event, CollectionStarted), "a collection begins by being started"
        return _started(event)
    assert event.collection_id == state.charge.collection_id, "an event of another collection"
    match event:
        case CollectionStarted():
            raise AssertionError("a collection starts once")
        case CollectionSucceeded():
            assert not isinstance(state, SucceededCollection), "a charge succeeds once"
            assert event.amount_minor == state.charge.amount_minor, "another amount was charged"
            reference = event.provider_reference
            return SucceededCollection(state.charge, reference, (), refunded_minor=0, refunds={})
        case CollectionRefused():
            open_ = isinstance(state, StartedCollection | UnknownCollection)
            assert open_, "a charge is refused once, before it succeeds"
            return RefusedCollection(state.charge)
        case CollectionUnknown():
            assert isinstance(state, StartedCollection), "unknown comes before an answer"
            return UnknownCollection(state.charge)
        case CollectionRefundStarted():
            return _refund_started(state, event)
        case CollectionRefundSucceeded() | CollectionRefundRefused() | CollectionRefundUnknown():
            return _refund_moved(state, event)
        case OutcomeContradicted():
            return _contradicted(state, event)


def _started(event: CollectionStarted) -> StartedCollection:
    assert event.amount_minor > 0, "a charge of nothing"
    charge = Charge(
        event.collection_id,
        event.payment_id,
        event.item_id,
        event.provider,
        event.merchant_account,
        event.reference,
        event.amount_minor,
        event.currency,
    )
    return StartedCollection(charge)


def _refund_started(state: Collection, event: CollectionRefundStarted) -> SucceededCollection:
    succeeded = _succeeded(state)
    refunded_minor = succeeded.refunded_minor + event.amount_minor
    assert event.refund_id not in succeeded.refunds, "a refund starts once"
    assert event.amount_minor > 0, "a refund of nothing"
    assert refunded_minor <= state.charge.amount_minor, "more goes back than was charged"
    refund = ChannelRefund(event.amount_minor, STARTED, provider_reference="", contradicted=())
    refunds = {**succeeded.refunds, event.refund_id: refund}
    return replace(succeeded, refunded_minor=refunded_minor, refunds=refunds)


def _refund_moved(
    state: Collection,
    event: CollectionRefundSucceeded | CollectionRefundRefused | CollectionRefundUnknown,
) -> SucceededCollection:
    found = _refund(state, event.refund_id)
    match event:
        case CollectionRefundSucceeded():
            assert found.outcome != SUCCEEDED, "a refund succeeds once"
            assert event.amount_minor == found.amount_minor, "another amount was given back"
            reference = event.provider_reference
            moved = replace(found, outcome=SUCCEEDED, provider_reference=reference)
        case CollectionRefundRefused():
            assert found.outcome in {STARTED, UNKNOWN}, "a refund is refused once, before an end"
            moved = replace(found, outcome=REFUSED)
        case CollectionRefundUnknown():
            assert found.outcome == STARTED, "unknown comes before an answer"
            moved = replace(found, outcome=UNKNOWN)
    return _with_refund(state, event.refund_id, moved)


def _contradicted(state: Collection, event: OutcomeContradicted) -> SucceededCollection:
    kind = event.reported.partition(":")[0]  # Of a success, the channel's number comes after it.
    if not event.refund_id:
        succeeded = _succeeded(state)
        assert kind not in succeeded.contradicted, "a contradiction is recorded once"
        return replace(succeeded, contradicted=(*succeeded.contradicted, kind))
    found = _refund(state, event.refund_id)
    assert found.outcome == SUCCEEDED, "only a success is contradicted"
    assert kind not in found.contradicted, "a contradiction is recorded once"
    moved = replace(found, contradicted=(*found.contradicted, kind))
    return _with_refund(state, event.refund_id, moved)


def _with_refund(state: Collection, refund_id: str, moved: ChannelRefund) -> SucceededCollection:
    succeeded = _succeeded(state)
    return replace(succeeded, refunds={**succeeded.refunds, refund_id: moved})


def _refund(state: Collection, refund_id: str) -> ChannelRefund:
    found = _succeeded(state).refunds.get(refund_id)
    assert found is not None, "an event of a refund that was not started"
    return found


def _succeeded(state: Collection) -> SucceededCollection:
    assert isinstance(state, SucceededCollection), "only what was charged goes back"
    return state
