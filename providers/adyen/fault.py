"""What is wrong with a record of Adyen's reports, in words: the slow path, taken once a file.

Shape: find_fault(cells, layout, line number) -> FileRefused; asked only about a row that failed.
Source: docs/formats/adyen.md.
"""

from collections.abc import Iterator, Mapping

from providers.adyen.layout import FEES, KEYS, Layout
from providers.adyen.values import (
    KEYS_CHARACTERS_MAX,
    Currencies,
    Kinds,
    UnreadableError,
    is_key,
    local_time,
    rate_of,
)
from providers.amounts import exponent_of
from providers.columns import UNROUNDED, is_rounded
from providers.settlement_file import FileRefused, shown

Fault = tuple[str, str, str]  # Code, field, what was expected.
KEY = f"printable keys of at most {KEYS_CHARACTERS_MAX} characters together"


def find_fault(cells: list[str], layout: Layout, number: int) -> FileRefused:
    """Say what is wrong with this row; its cells come with an empty one appended."""
    read = (*layout.said(cells), *layout.money(cells))
    row = dict(zip(layout.fields, read, strict=True))
    # Keys that are short enough each, but not all together, are what is left.
    code, field, expected = next(_faults(row), ("key_wrong", "merchant_reference", KEY))
    name, text = layout.names.get(field, field), shown(row[field])
    message = f"line {number}, {name}: printed {text!r}, expected {expected}"
    return FileRefused(code, message, number, name, text, expected)


def _faults(row: Mapping[str, str]) -> Iterator[Fault]:
    yield from _said_faults(row)
    if "payable" in row:
        yield from _accounting_faults(row)
    else:
        yield from _settlement_faults(row)
    try:
        rate_of(row["rate"])
    except UnreadableError:
        yield "amount_wrong", "rate", "a rate above zero, in plain digits"


def _said_faults(row: Mapping[str, str]) -> Iterator[Fault]:
    field = "booked" if row["booked"] or not row["created"] else "created"
    zone_field = "booked_zone" if field == "booked" and row["booked_zone"] else "zone"
    if local_time(row[field], zone="") is None:
        yield "time_wrong", field, "YYYY-MM-DD HH:MM:SS"
    if local_time(row[field], zone=row[zone_field]) is None:
        yield "time_wrong", zone_field, "a time zone that we know"
    if not Kinds()[row["type"]]:
        yield "state_wrong", "type", "a type of at most 64 letters and digits"
    for key in ("company", *KEYS, "batch"):
        if not is_key(row[key]):
            yield "key_wrong", key, KEY
        if key in KEYS and is_rounded(row[key]):
            yield "key_wrong", key, UNROUNDED


def _accounting_faults(row: Mapping[str, str]) -> Iterator[Fault]:
    moves = any(row[field] for field in ("payable", *FEES))
    field = "currency" if moves or row["currency"] else "payment_currency"
    yield from _amount_faults(row, field, signed=("payable", *FEES))
    yield from _amount_faults(row, "payment_currency", signed=("captured",))


def _settlement_faults(row: Mapping[str, str]) -> Iterator[Fault]:
    net, gross = ("net_debit", "net_credit"), ("gross_debit", "gross_credit")
    yield from _amount_faults(row, "currency", signed=FEES, unsigned=net)
    yield from _amount_faults(row, "gross_currency", unsigned=gross)


def _amount_faults(
    row: Mapping[str, str],
    currency: str,
    *,
    signed: tuple[str, ...] = (),
    unsigned: tuple[str, ...] = (),
) -> Iterator[Fault]:
    decimals = exponent_of(row[currency])
    if decimals is None:
        yield "currency_unknown", currency, "a currency of ISO 4217"
        return
    tables = Currencies()[row[currency]]
    for fields, table in ((unsigned, tables.unsigned), (signed, tables.signed)):
        sign = "an unsigned" if table is tables.unsigned else "an"
        for field in fields:
            try:
                table[row[field]]
            except UnreadableError:
                yield "amount_wrong", field, f"{sign} amount with at most {decimals} decimals"
