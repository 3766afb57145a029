"""What happened to an order. Units: integer minor units. The first field is the stream's id."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A buyer ordered from a seller."""

    order_id: str
    buyer_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentAttached:
    """A payment claimed the order."""

    order_id: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentDetached:
    """The payment came to nothing."""

    order_id: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """The payment succeeded."""

    order_id: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """Given up before it was paid."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDelivered:
    """The buyer has it."""

    order_id: str
    payment_id: str


Event = (
    OrderPlaced | PaymentAttached | PaymentDetached | OrderPaid | OrderCancelled | OrderDelivered
)
