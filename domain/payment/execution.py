"""The rules of paying: confirm, cancel, and what the channel answers for its item.

Units: integer minor units.
Order: balances are held first, since a hold can be given back; the channel is charged last. All
items succeed, or all are undone. What the channel says after the end is no longer undone here: a
charge that succeeds late is given back at the channel.
"""

from collections.abc import Iterable

from domain.decision import Refused
from domain.payment.commands import CancelPayment, PaymentItem, RecordItemOutcome
from domain.payment.events import (
    Event,
    ItemExecutionStarted,
    ItemFailed,
    ItemOutcomeUnknown,
    ItemSucceeded,
    ItemUndone,
    LateChargeReceived,
    PaymentFailed,
    PaymentSucceeded,
    PaymentUndone,
)
from domain.payment.names import collection, late_refund
from domain.payment.state import (
    CHANNEL,
    REFUSED,
    SUCCEEDED,
    UNKNOWN,
    CreatedPayment,
    ExecutingPayment,
    FailedPayment,
    LateChargedPayment,
    Payment,
    PaymentTerms,
    SucceededPayment,
    UndonePayment,
)

OUTCOMES = (SUCCEEDED, REFUSED, UNKNOWN)


def confirm(state: Payment) -> tuple[Event, ...] | Refused:
    match state:
        case CreatedPayment(terms):
            charged = () if terms.channel is None else (terms.channel,)
            started = tuple(_started(terms, item) for item in (*terms.balances, *charged))
            return started if charged else (*started, *_succeeded(terms, terms.balances))
        case ExecutingPayment(terms):
            return Refused("payment_under_way", f"payment {terms.payment_id} is being executed")
        case SucceededPayment(terms):
            return Refused("payment_succeeded", f"payment {terms.payment_id} has succeeded")
        case FailedPayment() | UndonePayment() | LateChargedPayment():
            return ended(state)


def cancel(command: CancelPayment, state: Payment) -> tuple[Event, ...] | Refused:
    match state:
        case CreatedPayment(terms):
            return (PaymentUndone(terms.payment_id, terms.order_id, command.reason),)
        case ExecutingPayment(terms):
            undone = PaymentUndone(terms.payment_id, terms.order_id, command.reason)
            return (*_undone(terms, terms.items), undone)
        case SucceededPayment(terms):
            detail = f"payment {terms.payment_id} has succeeded: refund it"
            return Refused("payment_succeeded", detail)
        case FailedPayment() | UndonePayment() | LateChargedPayment():
            return ended(state)


def record_outcome(command: RecordItemOutcome, state: Payment | None) -> tuple[Event, ...]:
    """Never refused. The collection speaks here: a refusal before a success, either once."""
    assert state is not None, "a collection without its payment"
    terms, item = state.terms, state.terms.channel
    assert item is not None, "an outcome of a payment without a channel"
    assert item.item_id == command.item_id, "an outcome of another item than the channel's"
    match state, command.outcome:
        case CreatedPayment(), _:
            raise AssertionError("an outcome of a charge that was not started")
        case ExecutingPayment(), "succeeded":
            return _succeeded(terms, (item, *terms.balances))
        case ExecutingPayment(), "refused":
            failed = ItemFailed(terms.payment_id, item.item_id, command.code)
            ends = PaymentFailed(terms.payment_id, terms.order_id, command.code)
            return (failed, *_undone(terms, terms.balances), ends)
        case ExecutingPayment(_, journal), _:
            repeated = journal[item.item_id] == UNKNOWN
            unknown = ItemOutcomeUnknown(terms.payment_id, item.item_id, command.code)
            return () if repeated else (unknown,)
        case ((FailedPayment() | UndonePayment()), "succeeded"):
            return (_late(terms, item),)
        case SucceededPayment(), "refused":
            raise AssertionError("a collection that succeeded refuses no more")
        case _:
            return ()  # Nothing new: said before, or no longer of any effect.


def ended(state: FailedPayment | UndonePayment | LateChargedPayment) -> Refused:
    return Refused("payment_ended", f"payment {state.terms.payment_id} came to nothing")


def _started(terms: PaymentTerms, item: PaymentItem) -> ItemExecutionStarted:
    charged = item.tool == CHANNEL
    return ItemExecutionStarted(
        terms.payment_id,
        item.item_id,
        item.tool,
        item.amount_minor,
        terms.currency,
        item.wallet_id,
        item.provider,
        item.merchant_account,
        item.reference,
        collection(terms.payment_id, item_id=item.item_id) if charged else "",
    )


def _succeeded(terms: PaymentTerms, items: Iterable[PaymentItem]) -> tuple[Event, ...]:
    payment_id = terms.payment_id
    each = (ItemSucceeded(payment_id, i.item_id, i.tool, i.wallet_id) for i in items)
    return (
        *each,
        PaymentSucceeded(
            payment_id,
            terms.order_id,
            terms.seller_wallet_id,
            terms.amount_minor,
            terms.commission_minor,
            terms.currency,
        ),
    )


def _undone(terms: PaymentTerms, items: Iterable[PaymentItem]) -> tuple[ItemUndone, ...]:
    return tuple(ItemUndone(terms.payment_id, i.item_id, i.tool, i.wallet_id) for i in items)


def _late(terms: PaymentTerms, item: PaymentItem) -> LateChargeReceived:
    return LateChargeReceived(
        terms.payment_id,
        item.item_id,
        late_refund(item.reference),
        item.amount_minor,
        terms.currency,
        collection(terms.payment_id, item_id=item.item_id),
    )
