"""Reader of Adyen's reports: settlement details (a batch and its payout) and payments accounting.

Units: the files print major units, trailing zeros cut; lines carry integer minor units.
Signs: settlement details has unsigned debit and credit columns, net = credit - debit; fee columns
are costs above zero. The payout is a net debit, so a batch nets to zero in each net currency.
Keys: Merchant Reference is ours (of a refund, Modification Merchant Reference), Psp Reference names
the payment, Modification Reference the capture, refund or chargeback itself.
Time: local, the zone's name in the column beside it.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/adyen.md.
"""

import csv

from providers.adyen import accounting
from providers.adyen.batches import GROSS_MINUS_FEE, NETS_TO_ZERO
from providers.adyen.layout import SETTLEMENT_TABLE, names_of, parse_header
from providers.adyen.row import Records
from providers.adyen.said import PROVIDER
from providers.reader import Format, Reading, Variant
from providers.rows import rows
from providers.settlement_file import Ending, FileRefused
from providers.source import Source, first_line

MARKS = {"psp reference", "type", "net currency", "net debit (nc)", "net credit (nc)"}
ACCOUNTING_MARKS = {"psp reference", "record type", "settlement currency", "payable (sc)"}
AGGREGATE_MARKS = {"net currency", "net debit (nc)", "net credit (nc)"}
AGGREGATED = {"merchant/company", "start date", "end date", "aggregation"}  # Above the names.
BOM = b"\xef\xbb\xbf"
LOOK_ALIKES = {
    "balance account": "a report of Adyen for Platforms; it is not read",
    "dispute psp reference": "a dispute report of Adyen; it moves no money",
}


def _header(head: bytes) -> set[str]:
    """The names of the first line that is not blank; none if it is no header."""
    begins = head.removeprefix(BOM).lstrip(b"\r\n")
    try:
        cells = next(csv.reader([first_line(begins)]), list[str]())
    except csv.Error:
        return set()
    return set(names_of(cells))


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of a settlement details report."""
    return _header(head) >= MARKS


def recognises_accounting(head: bytes) -> bool:
    """Whether they are those of a payments accounting report."""
    return _header(head) >= ACCOUNTING_MARKS


def resembles(head: bytes) -> str:
    """What else of Adyen's this is, in words; empty if it is nothing known."""
    names = _header(head)
    if names >= AGGREGATE_MARKS or names >= AGGREGATED:
        return "a settlement report of Adyen without a line for each payment; it is not read"
    return next((what for name, what in LOOK_ALIKES.items() if name in names), "")


def read(source: Source, batch_id: str) -> Reading:
    """Yield every record as a line; end with what each batch comes to."""
    found = rows(source)
    header = next(found, None)
    if header is None:
        return FileRefused("no_lines", "the file is empty", 1)
    layout = header if isinstance(header, FileRefused) else parse_header(header, SETTLEMENT_TABLE)
    if isinstance(layout, FileRefused):
        return layout
    records = Records(layout, batch_id)
    for row in found:
        line = row if isinstance(row, FileRefused) else records.take(row)
        if isinstance(line, FileRefused):
            return line
        yield line
    if not records.count:
        return FileRefused("no_lines", "a report without a record does not say whose it is", 1)
    return Ending(records.said.account(), records.said.day(), records.batches.controls())


PROVES = (NETS_TO_ZERO, GROSS_MINUS_FEE)

FORMAT = Format(
    name=PROVIDER,
    provider=PROVIDER,
    about="Adyen, CSV, plain or gzip",
    variants=(
        Variant("settlement_details", "settlement details report", PROVES, recognises, read),
        Variant(
            "payments_accounting",
            "payments accounting report",
            (),
            recognises_accounting,
            accounting.read,
        ),
    ),
    resembles=resembles,
)
