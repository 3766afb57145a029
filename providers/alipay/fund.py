"""Rows of Alipay's fund bill (账务明细): every movement of one merchant account.

Units: fen. Signs: income is positive, an expense negative, with a minus before it or without.
Keys: the flow number names the movement; our order may have several.
No control over the balance column: Alipay says of it that it need not run from row to row.
Not seen in a real file, only in readers of others: see the open questions.
Source: docs/formats/alipay.md.
"""

from providers.alipay.bill import DECIMALS, PROVIDER, Layout, Table
from providers.amounts import signed_parser
from providers.china import (
    ZONE,
    cell_wrong,
    cells_of,
    china_time,
    is_identity,
    unknown_of,
    wrong_width,
)
from providers.columns import ROUNDED, UNROUNDED, any_rounded, is_rounded
from providers.settlement_file import TEXT_CHARACTERS_MAX, FileRefused, SettlementLine

TITLE = "#支付宝账务明细查询"
INCOME, EXPENSE = "收入合计", "支出合计"
FIELDS = ("flow", "business", "order", "product", "time", "income", "expense", "type", "remark")
KEYS = ("flow", "business", "order")
COLUMNS: dict[str, tuple[str, ...]] = {
    "flow": ("账务流水号",),
    "business": ("业务流水号",),
    "order": ("商户订单号",),
    "product": ("商品名称",),
    "time": ("发生时间",),
    "income": ("收入金额（+元）", "收入金额(+元)"),
    "expense": ("支出金额（-元）", "支出金额(-元)"),
    "type": ("业务类型",),
    "remark": ("备注",),
}
REQUIRED = ("flow", "time", "income", "expense", "type")
KINDS = {  # Of type and direction; what is not here is kept as unknown.
    ("交易", True): "charge",
    ("交易付款", True): "charge",
    ("在线支付", True): "charge",
    ("退款", False): "refund",
    ("交易退款", False): "refund",
    ("退款（交易退款）", False): "refund",
    ("收费", False): "fee",
    ("服务费", False): "fee",
    ("退费", True): "fee",
    ("提现", False): "payout",
    ("转账", True): "transfer",
    ("转账", False): "transfer",
    ("充值", True): "transfer",
    ("交易分账", True): "transfer",
    ("交易分账", False): "transfer",
    ("保证金", True): "reserve",
    ("保证金", False): "reserve",
}
_minor = signed_parser(DECIMALS)


def _take(table: Table, line: str, number: int) -> SettlementLine | FileRefused:
    cells = cells_of(line, table.width)
    if cells is None:
        return wrong_width(line, number, width=table.width)
    cells.append("")
    row = tuple(map(str.strip, table.cells(cells)))
    flow, business, order, product, time, income_text, expense_text, type_, remark = row
    income, expense = _minor(income_text or "0"), _minor(expense_text or "0")
    booked_at = china_time(time)
    if income is None or expense is None or booked_at is None:
        return _fault(table, row, number)
    net = income - abs(expense)
    kind = KINDS.get((type_, net >= 0)) or unknown_of(type_)
    if income < 0 or (income and expense) or not kind:
        return _fault(table, row, number)
    keys = f"{flow}{business}{order}"
    if not flow or not is_identity(keys):
        return _fault(table, row, number)
    if ROUNDED in keys and any_rounded(flow, business, order):
        return _fault(table, row, number)
    if net:
        sums = table.sums[INCOME if net > 0 else EXPENSE]
        sums.count += 1
        sums.amounts[0] += net
    table.last_day = max(
        table.last_day, time[:10]
    )  # All are China's: their text says which is the last.
    gross, fee = (0, -net) if kind == "fee" else (net, 0)
    return SettlementLine(
        PROVIDER, table.batch_id, number, kind, order or flow, business, flow, gross, fee, net,
        "CNY", booked_at, line, code=type_, zone=ZONE, account=table.account,
        text=f"{product} {remark}".strip()[:TEXT_CHARACTERS_MAX],
    )  # fmt: skip


def _fault(table: Table, row: tuple[str, ...], number: int) -> FileRefused:
    """What is wrong with a row of which something is."""
    cells: dict[str, str] = dict(zip(FIELDS, row, strict=True))
    income, expense = (_minor(cells[name] or "0") for name in ("income", "expense"))
    code, name, expected = "key_wrong", "flow", "printable keys, not too long"
    rounded = [key for key in KEYS if is_rounded(cells[key])]
    if rounded:
        name, expected = rounded[0], UNROUNDED
    if income is None or expense is None:
        code, name = "amount_wrong", "income" if income is None else "expense"
        expected = f"an amount with at most {DECIMALS} decimals"
    elif china_time(cells["time"]) is None:
        code, name, expected = "time_wrong", "time", "YYYY-MM-DD HH:MM:SS"
    elif income < 0 or (income and expense):
        code, name, expected = "amount_contradicts_state", "income", "an income or an expense"
    elif not unknown_of(cells["type"]):
        code, name, expected = "state_wrong", "type", "a short word"
    return cell_wrong(code, number, name=table.names[name], printed=cells[name], expected=expected)


FUND = Layout(
    title=TITLE,
    fields=FIELDS,
    columns=COLUMNS,
    required=REQUIRED,
    totals={EXPENSE: ("",), INCOME: ("",)},
    unsigned=True,
    take=_take,
)
