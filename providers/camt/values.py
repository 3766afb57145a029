"""Printed values of a message: amounts, days and moments, states.

Units: `scaled` is an amount times 10^5: ISO 20022 allows five decimals, whatever the currency.
Shape: each function takes what is printed and gives the value, None if it is none.
Source: docs/formats/camt.md.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from providers.amounts import Rounded, exponent_of, printed, rounding_parser, scale
from providers.times import moment, zone_of

DECIMALS_MAX = 5
RATE_DECIMALS_MAX = 10
AMOUNT = f"an unsigned decimal of at most {DECIMALS_MAX} digits behind its point"
SIGNS = {"CRDT": 1, "DBIT": -1}
BOOKED = "BOOK"
STATES = (BOOKED, "PDNG", "INFO", "FUTR")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
TRUE = ("true", "1")


def amount(text: str, *, currency: str) -> Rounded | None:
    """An unsigned amount of a known currency."""
    parse = amount_parser(currency)
    return None if parse is None else parse(text)


@lru_cache(maxsize=512)  # Twice the codes of ISO 4217; hostile codes push one another out.
def amount_parser(currency: str) -> Callable[[str], Rounded | None] | None:
    """What reads unsigned amounts of a currency; None if there is no such currency."""
    exponent = exponent_of(currency)
    if exponent is None:
        return None
    exact = rounding_parser(exponent, decimals_max=DECIMALS_MAX)

    def parse(text: str) -> Rounded | None:
        if text[:1] == "-":
            return None
        return exact(text) or exact(_canonical(text))

    return parse


def sum_of(text: str) -> int | None:
    """A sum without currency, which may be signed, scaled."""
    return scale(_canonical(text), DECIMALS_MAX)


def rate(text: str) -> Decimal | None:
    """An exchange rate."""
    scaled = scale(_canonical(text), RATE_DECIMALS_MAX)
    return None if scaled is None else Decimal(text)


def _canonical(text: str) -> str:
    """XML Schema also lets a decimal be `+5`, `.5` and `5.`."""
    if text[:1] == "+":
        text = text[1:]
    if text[:1] == ".":
        text = "0" + text
    return text.removesuffix(".") if text[:1].isdigit() else text


def exactly(scaled: int, *, exponent: int) -> str:
    """`2700000` of a currency with 2 decimals is `27.00`; more decimals where there are some."""
    text = printed(scaled, decimals=DECIMALS_MAX)
    for _ in range(DECIMALS_MAX - exponent):
        if text[-1] != "0":
            break
        text = text[:-1]
    return text.removesuffix(".")


@lru_cache(maxsize=4096)  # A statement has few days.
def time_of(text: str) -> tuple[datetime, str] | None:
    """A day (its midnight) or a moment, and the zone as printed."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, zone_text = found.groups()
    zone = zone_of(zone_text or "UTC")
    if zone is None:
        return None
    digits = (fraction or "0")[:6]
    whole = f"{day} {clock or '00:00:00'}.{digits}"
    at = moment(whole, pattern="%Y-%m-%d %H:%M:%S.%f", zone=zone)
    return None if at is None else (at, zone_text or "")
