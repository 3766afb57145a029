"""Readers of WeChat Pay: trade bills (ALL, SUCCESS, REFUND, old and new names), gzip or not.

The fund flow bill is in fund_flow.py, the statement of a private wallet in wallet.py.

Units: the bill prints major units, the fee with 5 decimals; lines carry integer minor units.
Signs: a payment's gross is the settle amount, a refund's is its refund amount, negative; the fee is
signed as printed. What reaches the account = settle - refund - fee = the sum of net.
Keys: our order number for a payment, our refund number for a refund. WeChat's own order number is
not unique in a real bill. Empty ids are printed `0`.
Time: China time without offset, fixed at +08:00 (no summer time since 1991, WeChat Pay is younger).
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/wechat.md.
"""

from collections.abc import Iterator
from datetime import date

from providers.reader import Format, Reading, Variant, look_alike
from providers.settlement_file import Ending, FileRefused, shown
from providers.source import Source, first_line
from providers.wechat import fund_flow, wallet
from providers.wechat.layout import (
    COUNT,
    TOTALS,
    Layout,
    names_of,
    parse_header,
    parse_totals_header,
)
from providers.wechat.row import PROVIDER, Rows
from providers.wechat.totals import check_totals

HEADER_MARKS = ("交易时间", "微信订单号", "商户订单号", "交易状态", "货币种类")
OLD_NAME = "总金额"
TOTALS_BEGIN = "`总交易单数"
LOOK_ALIKES = {
    "支付汇率": "a bill of WeChat Pay outside China, with its own columns; it is not read",
    "<return_code>": "an error answer of WeChat Pay in place of a bill",
}


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of a trade bill."""
    names = names_of(first_line(head))
    return all(mark in names for mark in HEADER_MARKS)


def recognises_old(head: bytes) -> bool:
    """Whether they are the names of old bills."""
    return recognises(head) and OLD_NAME in names_of(first_line(head))


def resembles(head: bytes) -> str:
    """What else of WeChat's this is, in words; empty if it is nothing known."""
    return look_alike(head, LOOK_ALIKES)


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row as a line; end with the bill's totals, compared."""
    lines = source.numbered()
    number, header = next(lines, (1, ""))
    layout = parse_header(header)
    if isinstance(layout, FileRefused):
        return layout
    rows = Rows(layout, batch_id)
    for number, line in lines:
        if not line:
            continue
        row = rows.take(line, number) if line[:1] == "`" else None
        if row is None or (isinstance(row, FileRefused) and line.startswith(TOTALS_BEGIN)):
            return _ending(rows, layout, lines, (number, line))
        if isinstance(row, FileRefused):
            return row
        yield row
    message = f"the file ends after line {number} without its totals: it is cut off"
    return FileRefused("totals_missing", message, number)


def _ending(
    rows: Rows, layout: Layout, lines: Iterator[tuple[int, str]], names_line: tuple[int, str]
) -> Ending | FileRefused:
    """Read the names of the totals, the totals, and nothing more."""
    number, header = names_line
    names = parse_totals_header(header, number, refunds=layout.has_refunds)
    if isinstance(names, FileRefused):
        return names
    number, line = next((each for each in lines if each[1]), (number + 1, ""))
    if not rows.count:
        return FileRefused("no_lines", "a bill without a row does not say whose it is", number)
    controls = check_totals(names, line, number, rows)
    if isinstance(controls, FileRefused):
        return controls
    for number, line in lines:
        if line:
            message = f"line {number} follows the totals"
            return FileRefused("text_after_totals", message, number, "", shown(line))
    account = rows.payee.account()
    if not account:
        message = "the rows do not belong to one merchant account"
        return FileRefused("merchant_not_one", message, None, layout.names["merchant"])
    return Ending(account, date.fromisoformat(rows.last_day), controls)


PROVES = (COUNT, *(name for name, field in TOTALS.items() if field != COUNT))

FORMAT = Format(
    name="wechat",
    provider=PROVIDER,
    about="WeChat Pay, plain or gzip",
    variants=(
        Variant("trade_bill_old", "trade bill, old names", PROVES, recognises_old, read),
        Variant("trade_bill", "trade bill (ALL, SUCCESS, REFUND)", PROVES, recognises, read),
        Variant(
            "fund_flow",
            "fund flow bill",
            fund_flow.PROVES,
            fund_flow.recognises,
            fund_flow.read,
        ),
        Variant(
            "wallet_statement",
            "statement of a private wallet",
            wallet.PROVES,
            wallet.recognises,
            wallet.read,
        ),
    ),
    resembles=resembles,
)
