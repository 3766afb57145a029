"""Reader of Amazon settlement reports, flat file of version 2: tabs, one amount a line.

Units: the file prints major units with the currency's digits, signed; lines have minor units.
Shape: a header, a line with the total of the settlement, then a line for every amount of it.
Signs: as printed. A fee has no gross: fee = -amount, net = amount; all else has no fee.
Keys: order-id is the key of a sale; the settlement and a line's place in it name the line.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/amazon.md.
"""

from itertools import chain

from providers.amazon.layout import ABSENT, SEPARATOR, Layout, parse_header
from providers.amazon.lines import PROVIDER, Settlements
from providers.mixed_text import mixed_batches
from providers.reader import Format, Reading, Variant, look_alike
from providers.settlement_file import Ending, FileRefused, SettlementLine, shown
from providers.source import Source, first_line

MARKS = ("settlement-id", "transaction-type", "amount-type", "amount-description", "amount")
LOOK_ALIKES = {
    "<AmazonEnvelope": "an Amazon settlement report in XML; the flat file of version 2 is read",
    "price-type\t": "an Amazon settlement flat file of version 1; version 2 is read",
    "AmazonTransactionId": "a settlement report of Amazon Pay; it is not read",
    **dict.fromkeys(
        (
            '"date/time","settlement id"',
            "date/time,settlement id",
            "Datum/Uhrzeit",
            "date/heure",
            "fecha y hora",
            "Data/Ora:",
        ),
        "an Amazon date range report; settlements are read, version 2",
    ),
}


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of a flat file of version 2."""
    names = first_line(head).split(SEPARATOR)
    return all(mark in names for mark in MARKS)


def resembles(head: bytes) -> str:
    """What else of Amazon's this is, in words; empty if it is nothing known."""
    return look_alike(head, LOOK_ALIKES)


def read(source: Source, batch_id: str) -> Reading:
    """Yield every amount as a line; end with the settlement's total, compared."""
    lines = enumerate(chain.from_iterable(mixed_batches(source)), 1)
    number, header = next(lines, (1, ""))
    layout = parse_header(header)
    if isinstance(layout, FileRefused):
        return layout
    settlements = Settlements(layout, batch_id)
    for number, line in lines:
        if not line:
            continue
        taken = _take(line, number, layout, settlements)
        if isinstance(taken, FileRefused):
            return taken
        if taken is not None:
            yield taken
    if not settlements.totals:
        return FileRefused("totals_missing", "the file has no line with a total-amount", number)
    if not any(total.count for total in settlements.totals.values()):
        return FileRefused("no_lines", "the file has a total and no line of money", number)
    return Ending("", settlements.posted_last.date(), settlements.controls())


def _take(
    line: str, number: int, layout: Layout, settlements: Settlements
) -> SettlementLine | FileRefused | None:
    """A line of money, or None for the line of a total."""
    cells = line.split(SEPARATOR)
    printed = len(cells)
    missing = layout.width - printed
    if missing > 0:
        # Some writers leave off empty cells at the end. Where the amount or another cell that is
        # read may be cut, only a total may; a cell behind it shows that it is whole.
        cells.extend([ABSENT] * missing)
    elif missing and not any(cells[layout.width :]):
        del cells[layout.width :]
        missing = 0
    cells.append(ABSENT)
    if missing >= 0 and layout.line(cells)[1]:
        return settlements.begin(cells, number)
    if missing < 0 or (missing and printed < layout.last + 2):
        message = f"line {number} has {layout.width - missing} columns, not {layout.width}"
        return FileRefused("column_count", message, number, "", shown(line), str(layout.width))
    return settlements.take(cells, number, line)


FORMAT = Format(
    name="amazon",
    provider=PROVIDER,
    about="Amazon Marketplace",
    variants=(
        Variant("flat_file_v2", "settlement, flat file 2", ("total_amount",), recognises, read),
    ),
    resembles=resembles,
)
