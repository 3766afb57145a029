"""The values of a settlement's cells: amounts with point or comma, and times.

Units: integer minor units. A file has one decimal mark: the first amount that shows one decides,
and an amount with the other one is refused.
Time: a date with a clock and UTC, or ISO 8601 with an offset; a date alone counts as its midnight.
Day, month and year in that order are printed with points; with slashes the order is not told.
Errors: None for what cannot be read; the caller names line and field.
Source: docs/formats/amazon.md.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache

from providers.amounts import REMEMBERED_MAX, signed_parser
from providers.times import FIRST_YEAR, LAST_YEAR

MARKS = (".", ",")
TIMES_REMEMBERED = 4096
_DAY_FIRST = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})(.*)")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?: ?(UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)


def mark_of(text: str) -> str:
    """The decimal mark that an amount shows; empty if it shows none."""
    return next((mark for mark in MARKS if mark in text), "")


@cache
def parser(exponent: int, mark: str) -> Callable[[str], int | None]:
    """Minor units of a signed amount with this decimal mark and no marks between thousands."""
    exact = signed_parser(exponent)
    if mark != ",":
        return exact

    @lru_cache(maxsize=REMEMBERED_MAX)
    def parse(text: str) -> int | None:
        return None if "." in text else exact(text.replace(",", "."))

    return parse


@lru_cache(maxsize=TIMES_REMEMBERED)
def moment_of(text: str) -> datetime | None:
    """A printed time; UTC where it names no zone."""
    turned = _DAY_FIRST.fullmatch(text)
    if turned is not None:
        day, month, year, rest = turned.groups()
        text = f"{year}-{month}-{day}{rest}"
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    date, clock, zone = found.groups()
    offset = "+00:00" if zone in {None, "UTC", "GMT", "Z"} else zone
    try:
        at = datetime.fromisoformat(f"{date}T{clock or '00:00:00'}{offset}")
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year < LAST_YEAR else None
