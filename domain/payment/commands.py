"""What may be asked of a payment order: items of wallet balance and at most one channel.

Units: integer minor units. The first four are the client's, the others follow from outcomes.
"""

from domain.value import value


@value
class PaymentItem:
    """One tool that pays a part. `tool` balance: `wallet_id` is set; channel: the other three.

    `reference` is our number at the channel, the key of its settlement file.
    """

    item_id: str
    tool: str
    amount_minor: int
    wallet_id: str = ""
    provider: str = ""
    merchant_account: str = ""
    reference: str = ""


@value
class CreatePayment:
    """Plan how an order is paid. The items sum to the amount; the commission is a part of it."""

    payment_id: str
    order_id: str
    seller_wallet_id: str
    amount_minor: int
    commission_minor: int
    currency: str
    items: tuple[PaymentItem, ...]


@value
class ConfirmPayment:
    """Execute it: hold the balances first, charge the channel last."""

    payment_id: str


@value
class CancelPayment:
    """Undo it before it has succeeded. A charge that succeeds later is refunded by itself."""

    payment_id: str
    reason: str


@value
class RefundPayment:
    """Give back a part or all; the refund's id is the client's and goes to the channel."""

    payment_id: str
    refund_id: str
    amount_minor: int
    currency: str


@value
class RecordItemOutcome:
    """The channel answered for an item. `outcome`: succeeded, refused or unknown."""

    payment_id: str
    item_id: str
    outcome: str
    code: str


@value
class RecordRefundItemOutcome:
    """The channel answered for a refund's item. `outcome`: succeeded, refused or unknown."""

    payment_id: str
    refund_id: str
    item_id: str
    outcome: str
    code: str


@value
class ReleaseSellerShare:
    """The order was delivered: what is pending for the seller becomes available."""

    payment_id: str


Command = (
    CreatePayment
    | ConfirmPayment
    | CancelPayment
    | RefundPayment
    | RecordItemOutcome
    | RecordRefundItemOutcome
    | ReleaseSellerShare
)
