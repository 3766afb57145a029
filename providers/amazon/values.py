"""The values of a settlement's cells: amounts with point or comma, and times.

Units: integer minor units. A file has one decimal mark: the first amount that shows one decides,
and an amount with the other one is refused, unless it stands between thousands. Zeros behind the
digits of a currency (`1980.00` yen) are nothing; anything else there is refused.
Time: a date with a clock and UTC, or ISO 8601 with an offset; a date alone counts as its midnight.
Day, month and year in that order are printed with points; with slashes the order is not told.
Errors: None for what cannot be read; the caller names line and field.
Source: docs/formats/amazon.md.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache

from providers.amounts import REMEMBERED_MAX, plain, signed_parser
from providers.times import FIRST_YEAR, LAST_YEAR

MARKS = (".", ",")
OTHER = {".": ",", ",": "."}
THOUSANDS = len(".000")
DECIMALS = 2  # Printed for a currency without digits too.
TIMES_REMEMBERED = 4096
_DAY_FIRST = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})(.*)")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?: ?(UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)


def mark_of(text: str) -> str:
    """The decimal mark that an amount shows, its last mark; empty if it does not tell."""
    mark = max(MARKS, key=text.rfind)
    if mark not in text or (text.count(mark) > 1):
        return ""
    # With three digits behind it, one mark alone could stand between thousands as well.
    alone = OTHER[mark] not in text
    return "" if alone and len(text) - text.rfind(mark) == THOUSANDS else mark


@cache
def parser(exponent: int, mark: str) -> Callable[[str], int | None]:
    """Minor units of a signed amount with this decimal mark, the other one between thousands."""
    exact = signed_parser(exponent)
    mark = mark or "."
    # With three decimals a mark of thousands could be the decimal one of another country.
    group = OTHER[mark] if exponent <= DECIMALS else ""

    @lru_cache(maxsize=REMEMBERED_MAX)
    def unusual(text: str) -> int | None:
        simple = plain(text, decimal_mark=mark, group_mark=group)
        if simple is None:
            return None
        whole, _, fraction = simple.partition(".")
        if exponent < len(fraction) <= DECIMALS and not fraction[exponent:].strip("0"):
            return exact(f"{whole}.{fraction[:exponent]}" if exponent else whole)
        return exact(simple)

    def parse(text: str) -> int | None:
        if mark in text and OTHER[mark] not in text:
            minor = exact(text if mark == "." else text.replace(",", "."))
            return unusual(text) if minor is None else minor
        return unusual(text)

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
