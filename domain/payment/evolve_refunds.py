"""What a payment order is after an event of its end: refunds, a late charge, the share released.

Units: integer minor units.
Errors: AssertionError on a history that cannot be.
"""

from dataclasses import replace

from domain.payment.events import (
    LateChargeReceived,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundStarted,
    RefundSucceeded,
    SellerShareReleased,
)
from domain.payment.parts import seller_part
from domain.payment.state import (
    REFUNDS_MAX,
    REFUSED,
    STARTED,
    SUCCEEDED,
    UNKNOWN,
    FailedPayment,
    LateChargedPayment,
    Payment,
    Refund,
    SucceededPayment,
    UndonePayment,
)

RefundItemEvent = RefundItemSucceeded | RefundItemRefused | RefundItemUnknown
# What an event makes of a part, and what the part was before. A refused one may succeed late.
STEPS: dict[type[RefundItemEvent], tuple[str, frozenset[str]]] = {
    RefundItemSucceeded: (SUCCEEDED, frozenset({STARTED, UNKNOWN, REFUSED})),
    RefundItemRefused: (REFUSED, frozenset({STARTED, UNKNOWN})),
    RefundItemUnknown: (UNKNOWN, frozenset({STARTED})),
}


def late_charged(state: Payment, event: LateChargeReceived) -> LateChargedPayment:
    assert isinstance(state, FailedPayment | UndonePayment), "a charge is late after the end"
    channel = state.terms.channel
    assert channel is not None, "a late charge of a payment without a channel"
    assert event.item_id == channel.item_id, "a late charge of another item"
    assert event.amount_minor == channel.amount_minor, "a late charge of another amount"
    refund = Refund(event.amount_minor, {event.item_id: STARTED})
    return LateChargedPayment(state.terms, event.refund_id, refund)


def share_released(state: Payment, event: SellerShareReleased) -> SucceededPayment:
    succeeded = _succeeded(state)
    assert not succeeded.share_released, "the share is released once"
    refunded_minor = seller_part(state.terms, succeeded.refunded_minor)
    assert event.amount_minor == state.terms.share_minor - refunded_minor, "another share"
    return replace(succeeded, share_released=True)


def refund_started(state: Payment, event: RefundStarted) -> SucceededPayment:
    succeeded = _succeeded(state)
    refunded_minor = succeeded.refunded_minor + event.amount_minor
    assert event.refund_id not in succeeded.refunds, "a refund starts once"
    assert len(succeeded.refunds) < REFUNDS_MAX, "more refunds than a payment may have"
    assert event.amount_minor > 0, "a refund of nothing"
    assert refunded_minor <= state.terms.amount_minor, "more goes back than was paid"
    assert event.seller_minor >= 0, "a refund gives to the seller"
    assert event.commission_minor >= 0, "a refund earns a commission"
    borne_minor = event.seller_minor + event.commission_minor
    assert borne_minor == event.amount_minor, "a refund is borne by nobody"
    assert sum(item.amount_minor for item in event.items) == event.amount_minor, "a wrong sum"
    assert event.seller_pending != succeeded.share_released, "it is taken from the wrong money"
    journal = {item.item_id: STARTED for item in event.items}
    refunds = {**succeeded.refunds, event.refund_id: Refund(event.amount_minor, journal)}
    return replace(succeeded, refunded_minor=refunded_minor, refunds=refunds)


def refund_moved(state: Payment, event: RefundItemEvent) -> Payment:
    found = _refund(state, event.refund_id)
    word, before = STEPS[type(event)]
    assert found.journal.get(event.item_id, "") in before, "a refund takes a step that it cannot"
    moved = replace(found, journal={**found.journal, event.item_id: word})
    if isinstance(state, LateChargedPayment):
        return replace(state, refund=moved)
    succeeded = _succeeded(state)
    return replace(succeeded, refunds={**succeeded.refunds, event.refund_id: moved})


def refund_succeeded(state: Payment, event: RefundSucceeded) -> Payment:
    found = _refund(state, event.refund_id)
    assert set(found.journal.values()) == {SUCCEEDED}, "a refund succeeds with a part that has not"
    assert event.amount_minor == found.amount_minor, "it succeeds over another amount"
    return state  # The journal says so already.


def _refund(state: Payment, refund_id: str) -> Refund:
    if isinstance(state, LateChargedPayment):
        assert refund_id == state.refund_id, "an event of a refund that was not started"
        return state.refund
    found = _succeeded(state).refunds.get(refund_id)
    assert found is not None, "an event of a refund that was not started"
    return found


def _succeeded(state: Payment) -> SucceededPayment:
    assert isinstance(state, SucceededPayment), "only what was paid goes back"
    return state
