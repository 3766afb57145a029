"""What may be asked of an order: one buyer, one seller, one amount.

Units: integer minor units. The first three are the client's, the others follow from payments.
"""

from domain.value import value


@value
class PlaceOrder:
    """A buyer orders from a seller."""

    order_id: str
    buyer_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@value
class CancelOrder:
    """Give up an order that nobody has paid or is paying."""

    order_id: str
    reason: str


@value
class DeliverOrder:
    """The buyer has it: the seller's share becomes available."""

    order_id: str


@value
class AttachPayment:
    """A payment claims the order; one at a time."""

    order_id: str
    payment_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@value
class DetachPayment:
    """The payment came to nothing; another may claim the order."""

    order_id: str
    payment_id: str


@value
class RecordOrderPaid:
    """The payment succeeded."""

    order_id: str
    payment_id: str


Command = PlaceOrder | CancelOrder | DeliverOrder | AttachPayment | DetachPayment | RecordOrderPaid
