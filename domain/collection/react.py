"""What must happen after a collection's event: the payment hears it, the settlement is awaited.

Units: integer minor units; an expectation is signed, above zero is money towards us.
Settlement is awaited under the number that went to the channel: ours of the charge (kind charge)
or ours of the refund (kind refund).
"""

from domain.collection.events import (
    CollectionRefundRefused,
    CollectionRefundSucceeded,
    CollectionRefundUnknown,
    CollectionRefused,
    CollectionSucceeded,
    CollectionUnknown,
    Event,
)
from domain.collection.state import REFUSED, SUCCEEDED, UNKNOWN
from domain.decision import Do, FollowOn
from domain.payment.commands import RecordItemOutcome, RecordRefundItemOutcome
from domain.settlement.commands import ExpectSettlement
from domain.settlement.naming import settlement_id

PROMISED_DAYS = 3  # Until a channel has settled: bills come the next day, weekends come between.


def react(event: Event, book: str) -> tuple[FollowOn, ...]:
    del book  # A collection, its payment and its settlement are in one book.
    match event:
        case CollectionSucceeded():
            return (
                Do("expect_settlement", _charge_expected(event)),
                _heard(event, SUCCEEDED),
            )
        case CollectionRefused():
            return (_heard(event, REFUSED, code=event.code),)
        case CollectionUnknown():
            return (_heard(event, UNKNOWN, code=event.code),)
        case CollectionRefundSucceeded():
            return (
                Do("expect_settlement", _refund_expected(event)),
                _refund_heard(event, SUCCEEDED),
            )
        case CollectionRefundRefused():
            return (_refund_heard(event, REFUSED, code=event.code),)
        case CollectionRefundUnknown():
            return (_refund_heard(event, UNKNOWN, code=event.code),)
        case _:
            return ()


def _charge_expected(event: CollectionSucceeded) -> ExpectSettlement:
    return _expected(
        event, kind="charge", reference=event.reference, signed_minor=event.amount_minor
    )


def _refund_expected(event: CollectionRefundSucceeded) -> ExpectSettlement:
    return _expected(
        event, kind="refund", reference=event.refund_id, signed_minor=-event.amount_minor
    )


def _expected(
    event: CollectionSucceeded | CollectionRefundSucceeded,
    *,
    kind: str,
    reference: str,
    signed_minor: int,
) -> ExpectSettlement:
    return ExpectSettlement(
        settlement_id(
            provider=event.provider,
            merchant_account=event.merchant_account,
            kind=kind,
            reference=reference,
        ),
        event.provider,
        event.merchant_account,
        kind,
        reference,
        signed_minor,
        event.currency,
        event.occurred_on,
        PROMISED_DAYS,
    )


def _heard(
    event: CollectionSucceeded | CollectionRefused | CollectionUnknown,
    outcome: str,
    *,
    code: str = "",
) -> Do:
    heard = RecordItemOutcome(event.payment_id, event.item_id, outcome, code)
    return Do("record_outcome", heard)


def _refund_heard(
    event: CollectionRefundSucceeded | CollectionRefundRefused | CollectionRefundUnknown,
    outcome: str,
    *,
    code: str = "",
) -> Do:
    heard = RecordRefundItemOutcome(event.payment_id, event.refund_id, event.item_id, outcome, code)
    return Do("record_outcome", heard)
