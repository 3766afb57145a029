"""Reader of WeChat Pay fund flow bills (资金账单): every movement of a merchant's account of a day.

Units: the bill prints yuan; lines carry fen. Signs: 收入 is positive, 支出 negative.
Shape: like the trade bill, a backtick before every value, names of totals and totals at the end.
Account: the bill does not name it.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/wechat.md.
"""

from collections.abc import Iterator
from datetime import date

from providers.amounts import printed, scale, signed_parser, unsigned_parser
from providers.china import ZONE, cell_wrong, is_identity, unknown_of, wrong_width
from providers.columns import (
    ROUNDED,
    UNROUNDED,
    Pick,
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
from providers.source import Source, first_line
from providers.wechat.layout import CELL_SEPARATOR, COUNT, EMPTY, ROW, names_of
from providers.wechat.values import china_time, digest

PROVIDER = "wechat"
COLUMNS: dict[str, tuple[str, ...]] = {
    "time": ("记账时间",),
    "business": ("微信支付业务单号",),
    "flow": ("资金流水单号",),
    "type": ("业务类型",),
    "direction": ("收支类型",),
    "amount": ("收支金额(元)", "收支金额（元）"),
    "balance": ("账户结余(元)", "账户结余（元）"),
    "voucher": ("业务凭证号",),
    "remark": ("备注",),
}
FIELDS = tuple(COLUMNS)
REQUIRED = FIELDS[:-1]
HEADER_MARKS = ("记账时间", "资金流水单号", "收支类型", "业务凭证号")
SIGNS = {"收入": 1, "支出": -1}
KINDS = {  # Of type and direction; what is not here is kept as unknown.
    ("交易", 1): "charge",
    ("退款", -1): "refund",
    ("扣除交易手续费", -1): "fee",
    ("退回交易手续费", 1): "fee",
    ("提现", -1): "payout",
    ("充值", 1): "transfer",
}
DECIMALS = 2
TOTALS = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")
TOTALS_BEGIN = f"`{TOTALS[0]}"
BALANCE = "running_balance"
PROVES = (COUNT, *TOTALS[1:], BALANCE)
_amount, _balance = unsigned_parser(DECIMALS), signed_parser(DECIMALS)


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of a fund flow bill."""
    names = names_of(first_line(head))
    return all(mark in names for mark in HEADER_MARKS)


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row as a line; end with the bill's totals, compared."""
    lines = source.numbered()
    number, header = next(lines, (1, ""))
    names = names_of(header)
    found = find_columns(names, names_to_fields(COLUMNS), line_number=number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, COLUMNS, REQUIRED, number)
    if missing is not None:
        return missing
    rows = _Rows(pick(found, FIELDS, absent=len(names)), len(names), batch_id)
    for number, line in lines:
        if not line:
            continue
        if line[:1] != "`" or line.startswith(TOTALS_BEGIN):
            return _ending(rows, lines, (number, line))
        row = rows.take(line, number)
        if isinstance(row, FileRefused):
            return row
        yield row
    message = f"the file ends after line {number} without its totals: it is cut off"
    return FileRefused("totals_missing", message, number)


class _Rows:
    """All rows of one bill, one after the other; flat in memory."""

    def __init__(self, cells: Pick, width: int, batch_id: str) -> None:
        self._pick = cells
        self._width = width
        self._batch_id = batch_id
        self.count = {1: 0, -1: 0}
        self.minor = {1: 0, -1: 0}
        self.last_day = ""
        self._before: tuple[int, int] | None = None  # Movement and balance of the row before.
        self.steps = self.steps_down = self.steps_up = 0
        self.last_number = 0

    def take(self, line: str, number: int) -> SettlementLine | FileRefused:
        cells = line[1:].split(CELL_SEPARATOR)
        if len(cells) != self._width:
            return wrong_width(line.replace(CELL_SEPARATOR, ","), number, width=self._width)
        cells.append("")
        time, business, flow, kind_cell, direction, amount, balance, voucher, remark = self._pick(
            cells
        )
        booked_at, minor = china_time(time), _amount(amount)
        sign, balance_minor = SIGNS.get(direction, 0), _balance(balance)
        kind = KINDS.get((kind_cell, sign)) or unknown_of(kind_cell)
        named = f"{kind_cell}/{direction}/{flow}/{business}/{voucher}"
        identity = digest(line) if flow in EMPTY and business in EMPTY else named
        if booked_at is None or minor is None or balance_minor is None:
            return _fault(number, time=time, amount=amount, balance=balance)
        if not sign or not kind:
            field, text = ("收支类型", direction) if not sign else ("业务类型", kind_cell)
            expected = "收入 or 支出" if not sign else "a short word"
            return cell_wrong("state_wrong", number, name=field, printed=text, expected=expected)
        wrong = None
        if ROUNDED in identity or not is_identity(identity):
            wrong = _key_fault(number, (flow, business, voucher), identity)
        if wrong is not None:
            return wrong
        self._add(sign, minor=minor, balance_minor=balance_minor)
        self.last_number = number
        self.last_day = max(self.last_day, time[:10])  # Of one zone: text tells the last.
        net = sign * minor
        gross, fee = (0, -net) if kind == "fee" else (net, 0)
        return SettlementLine(
            PROVIDER, self._batch_id, number, kind, identity if voucher in EMPTY else voucher,
            "" if business in EMPTY else business, identity, gross, fee, net, "CNY", booked_at,
            line, code=kind_cell, zone=ZONE, text=remark[:TEXT_CHARACTERS_MAX],
        )  # fmt: skip

    def _add(self, sign: int, *, minor: int, balance_minor: int) -> None:
        self.count[sign] += 1
        self.minor[sign] += minor
        net = sign * minor
        if self._before is not None:
            net_before, balance_before = self._before
            self.steps += 1
            self.steps_down += balance_before + net == balance_minor
            self.steps_up += balance_minor + net_before == balance_before
        self._before = (net, balance_minor)

    def computed(self) -> dict[str, int]:
        """What the rows come to, times 100."""
        unit = 10**DECIMALS
        figures = (
            sum(self.count.values()) * unit,
            self.count[1] * unit,
            self.minor[1],
            self.count[-1] * unit,
            self.minor[-1],
        )
        return dict(zip(TOTALS, figures, strict=True))


def _fault(number: int, *, time: str, amount: str, balance: str) -> FileRefused:
    if china_time(time) is None:
        expected = "YYYY-MM-DD HH:MM:SS"
        return cell_wrong("time_wrong", number, name="记账时间", printed=time, expected=expected)
    if _amount(amount) is None:
        expected = "an unsigned amount of yuan"
        return cell_wrong(
            "amount_wrong", number, name="收支金额", printed=amount, expected=expected
        )
    expected = "an amount of yuan"
    return cell_wrong("amount_wrong", number, name="账户结余", printed=balance, expected=expected)


def _key_fault(number: int, keys: tuple[str, str, str], identity: str) -> FileRefused | None:
    """What is wrong with keys; None if nothing is."""
    for field, key in zip(("flow", "business", "voucher"), keys, strict=True):
        if is_rounded(key):
            name = COLUMNS[field][0]
            return cell_wrong("key_wrong", number, name=name, printed=key, expected=UNROUNDED)
    if is_identity(identity):
        return None
    name, expected = COLUMNS["flow"][0], "printable keys, not too long"
    return cell_wrong("key_wrong", number, name=name, printed=keys[0], expected=expected)


def _ending(
    rows: _Rows, lines: Iterator[tuple[int, str]], names_line: tuple[int, str]
) -> Ending | FileRefused:
    """Read the names of the totals, the totals, and nothing more."""
    number, header = names_line
    names = names_of(header)
    if sorted(names) != sorted(TOTALS):
        message = f"line {number} is neither a row, {ROW}, nor the names of the five totals"
        return FileRefused("totals_not_understood", message, number, "", shown(header))
    if not rows.last_number:
        return FileRefused("no_lines", "a bill without a row is of no day", number)
    number, line = next((each for each in lines if each[1]), (number + 1, ""))
    controls = _controls(names, line, number, rows)
    if isinstance(controls, FileRefused):
        return controls
    for number, line in lines:
        if line:
            message = f"line {number} follows the totals"
            return FileRefused("text_after_totals", message, number, "", shown(line))
    return Ending("", date.fromisoformat(rows.last_day), controls)


def _controls(
    names: list[str], line: str, number: int, rows: _Rows
) -> tuple[Control, ...] | FileRefused:
    texts = line[1:].split(CELL_SEPARATOR)
    if line[:1] != "`" or len(texts) != len(names):
        message = f"line {number} should have {len(names)} totals"
        return FileRefused("totals_not_understood", message, number, "", shown(line))
    computed, controls = rows.computed(), list[Control]()
    for name, text in zip(names, texts, strict=True):
        value = scale(text, DECIMALS)
        if value is None:
            expected = "a number"
            return cell_wrong("total_wrong", number, name=name, printed=text, expected=expected)
        decimals = 0 if name.endswith("笔数") else DECIMALS
        figure = printed(computed[name] // 10 ** (DECIMALS - decimals), decimals=decimals)
        label = COUNT if name == TOTALS[0] else name
        controls.append(Control(label, text, figure, value == computed[name], number))
    held = max(rows.steps_down, rows.steps_up)  # Oldest first as a rule, newest first as well.
    holds = held == rows.steps
    controls.append(Control(BALANCE, str(rows.steps), str(held), holds, rows.last_number))
    return tuple(controls)
