"""The amounts and days of an activity export, as its reader's own country writes them.

Units: integer minor units of the row's currency.
A file has one decimal mark and one order of day and month. The mark is that of the language until
an amount can only be read with the other one. With points or dashes the order is told; with
slashes it is told by the first day above twelve, or by a decimal comma, or else by the language.
Errors: None for what cannot be read; the caller names line and column.
Source: docs/formats/paypal.md.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from functools import cache, lru_cache

from providers.amounts import REMEMBERED_MAX, plain, signed_parser
from providers.times import FIRST_YEAR, LAST_YEAR

OTHER_MARK = {".": ",", ",": "."}
MONTHS = 12
DIGITS_MAX = 15  # Characters; below the largest amount that is read.
ONE_GROUP = range(5, 8)  # Characters of `1.000` to `999.999`.
TWO_GROUPS = range(9, 12)  # Of `1.000.000` to `999.999.999`.
DAYS_REMEMBERED = 1024
CLOCK_CHARACTERS = len("00:00:00")
_DATE = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})\2([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIGNED = re.compile(r"-?[0-9][0-9.,]*")


@cache
def parser(exponent: int, mark: str) -> Callable[[str], int | None]:
    """Minor units of a signed amount with this decimal mark, the other one between thousands."""
    exact = signed_parser(exponent)

    group, place = OTHER_MARK[mark], exponent + 1

    def parse(text: str) -> int | None:
        if text[-place:-exponent] == mark and len(text) <= DIGITS_MAX:
            whole = text[:-place]
            if whole[-4:-3] == group:
                size = len(whole.lstrip("-"))
                if size in ONE_GROUP:
                    whole = whole[:-4] + whole[-3:]
                elif size in TWO_GROUPS and whole[-8] == group:
                    whole = whole[:-8] + whole[-7:-4] + whole[-3:]
            digits = whole + text[-exponent:]
            figure = digits[1:] if digits[:1] == "-" else digits
            if figure.isdigit() and figure.isascii() and len(figure) > exponent:
                return int(digits)
        return unusual(text)

    @lru_cache(maxsize=REMEMBERED_MAX)
    def unusual(text: str) -> int | None:
        if not _SIGNED.fullmatch(text):
            return None
        simple = plain(text, decimal_mark=mark, group_mark=OTHER_MARK[mark])
        return None if simple is None else exact(simple)

    return parse


def shows_order(text: str) -> bool | None:
    """Whether a date says that the day stands first; None if it does not tell."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    first, sign, second, _ = found.groups()
    if sign == "." or int(first) > MONTHS:
        return True
    return False if int(second) > MONTHS else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def day_of(text: str, *, day_first: bool) -> date | None:
    """The day; None if it is none."""
    found = _DATE.fullmatch(text)
    if found is not None:
        first, sign, second, year = found.groups()
        day, month = (first, second) if day_first or sign == "." else (second, first)
        text = f"{year}-{month:0>2}-{day:0>2}"
    elif not _ISO.fullmatch(text):
        return None
    try:
        at = date.fromisoformat(text)
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year < LAST_YEAR else None


def moment_of(day: date | None, clock: str, zone: tzinfo | None) -> datetime | None:
    """Day, clock and zone together."""
    if day is None or zone is None:
        return None
    if len(clock) != CLOCK_CHARACTERS:
        clock = f"0{clock}"
    if len(clock) != CLOCK_CHARACTERS or clock[2] != ":" or clock[5] != ":":
        return None
    try:
        return datetime.combine(day, time.fromisoformat(clock), zone)
    except ValueError:
        return None
