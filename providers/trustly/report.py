"""The rows of a Trustly settlement report, each to one line, and its totals.

Units: integer minor units of the row's currency.
Lines: counted in the report itself, its header is 1.
Errors: FileRefused at the first row that is not exactly understood, by line and column.
Source: docs/formats/trustly.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from providers.amounts import exponent_of, printed
from providers.json_element import BEFORE
from providers.rows import Row
from providers.settlement_file import NO_RESIDUE, Control, FileRefused, SettlementLine, shown
from providers.trustly.cells import Cells, Header, Values, fault, read
from providers.trustly.values import FEE

PROVIDER = "trustly"
TOTAL = "total"
SETTLEMENTS_MAX = 10_000  # A report is of one settlement; a day has one a currency.


@dataclass(slots=True)
class Total:
    """What the rows of one settlement and currency come to, beside what each of them prints."""

    printed_minor: int
    text: str
    line_number: int
    computed_minor: int = 0


class Report:
    """All rows of one report, one after the other; flat in memory."""

    def __init__(self, header: Header, batch_id: str) -> None:
        """Begin before the first row."""
        self._header = header
        self._batch_id = batch_id
        self._users: set[str] = set()
        self._totals: dict[tuple[str, str], Total] = {}
        self.booked_last = BEFORE
        self.last = Row(1, "", [])

    def lines(self, rows: Iterator[Row | FileRefused]) -> Iterator[SettlementLine | FileRefused]:
        """Read every row; a FileRefused is the last."""
        for row in rows:
            line = row if isinstance(row, FileRefused) else self._take(row)
            yield line
            if isinstance(line, FileRefused):
                return

    def account(self) -> str:
        """Whose report it is; empty if it is not one user's."""
        return min(self._users, default="") if len(self._users) == 1 else ""

    def controls(self) -> tuple[Control, ...]:
        """The totals, each beside the sum of its rows."""
        return tuple(
            Control(
                f"{TOTAL} {settlement} {currency}",
                total.text,
                printed(total.computed_minor, decimals=exponent_of(currency) or 0),
                total.printed_minor == total.computed_minor,
                total.line_number,
            )
            for (settlement, currency), total in self._totals.items()
        )

    def _take(self, row: Row) -> SettlementLine | FileRefused:
        width = self._header.width
        if len(row.cells) != width:
            message = f"line {row.number} has {len(row.cells)} columns, the header has {width}"
            return FileRefused("column_count", message, row.number, "", "", str(width))
        row.cells.append("")
        cells = Cells._make(self._header.take(row.cells))
        values = read(cells)
        if values is None:
            return fault(cells, row.number)
        refused = self._add(cells, values, row.number)
        if refused is not None:
            return refused
        self.last = row
        if len(self._users) <= 1:
            self._users.add(cells.username)
        self.booked_last = max(self.booked_last, values.at)
        return _line(cells, values, row, self._batch_id)

    def _add(self, cells: Cells, values: Values, number: int) -> FileRefused | None:
        """Sum a row; every row of a settlement prints the same total."""
        key = cells.settlementbankwithdrawalid, cells.currency
        total = self._totals.get(key)
        if total is None:
            if len(self._totals) == SETTLEMENTS_MAX:
                message = f"more than {SETTLEMENTS_MAX} settlements in one report"
                return FileRefused("too_many_parts", message, number)
            total = self._totals[key] = Total(values.total_minor, cells.total, number)
        if values.total_minor != total.printed_minor:
            text, expected = shown(cells.total), f"{total.text} as in line {total.line_number}"
            message = f"line {number}, {TOTAL}: printed {text!r}, expected {expected}"
            return FileRefused("total_wrong", message, number, TOTAL, text, expected)
        total.computed_minor += values.net_minor
        return None


def _line(cells: Cells, values: Values, row: Row, batch_id: str) -> SettlementLine:
    net, kind = values.net_minor, values.kind
    gross = 0 if kind == FEE else net
    foreign = None if kind == FEE else values.foreign_minor
    if foreign is not None:
        foreign = -abs(foreign) if gross < 0 else abs(foreign)
    return SettlementLine(
        PROVIDER, batch_id, row.number, kind,
        cells.messageid or values.identity, cells.orderid or values.identity, values.identity,
        gross, gross - net, net, cells.currency, values.at, row.raw, NO_RESIDUE,
        f"{cells.accountname}/{cells.ordertype}", values.zone, None,
        cells.username, cells.settlementbankwithdrawalid,
        foreign, "" if foreign is None else cells.fxpaymentcurrency,
    )  # fmt: skip
