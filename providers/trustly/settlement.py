"""Reader of Trustly: the details of an automatic settlement, as the API answers or as bare CSV.

Units: the report prints signed amounts in major units; lines carry integer minor units.
Signs: as printed: above zero is money towards us. A fee row has no gross, its cost is its fee.
Keys: our message id; Trustly's order id, which a fee row repeats; identity is order type, order id,
message id, account and time together.
Lines: `line_number` is counted in the report itself, its header is 1: the report of an answer may
lie in one physical line.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/trustly.md.
"""

import re
from collections.abc import Iterator

from providers.reader import Format, Reading, Variant
from providers.rows import QUOTE, Row, rows, rows_of
from providers.settlement_file import Ending, FileRefused
from providers.source import Source, first_line
from providers.trustly.answer import METHOD, REPORT, Lines, read_answer
from providers.trustly.cells import find_header
from providers.trustly.report import PROVIDER, TOTAL, Report

HEADER_MARKS = ("datestamp", "accountname", "ordertype", "settlementbankwithdrawalid")
FUNDING = (b"H,P11KFUN,", b"H,P11KREC,")
_OPENS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_REPORT = re.compile(rb'"%s"\s*:\s*"' % REPORT.encode())
_ERROR = re.compile(rb'"error"\s*:\s*\{')


def recognises_answer(head: bytes) -> bool:
    """Whether this begins an answer with a report in it."""
    return bool(_OPENS.match(head) and _REPORT.search(head))


def recognises_csv(head: bytes) -> bool:
    """Whether the first line names the columns of a report."""
    names = [name.strip(QUOTE) for name in first_line(head).split(",")]
    return all(mark in names for mark in HEADER_MARKS)


def resembles(head: bytes) -> str:
    """What else of Trustly's this is, in words; empty if it is nothing known."""
    if head.startswith(FUNDING):
        return "a Trustly funding or reconciliation file of North America; it is not read"
    known = _OPENS.match(head) and METHOD.encode() in head and _ERROR.search(head)
    return "an error answer of Trustly in place of a settlement report" if known else ""


def read_answer_lines(source: Source, batch_id: str) -> Reading:
    """Yield every row of the report in an answer; end with its totals, compared."""
    answer = read_answer(source)
    if isinstance(answer, FileRefused):
        return answer
    lines = Lines(answer)
    outcome = yield from _read(rows_of(lines.batches()), batch_id)
    return lines.fault or outcome


def read_csv(source: Source, batch_id: str) -> Reading:
    """Yield every row of a report saved by itself; end with its totals, compared."""
    found = rows(source)
    return (yield from _read(found, batch_id, source))


def _read(found: Iterator[Row | FileRefused], batch_id: str, file: Source | None = None) -> Reading:
    """Read the rows of a report; those of a `file` may be cut amid the last cell."""
    first = next(found, None)
    if first is None or isinstance(first, FileRefused):
        return first or FileRefused("no_lines", "the report has no header", 1)
    header = find_header(first)
    if isinstance(header, FileRefused):
        return header
    report = Report(header, batch_id)
    for line in report.lines(found):
        if isinstance(line, FileRefused):
            return line
        yield line
    last = report.last
    if not last.raw:
        return FileRefused("no_lines", "a report without a row does not say whose it is", 1)
    may_be_cut = header.names_last and not last.raw.endswith(QUOTE)
    if file is not None and file.last_line_open and may_be_cut:
        message = f"line {last.number} has no line end: its last cell may be cut off"
        return FileRefused("file_cut_off", message, last.number)
    return Ending(report.account(), report.booked_last.date(), report.controls())


FORMAT = Format(
    name="trustly",
    provider=PROVIDER,
    about="Trustly, details of an automatic settlement",
    variants=(
        Variant(
            "automatic_settlement_details",
            "answer of its API, the report in it",
            (TOTAL,),
            recognises_answer,
            read_answer_lines,
        ),
        Variant(
            "automatic_settlement_details_csv",
            "the report by itself",
            (TOTAL,),
            recognises_csv,
            read_csv,
        ),
    ),
    resembles=resembles,
)
