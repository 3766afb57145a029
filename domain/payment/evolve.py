"""What a payment order is after an event; of its refunds, see evolve_refunds.py.

Units: integer minor units.
Errors: AssertionError on a history that cannot be.
"""

from domain.payment.commands import PaymentItem
from domain.payment.events import (
    Event,
    ItemExecutionStarted,
    ItemFailed,
    ItemOutcomeUnknown,
    ItemSucceeded,
    ItemUndone,
    LateChargeReceived,
    PaymentCreated,
    PaymentFailed,
    PaymentSucceeded,
    PaymentUndone,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundStarted,
    RefundSucceeded,
    SellerShareReleased,
)
from domain.payment.evolve_refunds import (
    late_charged,
    refund_moved,
    refund_started,
    refund_succeeded,
    share_released,
)
from domain.payment.state import (
    CHANNEL,
    REFUSED,
    STARTED,
    SUCCEEDED,
    UNDONE,
    UNKNOWN,
    CreatedPayment,
    ExecutingPayment,
    FailedPayment,
    Payment,
    PaymentTerms,
    SucceededPayment,
    UndonePayment,
)

ItemEvent = ItemExecutionStarted | ItemSucceeded | ItemFailed | ItemOutcomeUnknown | ItemUndone
# What an event makes of an item, and what the item was before.
STEPS: dict[type[ItemEvent], tuple[str, frozenset[str]]] = {
    ItemExecutionStarted: (STARTED, frozenset({""})),
    ItemSucceeded: (SUCCEEDED, frozenset({STARTED, UNKNOWN})),
    ItemFailed: (REFUSED, frozenset({STARTED, UNKNOWN})),
    ItemOutcomeUnknown: (UNKNOWN, frozenset({STARTED})),
    ItemUndone: (UNDONE, frozenset({STARTED, UNKNOWN})),
}


def evolve(state: Payment | None, event: Event) -> Payment:
    if state is None:
        assert isinstance(event, PaymentCreated), "a payment begins by being created"
        return _created(event)
    assert event.payment_id == state.terms.payment_id, "an event of another payment"
    match event:
        case PaymentCreated():
            raise AssertionError("a payment is created once")
        case (
            ItemExecutionStarted()
            | ItemSucceeded()
            | ItemFailed()
            | ItemOutcomeUnknown()
            | ItemUndone()
        ):
            return _item_moved(state, event)
        case PaymentSucceeded():
            return _succeeded(state, event)
        case PaymentFailed():
            executing = _executing(state)
            words = list(executing.journal.values())
            assert words.count(REFUSED) == 1, "a payment fails by one item"
            assert words.count(UNDONE) == len(words) - 1, "a payment failed and is not undone"
            return FailedPayment(state.terms)
        case PaymentUndone():
            if not isinstance(state, CreatedPayment):
                words = set(_executing(state).journal.values())
                assert words == {UNDONE}, "a payment is undone and an item is not"
            return UndonePayment(state.terms)
        case LateChargeReceived():
            return late_charged(state, event)
        case SellerShareReleased():
            return share_released(state, event)
        case RefundStarted():
            return refund_started(state, event)
        case RefundItemSucceeded() | RefundItemRefused() | RefundItemUnknown():
            return refund_moved(state, event)
        case RefundSucceeded():
            return refund_succeeded(state, event)


def _created(event: PaymentCreated) -> CreatedPayment:
    assert event.items, "a payment by nothing"
    assert sum(item.amount_minor for item in event.items) == event.amount_minor, "a wrong sum"
    assert min(item.amount_minor for item in event.items) > 0, "an item of nothing"
    assert event.commission_minor >= 0, "a negative commission"
    assert event.commission_minor <= event.amount_minor, "a commission above the amount"
    return CreatedPayment(
        PaymentTerms(
            event.payment_id,
            event.order_id,
            event.seller_wallet_id,
            event.amount_minor,
            event.commission_minor,
            event.currency,
            event.items,
        )
    )


def _item_moved(state: Payment, event: ItemEvent) -> ExecutingPayment:
    starts = isinstance(state, CreatedPayment) and isinstance(event, ItemExecutionStarted)
    journal = {} if starts else dict(_executing(state).journal)
    word, before = STEPS[type(event)]
    item = _item(state.terms, event.item_id)
    assert journal.get(event.item_id, "") in before, "an item takes a step that it cannot"
    if isinstance(event, ItemFailed | ItemOutcomeUnknown):
        assert item.tool == CHANNEL, "only a channel refuses or does not answer"
    else:
        assert event.tool == item.tool, "an item changes its tool"
    return ExecutingPayment(state.terms, {**journal, event.item_id: word})


def _succeeded(state: Payment, event: PaymentSucceeded) -> SucceededPayment:
    journal, terms = _executing(state).journal, state.terms
    assert len(journal) == len(terms.items), "a payment succeeds with an item not started"
    assert set(journal.values()) == {SUCCEEDED}, "a payment succeeds with an item that has not"
    assert event.amount_minor == terms.amount_minor, "it succeeds over another amount"
    assert event.commission_minor == terms.commission_minor, "it earns another commission"
    return SucceededPayment(terms, share_released=False, refunded_minor=0, refunds={})


def _executing(state: Payment) -> ExecutingPayment:
    assert isinstance(state, ExecutingPayment), "only a payment under way moves"
    return state


def _item(terms: PaymentTerms, item_id: str) -> PaymentItem:
    found = next((item for item in terms.items if item.item_id == item_id), None)
    assert found is not None, "an event of an item that the payment has not"
    return found
