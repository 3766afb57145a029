"""What is known of an order, one class a state.

Units: integer minor units of the order's one currency.
Shape: open -> claimed by a payment -> paid -> delivered; a claim may be given up, then it is open
again; an open order may be cancelled.
"""

from domain.value import value


@value
class OpenOrder:
    """Nobody is paying it."""

    order_id: str
    buyer_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@value
class ClaimedOrder:
    """A payment is under way. `placed` is what the order is again if that comes to nothing."""

    placed: OpenOrder
    payment_id: str

    @property
    def order_id(self) -> str:
        return self.placed.order_id


@value
class PaidOrder:
    """A payment has succeeded; the buyer does not have it yet."""

    order_id: str
    payment_id: str


@value
class DeliveredOrder:
    """The buyer has it: the end."""

    order_id: str
    payment_id: str


@value
class CancelledOrder:
    """Given up before it was paid: the end."""

    order_id: str


Order = OpenOrder | ClaimedOrder | PaidOrder | DeliveredOrder | CancelledOrder
STATES: tuple[type, ...] = (OpenOrder, ClaimedOrder, PaidOrder, DeliveredOrder, CancelledOrder)
