"""Bills for tests: made-up rows, their bytes, and a naive second reader to compare with."""

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from hypothesis import strategies as st

from providers.wechat.bill import HEADER, BillRow, write_bill

SAMPLES = Path(__file__).parent / "samples"

ROW = BillRow(
    time="2026-03-31 10:00:00", app="wx1", merchant="1900000109", sub_merchant="0", device="",
    wechat_order="42000001", order="order-1", user="user", trade_type="JSAPI", state="SUCCESS",
    bank="OTHERS", currency="CNY", settle_amount="10.00", coupon_amount="0.00",
    wechat_refund="0", refund="0", refund_amount="0.00", coupon_refund_amount="0.00",
    refund_type="", refund_state="", product="book", attached="", fee="0.06000", rate="0.60%",
    order_amount="10.00", refund_requested_amount="0.00", rate_remark="",
)  # fmt: skip
REFUND = ROW._replace(
    order="order-0", state="REFUND", settle_amount="0.00", order_amount="0.00", refund="refund-1",
    wechat_refund="50300001", refund_amount="4.00", refund_requested_amount="4.00",
    refund_type="ORIGINAL", refund_state="SUCCESS", fee="-0.02000",
)  # fmt: skip


def bill(*rows: BillRow) -> bytes:
    out = BytesIO()
    write_bill(rows, out)
    return out.getvalue()


@dataclass(frozen=True)
class NaiveTotals:
    """What a spreadsheet would make of the rows and of the totals line, as exact decimals."""

    computed: tuple[Decimal, ...]
    printed: tuple[Decimal, ...]
    net: Decimal


def read_naively(content: bytes) -> NaiveTotals:
    """Sum an ALL bill of 27 columns the plain way; the order of totals is that of today."""
    texts = content.decode("utf-8-sig").rstrip("\r\n").replace("\r\n", "\n").split("\n")
    rows = [dict(zip(HEADER.split(","), r[1:].split(",`"), strict=True)) for r in texts[1:-2]]
    names = ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额")
    sums = tuple(sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in names)
    printed = tuple(Decimal(text) for text in texts[-1][1:].split(",`"))
    return NaiveTotals((Decimal(len(rows)), *sums), printed, sums[0] - sums[1] - sums[3])


CENTS = st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
FEES = st.integers(-(10**7), 10**9).map(
    lambda scaled: f"{'-' if scaled < 0 else ''}{abs(scaled) // 10**5}.{abs(scaled) % 10**5:05d}"
)
KEYS = st.text("abcXYZ019_-*@", min_size=1, max_size=32).filter(lambda key: key != "0")
# Whatever a shop calls its goods; only a comma before a backtick would cut the cell in two.
PRODUCTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from(",` 茶"), max_size=40
).filter(lambda text: ",`" not in f",{text}," and not text.endswith(","))


@st.composite
def rows(draw: st.DrawFn) -> BillRow:
    """A payment or a refund with any amounts, keys and names."""
    product, fee, amount = draw(PRODUCTS), draw(FEES), draw(CENTS)
    second = draw(st.integers(0, 59))
    row = ROW._replace(
        time=f"2026-03-31 10:00:{second:02d}", order=draw(KEYS), wechat_order=draw(KEYS),
        product=product, attached=draw(PRODUCTS), fee=fee,
    )  # fmt: skip
    if draw(st.booleans()):
        return row._replace(settle_amount=amount, order_amount=draw(CENTS))
    return row._replace(
        state="REFUND", settle_amount="0.00", order_amount="0.00", refund=draw(KEYS),
        wechat_refund=draw(KEYS), refund_amount=amount, refund_requested_amount=draw(CENTS),
        coupon_refund_amount=draw(CENTS), refund_state="SUCCESS",
    )  # fmt: skip


BILLS = st.lists(rows(), min_size=1, max_size=12)
