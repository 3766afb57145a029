"""A movement, field `:61:` with its text: printed words to amount, days and keys.

Units: integer minor units of the statement's currency.
Shape: movement_of(line, parse) -> Movement, or None for anything that is not exactly one; why_not
finds the reason, on the slow path.
Keys: our reference stands behind the type, the bank's behind `//`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from providers.mt940.fields import Field
from providers.mt940.grammar import MOVEMENT, NO_ENTRY_DATE, SIGNS, day_of, entry_day
from providers.settlement_file import FileRefused, shown

# SWIFT allows 16 for each reference; banks were seen to print IBANs and names.
KEY_CHARACTERS_MAX = 256
GRAMMAR = "date, entry date, mark C D RC RD, amount with comma, type of four, reference"


class Movement(NamedTuple):
    """One movement as printed, its amount signed."""

    net_minor: int
    code: str  # Mark and type: `RC/NRTI`.
    ours: str
    theirs: str
    booked_at: datetime
    value_at: datetime


def movement_of(line: str, parse: Callable[[str], int | None]) -> Movement | None:
    """Read the first line of a `:61:`."""
    found = MOVEMENT.fullmatch(line)
    if found is None:
        return None
    value_text, entry_text, mark, amount, code, keys = found.groups()
    minor, value_at = parse(amount), day_of(value_text)
    if minor is None or value_at is None or not _are_keys(keys):
        return None
    booked_at = value_at
    if entry_text and entry_text != NO_ENTRY_DATE:
        entered = entry_day(value_at, entry_text)
        if entered is None:
            return None
        booked_at = entered
    ours, _, theirs = keys.partition("//")
    mark = mark.upper()
    net_minor = minor * SIGNS[mark]
    code = f"{mark}/{code}" if code else mark
    return Movement(net_minor, code, ours.strip(), theirs.strip(), booked_at, value_at)


def why_not(field: Field, parse: Callable[[str], int | None]) -> FileRefused:
    """Say what is wrong with a line that is no movement."""
    found = MOVEMENT.fullmatch(field.lines[0])
    if found is None:
        return refuse("record_wrong", field, expected=GRAMMAR)
    value_text, _, _, amount, _, keys = found.groups()
    if parse(amount) is None:
        return refuse("amount_wrong", field, expected="no more decimals than the currency has")
    if day_of(value_text) is None:
        return refuse("time_wrong", field, expected="a value date yymmdd")
    if not _are_keys(keys):
        expected = f"printable references of at most {KEY_CHARACTERS_MAX} characters"
        return refuse("key_wrong", field, expected=expected)
    return refuse("time_wrong", field, expected="an entry date mmdd")


def refuse(code: str, field: Field, *, expected: str) -> FileRefused:
    """Refuse a file for one field."""
    name, words = f":{field.tag}:", shown(field.value)
    message = f"line {field.number}, {name}: printed {words!r}, expected {expected}"
    return FileRefused(code, message, field.number, name, words, expected)


def _are_keys(keys: str) -> bool:
    return len(keys) <= KEY_CHARACTERS_MAX and keys.isprintable()
