"""Bills made up from nothing or from given charges, for benchmarks and for days before the first.

Units: integer minor units in, text as WeChat prints it out.
Shape: synthetic_rows(count, seed=…) and charge_rows(charges) give rows; write_bill writes them.
The same arguments give the same rows, so that what we should expect can be had from a second run.
Source: docs/formats/wechat.md, for what a bill's rows look like.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from providers.amounts import printed
from providers.wechat.bill import BillRow
from providers.wechat.values import CHINA

MERCHANT = "1900000109"
DAY = date(2026, 3, 31)
DAY_S = 24 * 60 * 60
RATE_PER_MILLE = 6  # 0.60 %, rounded half up to cents.
AMOUNT_MINOR_MAX = 50_000
REFUND_EVERY = 10
PRODUCTS = ("耳机, 白色", "coffee, large, no sugar", "充值 50 元", "book", "蓝色 T 恤")


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment at the channel, as our events know it."""

    order: str
    wechat_order: str
    amount_minor: int
    paid_at: datetime  # With its zone.


def charge_rows(charges: Iterable[Charge], *, merchant: str = MERCHANT) -> Iterator[BillRow]:
    """Rows for payments, in their order: the bill that WeChat would have sent for them."""
    for charge in charges:
        row = _blank(charge.paid_at, merchant)
        yield _paid(row, charge, "autotest")


def synthetic_rows(
    count: int, *, seed: int, day: date = DAY, merchant: str = MERCHANT
) -> Iterator[BillRow]:
    """Rows of one day: payments, and every tenth a refund, whole or half, of the one before.

    Orders are `T<day><number>`, refunds `R<day><number>`, with the number of the row from 0.
    """
    chance = Random(seed)  # noqa: S311 - made-up data that can be made again, no secret.
    midnight, name = datetime.combine(day, time(), CHINA), f"{day:%Y%m%d}"
    charge = Charge("", "", 0, midnight)
    for number in range(count):
        moment = midnight + timedelta(seconds=number * DAY_S // count)
        product = PRODUCTS[number % len(PRODUCTS)]
        if number % REFUND_EVERY == REFUND_EVERY - 1:
            row = _paid(_blank(moment, merchant), charge, product)
            amount_minor = max(1, charge.amount_minor // chance.choice((1, 2)))
            yield _refunded(row, amount_minor, f"{name}{number:010d}")
            continue
        amount_minor = chance.randint(1, AMOUNT_MINOR_MAX)
        order, wechat_order = f"T{name}{number:010d}", f"4200000{name}{number:013d}"
        charge = Charge(order, wechat_order, amount_minor, moment)
        yield _paid(_blank(moment, merchant), charge, product)


def _blank(moment: datetime, merchant: str) -> BillRow:
    return BillRow(
        time=f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        app="wx0000000000000001",
        merchant=merchant,
        sub_merchant="0",
        device="",
        wechat_order="0",
        order="0",
        user="o0000000000000000000000000001",
        trade_type="JSAPI",
        state="SUCCESS",
        bank="OTHERS",
        currency="CNY",
        settle_amount="0.00",
        coupon_amount="0.00",
        wechat_refund="0",
        refund="0",
        refund_amount="0.00",
        coupon_refund_amount="0.00",
        refund_type="",
        refund_state="",
        product="",
        attached="",
        fee="0.00000",
        rate="0.60%",
        order_amount="0.00",
        refund_requested_amount="0.00",
        rate_remark="",
    )


def _paid(row: BillRow, charge: Charge, product: str) -> BillRow:
    amount = printed(charge.amount_minor, decimals=2)
    return row._replace(
        wechat_order=charge.wechat_order,
        order=charge.order,
        settle_amount=amount,
        order_amount=amount,
        product=product,
        fee=_fee(charge.amount_minor),
    )


def _refunded(row: BillRow, amount_minor: int, number: str) -> BillRow:
    amount, fee = printed(amount_minor, decimals=2), _fee(amount_minor)
    return row._replace(
        state="REFUND",
        settle_amount="0.00",
        order_amount="0.00",
        wechat_refund=f"50300000{number}",
        refund=f"R{number}",
        refund_amount=amount,
        refund_requested_amount=amount,
        refund_type="ORIGINAL",
        refund_state="SUCCESS",
        fee=f"-{fee}" if fee.strip("0.") else fee,
    )


def _fee(amount_minor: int) -> str:
    cents = (amount_minor * RATE_PER_MILLE + 500) // 1000
    return f"{printed(cents, decimals=2)}000"
