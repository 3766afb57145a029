"""The columns of Adyen's two reports, by their printed names, case and order aside.

Shape: parse_header(row, table) -> Layout | FileRefused. Columns that are not read may be there in
any number, also twice or without a name; one that is read may be there again, with the same cells.
Source: docs/formats/adyen.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from providers.columns import Pick, missing_column, pick
from providers.rows import Row
from providers.settlement_file import FileRefused, shown

Columns = Mapping[str, tuple[str, ...]]

COMMON: Columns = {
    "company": ("Company Account",),
    "account": ("Merchant Account",),
    "psp": ("Psp Reference",),
    "merchant_reference": ("Merchant Reference",),
    "our_modification": ("Modification Merchant Reference",),
    "rate": ("Exchange Rate",),
    "booked": ("Booking Date",),
    "booked_zone": ("Booking Date TimeZone",),
    "zone": ("TimeZone",),
}
SETTLEMENT: Columns = {
    **COMMON,
    "type": ("Type",),
    "modification": ("Modification Reference",),
    "created": ("Creation Date",),
    "gross_currency": ("Gross Currency",),
    "gross_debit": ("Gross Debit (GC)",),
    "gross_credit": ("Gross Credit (GC)",),
    "currency": ("Net Currency",),
    "net_debit": ("Net Debit (NC)",),
    "net_credit": ("Net Credit (NC)",),
    "commission": ("Commission (NC)",),
    "markup": ("Markup (NC)",),
    "scheme_fees": ("Scheme Fees (NC)",),
    "interchange": ("Interchange (NC)",),
    "batch": ("Batch Number",),
}
ACCOUNTING: Columns = {
    **COMMON,
    "type": ("Record Type",),
    "modification": ("Modification Psp Reference", "Modification Reference"),
    "main_currency": ("Main Currency",),
    "payment_currency": ("Payment Currency",),
    "captured": ("Captured (PC)",),
    "currency": ("Settlement Currency",),
    "payable": ("Payable (SC)",),
    "batch": ("Payable Batch",),
    "commission": ("Commission (SC)",),
    "markup": ("Markup (SC)",),
    "scheme_fees": ("Scheme Fees (SC)",),
    "interchange": ("Interchange (SC)",),
}
FEES = ("commission", "markup", "scheme_fees", "interchange")
SETTLEMENT_REQUIRED = (
    "psp", "type", "gross_currency", "gross_debit", "gross_credit",
    "currency", "net_debit", "net_credit", *FEES,
)  # fmt: skip
ACCOUNTING_REQUIRED = ("psp", "type", "booked", "currency", "payable", *FEES)


KEYS = ("account", "psp", "merchant_reference", "modification", "our_modification")
TIMES = ("booked", "booked_zone", "created", "zone")
SAID = ("company", *KEYS, "batch", *TIMES, "type")
SETTLEMENT_MONEY = (
    "currency", "net_debit", "net_credit", *FEES,
    "gross_currency", "gross_debit", "gross_credit", "rate",
)  # fmt: skip
ACCOUNTING_MONEY = (
    "currency", "payable", *FEES, "payment_currency", "captured", "main_currency", "rate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """What is read of one of the two reports."""

    columns: Columns
    required: tuple[str, ...]
    money: tuple[str, ...]  # In the order in which its cells are taken.
    dates: tuple[str, ...]  # One of them is needed.


SETTLEMENT_TABLE = Table(SETTLEMENT, SETTLEMENT_REQUIRED, SETTLEMENT_MONEY, ("booked", "created"))
ACCOUNTING_TABLE = Table(ACCOUNTING, ACCOUNTING_REQUIRED, ACCOUNTING_MONEY, ("booked",))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields are. The Pick takes cells with an empty one appended to them."""

    width: int
    names: dict[str, str]  # Field -> its name in this file, for messages.
    fields: tuple[str, ...]  # Those of `said`, then those of `money`.
    said: Pick  # SAID.
    money: Pick
    last: str  # The field in the last column; empty if that is not read.
    places: dict[str, int]
    twins: tuple[tuple[int, int], ...]  # Columns of one name that is read: first and another.

    def says_two_things(self, cells: Sequence[str]) -> bool:
        """Whether columns of one name differ in this row."""
        return any(cells[first] != cells[other] for first, other in self.twins)


def names_of(header: Sequence[str]) -> list[str]:
    """Names as they are compared."""
    return [name.strip().casefold() for name in header]


def parse_header(row: Row, table: Table) -> Layout | FileRefused:
    """Find every field in the header."""
    header = names_of(row.cells)
    found: dict[str, int] = {}
    twins: list[tuple[int, int]] = []
    for field, names in table.columns.items():
        name = next((each.casefold() for each in names if each.casefold() in header), None)
        if name is None:
            continue
        first, *others = (place for place, each in enumerate(header) if each == name)
        found[field] = first
        twins += ((first, other) for other in others)
    missing = missing_column(found, table.columns, table.required, row.number)
    if missing is None and not any(field in found for field in table.dates):
        name = " or ".join(table.columns[field][0] for field in table.dates)
        message = f"the header has no column {name}"
        missing = FileRefused("column_missing", message, row.number, name)
    if missing is not None:
        return missing
    width = len(header)
    return Layout(
        width=width,
        names={field: shown(row.cells[position]) for field, position in found.items()},
        fields=(*SAID, *table.money),
        said=pick(found, SAID, absent=width),
        money=pick(found, table.money, absent=width),
        last=next((field for field, position in found.items() if position == width - 1), ""),
        places=found,
        twins=tuple(twins),
    )


def two_things(layout: Layout, cells: Sequence[str], number: int) -> FileRefused:
    """Say which name stands over two columns that differ in this row."""
    first, other = next(pair for pair in layout.twins if cells[pair[0]] != cells[pair[1]])
    field = next(name for name, place in layout.places.items() if place == first)
    name, text = layout.names[field], shown(cells[other])
    message = f"line {number}: two columns are named {name}, and they differ"
    return FileRefused("column_twice", message, number, name, text, shown(cells[first]))
