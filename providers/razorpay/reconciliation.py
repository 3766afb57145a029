"""Razorpay's reconciliation of single payments: an answer of its API (JSON), or its report (CSV).

Units: the API has integers of minor units, the report major units with a point; lines minor units.
Signs: see providers.razorpay.movement.
Keys: `order_receipt` is ours; the entity (payment, refund, adjustment) names the line; part is the
settlement, whose UTR the bank statement carries.
Time: seconds since 1970 in the API; the report names no zone, UTC stands in.
Errors: the first thing that is not exactly understood refuses the file, by line and member.
Source: docs/formats/razorpay.md.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
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
from providers.json_document import Document
from providers.json_element import BEFORE, Element
from providers.json_lines import Taken
from providers.razorpay.movement import Movement, kind_of, movement
from providers.reader import Reading
from providers.rows import QUOTE, Row, cut_off, rows
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    Ending,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.source import Source, first_line
from providers.times import LAST_YEAR, moment

PROVIDER = "razorpay"
FIRST_AT_S = int(BEFORE.timestamp())
LAST_AT_S = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
KEYS_CHARACTERS_MAX = 256
COLUMNS: dict[str, tuple[str, ...]] = {
    "type": ("transaction_entity",),
    "id": ("entity_id",),
    "amount": ("amount",),
    "currency": ("currency",),
    "fee": ("fee (exclusive tax)",),
    "tax": ("tax",),
    "debit": ("debit",),
    "credit": ("credit",),
    "created": ("entity_created_at",),
    "about": ("entity_description",),
    "receipt": ("order_receipt",),
    "dispute": ("dispute_id",),
    "settlement": ("settlement_id",),
    "settled": ("settled_at",),
    "utr": ("settlement_utr",),
}
FIELDS = tuple(COLUMNS)
REQUIRED = ("type", "id", "amount", "currency", "fee", "tax", "debit", "credit", "created",
            "settlement")  # fmt: skip
PATTERNS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S")


class Cells(NamedTuple):
    """What is read of a row of the report, as printed."""

    type: str
    id: str
    amount: str
    currency: str
    fee: str
    tax: str
    debit: str
    credit: str
    created: str
    about: str
    receipt: str
    dispute: str
    settlement: str
    settled: str
    utr: str


def seconds_of(element: Element, name: str) -> datetime:
    """A moment in seconds since 1970."""
    seconds = element.integer(name, code="time_wrong")
    if FIRST_AT_S < seconds < LAST_AT_S:
        return datetime.fromtimestamp(seconds, UTC)
    element.wrong(name, code="time_wrong", expected="seconds since 1970")
    return BEFORE


def entity(element: Element, document: Document, *, batch_id: str) -> Taken:
    """Read one entity of the API's reconciliation."""
    amount, credit, debit, fee = (
        element.integer(name, code="amount_wrong") for name in ("amount", "credit", "debit", "fee")
    )
    word, name = element.text("type"), element.key("entity_id")
    disputed = bool(element.key("dispute_id", optional=True))
    kind = kind_of(word, disputed=disputed, incoming=credit > debit)
    if not kind:
        element.wrong("type", code="state_wrong", expected="a word of letters")
    moved = movement(word, amount=amount, credit=credit, debit=debit, fee=fee)
    if moved is None:
        code, expected = "amount_contradicts_state", "credit - debit = amount less fee"
        element.wrong("amount", code=code, expected=expected)
        moved = Movement(0, 0, 0)
    payment = element.key("payment_id", optional=True)
    line = SettlementLine(
        PROVIDER, batch_id, element.number, kind,
        element.key("order_receipt", optional=True) or name, payment or name, name,
        *moved, element.currency("currency"), seconds_of(element, "created_at"),
        element.raw(document), code=word, zone="UTC",
        value_at=seconds_of(element, "settled_at") if element.has("settled_at") else None,
        part=element.key("settlement_id", optional=True),
        text=element.key("settlement_utr", optional=True),
    )  # fmt: skip
    return line, ()


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of the report."""
    names = [name.strip(QUOTE) for name in first_line(head).split(",")]
    return all(COLUMNS[mark][0] in names for mark in ("type", "id", "fee", "settlement"))


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row of the report as a line."""
    found = rows(source)
    header = next(found, Row(1, "", [""]))
    if isinstance(header, FileRefused):
        return header
    columns = _columns(header)
    if isinstance(columns, FileRefused):
        return columns
    take = pick(columns, FIELDS, absent=len(header.cells))
    last, booked_last = header, BEFORE
    for row in found:
        line = row if isinstance(row, FileRefused) else _line(row, take, header, batch_id)
        if isinstance(line, FileRefused):
            return line
        assert isinstance(row, Row), "a refusal has no line"
        booked_last, last = max(booked_last, line.booked_at), row
        yield line
    if last is header:
        return FileRefused("no_lines", "the report has no row", header.number)
    cut = cut_off(source, last, columns, width=len(header.cells))
    return cut or Ending("", booked_last.date(), ())


def _columns(header: Row) -> dict[str, int] | FileRefused:
    found = find_columns(header.cells, names_to_fields(COLUMNS), line_number=header.number)
    if isinstance(found, FileRefused):
        return found
    return missing_column(found, COLUMNS, REQUIRED, header.number) or found


def _line(row: Row, take: Pick, header: Row, batch_id: str) -> SettlementLine | FileRefused:
    width = len(header.cells)
    if len(row.cells) != width:
        return wrong_width(row.number, printed=len(row.cells), expected=width)
    cells = Cells._make(take([*row.cells, ""]))
    moved, at = _movement(cells), _at(cells.created)
    incoming = moved is not None and moved.net_minor > 0
    kind = kind_of(cells.type, disputed=bool(cells.dispute), incoming=incoming)
    value_at = _at(cells.settled) if cells.settled else None
    keys = f"{cells.id}{cells.receipt}{cells.settlement}{cells.utr}"
    is_key = bool(cells.id) and len(keys) <= KEYS_CHARACTERS_MAX and keys.isprintable()
    if moved is None or at is None or not kind or not is_key or (cells.settled and not value_at):
        return _fault(cells, row.number)
    text = f"{cells.utr} {cells.about}".strip()[:TEXT_CHARACTERS_MAX]
    return SettlementLine(
        PROVIDER, batch_id, row.number, kind, cells.receipt or cells.id, cells.id, cells.id,
        *moved, cells.currency, at, row.raw, code=cells.type, value_at=value_at,
        part=cells.settlement, text=text,
    )  # fmt: skip


def _movement(cells: Cells) -> Movement | None:
    figures = _figures(cells)
    if None in figures.values():
        return None
    amount, fee, tax, debit, credit = (each or 0 for each in figures.values())
    return movement(cells.type, amount=amount, credit=credit, debit=debit, fee=fee + tax)


def _figures(cells: Cells) -> dict[str, int | None]:
    exponent = exponent_of(cells.currency)
    texts = {name: getattr(cells, name) for name in ("amount", "fee", "tax", "debit", "credit")}
    if exponent is None:
        return dict.fromkeys(texts)
    parse = signed_parser(exponent)
    return {name: parse(text) if text else 0 for name, text in texts.items()}


def _at(text: str) -> datetime | None:
    return next((at for one in PATTERNS if (at := moment(text, pattern=one)) is not None), None)


def _fault(cells: Cells, number: int) -> FileRefused:
    code, field, expected = next(_faults(cells))
    name, printed = COLUMNS[field][0], shown(getattr(cells, field))
    message = f"line {number}, {name}: printed {printed!r}, expected {expected}"
    return FileRefused(code, message, number, name, printed, expected)


def _faults(cells: Cells) -> Iterator[tuple[str, str, str]]:
    if exponent_of(cells.currency) is None:
        yield "currency_unknown", "currency", "a currency of ISO 4217"
    for name, minor in _figures(cells).items():
        if minor is None:
            yield "amount_wrong", name, "an amount with a point and the currency's digits"
    if _movement(cells) is None:
        yield "amount_contradicts_state", "amount", "credit - debit = amount less fee and tax"
    for name in ("created", "settled"):
        if _at(getattr(cells, name)) is None:
            yield "time_wrong", name, "YYYY-MM-DD hh:mm:ss or DD/MM/YYYY hh:mm:ss"
    if not kind_of(cells.type, disputed=False, incoming=True):
        yield "state_wrong", "type", "a word of letters"
    yield "key_wrong", "id", f"printable keys of at most {KEYS_CHARACTERS_MAX} characters"
