"""Reader of PayPal's settlement report (STL) and transaction detail report (TRR).

Units: digits without a point, hundredths; see providers.paypal.body.
Shape: a record code begins each row: RH report, FH file, SH section, CH its columns, SB its rows,
SF and SC its totals and count, then RF, RC, FF, FC of report and file. A file may begin at SH.
Errors: the first thing that is not exactly understood refuses the file, by line and column. What is
not there (its beginning, its end, totals) is a control that does not hold.
Source: docs/formats/paypal.md.
"""

from typing import TYPE_CHECKING

from providers.paypal.body import Columns, Taken, has_unit, moment_of, parse_columns, take
from providers.paypal.delimited import delimiter_of, rows_of_file
from providers.paypal.footers import Sums, Totals, compare, number_of, parse_totals
from providers.reader import Reading
from providers.rows import Row
from providers.settlement_file import Control, Ending, FileRefused, SettlementLine, shown
from providers.source import Source
from providers.times import BEFORE

if TYPE_CHECKING:
    from datetime import date

SECTIONS_MAX = 1_000  # One for each account or day; a report has a few.
ACCOUNT_CHARACTERS_MAX = 64  # Documented: 13 to 24.
BEGINNINGS = ("RH", "FH", "SH", "CH")  # CH: an excerpt, whose beginning is missing.
BODY = ("CH", "SB")
SECTION_ENDS = ("SF", "SC")
ENDS = ("RF", "RC", "FF", "FC")
COUNTS = {"SC": "count", "RC": "report_count", "FF": "file_count", "FC": "file_count"}
ROWS = {"SF": "section_rows", "RF": "report_rows"}  # Of detail reports that print no totals.


def _column_names(head: bytes) -> str | None:
    """The line CH of a report; empty if it has none in its head; None if it is no report."""
    texts = head.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n", 64)
    delimiter = delimiter_of(texts[0])
    marks = [text.partition(delimiter)[0].strip().strip('"') for text in texts]
    if marks[0] not in BEGINNINGS or "CH" not in marks:
        return None
    names = texts[marks.index("CH")]
    return names if "Transaction Event Code" in names else None


def recognises(head: bytes) -> bool:
    """Whether it is a settlement report."""
    return _column_names(head) is not None


def recognises_detail(head: bytes) -> bool:
    """Whether it is a transaction detail report: it has a state for each transaction."""
    return "Transactional Status" in (_column_names(head) or "")


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row SB as a line; end with all totals and counts, compared."""
    report = _Report(batch_id)
    number = 0
    for row in rows_of_file(source):
        if isinstance(row, FileRefused):
            return row
        number = row.number
        taken = report.take(row)
        if isinstance(taken, FileRefused):
            return taken
        if taken is not None:
            yield taken
    return report.ending(number)


class _Report:
    """A report on its way: where in it we are, and what its rows come to."""

    def __init__(self, batch_id: str) -> None:
        self._batch_id = batch_id
        self._stage = ""
        self._columns: Columns | None = None
        self._account = self._owner = ""
        self._accounts: set[str] = set()
        self._section = 0
        self._detail = False
        self._sums: dict[str, Sums] = {}  # Of the section.
        self._covered: set[str] = set()  # Currencies whose totals the section has printed.
        self._all: dict[str, Sums] = {}
        self._open: set[str] = set()  # Currencies that only totals of the report can prove.
        self._reported: set[str] = set()
        self._controls: list[Control] = []
        self._begun_by_report = False
        self._row_counts: set[str] = set()  # SF, RF: where one has a count in place of totals.
        self._counts_all: bool | None = None  # Told by the first totals of several currencies.
        self._booked_last = BEFORE
        self._until: date | None = None
        self._records = {
            "RH": self._owned, "FH": self._skip, "SH": self._begin, "CH": self._name,
            "SF": self._totals, "RF": self._totals, **dict.fromkeys(COUNTS, self._count),
        }  # fmt: skip

    def take(self, row: Row) -> SettlementLine | FileRefused | None:
        """Take one record in its place."""
        mark = row.cells[0]
        if mark == "SB" and self._stage in BODY and self._columns is not None:
            self._stage = mark
            return self._body(row, self._columns)
        wrong = self._misplaced(mark, row)
        if wrong is not None:
            return wrong
        self._stage = mark
        if mark in ENDS:
            self._close()
        return self._records[mark](row)

    def _owned(self, row: Row) -> None:
        """Take note of RH: time, window, account."""
        _, _, _, self._owner, *_ = (*row.cells, "", "", "")
        self._begun_by_report = True

    def _skip(self, _row: Row) -> None:
        """Take FH, which has a number only."""

    def _name(self, row: Row) -> FileRefused | None:
        """Take CH, the names of the columns."""
        columns = parse_columns(row)
        if isinstance(columns, FileRefused):
            return columns
        self._columns, self._detail = columns, columns.detail
        if not self._section:
            self._section = 1
            self._controls.append(_missing("beginning", printed="CH", needed="SH", line=row.number))
        return None

    def _misplaced(self, mark: str, row: Row) -> FileRefused | None:
        """Whether a record stands where it may not."""
        before = {
            "RH": ("",), "FH": ("", "RH"), "SH": ("", "RH", "FH", "SB", "CH", *SECTION_ENDS),
            "CH": ("", "SH"), "SB": BODY, "SF": (*BODY, "SH", *SECTION_ENDS),
            "SC": (*BODY, "SH", *SECTION_ENDS),
        }  # fmt: skip
        ends = ("SH", *BODY, *SECTION_ENDS, *ENDS)
        if mark not in before and mark not in ENDS:
            message = f"line {row.number} begins with {shown(mark)!r}, no record of a report"
            return FileRefused("record_wrong", message, row.number, "", shown(mark))
        if self._stage in before.get(mark, ends):
            return None
        message = f"line {row.number}: {mark} stands behind {self._stage or 'nothing'}"
        return FileRefused("record_order", message, row.number, mark)

    def _begin(self, row: Row) -> FileRefused | None:
        """Begin a section: from, to, account."""
        self._close()
        self._section += 1
        if self._section > SECTIONS_MAX:
            message = f"more than {SECTIONS_MAX} sections"
            return FileRefused("too_many_parts", message, row.number)
        _, _, until, account, *_ = (*row.cells, "", "", "")
        at = moment_of(until)
        if at is None:
            expected = "YYYY/MM/DD hh:mm:ss and an offset"
            message = f"line {row.number}: printed {shown(until)!r}, expected {expected}"
            return FileRefused("time_wrong", message, row.number, "SH", shown(until), expected)
        if not account.isprintable() or len(account) > ACCOUNT_CHARACTERS_MAX:
            message = f"line {row.number}: {shown(account)!r} is no account"
            return FileRefused("key_wrong", message, row.number, "SH", shown(account))
        self._account, self._until = account, at.date()
        self._accounts.add(account)
        return None

    def _close(self) -> None:
        """End a section: what it did not prove, the report must."""
        if "SF" not in self._row_counts:
            self._open |= set(self._sums) - self._covered
        for currency, sums in self._sums.items():
            self._all.setdefault(currency, Sums()).join(sums)
        self._sums, self._covered, self._columns = {}, set(), None
        self._row_counts.discard("SF")

    def _body(self, row: Row, columns: Columns) -> SettlementLine | FileRefused:
        part = str(self._section)
        taken = take(row, columns, self._batch_id, account=self._account, part=part)
        if not isinstance(taken, Taken):
            return taken
        line, gross, fee, moved = taken
        sums = self._sums.get(line.currency)
        if sums is None:
            sums = self._sums[line.currency] = Sums()
        sums.add(gross, fee=fee, moved=moved)
        if line.booked_at is not self._booked_last:  # Rows of one second share the moment.
            self._booked_last = max(self._booked_last, line.booked_at)
        return line

    def _totals(self, row: Row) -> FileRefused | None:
        """Compare a line of totals with what the rows come to."""
        mark, text, *rest = (*row.cells, "")
        if self._detail and number_of(text) is not None and not any(rest):
            self._row_counts.add(mark)
            return self._count(row)
        totals = parse_totals(row.cells, row.number)
        if isinstance(totals, FileRefused):
            return totals
        if not (has_unit(totals.currency) or totals.is_nothing):
            expected = "a currency of two digits: others are ambiguous here"
            message = f"line {row.number}: the unit of {shown(totals.currency)} is not known"
            return FileRefused(
                "unit_unknown", message, row.number, row.cells[0], totals.currency, expected
            )
        return self._compare(totals, row)

    def _compare(self, totals: Totals, row: Row) -> FileRefused | None:
        of_report = row.cells[0] == "RF"
        covered = self._reported if of_report else self._covered
        if totals.currency in covered:
            message = f"line {row.number} has the totals of {shown(totals.currency)} again"
            return FileRefused("record_order", message, row.number, row.cells[0])
        covered.add(totals.currency)
        of = self._all if of_report else self._sums
        sums = of.get(totals.currency, Sums())
        label = self._label(totals.currency, of_report=of_report)
        rows_ = _rows(of)
        if self._counts_all is None and sums.count + sums.idle_count != rows_:
            self._counts_all = totals.count == rows_
        rows_of_all = rows_ if self._counts_all else None
        self._controls.extend(compare(totals, sums, label, rows_of_all=rows_of_all))
        return None

    def _label(self, currency: str, *, of_report: bool) -> str:
        if of_report:
            return f"{currency} report"
        return currency if self._section == 1 else f"{currency} section {self._section}"

    def _count(self, row: Row) -> FileRefused | None:
        """Compare a count of rows."""
        mark, text, *_ = (*row.cells, "")
        told = number_of(text)
        if told is None:
            message = f"line {row.number}: {shown(text)!r} is no count"
            return FileRefused("totals_not_understood", message, row.number, mark, shown(text))
        of_section = mark in SECTION_ENDS
        of = self._sums if of_section else self._all
        rows_ = _rows(of)
        name = (COUNTS | ROWS)[mark]
        if of_section and self._section > 1:
            name = f"{name} section {self._section}"
        self._controls.append(Control(name, text, str(rows_), told == rows_, row.number))
        return None

    def ending(self, number: int) -> Ending | FileRefused:
        """What the report has proven at its end, and what is missing for a proof."""
        section_ended = self._stage in (*SECTION_ENDS, *ENDS)
        self._close()
        unproven = self._open | (set(self._all) if self._reported else set[str]())
        if "RF" in self._row_counts:
            unproven = set[str]()
        for currency in sorted(unproven - self._reported):
            figures = " ".join(str(each) for each in self._all[currency].figures)
            name = f"totals {currency}"
            self._controls.append(_missing(name, printed="", needed=figures, line=number))
        if not (self._stage in ENDS if self._begun_by_report else section_ended):
            self._controls.append(_missing("end", printed=self._stage, needed="RF", line=number))
        one = min(self._accounts) if len(self._accounts) == 1 else self._owner
        day = self._booked_last.date() if self._all else self._until
        if day is None or not (self._all or one):
            return FileRefused("no_lines", "the report has no row and names no account", number)
        return Ending(one, day, tuple(self._controls))


def _rows(of: dict[str, Sums]) -> int:
    return sum(each.count + each.idle_count for each in of.values())


def _missing(name: str, *, printed: str, needed: str, line: int) -> Control:
    """A control that does not hold, for what it compares is not there."""
    return Control(name, printed, needed, holds=False, line_number=line)
