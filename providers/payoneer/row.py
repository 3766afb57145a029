"""One row of a Payoneer account export to one settlement line.

Units: integer minor units of the row's currency.
Shape: find_header takes the first row; Rows.take(row) -> SettlementLine | FileRefused.
Errors: FileRefused at the first cell that is not exactly understood, by line and column.
Source: docs/formats/payoneer.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from providers.amounts import exponent_of, plain, signed_parser, unsigned_parser
from providers.columns import (
    UNROUNDED,
    Pick,
    find_columns,
    is_rounded,
    missing_column,
    names_to_fields,
    pick,
)
from providers.rows import Row
from providers.settlement_file import (
    NO_RESIDUE,
    TEXT_CHARACTERS_MAX,
    UNKNOWN,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.times import FIRST_YEAR, LAST_YEAR, zone_of

PROVIDER = "payoneer"
COMPLETED = "Completed"
KEY_CHARACTERS_MAX = 128
STATE_CHARACTERS_MAX = 40
REMEMBERED_MAX = 8_192
DAY = "MM/DD/YYYY with HH:MM:SS; a first number above 12 is no month: the day may stand first"
_NO_WORD = re.compile("[^A-Za-z0-9]+")
COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("Transaction Date",),
    "time": ("Transaction Time",),
    "zone": ("Time Zone",),
    "transaction": ("Transaction ID",),
    "description": ("Description",),
    "credit": ("Credit Amount",),
    "debit": ("Debit Amount",),
    "currency": ("Currency",),
    "state": ("Status",),
    "balance": ("Running Balance",),
    "transfer": ("Transfer Amount",),
    "transfer_currency": ("Transfer Amount Currency",),
    "more": ("Additional Description",),
}
REQUIRED = tuple(COLUMNS)[:-3]
WORDS = ("description", "more")  # All else is a key, an amount or a time: it must not be cut.


class Cells(NamedTuple):
    """What is read of a row, as printed; empty where the file has no such column."""

    date: str
    time: str
    zone: str
    transaction: str
    description: str
    credit: str
    debit: str
    currency: str
    state: str
    balance: str
    transfer: str
    transfer_currency: str
    more: str


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of this file are."""

    width: int
    take: Pick  # Of cells with an empty one behind them.
    matters_last: bool  # Whether the last column is read, and no mere words.


class Values(NamedTuple):
    """What a row says."""

    at: datetime
    kind: str
    net_minor: int
    balance_minor: int | None  # None where a row that is not completed prints none.
    transfer_minor: int | None
    transfer_currency: str


def find_header(row: Row) -> Header | FileRefused:
    """Find every field by its name."""
    found = find_columns(row.cells, names_to_fields(COLUMNS), line_number=row.number)
    if isinstance(found, FileRefused):
        return found
    missing = missing_column(found, COLUMNS, REQUIRED, row.number)
    if missing is not None:
        return missing
    width = len(row.cells)
    last = next((field for field, place in found.items() if place == width - 1), WORDS[0])
    return Header(width, pick(found, tuple(COLUMNS), absent=width), last not in WORDS)


def read(cells: Cells) -> Values | None:
    """Read a row; None if one of its cells is bad."""
    exponent, kind = exponent_of(cells.currency), kind_of(cells.state)
    at = _at(cells.date, time=cells.time, zone=zone_of(cells.zone))
    if exponent is None or at is None or not kind or not _is_key(cells.transaction):
        return None
    net = _net(cells, exponent)
    balance = _amount(cells.balance, exponent)
    if net is None or (balance is None and (cells.balance or cells.state == COMPLETED)):
        return None
    transfer = _transfer(cells)
    if transfer is None:
        return Values(at, kind, net, balance, None, "") if not cells.transfer else None
    if cells.transfer_currency == cells.currency:
        return Values(at, kind, net, balance, None, "")
    signed = -abs(transfer) if net < 0 else abs(transfer)
    return Values(at, kind, net, balance, signed, cells.transfer_currency)


def line_of(cells: Cells, values: Values, row: Row, batch_id: str) -> SettlementLine:
    """The line of a row that was read."""
    net = values.net_minor
    transaction = cells.transaction or sha256(row.raw.encode()).hexdigest()
    identity = f"{transaction}/{cells.currency}/{net}"
    text = f"{cells.description} {cells.more}".strip()[:TEXT_CHARACTERS_MAX]
    return SettlementLine(
        PROVIDER, batch_id, row.number, values.kind, identity, transaction, identity,
        net, 0, net, cells.currency, values.at, row.raw, NO_RESIDUE, cells.state, cells.zone,
        None, "", "", values.transfer_minor, values.transfer_currency, None, text,
    )  # fmt: skip


def fault(cells: Cells, number: int) -> FileRefused:
    """Say what is wrong with a row that cannot be read."""
    code, field, expected = next(_faults(cells))
    name, printed = COLUMNS[field][0], shown(str(cells._asdict()[field]))
    message = f"line {number}, {name}: printed {printed!r}, expected {expected}"
    return FileRefused(code, message, number, name, printed, expected)


@lru_cache(maxsize=256)
def kind_of(state: str) -> str:
    """What a row is by its status; empty if that is no word at all."""
    if state == COMPLETED:
        return "bank_entry"
    word = _NO_WORD.sub("_", state).strip("_")
    return f"{UNKNOWN}{word}" if word and len(state) <= STATE_CHARACTERS_MAX else ""


def _at(date: str, *, time: str, zone: tzinfo | None) -> datetime | None:
    """`05/03/2021` is the third of May; None if the second number cannot be a day, and so on."""
    if zone is None or len(date) != len("05/03/2021") or date[2] != "/" or date[5] != "/":
        return None
    if len(time) != len("10:15:00") or time[2] != ":" or time[5] != ":":
        return None
    try:
        at = datetime.fromisoformat(f"{date[6:]}-{date[:2]}-{date[3:5]}T{time}+00:00")
    except ValueError:
        return None
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        return None
    return at if zone is UTC else at.replace(tzinfo=zone)


def _net(cells: Cells, exponent: int) -> int | None:
    """Credit or debit, both printed without sign; the other is empty or nothing."""
    parse = unsigned_parser(exponent)
    credit = parse(_ungrouped(cells.credit)) if cells.credit else 0
    debit = parse(_ungrouped(cells.debit)) if cells.debit else 0
    if credit is None or debit is None or (credit and debit):
        return None
    return credit - debit if cells.credit or cells.debit else None


def _amount(text: str, exponent: int) -> int | None:
    """A signed amount in minor units."""
    return signed_parser(exponent)(_ungrouped(text))


def _ungrouped(text: str) -> str:
    """`1,234.50` is `1234.50`; groups that are not of three come to no amount."""
    if "," not in text:
        return text
    return plain(text, decimal_mark=".", group_mark=",") or ""


def _transfer(cells: Cells) -> int | None:
    """What was paid in the other currency; None if that is not said, or unreadable."""
    exponent = exponent_of(cells.transfer_currency)
    return None if exponent is None else _amount(cells.transfer, exponent)


def _is_key(text: str) -> bool:
    return len(text) <= KEY_CHARACTERS_MAX and text.isprintable() and not is_rounded(text)


def _faults(cells: Cells) -> Iterator[tuple[str, str, str]]:
    zone, exponent = zone_of(cells.zone), exponent_of(cells.currency)
    if zone is None:
        yield "time_wrong", "zone", "a zone"
    if _at(cells.date, time=cells.time, zone=zone) is None:
        dated = _at(cells.date, time="00:00:00", zone=zone) is not None
        yield "time_wrong", "time" if dated else "date", DAY
    if exponent is None:
        yield "currency_unknown", "currency", "a currency of ISO 4217"
        return
    if not kind_of(cells.state):
        yield "state_wrong", "state", f"a status of at most {STATE_CHARACTERS_MAX} characters"
    if is_rounded(cells.transaction):
        yield "key_wrong", "transaction", UNROUNDED
    if not _is_key(cells.transaction):
        yield "key_wrong", "transaction", f"a printable key up to {KEY_CHARACTERS_MAX} characters"
    if _net(cells, exponent) is None:
        field = "credit" if cells.credit else "debit"
        yield "amount_wrong", field, f"a credit or a debit, at most {exponent} decimals, no sign"
    if _amount(cells.balance, exponent) is None:
        yield "amount_wrong", "balance", f"an amount with at most {exponent} decimals"
    yield "amount_wrong", "transfer", "an amount of the currency beside it"
