"""What must happen after a payment's event: at the wallets, at the collection, at the order.

Units: integer minor units.
All of it is `Do`: the same book, the same unit of work. Of what follows a client's confirmation,
the holds may be refused, and nothing has left the house then. What follows an outcome cannot be.
"""

from domain.accounting import accounts
from domain.collection.commands import StartCollection, StartRefund
from domain.decision import Do, FollowOn
from domain.order.commands import AttachPayment, DetachPayment, RecordOrderPaid
from domain.payment import names
from domain.payment.events import (
    Event,
    ItemExecutionStarted,
    ItemSucceeded,
    ItemUndone,
    LateChargeReceived,
    PaymentCreated,
    PaymentFailed,
    PaymentSucceeded,
    PaymentUndone,
    RefundItem,
    RefundStarted,
    SellerShareReleased,
)
from domain.payment.state import BALANCE, CHANNEL
from domain.wallet.commands import (
    CaptureForOwner,
    HoldForOwner,
    ReceiveFunds,
    ReclaimFunds,
    ReleaseForOwner,
    ReleasePending,
)


def react(event: Event, book: str) -> tuple[FollowOn, ...]:
    del book  # A payment, its order, wallets and collection are in one book.
    match event:
        case PaymentCreated():
            attach = AttachPayment(
                event.order_id,
                event.payment_id,
                event.seller_wallet_id,
                event.amount_minor,
                event.currency,
            )
            return (Do("attach", attach),)
        case ItemExecutionStarted():
            return (_start(event),)
        case ItemSucceeded() if event.tool == BALANCE:
            account = accounts.order(event.payment_id)
            return (Do("capture", CaptureForOwner(*_held(event), account)),)
        case ItemUndone() if event.tool == BALANCE:
            return (Do("release", ReleaseForOwner(*_held(event), "payment_undone")),)
        case PaymentSucceeded():
            paid = Do("record_paid", RecordOrderPaid(event.order_id, event.payment_id))
            return (*_share(event), paid)
        case PaymentFailed() | PaymentUndone():
            return (Do("detach", DetachPayment(event.order_id, event.payment_id)),)
        case LateChargeReceived():
            late = StartRefund(
                event.collection_id, event.refund_id, event.amount_minor, event.currency
            )
            return (Do("give_back", late),)
        case SellerShareReleased():
            return _released(event)
        case RefundStarted():
            return (*_reclaim(event), *(_give_back(event, item) for item in event.items))
        case _:
            return ()


def _held(event: ItemSucceeded | ItemUndone) -> tuple[str, str, str]:
    """Wallet, hold and owner."""
    hold_id = names.hold(event.payment_id, item_id=event.item_id)
    return event.wallet_id, hold_id, names.owner(event.payment_id)


def _start(event: ItemExecutionStarted) -> Do:
    if event.tool == CHANNEL:
        charge = StartCollection(
            event.collection_id,
            event.payment_id,
            event.item_id,
            event.provider,
            event.merchant_account,
            event.reference,
            event.amount_minor,
            event.currency,
        )
        return Do("collect", charge)
    hold = HoldForOwner(
        event.wallet_id,
        names.hold(event.payment_id, item_id=event.item_id),
        names.owner(event.payment_id),
        event.amount_minor,
        event.currency,
    )
    return Do("hold", hold)


def _share(event: PaymentSucceeded) -> tuple[FollowOn, ...]:
    share_minor = event.amount_minor - event.commission_minor
    if share_minor == 0:
        return ()
    share = ReceiveFunds(
        event.seller_wallet_id,
        names.share(event.payment_id),
        share_minor,
        event.currency,
        accounts.order(event.payment_id),
        pending=True,
    )
    return (Do("share", share),)


def _released(event: SellerShareReleased) -> tuple[FollowOn, ...]:
    if event.amount_minor == 0:
        return ()
    released = ReleasePending(
        event.seller_wallet_id,
        names.release(event.payment_id),
        event.amount_minor,
        event.currency,
    )
    return (Do("release_pending", released),)


def _reclaim(event: RefundStarted) -> tuple[FollowOn, ...]:
    if event.seller_minor == 0:
        return ()
    reclaim = ReclaimFunds(
        event.seller_wallet_id,
        names.reclaim(event.refund_id),
        event.seller_minor,
        event.currency,
        accounts.refund(event.refund_id),
        from_pending=event.seller_pending,
    )
    return (Do("reclaim", reclaim),)


def _give_back(event: RefundStarted, item: RefundItem) -> Do:
    purpose = f"give_back:{item.item_id}"
    if item.tool == CHANNEL:
        refund = StartRefund(item.collection_id, event.refund_id, item.amount_minor, event.currency)
        return Do(purpose, refund)
    receive = ReceiveFunds(
        item.wallet_id,
        names.give_back(event.refund_id, item_id=item.item_id),
        item.amount_minor,
        event.currency,
        accounts.refund(event.refund_id),
    )
    return Do(purpose, receive)
