"""Statements of a private wallet, WeChat's and Alipay's: totals on top, then a row a movement.

Units: integer fen. Signs: income is positive, an expense negative. What only moves between pockets
of the same person is a `transfer` of nothing, its printed amount in the text of the line.
Shape: Wallet says how one provider prints it; read_wallet is the reader of both.
Account: none. Name, e-mail and nickname of a person are no merchant's account, and stay unread.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/wechat.md, docs/formats/alipay.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from providers.amounts import plain, printed, scale, unsigned_parser
from providers.china import (
    ZONE,
    cell_wrong,
    cells_of,
    china_time,
    digest,
    is_identity,
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

if TYPE_CHECKING:
    from datetime import datetime

INCOME, EXPENSE = "收入", "支出"
FIELDS = ("time", "type", "direction", "amount", "state", "trade", "order", "method", "product")
REQUIRED = ("time", "type", "direction", "amount", "state", "trade", "order")
EMPTY = ("", "/")  # How a key that is not there is printed.
HEADING_LINES_MAX = 64  # 16 and 24 were seen.
DECIMALS = 2
_COUNT = re.compile(r"共([0-9]{1,9})笔记录")
_TOTAL = re.compile(r"([0-9]{1,9})笔 *(-?[0-9][0-9,.]{0,30})元")
_minor = unsigned_parser(DECIMALS)


class Movement(NamedTuple):
    """What a row means."""

    kind: str
    code: str
    sign: int  # 0: no money came or went.
    done: bool = True  # Whether the trade was carried out, not closed.


@dataclass(frozen=True, slots=True)
class Wallet:
    """How one provider prints its statement."""

    provider: str
    marker: str  # In the line above the header.
    neutral: str  # Its word for what is neither income nor expense, in the totals.
    columns: Mapping[str, Sequence[str]]
    judge: Callable[[Mapping[str, str]], Movement | None]  # None: a direction nobody knows.


class _Total(NamedTuple):
    """A printed total; without an amount it is that of all rows."""

    rows: str
    amount: str
    number: int


class _Sums:
    """What the rows of one direction come to."""

    __slots__ = ("all_minor", "count", "done_minor")

    def __init__(self) -> None:
        self.count = self.all_minor = self.done_minor = 0


def read_wallet(source: Source, batch_id: str, *, wallet: Wallet, encoding: str) -> Reading:
    """Yield every row as a line; end with the totals of the heading, compared."""
    lines = source.numbered(encoding)
    totals = _heading(lines, wallet)
    if isinstance(totals, FileRefused):
        return totals
    number, header = next(lines, (1, ""))
    names = [name.strip() for name in header.split(",")]
    found = find_columns(names, names_to_fields(wallet.columns), line_number=number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, wallet.columns, REQUIRED, number)
    if missing is not None:
        return missing
    cells = pick(found, FIELDS, absent=len(names))
    printed_names = {field: names[at] for field, at in found.items()}
    rows = _Rows(wallet, batch_id, cells, printed_names, width=len(names))
    for number, line in lines:
        if not line.strip(", \t"):
            continue
        row = rows.take(line, number)
        if isinstance(row, FileRefused):
            return row
        yield row
    if rows.last is None:
        return FileRefused("no_lines", "a statement without a row is of no day", number)
    return Ending("", rows.last.date(), _controls(totals, rows, wallet))


class _Rows:
    """All rows of one statement, one after the other; flat in memory."""

    def __init__(
        self,
        wallet: Wallet,
        batch_id: str,
        cells: Pick,
        names: Mapping[str, str],
        *,
        width: int,
    ) -> None:
        self._wallet = wallet
        self._batch_id = batch_id
        self._pick = cells
        self._names = names
        self._width = width
        self.count = 0
        self.last: datetime | None = None
        self.sums = {name: _Sums() for name in (INCOME, EXPENSE, wallet.neutral)}

    def take(self, line: str, number: int) -> SettlementLine | FileRefused:
        cells = cells_of(line, self._width)
        if cells is None:
            return wrong_width(line, number, width=self._width)
        cells.append("")
        row: dict[str, str] = dict(zip(FIELDS, map(str.strip, self._pick(cells)), strict=True))
        booked_at, amount_minor = china_time(row["time"]), _amount(row["amount"])
        movement = self._wallet.judge(row)
        trade, order = row["trade"], row["order"]
        named = f"{trade}/{row['time']}/{row['direction']}/{row['type']}"
        identity = digest(line) if trade in EMPTY else named
        reference = identity if order in EMPTY else order
        if booked_at is None or amount_minor is None or movement is None or not movement.kind:
            return self._fault(row, number)
        if not is_identity(f"{identity}{reference}"):
            return self._fault(row, number)
        if ROUNDED in line and any_rounded(trade, order):
            return self._fault(row, number)
        self._add(row["direction"], amount_minor, done=movement.done)
        self.last = booked_at if self.last is None else max(self.last, booked_at)
        net = movement.sign * amount_minor
        text = row["product"] if movement.sign else f"{row['amount']} {row['product']}"
        return SettlementLine(
            self._wallet.provider, self._batch_id, number, movement.kind, reference,
            "" if trade in EMPTY else trade, identity, net, 0, net, "CNY", booked_at, line,
            code=movement.code, zone=ZONE, text=text.strip()[:TEXT_CHARACTERS_MAX],
        )  # fmt: skip

    def _add(self, direction: str, amount_minor: int, *, done: bool) -> None:
        self.count += 1
        sums = self.sums.get(direction) or self.sums[self._wallet.neutral]
        sums.count += 1
        sums.all_minor += amount_minor
        if done:
            sums.done_minor += amount_minor

    def _fault(self, row: Mapping[str, str], number: int) -> FileRefused:
        """What is wrong with a row of which something is."""
        code, field, expected = "key_wrong", "trade", "printable keys, not too long"
        if any_rounded(row["trade"], row["order"]):
            field, expected = "trade" if is_rounded(row["trade"]) else "order", UNROUNDED
        movement = self._wallet.judge(row)
        if china_time(row["time"]) is None:
            code, field, expected = "time_wrong", "time", "YYYY-MM-DD HH:MM:SS"
        elif _amount(row["amount"]) is None:
            code, field, expected = "amount_wrong", "amount", "an unsigned amount of yuan"
        elif movement is None:
            code, field, expected = "state_wrong", "direction", "收入, 支出 or neither"
        elif not movement.kind:
            code, field, expected = "state_wrong", "state", "a short word"
        name = self._names[field]
        return cell_wrong(code, number, name=name, printed=row[field], expected=expected)


def _amount(text: str) -> int | None:
    """`¥28.16`, `28.16` or `¥1,028.16`."""
    digits = text.removeprefix("¥").removeprefix("\uffe5")
    if "," in digits:
        digits = plain(digits, decimal_mark=".", group_mark=",") or ""
    return _minor(digits)


def _heading(lines: Iterator[tuple[int, str]], wallet: Wallet) -> dict[str, _Total] | FileRefused:
    """The totals above the rows; the line that says that the rows begin is taken as well."""
    totals: dict[str, _Total] = {}
    number = 0
    for number, line in lines:
        text = line.rstrip(", \t")
        label, colon, rest = text.partition("：")
        if text.startswith("---") and wallet.marker in text:
            if "" in totals:
                return totals
            break
        if number > HEADING_LINES_MAX:
            break
        total, whole = None, _COUNT.fullmatch(text)
        if whole is not None:
            label, total = "", _Total(whole[1], "", number)
        elif colon and label in {INCOME, EXPENSE, wallet.neutral}:
            found = _TOTAL.fullmatch(rest)
            total = _Total(found[1], found[2], number) if found is not None else None
        else:
            continue
        if total is None or label in totals:
            message = f"line {number}: {shown(text)!r} is no total, or a second one"
            return FileRefused("totals_not_understood", message, number, shown(label))
        totals[label] = total
    message = f"the heading ends at line {number} without 共…笔记录 or without {wallet.marker}"
    return FileRefused("totals_missing", message, number or None)


def _controls(totals: Mapping[str, _Total], rows: _Rows, wallet: Wallet) -> tuple[Control, ...]:
    whole = totals[""]
    controls = [_control("count", whole.number, text=whole.rows, computed=str(rows.count))]
    for label in (INCOME, EXPENSE, wallet.neutral):
        total = totals.get(label)
        if total is None:
            continue
        sums, number = rows.sums[label], total.number
        # Trades that were closed may be summed or not; the file itself does not say which.
        both = [printed(each, decimals=DECIMALS) for each in (sums.done_minor, sums.all_minor)]
        same = [each for each in both if _same(each, text=total.amount)]
        controls += (
            _control(f"{label}笔数", number, text=total.rows, computed=str(sums.count)),
            _control(f"{label}金额", number, text=total.amount, computed=(same or both)[0]),
        )
    return tuple(controls)


def _control(name: str, number: int, *, text: str, computed: str) -> Control:
    return Control(name, text, computed, _same(computed, text=text), number)


def _same(computed: str, *, text: str) -> bool:
    figures = plain(text, decimal_mark=".", group_mark=",")
    value = scale(figures, DECIMALS) if figures is not None else None
    return value is not None and value == scale(computed, DECIMALS)
