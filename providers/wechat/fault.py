"""What is wrong with a row of a trade bill, in words: the slow path, taken once a file.

Shape: find_fault(cells, layout, line number) -> FileRefused; asked only about a row that failed.
Source: docs/formats/wechat.md.
"""

from collections.abc import Iterator

from providers.amounts import exponent_of, rounding_parser, unsigned_parser
from providers.columns import UNROUNDED, is_rounded
from providers.settlement_file import FileRefused, shown
from providers.wechat.layout import AMOUNTS, EMPTY, FEE, VALUES, Layout
from providers.wechat.values import (
    FEE_DECIMALS,
    IDENTITY_CHARACTERS_MAX,
    china_time,
    contradiction,
    is_identity,
    kind_of,
)

EXPECTED = {
    "refund_amount": "none in a payment",
    "settle_amount": "none in a refund",
    "state": "SUCCESS, in a bill without refund columns",
}
KEYS = ("order", "wechat_order", "refund", "wechat_refund")
KEY = f"printable keys of at most {IDENTITY_CHARACTERS_MAX} characters together"


def find_fault(cells: list[str], layout: Layout, number: int) -> FileRefused:
    """Say what is wrong with this row; its cells come with ABSENT appended."""
    read = (*layout.values(cells), *layout.amounts(cells))
    row: dict[str, str] = dict(zip((*VALUES, *AMOUNTS, FEE), read, strict=True))
    # Keys that are short enough each, but not all together, are what is left.
    code, field, expected = next(_faults(row, layout), ("key_wrong", "order", KEY))
    name, printed = layout.names.get(field, field), shown(row[field])
    message = f"line {number}, {name}: printed {printed!r}, expected {expected}"
    return FileRefused(code, message, number, name, printed, expected)


def _faults(row: dict[str, str], layout: Layout) -> Iterator[tuple[str, str, str]]:
    field = "time" if row["accepted_time"] in EMPTY else "accepted_time"
    if china_time(row[field]) is None:
        yield "time_wrong", field, "YYYY-MM-DD HH:MM:SS"
    exponent = exponent_of(row["currency"])
    if exponent is None:
        yield "currency_unknown", "currency", "a currency of ISO 4217"
        return
    minor = {field: unsigned_parser(exponent)(row[field]) for field in AMOUNTS}
    for field in (field for field, amount in minor.items() if amount is None):
        yield "amount_wrong", field, f"an unsigned amount with at most {exponent} decimals"
    if rounding_parser(exponent, decimals_max=FEE_DECIMALS)(row[FEE]) is None:
        yield "amount_wrong", FEE, f"an amount with at most {FEE_DECIMALS} decimals"
    kind = kind_of(row["state"], refund_state=row["refund_state"])
    if not kind:
        yield "state_wrong", "state", "a code of letters, digits, - and _"
    settle, refund = minor["settle_amount"] or 0, minor["refund_amount"] or 0
    field = contradiction(kind, layout, settle_minor=settle, refund_minor=refund)
    if field:
        yield "amount_contradicts_state", field, EXPECTED[field]
    for field in KEYS:
        if not is_identity(row[field]):
            yield "key_wrong", field, KEY
        if is_rounded(row[field]):
            yield "key_wrong", field, UNROUNDED
