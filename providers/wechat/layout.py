"""The columns of a WeChat Pay trade bill, old and new, by their printed names.

Shape: parse_header / parse_totals_header take the cells of a header line and say where each field
is, or why the header cannot be read. Column order does not matter, names do.
Seen or documented: ALL bill with 27 columns (24 in old bills), SUCCESS bill with 20, REFUND bill
with 29, which adds two times. A few merchants still get the old names.
Source: docs/formats/wechat.md.
"""

from dataclasses import dataclass

from providers.columns import Pick, find_columns, pick
from providers.settlement_file import FileRefused, shown

CELL_SEPARATOR = ",`"  # A backtick stands before every value, so a comma alone does not separate.
ROW = "which begins with a backtick (was it saved by a spreadsheet?)"


# What is read of a row, in the order in which Layout gives it.
VALUES = (
    "merchant",
    "sub_merchant",
    "time",
    "accepted_time",
    "wechat_order",
    "order",
    "wechat_refund",
    "refund",
    "state",
    "refund_state",
    "currency",
)
AMOUNTS = (
    "settle_amount",
    "refund_amount",
    "coupon_refund_amount",
    "order_amount",
    "refund_requested_amount",
)
FEE = "fee"

# Field -> the names that it has in one bill or another, today's first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "merchant": ("商户号",),
    "sub_merchant": ("特约商户号", "子商户号"),
    "time": ("交易时间",),
    "accepted_time": ("退款申请时间",),
    "wechat_order": ("微信订单号",),
    "order": ("商户订单号",),
    "wechat_refund": ("微信退款单号",),
    "refund": ("商户退款单号",),
    "state": ("交易状态",),
    "refund_state": ("退款状态",),
    "currency": ("货币种类",),
    "settle_amount": ("应结订单金额", "总金额"),
    "refund_amount": ("退款金额",),
    "coupon_refund_amount": ("充值券退款金额", "代金券或立减优惠退款金额", "企业红包退款金额"),
    "order_amount": ("订单金额",),
    "refund_requested_amount": ("申请退款金额",),
    "fee": ("手续费",),
}
ALL_BILLS_HAVE = ("merchant", "time", "wechat_order", "order", "state", "currency")
REQUIRED = (*ALL_BILLS_HAVE, "settle_amount", FEE)
REFUND_COLUMNS = ("wechat_refund", "refund", "refund_amount")  # All or none; none: SUCCESS bill.

# Name of a total -> the field that it sums; COUNT is the number of lines.
COUNT = "count"
TOTALS: dict[str, str] = {
    "总交易单数": COUNT,
    "应结订单总金额": "settle_amount",
    "总交易额": "settle_amount",
    "退款总金额": "refund_amount",
    "总退款金额": "refund_amount",
    "充值券退款总金额": "coupon_refund_amount",
    "总代金券或立减优惠退款金额": "coupon_refund_amount",
    "总企业红包退款金额": "coupon_refund_amount",
    "手续费总金额": "fee",
    "订单总金额": "order_amount",
    "申请退款总金额": "refund_requested_amount",
}
TOTALS_REQUIRED = (COUNT, "settle_amount", "fee")

ABSENT = "0"  # Stands for a column that the layout does not have: an empty id, no amount.
EMPTY = ("", ABSENT)  # How an id that is not there is printed.


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of this bill are. A Pick takes cells with ABSENT appended to them."""

    width: int
    has_refunds: bool
    names: dict[str, str]  # Field -> its name in this bill, for messages.
    values: Pick  # The cells of VALUES.
    amounts: Pick  # The cells of AMOUNTS, then the fee.


def names_of(line: str) -> list[str]:
    """The names in a line of names; the backtick of values was seen before them as well."""
    return [name.removeprefix("`") for name in line.split(",")]


def parse_header(line: str) -> Layout | FileRefused:
    """Find every field in the first line."""
    names = names_of(line)
    refunds = any(name in names for field in REFUND_COLUMNS for name in COLUMNS[field])
    for field in (*REQUIRED, *(REFUND_COLUMNS if refunds else ())):
        if not any(name in names for name in COLUMNS[field]):
            name = " or ".join(COLUMNS[field])
            return FileRefused("column_missing", f"the header has no column {name}", 1, name)
    fields = {name: field for field in COLUMNS for name in COLUMNS[field]}
    found = find_columns(names, fields, line_number=1)
    if isinstance(found, FileRefused):
        return found
    return Layout(
        width=len(names),
        has_refunds=refunds,
        names={field: names[position] for field, position in found.items()},
        values=pick(found, VALUES, absent=len(names)),
        amounts=pick(found, (*AMOUNTS, FEE), absent=len(names)),
    )


def parse_totals_header(line: str, number: int, *, refunds: bool) -> list[str] | FileRefused:
    """The names of the totals in their order, all of them known."""
    names = names_of(line)
    strange = [shown(name) for name in names if name not in TOTALS]
    if len(strange) == len(names):
        message = f"line {number} is neither a row, {ROW}, nor names of totals"
        return FileRefused("totals_not_understood", message, number, "", shown(line))
    if strange:
        message = f"line {number}: {strange[0]!r} is no total that we know"
        return FileRefused("totals_not_understood", message, number, strange[0])
    for field in (*TOTALS_REQUIRED, *(("refund_amount",) if refunds else ())):
        if not any(TOTALS[name] == field for name in names):
            message = f"the totals in line {number} lack one for {field}"
            return FileRefused("total_missing", message, number, field)
    found = find_columns(names, TOTALS, line_number=number)
    return found if isinstance(found, FileRefused) else names
