"""How every CSV of Stripe is read: a header, rows, each row one line or two, an ending.

Shape: read_table(source, table, batch_id) is the reading; a Table says its columns and how a row is
taken. Lines are counted from 1, the header among them; a row with line ends in a quoted cell has
the number of its first.
Errors: FileRefused for the first row that is not exactly understood, and `file_cut_off` if the last
row has no line end and its last cell is a key or a word that may have been longer.
Source: docs/formats/stripe.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from providers.columns import ROUNDED, rounded_keys, wrong_width
from providers.reader import Reading
from providers.rows import Row, rows
from providers.settlement_file import Control, Ending, FileRefused, SettlementLine, shown
from providers.source import Source
from providers.stripe.header import Check, Columns, Header, fault, parse_header
from providers.times import BEFORE

QUOTE = '"'
OWN = ("own", "own_refund")  # Our own keys, behind the columns.
KEYS = ("identity", "source", "intent", "payment", "payout", "account", *OWN)


class Taker(Protocol):
    """Turns the rows of one file into lines."""

    def take(self, row: Row) -> tuple[SettlementLine, ...] | FileRefused:
        """Read one row; it has as many cells as the header, and an empty one behind them."""
        ...

    def may_be_cut(self, line: SettlementLine, cell: str) -> bool:
        """Whether the last cell of the file, with no line end behind it, may have been longer."""
        ...

    def controls(self) -> tuple[Control, ...]:
        """What the rows prove; asked at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """One layout of a CSV."""

    columns: Columns
    required: tuple[str, ...]
    taker: Callable[[Header, str], Taker]


def read_table(source: Source, table: Table, batch_id: str) -> Reading:
    """Yield every row as lines; end with what they prove."""
    found = rows(source)
    header = _header(next(found, None), table)
    if isinstance(header, FileRefused):
        return header
    taker = table.taker(header, batch_id)
    taken: tuple[SettlementLine, ...] = ()
    last, booked_last = Row(1, "", []), BEFORE
    for row in found:
        made = _take(row, header, taker, table.columns)
        if isinstance(made, FileRefused):
            return made
        assert isinstance(row, Row), "what is no row is refused"
        yield from made
        taken, last = made, row
        booked_at = made[0].booked_at
        if booked_at > booked_last:  # noqa: PLR1730 - max() costs a tenth of the row.
            booked_last = booked_at
    if not taken:
        return FileRefused("no_lines", "a file without a row does not say what it is of", 1)
    if source.last_line_open and _is_cut(last, taken[0], header, taker):
        return _cut_off(last, header)
    return Ending("", booked_last.date(), taker.controls())


def _header(first: Row | FileRefused | None, table: Table) -> Header | FileRefused:
    if first is None:
        return FileRefused("no_lines", "the file has no header", 1)
    if isinstance(first, FileRefused):
        return first
    return parse_header(first, table.columns, table.required)


def _take(
    row: Row | FileRefused, header: Header, taker: Taker, columns: Columns
) -> tuple[SettlementLine, ...] | FileRefused:
    if isinstance(row, FileRefused):
        return row
    if len(row.cells) != header.width:
        return wrong_width(row.number, printed=len(row.cells), expected=header.width)
    row.cells.append("")
    if ROUNDED in row.raw:
        refused = _rounded(row, header, columns)
        if refused is not None:
            return refused
    return taker.take(row)


def _rounded(row: Row, header: Header, columns: Columns) -> FileRefused | None:
    """A key that a spreadsheet has rounded; None if the row has none."""
    cells = dict(zip((*columns, *OWN), header.pick(row.cells), strict=True))
    named = [field for field in KEYS if field in cells]
    for code, field, expected in rounded_keys(cells, named):
        check = Check(field, cells[field], False, code, expected)  # noqa: FBT003 - its place.
        return fault(row.number, header.names, [check])
    return None


def _is_cut(row: Row, line: SettlementLine, header: Header, taker: Taker) -> bool:
    cell = row.cells[header.width - 1]
    if not header.last_field or row.raw.endswith(QUOTE):
        return False
    # Most rows of a table are not paid out yet: a payout that is not there is no wrong one.
    if not cell and header.last_field == "payout":
        return False
    return taker.may_be_cut(line, cell)


def _cut_off(row: Row, header: Header) -> FileRefused:
    name, cell = shown(header.names[header.last_field]), shown(row.cells[header.width - 1])
    expected = "a line end behind the last cell"
    message = f"line {row.number}, {name}: printed {cell!r}, expected {expected}"
    return FileRefused("file_cut_off", message, row.number, name, cell, expected)
