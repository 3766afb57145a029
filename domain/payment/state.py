"""What is known of a payment order, one class a state.

Units: integer minor units of the payment's one currency.
Shape: created -> executing -> succeeded | failed | undone; created -> undone; failed or undone ->
late charged. A journal says of each item how far it is.
Bounds: ITEMS_MAX items and REFUNDS_MAX refunds, so a state holds at most 100 refunds of 10 words,
some 60 kB, and nothing of it grows with time.
"""

from collections.abc import Mapping

from domain.payment.commands import PaymentItem
from domain.value import value

BALANCE, CHANNEL = "balance", "channel"
STARTED, SUCCEEDED, REFUSED, UNKNOWN, UNDONE = (
    "started",
    "succeeded",
    "refused",
    "unknown",
    "undone",
)
ITEMS_MAX = 10
REFUNDS_MAX = 100  # Of one payment; channels stop earlier (WeChat Pay: 50).


@value
class PaymentTerms:
    """What was planned; it never changes. The items sum to the amount."""

    payment_id: str
    order_id: str
    seller_wallet_id: str
    amount_minor: int
    commission_minor: int
    currency: str
    items: tuple[PaymentItem, ...]

    @property
    def share_minor(self) -> int:
        """What the seller gets."""
        return self.amount_minor - self.commission_minor

    @property
    def balances(self) -> tuple[PaymentItem, ...]:
        return tuple(item for item in self.items if item.tool == BALANCE)

    @property
    def channel(self) -> PaymentItem | None:
        return next((item for item in self.items if item.tool == CHANNEL), None)


@value
class Refund:
    """Money on its way back. `journal`: started, succeeded, refused or unknown, by item."""

    amount_minor: int
    journal: Mapping[str, str]


@value
class CreatedPayment:
    """Planned; no money has moved."""

    terms: PaymentTerms


@value
class ExecutingPayment:
    """Balances are held, the channel is charged. `journal`: how far each item is."""

    terms: PaymentTerms
    journal: Mapping[str, str]


@value
class SucceededPayment:
    """Paid. `refunded_minor` sums all refunds, also those that the channel did not take."""

    terms: PaymentTerms
    share_released: bool
    refunded_minor: int
    refunds: Mapping[str, Refund]


@value
class FailedPayment:
    """The channel said no."""

    terms: PaymentTerms


@value
class UndonePayment:
    """Cancelled before it succeeded."""

    terms: PaymentTerms


@value
class LateChargedPayment:
    """The channel charged after the end and gives it back."""

    terms: PaymentTerms
    refund_id: str
    refund: Refund


Payment = (
    CreatedPayment
    | ExecutingPayment
    | SucceededPayment
    | FailedPayment
    | UndonePayment
    | LateChargedPayment
)
STATES: tuple[type, ...] = (
    CreatedPayment,
    ExecutingPayment,
    SucceededPayment,
    FailedPayment,
    UndonePayment,
    LateChargedPayment,
)
