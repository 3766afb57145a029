"""What stands in the fields of MT940 and MT942: movements, balances, floors, counts, dates.

Units: integer minor units, by the exponent of the currency beside the amount or of the statement.
Signs: C and RD (reversal of a debit) are money towards us, D and RC (reversal of a credit) away.
Shape: a parser gives a value, or None when the text is not of its grammar; callers name the line.
Amounts: a comma before the decimals; the point of some banks is read where it can be nothing else.
Days: the 29th to 31st of a shorter month is its last: banks that reckon 30 days a month print them.
Years: two digits, 80 to 99 are of the last century (SWIFT). The entry date of a movement has none:
it is the nearest to the value date, so it may belong to the next or the previous year.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from providers.amounts import REMEMBERED_MAX, exponent_of, unsigned_parser

SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
CENTURY_TURN = 80
NO_ENTRY_DATE = "    "
# Nothing, or a word that says that the reference stands in the text.
NO_REFERENCE = frozenset(
    ("", "N", "NONREF", "NOTPROVIDED", "EREF", "EREF+", "KREF", "KREF+", "MARF", "MREF+", "PREF")
)
_AMOUNT = r"([0-9]{1,20}(?:[,.][0-9]{0,15})?|,[0-9]{1,15})"
_POINT_DECIMALS = 2  # Of a currency with others, a point could as well part thousands.
# Behind the mark may stand the third letter of the currency, or `CR` and `DR` spelt out: either
# way it says nothing that the balance does not. The type is missing only where `//` follows.
MOVEMENT = re.compile(
    rf":61:([0-9]{{6}})([0-9]{{4}}|\x20{{4}})?([REre]?[CDcd])[A-Z]?\x20?{_AMOUNT}"
    r"\x20?([A-Z][A-Z0-9\x20]{3}|(?=//))(.*)",
    re.DOTALL,
)
_BALANCE = re.compile(rf"([CD])([0-9]{{6}})([A-Z]{{3}})\x20?{_AMOUNT}")
_FLOOR = re.compile(rf"([A-Z]{{3}})([CD]?)\x20?{_AMOUNT}")
_COUNT = re.compile(rf"([0-9]{{0,7}})([A-Z]{{3}}){_AMOUNT}")
_NUMBER = re.compile(r"0*([0-9]{1,9})(?:/0*([0-9]{1,9}))?")
_MONTH_AND_DAY = re.compile(r"[0-9]{4}")
_CURRENCY_AT_END = re.compile(r".*[^A-Za-z]([A-Z]{3})", re.DOTALL)


class Balance(NamedTuple):
    """An opening, closing or value balance."""

    minor: int
    currency: str
    day: datetime | None  # None: zeros, as some banks print for an account without a history.


class Count(NamedTuple):
    """How many entries of one direction there are, and their sum."""

    entries: int
    minor: int
    currency: str


@cache
def amount_parser(exponent: int):  # noqa: ANN201 - what it is stands in `parse`.
    """Minor units of `12,5`, `12,`, `12`; None with more digits, not zeros, than the currency."""
    plain = unsigned_parser(exponent)

    @lru_cache(maxsize=REMEMBERED_MAX)
    def parse(text: str) -> int | None:
        if "." in text:
            whole, _, fraction = text.partition(".")
            if not fraction:
                return plain(whole)
            return plain(text) if exponent == len(fraction) == _POINT_DECIMALS else None
        whole, _, fraction = text.partition(",")
        if len(fraction) > exponent and not fraction[exponent:].strip("0"):
            fraction = fraction[:exponent]
        return plain(f"{whole or 0}.{fraction}" if fraction else whole)

    return parse


@lru_cache(maxsize=REMEMBERED_MAX)
def day_of(text: str) -> datetime | None:
    """Midnight of `yymmdd`; UTC stands in, for the file states no zone."""
    year = int(text[:2])
    year += 1900 if year >= CENTURY_TURN else 2000
    return _midnight(year, text[2:])


@lru_cache(maxsize=REMEMBERED_MAX)
def entry_day(value_day: datetime, text: str) -> datetime | None:
    """Midnight of `mmdd` in the year that brings it nearest to the value date."""
    days = (_midnight(value_day.year + step, text) for step in (0, -1, 1))
    there = [day for day in days if day is not None]
    return min(there, key=lambda day: abs(day - value_day), default=None)


def balance_of(text: str) -> Balance | None:
    """A balance such as `D070903EUR1234718,36`."""
    found = _BALANCE.fullmatch(text)
    minor = _minor(found[3], amount=found[4]) if found is not None else None
    if found is None or minor is None:
        return None
    day = day_of(found[2])
    if day is None and found[2] != "000000":
        return None
    return Balance(minor * SIGNS[found[1]], found[3], day)


def count_of(text: str) -> Count | None:
    """A count and a sum such as `3PLN0,03`."""
    found = _COUNT.fullmatch(text)
    minor = _minor(found[2], amount=found[3]) if found is not None else None
    return None if found is None or minor is None else Count(int(found[1] or 0), minor, found[2])


def floor_currency(text: str) -> str | None:
    """The currency of a floor limit such as `PLN0` or `EURD100,`."""
    found = _FLOOR.fullmatch(text)
    if found is None or _minor(found[1], amount=found[3]) is None:
        return None
    return found[1]


def currency_of_account(account: str) -> str:
    """The currency that some banks print behind the account; empty if there is none."""
    found = _CURRENCY_AT_END.fullmatch(account)
    return found[1] if found is not None and exponent_of(found[1]) is not None else ""


def number_of(text: str) -> tuple[int, int] | None:
    """Statement and page of `00004/00002`; the page is 1 where it is not printed."""
    found = _NUMBER.fullmatch(text)
    return (int(found[1]), int(found[2] or 1)) if found is not None else None


def _minor(currency: str, *, amount: str) -> int | None:
    exponent = exponent_of(currency)
    return amount_parser(exponent)(amount) if exponent is not None else None


def _midnight(year: int, month_and_day: str) -> datetime | None:
    if _MONTH_AND_DAY.fullmatch(month_and_day) is None:
        return None
    month, day = int(month_and_day[:2]), int(month_and_day[2:])
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - of any calendar.
        return None
    return datetime(year, month, min(day, monthrange(year, month)[1]), tzinfo=UTC)
