"""What Alipay's two bills share: `#` lines around a table, totals in the `#` lines behind it.

Units: amounts in fen. Shape: a Layout says which bill it is, its Table takes the rows; read_bill is
the reader of both. Cells may end with a tab, `#` lines with the commas of a spreadsheet. Colons,
commas and brackets around words are those of Chinese or, in some copies, of ASCII.
Account and period stand above the table, so a bill without rows is a good bill if it says both.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/alipay.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from providers.amounts import plain, printed, scale
from providers.columns import Pick, find_columns, missing_column, names_to_fields, pick
from providers.reader import Reading
from providers.settlement_file import Control, Ending, FileRefused, SettlementLine, shown
from providers.source import Source

PROVIDER = "alipay"
HEADING_LINES_MAX = 16  # Four were seen.
DECIMALS = 2
LIST_END, EXPORTED = "列表结束", "#导出时间"
_ACCOUNT = re.compile(r"#账号[：:]\[([0-9A-Za-z]{1,32})\]")
_PERIOD = re.compile(r"#起始日期[：:]\[([0-9]{4})年([0-9]{2})月([0-9]{2})日")
_COUNT = re.compile(r"([0-9]{1,9})笔")
_AMOUNT = re.compile(r"([^0-9-]{0,20})共(-?[0-9][0-9,.]{0,30})元")


@dataclass(slots=True)
class Sums:
    """What the rows of one total line come to, amounts in the order of its items."""

    amounts: list[int]
    count: int = 0


@dataclass(slots=True)
class Table:
    """The rows as they are taken; a Layout's `take` does it."""

    batch_id: str
    width: int
    cells: Pick
    names: Mapping[str, str]  # Field -> its name in this bill, for messages.
    sums: dict[str, Sums]
    last_day: str = ""
    account: str = ""
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the bills."""

    title: str
    fields: tuple[str, ...]  # In the order in which `take` has them.
    columns: Mapping[str, Sequence[str]]
    required: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]]  # Name of a total line -> the words of its amounts.
    unsigned: bool  # Whether the totals may be printed with a minus or without.
    take: Callable[[Table, str, int], SettlementLine | FileRefused]
    proves: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Name the controls."""
        names = [
            name
            for label, items in self.totals.items()
            for name in (f"{label}笔数", *(f"{label}{item or '金额'}" for item in items))
        ]
        object.__setattr__(self, "proves", tuple(names))


def read_bill(source: Source, batch_id: str, *, layout: Layout, encoding: str) -> Reading:
    """Yield every row as a line; end with the bill's totals, compared."""
    lines = source.numbered(encoding)
    table = _table(lines, layout, batch_id)
    if isinstance(table, FileRefused):
        return table
    number = 0
    for number, line in lines:
        if line[:1] == "#":
            return _ending(table, layout, lines, (number, line))
        if not line:
            continue
        row = layout.take(table, line, number)
        if isinstance(row, FileRefused):
            return row
        yield row
    message = f"the file ends after line {number} without its totals: it is cut off"
    return FileRefused("totals_missing", message, number or None)


def _table(lines: Iterator[tuple[int, str]], layout: Layout, batch_id: str) -> Table | FileRefused:
    """Read the lines above the rows, the header included."""
    account, begins = "", None
    for number, line in lines:
        if line[:1] == "#" or not line.strip(", \t"):
            text = line.rstrip(", \t")
            found = _ACCOUNT.fullmatch(text)
            account = found[1] if found is not None else account
            begins = _begins(text) or begins
            if number < HEADING_LINES_MAX:
                continue
        names = [name.strip() for name in line.split(",")]
        places = find_columns(names, names_to_fields(layout.columns), line_number=number)
        if isinstance(places, FileRefused):
            return places
        missing = missing_column(places, layout.columns, layout.required, number)
        if missing is not None:
            return missing
        cells = pick(places, layout.fields, absent=len(names))
        sums = {label: Sums([0] * len(items)) for label, items in layout.totals.items()}
        printed_names = {name: names[at] for name, at in places.items()}
        return Table(
            batch_id, len(names), cells, printed_names, sums, account=account, begins=begins
        )
    return FileRefused("totals_missing", "the file ends before its table: it is cut off")


def _begins(text: str) -> date | None:
    found = _PERIOD.match(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _ending(
    table: Table, layout: Layout, lines: Iterator[tuple[int, str]], end_line: tuple[int, str]
) -> Ending | FileRefused:
    """Read the `#` lines behind the rows, and nothing more."""
    number, text = end_line
    if LIST_END not in text:
        message = f"line {number} is neither a row nor the end of the list"
        return FileRefused("totals_not_understood", message, number, "", shown(text))
    controls: dict[str, tuple[Control, ...]] = {}
    exported = False
    for number, line in lines:
        text = line.rstrip(", \t")
        if text and (exported or text[:1] != "#"):
            message = f"line {number} follows the totals"
            return FileRefused("text_after_totals", message, number, "", shown(text))
        exported = exported or text.startswith(EXPORTED)
        if not text or exported:
            continue
        label, _, rest = text.removeprefix("#").replace("：", ":").partition(":")
        compared = _compare(table, layout, (label, rest), number)
        if isinstance(compared, FileRefused):
            return compared
        if controls.setdefault(label, compared) is not compared:
            message = f"line {number} is the second total of its name"
            return FileRefused("totals_not_understood", message, number, label)
    return _ended(table, layout, controls, number)


def _ended(
    table: Table, layout: Layout, controls: Mapping[str, tuple[Control, ...]], number: int
) -> Ending | FileRefused:
    """Say of which day the bill is, once all its totals are there."""
    for label in layout.totals:
        if label not in controls:
            message = f"the file ends after line {number} without {label}: it is cut off"
            return FileRefused("totals_missing", message, number, label)
    day = date.fromisoformat(table.last_day) if table.last_day else table.begins
    if day is None or not (table.account or table.last_day):
        return FileRefused("no_lines", "a bill without a row does not say of which day", number)
    return Ending(table.account, day, tuple(each for some in controls.values() for each in some))


def _compare(
    table: Table, layout: Layout, total: tuple[str, str], number: int
) -> tuple[Control, ...] | FileRefused:
    """`6笔，商家实收共0.06元，商家优惠共0.00元` beside what the rows come to."""
    label, text = total
    first, *others = text.split("，" if "，" in text else ",")
    count = _COUNT.fullmatch(first)
    found = [_AMOUNT.fullmatch(other) for other in others]
    amounts = {one[1]: one[2] for one in found if one is not None}
    items = layout.totals.get(label, ())
    if not items or count is None or len(amounts) != len(found) or set(amounts) != set(items):
        message = f"line {number} is no total with the count and the amounts that are known"
        name = label if items else ""
        return FileRefused("totals_not_understood", message, number, name, shown(text))
    sums = table.sums[label]
    controls = [
        Control(f"{label}笔数", count[1], str(sums.count), int(count[1]) == sums.count, number)
    ]
    for item, computed in zip(items, sums.amounts, strict=True):
        figures = plain(amounts[item], decimal_mark=".", group_mark=",")
        value = scale(figures, DECIMALS) if figures is not None else None
        if value is None:
            message = f"line {number}, {label}: {shown(amounts[item])!r} is no amount"
            return FileRefused("total_wrong", message, number, label, shown(amounts[item]))
        if layout.unsigned:
            value, computed = abs(value), abs(computed)  # noqa: PLW2901 - compared as sizes.
        name, figure = f"{label}{item or '金额'}", printed(computed, decimals=DECIMALS)
        controls.append(Control(name, amounts[item], figure, value == computed, number))
    return tuple(controls)
