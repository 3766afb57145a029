"""Reader of Payoneer: the transactions of an account as a CSV export.

Units: major units, unsigned, in a credit and a debit column; lines carry integer minor units.
Signs: a credit is above zero, a debit below. Gross and net are the signed movement, fee is 0: the
export says in words only what a movement is.
Keys: the transaction id with currency and movement, because nothing says that an id stands on one
row only. What `Reference ID` means is open, so it is no key.
Time: MM/DD/YYYY as in the file that was seen. A day above 12 in the place of the month refuses the
file; a day-first file in which no day is above 12 cannot be told.
Errors: the first cell that is not exactly understood refuses the file, by line and column.
Source: docs/formats/payoneer.md.
"""

from providers.json_element import BEFORE
from providers.payoneer.balance import NAME, Balances
from providers.payoneer.row import (
    COLUMNS,
    PROVIDER,
    Cells,
    Header,
    fault,
    find_header,
    line_of,
    read,
)
from providers.reader import Format, Reading, Variant
from providers.rows import QUOTE, Row, rows
from providers.settlement_file import Ending, FileRefused, SettlementLine
from providers.source import Source, first_line

MARKS = ("transaction", "credit", "debit", "balance", "zone")


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of an export."""
    names = [name.strip('"') for name in first_line(head).split(",")]
    return all(COLUMNS[mark][0] in names for mark in MARKS)


def read_export(source: Source, batch_id: str) -> Reading:
    """Yield every row; end with the running balances, compared."""
    found = rows(source)
    first = next(found, None)
    if first is None or isinstance(first, FileRefused):
        return first or FileRefused("no_lines", "the file has no header", 1)
    header = find_header(first)
    if isinstance(header, FileRefused):
        return header
    export = Export(header, batch_id)
    for row in found:
        line = row if isinstance(row, FileRefused) else export.take(row)
        if isinstance(line, FileRefused):
            return line
        yield line
    last = export.last
    if not last.raw:
        return FileRefused("no_lines", "an export without a row does not say whose it is", 1)
    if source.last_line_open and header.matters_last and not last.raw.endswith(QUOTE):
        message = f"line {last.number} has no line end: its last cell may be cut off"
        return FileRefused("file_cut_off", message, last.number)
    return Ending("", export.booked_last.date(), export.balances.controls())


class Export:
    """All rows of one export, one after the other; flat in memory."""

    def __init__(self, header: Header, batch_id: str) -> None:
        """Begin before the first row."""
        self._header = header
        self._batch_id = batch_id
        self.balances = Balances()
        self.booked_last = BEFORE
        self.last = Row(1, "", [])

    def take(self, row: Row) -> SettlementLine | FileRefused:
        """Read one row."""
        width = self._header.width
        if len(row.cells) != width:
            message = f"line {row.number} has {len(row.cells)} columns, the header has {width}"
            return FileRefused("column_count", message, row.number, "", "", str(width))
        row.cells.append("")
        cells = Cells._make(self._header.take(row.cells))
        values = read(cells)
        if values is None:
            return fault(cells, row.number)
        if values.balance_minor is not None:
            self.balances.add(
                cells.currency,
                movement=values.net_minor,
                balance=values.balance_minor,
                line_number=row.number,
            )
        self.last = row
        self.booked_last = max(self.booked_last, values.at)
        return line_of(cells, values, row, self._batch_id)


FORMAT = Format(
    name="payoneer",
    provider=PROVIDER,
    about="Payoneer, transactions of an account",
    variants=(Variant("transactions", "CSV export", (NAME,), recognises, read_export),),
)
