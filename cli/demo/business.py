"""The commands that upstream services would have published for the business behind a real bill.

Shape: Business(rows) derives, from the rows of a WeChat Pay trade bill, a seller, an order and a
payment for each charge, and a refund for each refund; and what WeChat answered to each of ours.
The refunds' payments are of an earlier day that is not in the bill: they are paid and settled by
an earlier bill, which is generated here (0.01 each, as much as was refunded).
Units: integer minor units (fen); days YYYY-MM-DD in China.
Source: providers/wechat/samples/README.md, docs/formats/wechat.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consumers.provider.outcomes import Outcome, Outcomes
from domain.order import PlaceOrder
from domain.payment import ConfirmPayment, CreatePayment, PaymentItem, RefundPayment
from domain.wallet import OpenWallet
from providers.amounts import exponent_of, scale
from providers.wechat.bill import BillRow
from providers.wechat.synthetic import Charge, charge_rows
from providers.wechat.values import china_time
from schemas.names import Command

PROVIDER = "wechat"
SELLER = "seller-1921000401"
SHOP = "shop"  # The client name of the upstream services.
CHARGED = "SUCCESS"
DAY_CHARS = len("YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Step:
    """One command with its idempotency key."""

    key: str
    command: Command


class Business:
    """A day as the bill has it, and the day before as far as its refunds need it."""

    def __init__(self, rows: Sequence[BillRow]) -> None:
        self.charges = [row for row in rows if row.state == CHARGED]
        self.refunds = [row for row in rows if row.state != CHARGED]
        self.merchant = rows[0].merchant
        self.currency = rows[0].currency
        self.earlier = [_earlier(row, self._minor(row.refund_amount)) for row in self.refunds]

    def opening(self) -> Iterator[Step]:
        """Before anything: the seller has an account."""
        opened = OpenWallet(SELLER, "owner-" + self.merchant, "seller", self.currency)
        yield Step("open-" + SELLER, opened)

    def day_before(self) -> Iterator[Step]:
        """The payments that are refunded later."""
        for charge in self.earlier:
            yield from self._paid(charge.order, charge.amount_minor)

    def day(self) -> Iterator[Step]:
        """The payments and refunds of the bill's day."""
        for row in self.charges:
            yield from self._paid(row.order, self._minor(row.settle_amount))
        for row in self.refunds:
            amount_minor = self._minor(row.refund_amount)
            refund = RefundPayment(_payment(row.order), row.refund, amount_minor, self.currency)
            yield Step("refund-" + row.refund, refund)

    def earlier_bill(self) -> Iterator[BillRow]:
        """The bill of the day before: it settles what is refunded later."""
        return charge_rows(self.earlier, merchant=self.merchant)

    def outcomes(self) -> Outcomes:
        """What WeChat answers to each order and refund number of ours."""
        charges = {
            charge.order: Outcome(charge.wechat_order, f"{charge.paid_at:%Y-%m-%d}")
            for charge in self.earlier
        }
        for row in self.charges:
            charges[row.order] = Outcome(row.wechat_order, row.time[:DAY_CHARS])
        refunds = {
            row.refund: Outcome(row.wechat_refund, row.time[:DAY_CHARS]) for row in self.refunds
        }
        return Outcomes(PROVIDER, charges, refunds)

    def _paid(self, order: str, amount_minor: int) -> Iterator[Step]:
        placed = PlaceOrder(order, "buyer-" + order, SELLER, amount_minor, self.currency)
        item = PaymentItem(
            "channel",
            "channel",
            amount_minor,
            provider=PROVIDER,
            merchant_account=self.merchant,
            reference=order,
        )
        payment = _payment(order)
        created = CreatePayment(payment, order, SELLER, amount_minor, 0, self.currency, (item,))
        yield Step("order-" + order, placed)
        yield Step("create-" + payment, created)
        yield Step("confirm-" + payment, ConfirmPayment(payment))

    def _minor(self, text: str) -> int:
        exponent = exponent_of(self.currency)
        assert exponent is not None, "a bill in a currency of ISO 4217"
        minor = scale(text, exponent)
        assert minor is not None, "a proven bill holds amounts"
        return minor


def _payment(order: str) -> str:
    return "pay-" + order


def _earlier(row: BillRow, amount_minor: int) -> Charge:
    """The payment that a refund is of, the day before."""
    refunded_at: datetime | None = china_time(row.time)
    assert refunded_at is not None, "a proven bill holds times"
    return Charge(row.order, row.wechat_order, amount_minor, refunded_at - timedelta(days=1))
