"""What happened to an order. Units: integer minor units. The first field is the stream's id."""

from domain.value import value


@value
class OrderPlaced:
    """A buyer ordered from a seller."""

    order_id: str
    buyer_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@value
class PaymentAttached:
    """A payment claimed the order."""

    order_id: str
    payment_id: str


@value
class PaymentDetached:
    """The payment came to nothing."""

    order_id: str
    payment_id: str


@value
class OrderPaid:
    """The payment succeeded."""

    order_id: str
    payment_id: str


@value
class OrderCancelled:
    """Given up before it was paid."""

    order_id: str
    reason: str


@value
class OrderDelivered:
    """The buyer has it."""

    order_id: str
    payment_id: str


Event = (
    OrderPlaced | PaymentAttached | PaymentDetached | OrderPaid | OrderCancelled | OrderDelivered
)
