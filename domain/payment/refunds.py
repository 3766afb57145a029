"""The rules of money that goes back, and of the seller's share becoming available.

Units: integer minor units.
A refund begins with all that it will do: what the seller and the commission bear, where it goes.
Balances get it at once; the channel answers later. A part that the channel refuses stays in the
refund's account as a person's case and stays counted: what is left to refund does not grow again,
so nothing is given back twice, whatever that person does with it.
"""

from domain.decision import Refused
from domain.payment.commands import RecordRefundItemOutcome, RefundPayment
from domain.payment.events import (
    Event,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundStarted,
    RefundSucceeded,
    SellerShareReleased,
)
from domain.payment.execution import ended
from domain.payment.parts import refund_items, seller_part
from domain.payment.state import (
    BALANCE,
    REFUNDS_MAX,
    REFUSED,
    STARTED,
    SUCCEEDED,
    CreatedPayment,
    ExecutingPayment,
    LateChargedPayment,
    Payment,
    PaymentTerms,
    Refund,
    SucceededPayment,
)
from domain.wallet import checks


def refund(command: RefundPayment, state: Payment) -> tuple[Event, ...] | Refused:
    if isinstance(state, CreatedPayment | ExecutingPayment):
        return Refused("payment_not_succeeded", "only what was paid is refunded")
    if not isinstance(state, SucceededPayment):
        return ended(state)
    if len(state.refunds) >= REFUNDS_MAX:
        return Refused("too_many_refunds", f"a payment has at most {REFUNDS_MAX} refunds")
    terms = state.terms
    if command.currency != terms.currency:
        return Refused("currency_mismatch", f"the payment is in {terms.currency}")
    if refused := checks.amount(command.amount_minor):
        return refused
    left_minor = terms.amount_minor - state.refunded_minor
    if command.amount_minor > left_minor:
        return Refused("refund_exceeds_payment", f"{left_minor} is left to refund")
    started = _started(command, state)
    at_once = tuple(
        RefundItemSucceeded(terms.payment_id, command.refund_id, item.item_id)
        for item in started.items
        if item.tool == BALANCE
    )
    if len(at_once) < len(started.items):
        return (started, *at_once)
    return (started, *at_once, _succeeded(terms, command.refund_id, command.amount_minor))


def record_outcome(command: RecordRefundItemOutcome, state: Payment | None) -> tuple[Event, ...]:
    """Never refused. The collection speaks here: a refusal before a success, either once."""
    terms, found = _refund(command, state)
    named = (command.payment_id, command.refund_id, command.item_id)
    before = found.journal[command.item_id]
    match command.outcome:
        case "succeeded" if before != SUCCEEDED:
            succeeded = RefundItemSucceeded(*named)
            others = [word for item, word in found.journal.items() if item != command.item_id]
            if any(word != SUCCEEDED for word in others):
                return (succeeded,)
            return (succeeded, _succeeded(terms, command.refund_id, found.amount_minor))
        case "refused" if before != REFUSED:
            assert before != SUCCEEDED, "a refund that succeeded is refused no more"
            return (RefundItemRefused(*named, command.code),)
        case "unknown" if before == STARTED:
            return (RefundItemUnknown(*named, command.code),)
        case _:
            return ()  # Nothing new.


def release_share(state: Payment | None) -> tuple[SellerShareReleased] | tuple[()]:
    """What is still pending: the share less what refunds took of it."""
    assert isinstance(state, SucceededPayment), "an order is delivered after it was paid"
    if state.share_released:
        return ()
    terms = state.terms
    left_minor = terms.share_minor - seller_part(terms, state.refunded_minor)
    return (
        SellerShareReleased(terms.payment_id, terms.seller_wallet_id, left_minor, terms.currency),
    )


def _started(command: RefundPayment, state: SucceededPayment) -> RefundStarted:
    terms, before_minor = state.terms, state.refunded_minor
    after_minor = before_minor + command.amount_minor
    seller_minor = seller_part(terms, after_minor) - seller_part(terms, before_minor)
    return RefundStarted(
        terms.payment_id,
        command.refund_id,
        command.amount_minor,
        terms.currency,
        terms.seller_wallet_id,
        seller_minor,
        command.amount_minor - seller_minor,
        not state.share_released,
        refund_items(terms, before_minor=before_minor, after_minor=after_minor),
    )


def _succeeded(terms: PaymentTerms, refund_id: str, amount_minor: int) -> RefundSucceeded:
    return RefundSucceeded(terms.payment_id, refund_id, amount_minor, terms.currency)


def _refund(command: RecordRefundItemOutcome, state: Payment | None) -> tuple[PaymentTerms, Refund]:
    """The refund that the channel speaks of: one of a client's, or that of a late charge."""
    match state:
        case SucceededPayment(terms):
            found = state.refunds.get(command.refund_id)
        case LateChargedPayment(terms) if state.refund_id == command.refund_id:
            found = state.refund
        case _:
            raise AssertionError("an outcome of a refund that was not started")
    assert found is not None, "an outcome of a refund that was not started"
    assert command.item_id in found.journal, "an outcome of an item that the refund has not"
    return terms, found
