"""What happened to a payment order; together its journal.

Units: integer minor units. The first field of an event is the id of its stream.
"""

from domain.payment.commands import PaymentItem
from domain.value import value


@value
class RefundItem:
    """The part of a refund that goes back to one tool."""

    item_id: str
    tool: str
    amount_minor: int
    wallet_id: str
    collection_id: str


@value
class PaymentCreated:
    """It is planned; no money has moved."""

    payment_id: str
    order_id: str
    seller_wallet_id: str
    amount_minor: int
    commission_minor: int
    currency: str
    items: tuple[PaymentItem, ...]


@value
class ItemExecutionStarted:
    """A balance is being held or a channel charged."""

    payment_id: str
    item_id: str
    tool: str
    amount_minor: int
    currency: str
    wallet_id: str
    provider: str
    merchant_account: str
    reference: str
    collection_id: str


@value
class ItemSucceeded:
    """The part is paid: the hold captured, or the charge taken."""

    payment_id: str
    item_id: str
    tool: str
    wallet_id: str


@value
class ItemFailed:
    """The channel said no."""

    payment_id: str
    item_id: str
    code: str


@value
class ItemOutcomeUnknown:
    """No answer came: to be asked, never assumed."""

    payment_id: str
    item_id: str
    code: str


@value
class ItemUndone:
    """A started item was given back (balance) or given up (channel)."""

    payment_id: str
    item_id: str
    tool: str
    wallet_id: str


@value
class PaymentSucceeded:
    """All items are paid: the seller's share is pending, the commission earned."""

    payment_id: str
    order_id: str
    seller_wallet_id: str
    amount_minor: int
    commission_minor: int
    currency: str


@value
class PaymentFailed:
    """The channel said no and everything else was undone."""

    payment_id: str
    order_id: str
    code: str


@value
class PaymentUndone:
    """Cancelled before it succeeded."""

    payment_id: str
    order_id: str
    reason: str


@value
class LateChargeReceived:
    """The channel charged after the payment had ended: it is refunded by itself."""

    payment_id: str
    item_id: str
    refund_id: str
    amount_minor: int
    currency: str
    collection_id: str


@value
class SellerShareReleased:
    """The order was delivered: the share is available. `amount_minor` may be 0 after refunds."""

    payment_id: str
    seller_wallet_id: str
    amount_minor: int
    currency: str


@value
class RefundStarted:
    """Money goes back: from the seller and the commission, to the items."""

    payment_id: str
    refund_id: str
    amount_minor: int
    currency: str
    seller_wallet_id: str
    seller_minor: int
    commission_minor: int
    seller_pending: bool
    items: tuple[RefundItem, ...]


@value
class RefundItemSucceeded:
    """A part of a refund has arrived."""

    payment_id: str
    refund_id: str
    item_id: str


@value
class RefundItemRefused:
    """The channel will not take it: the money stays in the refund's account, a person's case."""

    payment_id: str
    refund_id: str
    item_id: str
    code: str


@value
class RefundItemUnknown:
    """No answer came: to be asked, never assumed."""

    payment_id: str
    refund_id: str
    item_id: str
    code: str


@value
class RefundSucceeded:
    """All parts of a refund have arrived."""

    payment_id: str
    refund_id: str
    amount_minor: int
    currency: str


Event = (
    PaymentCreated
    | ItemExecutionStarted
    | ItemSucceeded
    | ItemFailed
    | ItemOutcomeUnknown
    | ItemUndone
    | PaymentSucceeded
    | PaymentFailed
    | PaymentUndone
    | LateChargeReceived
    | SellerShareReleased
    | RefundStarted
    | RefundItemSucceeded
    | RefundItemRefused
    | RefundItemUnknown
    | RefundSucceeded
)
