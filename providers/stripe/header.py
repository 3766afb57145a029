"""The header of a Stripe table, by names, and what is wrong with one of its rows, in words.

Shape: parse_header(row, columns, required) -> Header | FileRefused; fault(...) -> FileRefused.
Names are compared without case, blanks are underscores: `Created (UTC)` is `created_(utc)`. Of the
names that a field may have, the first that is there counts; all other columns are let be.
Source: docs/formats/stripe.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from providers.columns import Pick, find_columns, missing_column, pick
from providers.rows import Row
from providers.settlement_file import FileRefused, shown
from providers.stripe.cells import own_key

Columns = Mapping[str, tuple[str, ...]]
_OWN = re.compile(r"(payment|refund)_metadata\[(.+)\]|(.+) \(metadata\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the fields of this file are. A Pick takes cells with an empty one behind them."""

    width: int
    names: dict[str, str]  # Field -> its printed name, for messages.
    pick: Pick  # The cells of all fields, then our reference of a payment and of a refund.
    last_field: str  # Which field the last column is; empty if it is not read.


def normal(name: str) -> str:
    """A name as it is compared."""
    return name.strip().lower().replace(" ", "_")


def parse_header(row: Row, columns: Columns, required: Iterable[str]) -> Header | FileRefused:
    """Find every field in the first row."""
    printed: dict[str, str] = {}
    for name in row.cells:
        printed.setdefault(normal(name), name)
    fields = dict(_chosen(columns, printed))
    own, own_refund = _own_columns(row.cells)
    if own:
        fields[own] = "own"
    if own_refund:
        fields[own_refund] = "own_refund"
    found = find_columns(row.cells, fields, line_number=row.number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, columns, required, row.number)
    if missing is not None:
        return missing
    width = len(row.cells)
    positions = {position: field for field, position in found.items()}
    return Header(
        width=width,
        names={field: row.cells[position] for field, position in found.items()},
        pick=pick(found, (*columns, "own", "own_refund"), absent=width),
        last_field=positions.get(width - 1, ""),
    )


def _chosen(columns: Columns, printed: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for field, names in columns.items():
        for name in names:
            if name in printed:
                yield printed[name], field
                break


def _own_columns(names: list[str]) -> tuple[str, str]:
    """The columns of our reference for a payment, and for a refund; empty where there is none."""
    payments: dict[str, str] = {}
    refunds: dict[str, str] = {}
    for name in names:
        found = _OWN.fullmatch(name)
        if found is None:
            continue
        of, inner, dashboard = found.groups()
        into = refunds if of and of.lower() == "refund" else payments
        into[inner or dashboard] = name
    return payments.get(own_key([*payments]), ""), refunds.get(own_key([*refunds]), "")


@dataclass(frozen=True, slots=True)
class Check:
    """A cell, whether it is right, and what refuses the file if not."""

    field: str
    printed: str
    right: bool
    code: str
    expected: str


def fault(number: int, names: Mapping[str, str], checks: Iterable[Check]) -> FileRefused:
    """Put the first wrong cell of a row into words; one of them is wrong."""
    check = next(each for each in checks if not each.right)
    name, printed = shown(names.get(check.field, check.field)), shown(check.printed)
    message = f"line {number}, {name}: printed {printed!r}, expected {check.expected}"
    return FileRefused(check.code, message, number, name, printed, check.expected)
