"""The order: one buyer, one seller, one amount, and the one payment that claims it.

Shape: commands, events, a class for each state; reads, begins, decide, evolve and react are its
rules.
"""

from domain.order.commands import (
    AttachPayment,
    CancelOrder,
    Command,
    DeliverOrder,
    DetachPayment,
    PlaceOrder,
    RecordOrderPaid,
)
from domain.order.decide import begins, decide, reads
from domain.order.events import (
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaymentAttached,
    PaymentDetached,
)
from domain.order.evolve import evolve
from domain.order.react import react
from domain.order.state import (
    STATES,
    CancelledOrder,
    ClaimedOrder,
    DeliveredOrder,
    OpenOrder,
    Order,
    PaidOrder,
)

__all__ = [
    "STATES",
    "AttachPayment",
    "CancelOrder",
    "CancelledOrder",
    "ClaimedOrder",
    "Command",
    "DeliverOrder",
    "DeliveredOrder",
    "DetachPayment",
    "Event",
    "OpenOrder",
    "Order",
    "OrderCancelled",
    "OrderDelivered",
    "OrderPaid",
    "OrderPlaced",
    "PaidOrder",
    "PaymentAttached",
    "PaymentDetached",
    "PlaceOrder",
    "RecordOrderPaid",
    "begins",
    "decide",
    "evolve",
    "react",
    "reads",
]
