"""The older export of a private Alipay wallet, from its web site (支付宝交易记录明细查询).

Units: yuan as printed. Signs: what became of the money (资金状态) decides: 已收入 came, 已支出
went; where it is still to come or go, or moved between pockets of one person, the row counts
nothing and its amount stands in the text of the line. Where that cell is empty and the trade is
not closed, 收/支 decides. Service fee (服务费) is a cost beside the amount.
Totals stand behind the rows: count, and what has come, went, is still to come and to go.
Account: none; name and account of a person stay unread.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/alipay.md.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from providers.alipay.bill import DECIMALS, PROVIDER
from providers.alipay.wallet import CLOSED
from providers.amounts import plain, printed, scale, unsigned_parser
from providers.china import (
    ZONE,
    cell_wrong,
    cells_of,
    china_time,
    is_identity,
    unknown_of,
    wrong_width,
)
from providers.columns import (
    ROUNDED,
    UNROUNDED,
    Pick,
    any_rounded,
    find_columns,
    is_rounded,
    missing_column,
    names_to_fields,
    pick,
)
from providers.reader import Reading
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    Control,
    Ending,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.source import Source
from providers.wallet import EXPENSE, INCOME

if TYPE_CHECKING:
    from datetime import datetime

TITLE, LIST_BEGINS, RULE = "支付宝交易记录明细查询", "交易记录明细列表", "-----"
EXPORTED = "导出时间"
HEADING_LINES_MAX = 16  # Four were seen.
COLUMNS: dict[str, tuple[str, ...]] = {
    "trade": ("交易号",),
    "order": ("商家订单号",),
    "created": ("交易创建时间",),
    "paid": ("付款时间",),
    "type": ("类型",),
    "product": ("商品名称",),
    "amount": ("金额（元）", "金额(元)"),
    "direction": ("收/支",),
    "state": ("交易状态",),
    "fee": ("服务费（元）", "服务费(元)"),
    "money": ("资金状态",),
}
FIELDS = tuple(COLUMNS)
REQUIRED = tuple(name for name in FIELDS if name not in {"type", "product", "fee"})
CAME, WENT = "已收入", "已支出"
TOTALS = (CAME, "待收入", WENT, "待支出")
SIGNS = {CAME: 1, WENT: -1}
BY_DIRECTION = {INCOME: 1, EXPENSE: -1}
# Not there yet, moved between pockets of one person, or held and let go: nothing came or went.
STILL = ("", "待收入", "待支出", "资金转移", "冻结", "解冻")
PROVES = ("count", *(f"{label}{what}" for label in TOTALS for what in ("笔数", "金额")))
_COUNT = re.compile(r"共 ?([0-9]{1,9}) ?笔记录")
_TOTAL = re.compile(r"([^:：]{3})[:：]([0-9]{1,9})笔[,，]([0-9][0-9,.]{0,30})元")
_minor = unsigned_parser(DECIMALS)
Sums = dict[tuple[str, str], list[int]]  # Of a word in one column: count and fen.


def read(source: Source, batch_id: str, *, encoding: str) -> Reading:
    """Yield every row as a line; end with the totals behind them, compared."""
    lines = source.numbered(encoding)
    rows = _begin(lines, batch_id)
    if isinstance(rows, FileRefused):
        return rows
    number = 0
    for number, line in lines:
        if line.startswith(RULE):
            return _ending(rows, lines, number)
        if not line.strip(", \t"):
            continue
        row = rows.take(line, number)
        if isinstance(row, FileRefused):
            return row
        yield row
    message = f"the file ends after line {number} without its totals: it is cut off"
    return FileRefused("totals_missing", message, number or None)


def _begin(lines: Iterator[tuple[int, str]], batch_id: str) -> "_Rows | FileRefused":
    """Read the lines above the rows, the header included."""
    number = 0
    for number, line in lines:
        if line.startswith(RULE) and LIST_BEGINS in line:
            break
        if number == HEADING_LINES_MAX:
            break
    number, header = next(lines, (number + 1, ""))
    names = [name.strip() for name in header.split(",")]
    found = find_columns(names, names_to_fields(COLUMNS), line_number=number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, COLUMNS, REQUIRED, number)
    if missing is not None:
        return missing
    printed_names = {field: names[at] for field, at in found.items()}
    return _Rows(pick(found, FIELDS, absent=len(names)), printed_names, batch_id, len(names))


class _Rows:
    """All rows of one export, one after the other; flat in memory."""

    def __init__(self, cells: Pick, names: Mapping[str, str], batch_id: str, width: int) -> None:
        self._pick = cells
        self._names = names
        self._batch_id = batch_id
        self._width = width
        self.count = 0
        self.last: datetime | None = None
        self.sums: Sums = {}

    def take(self, line: str, number: int) -> SettlementLine | FileRefused:
        cells = cells_of(line, self._width)
        if cells is None:
            return wrong_width(line, number, width=self._width)
        cells.append("")
        row: dict[str, str] = dict(zip(FIELDS, map(str.strip, self._pick(cells)), strict=True))
        booked_at = china_time(row["paid"] or row["created"])
        amount, fee = _minor(row["amount"]), _minor(row["fee"] or "0")
        sign = _sign(row)
        kind = _kind(row, sign)
        trade, order = row["trade"], row["order"]
        identity = f"{trade}/{row['created']}/{row['money']}/{row['direction']}"
        if booked_at is None or amount is None or fee is None or not kind or not trade:
            return self._fault(row, number)
        if not is_identity(f"{identity}{order}"):
            return self._fault(row, number)
        if ROUNDED in line and any_rounded(trade, order):
            return self._fault(row, number)
        self._add(row, amount)
        self.last = booked_at if self.last is None else max(self.last, booked_at)
        gross, cost = sign * amount, fee if sign else 0
        text = row["product"] if sign else f"{row['amount']} {row['product']}"
        return SettlementLine(
            PROVIDER, self._batch_id, number, kind, order or identity, trade, identity,
            gross, cost, gross - cost, "CNY", booked_at, line, code=row["state"], zone=ZONE,
            text=text.strip()[:TEXT_CHARACTERS_MAX],
        )  # fmt: skip

    def _add(self, row: Mapping[str, str], amount_minor: int) -> None:
        self.count += 1
        for key in (("money", row["money"]), ("direction", row["direction"])):
            if key[1] in TOTALS or key[1] in BY_DIRECTION:
                sums = self.sums.setdefault(key, [0, 0])
                sums[0] += 1
                sums[1] += amount_minor

    def _fault(self, row: Mapping[str, str], number: int) -> FileRefused:
        """What is wrong with a row of which something is."""
        code, field, expected = "key_wrong", "trade", "printable keys, not too long"
        if any_rounded(row["trade"], row["order"]):
            field, expected = "trade" if is_rounded(row["trade"]) else "order", UNROUNDED
        if china_time(row["paid"] or row["created"]) is None:
            field = "paid" if row["paid"] else "created"
            code, expected = "time_wrong", "YYYY-MM-DD HH:MM:SS"
        elif _minor(row["amount"]) is None or _minor(row["fee"] or "0") is None:
            field = "amount" if _minor(row["amount"]) is None else "fee"
            code, expected = "amount_wrong", "an unsigned amount of yuan"
        elif not _kind(row, _sign(row)):
            code, field, expected = "state_wrong", "money", "a short word"
        name = self._names[field]
        return cell_wrong(code, number, name=name, printed=row[field], expected=expected)


def _sign(row: Mapping[str, str]) -> int:
    """Whether the money of a row came, went or did neither."""
    money = row["money"]
    if money in SIGNS:
        return SIGNS[money]
    decides = money not in STILL or (not money and row["state"] not in CLOSED)
    return BY_DIRECTION.get(row["direction"], 0) if decides else 0


def _kind(row: Mapping[str, str], sign: int) -> str:
    money = row["money"]
    if money not in STILL and money not in SIGNS:
        return unknown_of(money)
    return "bank_entry" if sign or row["state"] in CLOSED else "transfer"


def _ending(rows: _Rows, lines: Iterator[tuple[int, str]], rule: int) -> Ending | FileRefused:
    """Read the lines behind the rule that ends the rows, and nothing more."""
    controls: list[Control] = []
    names: set[str] = set()
    number, exported = rule, False
    for number, line in lines:
        text = line.rstrip(", \t")
        if not text or text.startswith(EXPORTED):
            exported = exported or bool(text)
            continue
        label, made = _total(rows, text, number)
        if exported or not made or label in names:
            message = f"line {number} is no total, or a second one of its name"
            return FileRefused("totals_not_understood", message, number, "", shown(text))
        names.add(label)
        controls += made
    if "" not in names:
        message = f"the file ends after line {number} without 共…笔记录: it is cut off"
        return FileRefused("totals_missing", message, number)
    if rows.last is None:
        return FileRefused("no_lines", "an export without a row is of no day", number)
    return Ending("", rows.last.date(), tuple(controls))


def _total(rows: _Rows, text: str, number: int) -> tuple[str, list[Control]]:
    """The name of a total and its controls; none if it is no total that we know."""
    whole, found = _COUNT.fullmatch(text), _TOTAL.fullmatch(text)
    if whole is not None:
        holds = int(whole[1]) == rows.count
        return "", [Control("count", whole[1], str(rows.count), holds, number)]
    if found is None or found[1] not in TOTALS:
        return text, []
    label, count, amount = found.groups()
    value = scale(plain(amount, decimal_mark=".", group_mark=",") or "", DECIMALS)
    if value is None:
        return text, []
    # Whether the file sums what became of the money or 收/支 it does not say.
    ways = [("money", label)]
    ways += [("direction", label[1:])] if label in SIGNS else []
    both = [rows.sums.get(way, [0, 0]) for way in ways]
    sums = next((each for each in both if each == [int(count), value]), both[0])
    figures = printed(sums[1], decimals=DECIMALS)
    return label, [
        Control(f"{label}笔数", count, str(sums[0]), int(count) == sums[0], number),
        Control(f"{label}金额", amount, figures, value == sums[1], number),
    ]
