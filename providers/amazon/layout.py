"""The columns of an Amazon settlement flat file of version 2, by their printed names.

Shape: parse_header(line) -> Layout | FileRefused. Order does not matter, names do; other columns
are let be. There is no quoting: cells are parted by tabs.
Source: docs/formats/amazon.md.
"""

from dataclasses import dataclass

from providers.columns import Pick, find_columns, missing_column, names_to_fields, pick
from providers.settlement_file import FileRefused

SEPARATOR = "\t"
ABSENT = ""  # Stands for a column that the file does not have.

COLUMNS: dict[str, tuple[str, ...]] = {
    "settlement": ("settlement-id",),
    "started": ("settlement-start-date",),
    "ended": ("settlement-end-date",),
    "deposited": ("deposit-date",),
    "total": ("total-amount",),
    "currency": ("currency",),
    "transaction": ("transaction-type",),
    "order": ("order-id",),
    "amount_type": ("amount-type",),
    "description": ("amount-description",),
    "amount": ("amount",),
    "posted_on": ("posted-date",),
    "posted": ("posted-date-time",),
}
REQUIRED = (
    "settlement", "total", "currency", "transaction", "order", "amount_type", "description",
    "amount",
)  # fmt: skip
LINE = (
    "settlement", "total", "currency", "transaction", "order", "amount_type", "description",
    "amount", "posted_on", "posted",
)  # fmt: skip
HEAD = ("settlement", "total", "currency", "started", "ended", "deposited", "amount")
NAMES = {field: names[0] for field, names in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of this file are. A Pick takes cells with ABSENT appended to them."""

    width: int
    last: int  # Position of the last column that is read of a line.
    line: Pick  # The cells of LINE.
    head: Pick  # The cells of HEAD.


def parse_header(line: str) -> Layout | FileRefused:
    """Find every field in the first line."""
    names = line.split(SEPARATOR)
    found = find_columns(names, names_to_fields(COLUMNS), line_number=1)
    if isinstance(found, FileRefused):
        return found
    dated = (*REQUIRED, *(() if "posted" in found else ("posted_on",)))
    missing = missing_column(found, COLUMNS, dated, 1)
    if missing is not None:
        return missing
    width = len(names)
    last = max(found.get(field, 0) for field in LINE)
    return Layout(width, last, pick(found, LINE, absent=width), pick(found, HEAD, absent=width))
