"""Reader of Mollie's settlement export: one CSV row a payment, refund, chargeback or cost.

Units: major units with the currency's digits, signed; lines have minor units.
Signs: as printed, above zero is money towards us. What Mollie withholds has no gross, its cost is
the fee. A payment that did not come about is kept with no money, what it is about is its original.
Keys: Mollie's id, which our events know; the settlement reference, which the bank statement
carries, is the line's part.
Time: the export names no zone; UTC stands in.
Controls: none. Nothing in it proves it complete.
Source: docs/formats/mollie.md.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from providers.amounts import exponent_of, signed_parser
from providers.columns import (
    Pick,
    find_columns,
    missing_column,
    names_to_fields,
    pick,
    wrong_width,
)
from providers.mollie.elements import PROVIDER
from providers.reader import Reading
from providers.rows import QUOTE, Row, cut_off, rows
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    UNKNOWN,
    Ending,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.source import Source, first_line
from providers.times import BEFORE, moment

KEYS_CHARACTERS_MAX = 256
WORD_CHARACTERS_MAX = 40
COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("Date",),
    "method": ("Payment method",),
    "currency": ("Currency",),
    "amount": ("Amount",),
    "status": ("Status",),
    "id": ("ID",),
    "about": ("Description",),
    "settled_currency": ("Settlement currency",),
    "settled": ("Settlement amount",),
    "settlement": ("Settlement reference",),
}
FIELDS = tuple(COLUMNS)
MARKS = ("method", "id", "settled", "settlement")
KINDS = {"tr": "charge", "cpt": "charge", "re": "refund", "chb": "chargeback"}  # By the id.
WITHHELD = ("withheld", "ingehouden", "einbehalten", "fees", "kosten", "gebühren")
MOVED = {"", "paid", "paidout", "refunded", "settled", "charged_back", "processing"}


class Cells(NamedTuple):
    """What is read of a row, as printed."""

    date: str
    method: str
    currency: str
    amount: str
    status: str
    id: str
    about: str
    settled_currency: str
    settled: str
    settlement: str


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of a settlement export."""
    names = [name.strip(QUOTE) for name in first_line(head).split(",")]
    return all(COLUMNS[mark][0] in names for mark in MARKS)


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row as a line."""
    found = rows(source)
    header = next(found, Row(1, "", [""]))
    if isinstance(header, FileRefused):
        return header
    columns = _columns(header)
    if isinstance(columns, FileRefused):
        return columns
    width = len(header.cells)
    take, last, booked_last = pick(columns, FIELDS, absent=width), header, BEFORE
    for row in found:
        line = row if isinstance(row, FileRefused) else _line(row, take, width, batch_id)
        if isinstance(line, FileRefused):
            return line
        booked_last = max(booked_last, line.booked_at)
        last = row
        yield line
    if last is header:
        return FileRefused("no_lines", "the export has no row", header.number)
    assert isinstance(last, Row), "a refusal ends the reading"
    return cut_off(source, last, columns, width=width) or Ending("", booked_last.date(), ())


def _columns(header: Row) -> dict[str, int] | FileRefused:
    found = find_columns(header.cells, names_to_fields(COLUMNS), line_number=header.number)
    if isinstance(found, FileRefused):
        return found
    return missing_column(found, COLUMNS, FIELDS, header.number) or found


def _line(row: Row, take: Pick, width: int, batch_id: str) -> SettlementLine | FileRefused:
    if len(row.cells) != width:
        return wrong_width(row.number, printed=len(row.cells), expected=width)
    cells = Cells._make(take(row.cells))
    wrong = next(_faults(cells), None)
    if wrong is not None:
        code, field, expected = wrong
        name, printed = COLUMNS[field][0], shown(getattr(cells, field))
        message = f"line {row.number}, {name}: printed {printed!r}, expected {expected}"
        return FileRefused(code, message, row.number, name, printed, expected)
    kind, at = _kind(cells), _at(cells.date)
    amount = _minor(cells.amount, currency=cells.currency) or 0
    currency = cells.settled_currency if cells.settled else cells.currency
    net = _minor(cells.settled, currency=currency) if cells.settled else amount
    moved = bool(cells.settled) or cells.status.lower() in MOVED
    net = net if moved and net is not None else 0
    abroad = not moved or currency != cells.currency
    gross = 0 if kind == "fee" else net
    identity = f"{cells.id or cells.about}/{cells.settlement}"
    assert at is not None, "a bad time was let pass"
    return SettlementLine(
        PROVIDER, batch_id, row.number, kind, cells.id or identity, cells.id or identity, identity,
        gross, gross - net, net, currency, at, row.raw, code=cells.method or cells.status,
        part=cells.settlement, original_minor=amount if abroad else None,
        original_currency=cells.currency if abroad else "",
        text=cells.about[:TEXT_CHARACTERS_MAX],
    )  # fmt: skip


def _kind(cells: Cells) -> str:
    """What a row is: by its id, else by the words beside it."""
    prefix, found, _ = cells.id.partition("_")
    if found and prefix in KINDS:
        return KINDS[prefix]
    if cells.method.lower() in {"refund", "chargeback"}:
        return cells.method.lower()
    small = cells.about.lower()
    if not cells.id and any(word in small for word in WITHHELD):
        return "fee"
    return f"{UNKNOWN}{cells.method or cells.status or 'row'}"


def _at(text: str) -> datetime | None:
    day = len(text) == len("2026-10-01")
    return moment(text, pattern="%Y-%m-%d" if day else "%Y-%m-%d %H:%M:%S")


def _minor(text: str, *, currency: str) -> int | None:
    exponent = exponent_of(currency)
    return None if exponent is None else signed_parser(exponent)(text)


def _faults(cells: Cells) -> Iterator[tuple[str, str, str]]:
    if _at(cells.date) is None:
        yield "time_wrong", "date", "YYYY-MM-DD hh:mm:ss"
    for currency, amount in (("currency", "amount"), ("settled_currency", "settled")):
        code, text = getattr(cells, currency), getattr(cells, amount)
        if amount == "settled" and not text:
            continue
        if exponent_of(code) is None:
            yield "currency_unknown", currency, "a currency of ISO 4217"
        elif _minor(text, currency=code) is None:
            yield "amount_wrong", amount, "a signed amount with a point and the currency's digits"
    keys = f"{cells.id}{cells.settlement}{cells.about if not cells.id else ''}"
    if not keys or len(keys) > KEYS_CHARACTERS_MAX or not keys.isprintable():
        yield "key_wrong", "id", f"printable keys of at most {KEYS_CHARACTERS_MAX} characters"
    words = f"{cells.method}{cells.status}"
    if len(words) > WORD_CHARACTERS_MAX or not words.isprintable():
        yield "state_wrong", "method", f"words of at most {WORD_CHARACTERS_MAX} characters"
