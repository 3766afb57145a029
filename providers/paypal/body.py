"""One row SB of a PayPal report to one settlement line.

Units: digits without a point. They are hundredths where the currency has two digits; what PayPal
prints for a currency without digits is not told, so its amounts are refused unless they are zero.
Signs: CR above zero, DR below; a fee DR is a cost. Authorisations (T13), what was denied and what
is pending moved no money: kept with none, what they are about stands as their original amount.
Keys: transaction id and T-code name a row; the invoice id is ours; a reference id of type TXN is
the payment that a refund, a reversal or a fee belongs to.
Source: docs/formats/paypal.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from providers.amounts import exponent_of
from providers.columns import (
    ROUNDED,
    Pick,
    any_rounded,
    find_columns,
    missing_column,
    names_to_fields,
    pick,
    rounded_keys,
)
from providers.paypal.codes import AUTHORISATIONS, CREDIT, DEBIT, kind_of
from providers.paypal.footers import DIGITS_MAX, number_of
from providers.rows import Row
from providers.settlement_file import NO_RESIDUE, FileRefused, SettlementLine, shown
from providers.times import FIRST_YEAR, LAST_YEAR

PROVIDER = "paypal"
DIGITS = 2  # After the point that is not printed.
# PayPal takes no decimals for these, whatever ISO 4217 says of them.
WITHOUT_DIGITS = {"HUF", "JPY", "TWD"}
NO_MONEY = (0, 0, 0)
KEYS_CHARACTERS_MAX = 256  # Documented: transactions 24 characters, invoice 127.
MARKS = {CREDIT, DEBIT}
NOT_MOVED = {"D", "P"}  # Denied and pending.

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("Transaction ID",),
    "invoice": ("Invoice ID",),
    "related": ("PayPal Reference ID",),
    "relation": ("PayPal Reference ID Type",),
    "code": ("Transaction Event Code",),
    "begun": ("Transaction Initiation Date",),
    "done": ("Transaction Completion Date",),
    "mark": ("Transaction Debit or Credit",),
    "gross": ("Gross Transaction Amount",),
    "currency": ("Gross Transaction Currency",),
    "fee_mark": ("Fee Debit or Credit",),
    "fee": ("Fee Amount",),
    "fee_currency": ("Fee Currency",),
    "status": ("Transactional Status", "Transaction Status"),
}
FIELDS = tuple(COLUMNS)
REQUIRED = ("id", "code", "mark", "gross", "currency", "fee_mark", "fee")
NAMES = {field: names[0] for field, names in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields of a section are."""

    names: tuple[str, ...]
    values: Pick  # The cells of FIELDS; cells come with an empty one appended.
    detail: bool  # Whether they are those of a detail report: it has a status.


class Taken(NamedTuple):
    """A line, and what it adds to the totals: its printed gross and fee, signed."""

    line: SettlementLine
    gross: int
    fee: int
    moved: bool


def parse_columns(row: Row) -> Columns | FileRefused:
    """Find every field in a line CH; blanks inside a name do not count (`Transaction  Debit`)."""
    names = [" ".join(name.split()) for name in row.cells]
    found = find_columns(names, names_to_fields(COLUMNS), line_number=row.number)
    if isinstance(found, FileRefused):
        return found
    begun = () if "done" in found else ("begun",)
    missing = missing_column(found, COLUMNS, (*REQUIRED, *begun), row.number)
    if missing is not None:
        return missing
    values = pick(found, FIELDS, absent=len(names))
    return Columns(tuple(names), values, detail="status" in found)


@lru_cache(maxsize=1024)
def moment_of(text: str) -> datetime | None:
    """`2026/01/06 00:00:30 -0800`."""
    if len(text) != len("2026/01/06 00:00:30 -0800") or not text.isascii():
        return None
    if text[4:8:3] != "//" or text[10:20:9] != "  " or text[13:17:3] != "::":
        return None
    try:
        at = datetime.fromisoformat(f"{text[:4]}-{text[5:7]}-{text[8:10]}T{text[11:19]}{text[20:]}")
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return at if FIRST_YEAR <= at.year < LAST_YEAR else None


@lru_cache(maxsize=256)
def has_unit(currency: str) -> bool:
    """Whether it is known what the digits of this currency's amounts mean."""
    return exponent_of(currency) == DIGITS and currency not in WITHOUT_DIGITS


def signed(text: str, *, mark: str) -> int | None:
    """Digits and their CR or DR; nothing at all is zero."""
    if mark in MARKS and text.isdigit() and len(text) <= DIGITS_MAX and text.isascii():
        return int(text) if mark == CREDIT else -int(text)
    size = number_of(text or "0")
    if size is None or (size and mark not in MARKS):
        return None
    return -size if mark == DEBIT else size


def take(
    row: Row, columns: Columns, batch_id: str, *, account: str, part: str
) -> Taken | FileRefused:
    """Read one row."""
    cells = row.cells
    if len(cells) != len(columns.names):
        message = f"line {row.number} has {len(cells)} columns, not {len(columns.names)}"
        return FileRefused("column_count", message, row.number, "", str(len(cells)))
    cells.append("")
    values = columns.values(cells)
    name, invoice, related, relation, code, begun, done, mark, gross_text, currency = values[:10]
    fee_mark, fee_text, fee_currency, status = values[10:]
    gross, given_back = signed(gross_text, mark=mark), signed(fee_text, mark=fee_mark)
    at, kind = moment_of(done or begun), kind_of(code, mark=mark)
    if gross is None or given_back is None or at is None or not kind:
        return _fault(row.number, values)
    known = has_unit(currency) or (
        not gross and not given_back and exponent_of(currency) is not None
    )
    if not known or (given_back and fee_currency not in {"", currency}):
        return _fault(row.number, values)
    keys = f"{name}{invoice}{related}"
    spoiled = ROUNDED in keys and any_rounded(name, invoice, related)
    if spoiled or len(keys) > KEYS_CHARACTERS_MAX or not keys.isprintable():
        return _fault(row.number, values)
    moved = code[:3] != AUTHORISATIONS and status not in NOT_MOVED
    identity = f"{name or sha256(row.raw.encode()).hexdigest()}/{code}"
    own = kind == "charge" or not related or relation not in {"TXN", ""}
    money = (gross, -given_back, gross + given_back) if moved else NO_MONEY
    line = SettlementLine(
        PROVIDER, batch_id, row.number, kind, invoice or identity, name if own else related,
        identity, *money, currency, at, row.raw, NO_RESIDUE, code, (done or begun)[-5:], None,
        account, part, None if moved else gross, "" if moved else currency,
    )  # fmt: skip
    return Taken(line, gross, -given_back, moved)


def _fault(number: int, values: tuple[str, ...]) -> FileRefused:
    """What is wrong with a row that could not be read, in words."""
    row = dict(zip(FIELDS, values, strict=True))
    code, field, expected = next(_faults(row))
    text, name = shown(row[field]), NAMES[field]
    message = f"line {number}, {name}: printed {text!r}, expected {expected}"
    return FileRefused(code, message, number, name, text, expected)


def _faults(row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for mark, amount in (("mark", "gross"), ("fee_mark", "fee")):
        if number_of(row[amount] or "0") is None:
            yield "amount_wrong", amount, "digits without a point"
        if signed(row[amount], mark=row[mark]) is None:
            yield "state_wrong", mark, "CR or DR beside an amount"
    if moment_of(row["done"] or row["begun"]) is None:
        yield "time_wrong", "done" if row["done"] else "begun", "YYYY/MM/DD hh:mm:ss and an offset"
    if not kind_of(row["code"], mark=row["mark"]):
        yield "state_wrong", "code", "T and four digits"
    if exponent_of(row["currency"]) is None:
        yield "currency_unknown", "currency", "a currency of ISO 4217"
    if not has_unit(row["currency"]):
        yield "unit_unknown", "currency", "a currency of two digits: others are ambiguous here"
    if row["fee_currency"] not in {"", row["currency"]}:
        yield "currency_differs", "fee_currency", row["currency"]
    yield from rounded_keys(row, ("id", "invoice", "related"))
    yield "key_wrong", "id", f"printable keys of {KEYS_CHARACTERS_MAX} characters together"
