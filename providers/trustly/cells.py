"""The cells of one row of a Trustly report by name, read, or what is wrong with them in words.

Units: integer minor units of the row's currency.
Shape: find_header takes the first row; read(cells) gives Values, or None; fault(…) says why.
Source: docs/formats/trustly.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from providers.amounts import exponent_of, signed_parser
from providers.columns import Pick, find_columns, missing_column, names_to_fields, pick
from providers.rows import Row
from providers.settlement_file import FileRefused, shown
from providers.trustly.values import NAME_CHARACTERS_MAX, identity_of, kind_of, time_of

KEY_CHARACTERS_MAX = 64  # Of a settlement id and a user; they become names of parts and batches.


class Cells(NamedTuple):
    """What is read of a row, as printed; empty where the report has no such column."""

    datestamp: str
    accountname: str
    currency: str
    amount: str
    total: str
    orderid: str
    ordertype: str
    messageid: str
    username: str
    settlementbankwithdrawalid: str
    fxpaymentamount: str
    fxpaymentcurrency: str


class Values(NamedTuple):
    """What a row says."""

    at: datetime
    zone: str
    kind: str
    identity: str
    net_minor: int
    total_minor: int
    foreign_minor: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of this report are."""

    width: int
    take: Pick  # Of cells with an empty one behind them.
    names_last: bool  # Whether the last column is one that is read.


COLUMNS = {field: (field,) for field in Cells._fields}
REQUIRED = Cells._fields[:-2]


def find_header(row: Row) -> Header | FileRefused:
    """Find every field by its name."""
    found = find_columns(row.cells, names_to_fields(COLUMNS), line_number=row.number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, COLUMNS, REQUIRED, row.number)
    if missing is not None:
        return missing
    width = len(row.cells)
    return Header(width, pick(found, Cells._fields, absent=width), width - 1 in found.values())


def read(cells: Cells) -> Values | None:
    """Read a row; None if one of its cells is bad."""
    exponent, time, kind = (
        exponent_of(cells.currency), time_of(cells.datestamp), kind_of(cells.ordertype)
    )  # fmt: skip
    identity = identity_of(
        cells.ordertype, cells.orderid, cells.messageid, cells.accountname, cells.datestamp
    )
    if exponent is None or time is None or identity is None or not kind:
        return None
    parse = signed_parser(exponent)
    net, total, foreign = parse(cells.amount), parse(cells.total), _foreign(cells)
    if net is None or total is None or foreign is False or not _are_keys(cells):
        return None
    return Values(time[0], time[1], kind, identity, net, total, foreign)


def fault(cells: Cells, number: int) -> FileRefused:
    """Say what is wrong with a row that cannot be read."""
    code, field, expected = next(_faults(cells))
    printed = shown(str(cells._asdict()[field]))
    message = f"line {number}, {field}: printed {printed!r}, expected {expected}"
    return FileRefused(code, message, number, field, printed, expected)


def _foreign(cells: Cells) -> int | bool | None:
    """What was paid in another currency; None if that is not said, False if it is unreadable."""
    amount, currency = cells.fxpaymentamount, cells.fxpaymentcurrency
    if not amount and not currency:
        return None
    exponent = exponent_of(currency)
    minor = None if exponent is None else signed_parser(exponent)(amount)
    return False if minor is None else minor


def _are_keys(cells: Cells) -> bool:
    return _is_key(cells.username) and _is_key(cells.settlementbankwithdrawalid)


@lru_cache(maxsize=256)  # A user and a settlement are those of many rows.
def _is_key(text: str) -> bool:
    return len(text) <= KEY_CHARACTERS_MAX and text.isprintable() and "/" not in text


def _faults(cells: Cells) -> Iterator[tuple[str, str, str]]:
    if time_of(cells.datestamp) is None:
        yield "time_wrong", "datestamp", "YYYY-MM-DD HH:MM:SS with an offset"
    exponent = exponent_of(cells.currency)
    if exponent is None:
        yield "currency_unknown", "currency", "a currency of ISO 4217"
    for field, text in (("amount", cells.amount), ("total", cells.total)):
        if exponent is not None and signed_parser(exponent)(text) is None:
            yield "amount_wrong", field, f"an amount with at most {exponent} decimals"
    if not kind_of(cells.ordertype):
        yield "state_wrong", "ordertype", "a type of at most 40 characters"
    if _foreign(cells) is False:
        yield "amount_wrong", "fxpaymentamount", "an amount of the currency beside it"
    for field, text in (
        ("username", cells.username),
        ("settlementbankwithdrawalid", cells.settlementbankwithdrawalid),
    ):
        if not _is_key(text):
            yield "key_wrong", field, f"a printable key of at most {KEY_CHARACTERS_MAX} characters"
    yield "key_wrong", "messageid", f"printable keys of at most {NAME_CHARACTERS_MAX} characters"
