"""What a payment order answers to a command; the rules stand in creation, execution and refunds.

Units: integer minor units.
Errors: Refused, a value. AssertionError where one of our own follow-ons speaks of what never was:
an outcome of a charge or refund that was not started, a share of what was not paid.

Refusals, the first that applies is answered:
1. existence  already_exists (payment, our number at the channel, refund number), payment_unknown
2. status     payment_under_way, payment_succeeded, payment_not_succeeded, payment_ended,
              too_many_refunds
3. items      no_items, too_many_items, item_malformed, tool_unknown, item_ids_not_unique,
              too_many_channels
4. wallets    wallet_unknown, wallet_closed
5. currency   currency_mismatch
6. amount     amount_not_positive, amount_too_large, items_do_not_sum, commission_negative,
              commission_too_large, refund_exceeds_payment
7. of the order, when a payment is created: order_unknown, order_not_payable, payment_under_way,
   seller_mismatch, currency_mismatch, amount_mismatch
8. of the wallets, when it is confirmed: wallet_frozen, wallet_closed, too_many_holds,
   insufficient_funds
Outcomes are never refused, but for outcome_unknown_word: a word that is none of theirs.
"""

from domain.decision import Refused, Stream
from domain.payment import creation, execution, refunds
from domain.payment.commands import (
    CancelPayment,
    Command,
    ConfirmPayment,
    CreatePayment,
    RecordItemOutcome,
    RecordRefundItemOutcome,
    RefundPayment,
    ReleaseSellerShare,
)
from domain.payment.events import Event
from domain.payment.names import refund
from domain.payment.state import Payment
from domain.wallet import Wallet

# What CreatePayment reads: the payment, then wallets. Everything else reads the payment alone.
Found = Payment | tuple[Payment | Wallet | None, ...] | None


def reads(command: Command) -> tuple[Stream, ...]:
    if isinstance(command, CreatePayment):
        return creation.reads(command)
    return (("payment", command.payment_id),)


def begins(command: Command) -> str:
    """What this command begins once forever in its book beside its own stream."""
    match command:
        case CreatePayment():
            return creation.begins(command)
        case RefundPayment():
            return refund(command.refund_id)
        case _:
            return ""


def decide(command: Command, state: Found, at_us: int) -> tuple[Event, ...] | Refused:
    del at_us  # No rule of a payment asks what time it is.
    if isinstance(command, CreatePayment):
        assert isinstance(state, tuple), "a new payment reads wallets too"
        return creation.create(command, state)
    assert not isinstance(state, tuple), "only a new payment reads more than itself"
    match command:
        case RecordItemOutcome() | RecordRefundItemOutcome() if (
            command.outcome not in execution.OUTCOMES
        ):
            return Refused("outcome_unknown_word", f"no outcome {command.outcome}")
        case RecordItemOutcome():
            return execution.record_outcome(command, state)
        case RecordRefundItemOutcome():
            return refunds.record_outcome(command, state)
        case ReleaseSellerShare():
            return refunds.release_share(state)
        case _ if state is None:
            return Refused("payment_unknown", f"no payment {command.payment_id} in this book")
        case ConfirmPayment():
            return execution.confirm(state)
        case CancelPayment():
            return execution.cancel(command, state)
        case RefundPayment():
            return refunds.refund(command, state)
