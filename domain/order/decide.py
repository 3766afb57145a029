"""What an order answers to a command.

Units: integer minor units.
Errors: Refused, a value. AssertionError where a payment that has not claimed the order says that it
paid it or gave it up: a payment claims once, as it is created, and ends once.

Refusals, the first that applies is answered:
1. existence  already_exists, order_unknown
2. status     payment_under_way, order_not_paid, order_paid, order_delivered, order_cancelled
              (to a payment, of all that is not open: order_not_payable)
3. parties    seller_mismatch
4. currency   currency_mismatch
5. amount     amount_not_positive, amount_too_large, amount_mismatch
"""

from domain.decision import ALREADY_EXISTS, Refused, Stream
from domain.order.commands import (
    AttachPayment,
    CancelOrder,
    Command,
    DeliverOrder,
    DetachPayment,
    PlaceOrder,
    RecordOrderPaid,
)
from domain.order.events import (
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaymentAttached,
    PaymentDetached,
)
from domain.order.state import (
    CancelledOrder,
    ClaimedOrder,
    DeliveredOrder,
    OpenOrder,
    Order,
    PaidOrder,
)
from domain.wallet import checks


def reads(command: Command) -> tuple[Stream, ...]:
    return (("order", command.order_id),)


def begins(command: Command) -> str:
    """Nothing: PlaceOrder begins its own stream."""
    del command
    return ""


def decide(command: Command, state: Order | None, at_us: int) -> tuple[Event, ...] | Refused:
    del at_us  # No rule of an order asks what time it is.
    match command:
        case PlaceOrder():
            return _place(command, state)
        case DetachPayment():
            _claimed(state, command.payment_id)
            return (PaymentDetached(command.order_id, command.payment_id),)
        case RecordOrderPaid():
            _claimed(state, command.payment_id)
            return (OrderPaid(command.order_id, command.payment_id),)
        case _ if state is None:
            return Refused("order_unknown", f"no order {command.order_id} in this book")
        case CancelOrder():
            return _cancel(command, state)
        case DeliverOrder():
            return _deliver(command, state)
        case AttachPayment():
            return _attach(command, state)


def _place(command: PlaceOrder, state: Order | None) -> tuple[OrderPlaced] | Refused:
    if state is not None:
        return Refused(ALREADY_EXISTS, f"order {command.order_id} exists")
    if refused := checks.amount(command.amount_minor):
        return refused
    return (
        OrderPlaced(
            command.order_id,
            command.buyer_id,
            command.seller_wallet_id,
            command.amount_minor,
            command.currency,
        ),
    )


def _cancel(command: CancelOrder, state: Order) -> tuple[OrderCancelled] | Refused:
    match state:
        case OpenOrder():
            return (OrderCancelled(command.order_id, command.reason),)
        case ClaimedOrder():
            return _under_way(state)
        case PaidOrder():
            return Refused("order_paid", f"payment {state.payment_id} succeeded: refund it")
        case DeliveredOrder() | CancelledOrder():
            return _ended(state)


def _deliver(command: DeliverOrder, state: Order) -> tuple[OrderDelivered] | Refused:
    match state:
        case PaidOrder():
            return (OrderDelivered(command.order_id, state.payment_id),)
        case OpenOrder() | ClaimedOrder():
            return Refused("order_not_paid", f"order {state.order_id} is not paid yet")
        case DeliveredOrder() | CancelledOrder():
            return _ended(state)


def _attach(command: AttachPayment, state: Order) -> tuple[PaymentAttached] | Refused:
    match state:
        case PaidOrder() | DeliveredOrder() | CancelledOrder():
            return Refused("order_not_payable", f"order {state.order_id} waits for no payment")
        case ClaimedOrder():
            return _under_way(state)
        case OpenOrder():
            pass
    if command.seller_wallet_id != state.seller_wallet_id:
        return Refused("seller_mismatch", f"the order sells for {state.seller_wallet_id}")
    if command.currency != state.currency:
        return Refused("currency_mismatch", f"the order is in {state.currency}")
    if command.amount_minor != state.amount_minor:
        return Refused("amount_mismatch", f"the order is over {state.amount_minor}")
    return (PaymentAttached(command.order_id, command.payment_id),)


def _claimed(state: Order | None, payment_id: str) -> None:
    assert isinstance(state, ClaimedOrder), "a payment ends at an order that is claimed"
    assert state.payment_id == payment_id, "the order is claimed by another payment"


def _under_way(state: ClaimedOrder) -> Refused:
    return Refused("payment_under_way", f"payment {state.payment_id} is under way")


def _ended(state: DeliveredOrder | CancelledOrder) -> Refused:
    how = "delivered" if isinstance(state, DeliveredOrder) else "cancelled"
    return Refused(f"order_{how}", f"order {state.order_id} is {how}")
