"""Writer of WeChat Pay trade bills in today's layout of 27 columns, totals recomputed.

Units: cells are text as printed, major units; the fee has 5 decimals.
Shape: read_rows(path) -> rows; write_bill(rows, out). Written after read gives the same bytes:
BOM, CRLF, a backtick before every value, totals with as few decimals as they need but one.
Errors: rows that are no bill are a bug of the caller: AssertionError.
Source: docs/formats/wechat.md; the real bill in samples/, whose number formats are kept.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from providers.amounts import printed
from providers.source import open_source
from providers.wechat.layout import AMOUNTS, CELL_SEPARATOR, FEE, TOTALS
from providers.wechat.totals import computed
from providers.wechat.values import FEE_DECIMALS, CurrencySums, begin_sums

REAL_BILL = Path(__file__).parent / "samples" / "bill.ALL.csv"

HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,"
    "交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,"
    "充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,"
    "费率备注"
)
TOTALS_HEADER = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
BOM, LINE_END = "\ufeff", "\r\n"
ROWS_AT_ONCE = 1_000  # About 400 KB of text between two writes.


class BillRow(NamedTuple):
    """The cells of a row in the order of HEADER."""

    time: str
    app: str
    merchant: str
    sub_merchant: str
    device: str
    wechat_order: str
    order: str
    user: str
    trade_type: str
    state: str
    bank: str
    currency: str
    settle_amount: str
    coupon_amount: str
    wechat_refund: str
    refund: str
    refund_amount: str
    coupon_refund_amount: str
    refund_type: str
    refund_state: str
    product: str
    attached: str
    fee: str
    rate: str
    order_amount: str
    refund_requested_amount: str
    rate_remark: str


_AMOUNTS = attrgetter(*AMOUNTS, FEE)


def read_rows(path: Path) -> Iterator[BillRow]:
    """Give the rows of a bill that was proven and has today's columns in their usual order."""
    with open_source(path) as source:
        lines = (line for batch in source.batches() for line in batch)
        assert next(lines, "") == HEADER, "not a bill of 27 columns"
        for line in lines:
            if line == TOTALS_HEADER:
                return
            yield BillRow(*line[1:].split(CELL_SEPARATOR))


def write_bill(rows: Iterable[BillRow], out: BinaryIO) -> None:
    """Write rows as they come, then their totals. Memory stays flat."""
    sums: dict[str, CurrencySums] = {}
    count = 0
    waiting = [BOM + HEADER]
    for row in rows:
        of_currency = sums.get(row.currency) or begin_sums(sums, row.currency)
        assert of_currency is not None, f"no currency: {row.currency}"
        assert of_currency.add(_AMOUNTS(row)) is not None, f"a bad amount in {row}"
        count += 1
        waiting.append("`" + CELL_SEPARATOR.join(row))
        if len(waiting) == ROWS_AT_ONCE:
            _flush(waiting, out)
    totals = [shortest(computed(sums, count, TOTALS[name])[0]) for name in TOTALS_HEADER.split(",")]
    waiting += [TOTALS_HEADER, "`" + CELL_SEPARATOR.join(totals)]
    _flush(waiting, out)


def shortest(scaled: int) -> str:
    """Print as the totals do: `45.0`, `0.47`, `0.0`. From a value times 10^5."""
    text = printed(scaled, decimals=FEE_DECIMALS).rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _flush(waiting: list[str], out: BinaryIO) -> None:
    out.write((LINE_END.join(waiting) + LINE_END).encode())
    waiting.clear()
