"""What an order is after an event.

Units: integer minor units.
Errors: AssertionError on a history that cannot be.
"""

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


def evolve(state: Order | None, event: Event) -> Order:
    if state is None:
        assert isinstance(event, OrderPlaced), "an order begins by being placed"
        assert event.amount_minor > 0, "an order over nothing"
        return OpenOrder(
            event.order_id,
            event.buyer_id,
            event.seller_wallet_id,
            event.amount_minor,
            event.currency,
        )
    assert event.order_id == state.order_id, "an event of another order"
    match event:
        case PaymentAttached():
            assert isinstance(state, OpenOrder), "a payment claims an open order"
            return ClaimedOrder(state, event.payment_id)
        case PaymentDetached():
            return _claimed(state, event).placed
        case OrderPaid():
            _claimed(state, event)
            return PaidOrder(event.order_id, event.payment_id)
        case OrderDelivered():
            assert isinstance(state, PaidOrder), "what is delivered is paid"
            assert event.payment_id == state.payment_id, "paid by another payment"
            return DeliveredOrder(event.order_id, event.payment_id)
        case OrderCancelled():
            assert isinstance(state, OpenOrder), "an open order is cancelled"
            return CancelledOrder(event.order_id)
        case OrderPlaced():
            raise AssertionError("an order is placed once")


def _claimed(state: Order, event: PaymentDetached | OrderPaid) -> ClaimedOrder:
    assert isinstance(state, ClaimedOrder), "a payment ends at an order that is claimed"
    assert event.payment_id == state.payment_id, "the order is claimed by another payment"
    return state
