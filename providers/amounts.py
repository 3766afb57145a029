"""Decimal strings to integer minor units, exactly: never a float, never a silent rounding.

Units: minor units by the currency's ISO 4217 exponent; `scaled` is the value times 10^decimals.
Shape: a parser per exponent, remembered; it takes the printed text and gives integers.
Errors: None when the text is no plain decimal, has more digits than allowed, or is out of bounds;
the caller names line and field.
Rounding: half away from zero, once per line, the residue kept: exact = minor + residue. A fee and
the same fee given back then round to opposite integers and cancel.
Source: ISO 4217 as in the iso4217 package.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from iso4217 import Currency

from domain.money import AMOUNT_MAX
from providers.settlement_file import NO_RESIDUE

# A fee is a small share of an amount, so few are different; 8192 of them are about 2 MB a parser.
REMEMBERED_MAX = 8192
SIGNED_MAX = 32_768  # Prices and what is left of them after fees: some 5 MB a parser.
WHOLE_DIGITS_MAX = 20  # Before the point: 2^63 has 19, and reading more is work for nothing.
_CODE = re.compile(r"[A-Z]{3}")
# Currencies that ISO 4217 has withdrawn and old files still carry; the euro's forerunners, then
# those replaced since. Those whose unit was small were booked without decimals.
WITHDRAWN = {
    "ATS": 2, "BEF": 0, "BGN": 2, "CYP": 2, "DEM": 2, "EEK": 2, "ESP": 0, "FIM": 2, "FRF": 2,
    "GRD": 0, "HRK": 2, "IEP": 2, "ITL": 0, "LTL": 2, "LUF": 0, "LVL": 2, "MTL": 2, "NLG": 2,
    "PTE": 0, "SIT": 2, "SKK": 2,
    "ANG": 2, "AZM": 2, "BYR": 0, "CSD": 2, "CUC": 2, "GHC": 2, "MRO": 2, "MZM": 2, "ROL": 2,
    "RUR": 2, "SLL": 2, "STD": 2, "TMM": 2, "TRL": 0, "VEB": 2, "VEF": 2, "ZMK": 2, "ZWL": 2,
}  # fmt: skip


class Rounded(NamedTuple):
    """An amount printed with more digits than its currency has."""

    minor: int
    residue_minor: Decimal
    scaled: int


@lru_cache(maxsize=512)  # Twice the codes of ISO 4217; hostile codes push one another out.
def exponent_of(currency: str) -> int | None:
    """Digits after the point of a currency; None if ISO 4217 never had it or gives it none."""
    if not _CODE.fullmatch(currency):
        return None
    try:
        return Currency(currency).exponent
    except ValueError:
        return WITHDRAWN.get(currency)


def scale(text: str, decimals_max: int) -> int | None:
    """`12.3` with 5 decimals is 1230000: the exact value times 10^decimals_max."""
    negative = text[:1] == "-"
    whole, point, fraction = (text[1:] if negative else text).partition(".")
    digits = whole + fraction
    # isdigit alone would take digits of other scripts, int alone would take `1_0` and ` 1`.
    if not (digits.isdigit() and digits.isascii() and whole) or (point and not fraction):
        return None
    if len(whole) > WHOLE_DIGITS_MAX or len(fraction) > decimals_max:
        return None
    scaled = int(digits) * 10 ** (decimals_max - len(fraction))
    return -scaled if negative else scaled


def plain(text: str, *, decimal_mark: str, group_mark: str = "") -> str | None:
    """`1.234,50` with the marks `,` and `.` is `1234.50`; groups of three or none at all."""
    whole, mark, fraction = text.partition(decimal_mark)
    if group_mark and group_mark in whole:
        first, *groups = whole.removeprefix("-").split(group_mark)
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):  # noqa: PLR2004
            return None
        whole = whole.replace(group_mark, "")
    if "." in whole or "," in whole or "." in fraction or "," in fraction:
        return None
    return f"{whole}.{fraction}" if mark else whole


def printed(scaled: int, *, decimals: int) -> str:
    """Print an exact value: 8000 with 5 decimals is `0.08000`."""
    if not decimals:
        return str(scaled)
    whole, fraction = divmod(abs(scaled), 10**decimals)
    return f"{'-' if scaled < 0 else ''}{whole}.{fraction:0{decimals}d}"


@cache  # One parser an exponent; ISO 4217 has exponents 0 to 4.
def unsigned_parser(exponent: int) -> Callable[[str], int | None]:
    """Minor units of an unsigned amount with at most the currency's own digits."""
    nothing = printed(0, decimals=exponent)

    def parse(text: str) -> int | None:
        if text == nothing:  # Most cells of a bill.
            return 0
        whole, _, fraction = text.partition(".")
        digits = whole + fraction
        if len(fraction) == exponent and whole and digits.isdigit() and digits.isascii():
            minor = int(digits) if len(whole) <= WHOLE_DIGITS_MAX else None
        else:
            minor = None if text[:1] == "-" else scale(text, exponent)
        return minor if minor is not None and minor <= AMOUNT_MAX else None

    return parse


class _Signed(dict[str, int]):
    """Amounts that were read before; a dictionary is the quickest memory that there is."""

    def __init__(self, exponent: int) -> None:
        super().__init__()
        self._exponent = exponent

    def __missing__(self, text: str) -> int | None:
        whole, point, fraction = text.partition(".")
        digits = whole + fraction
        # As nearly all are printed: every digit of the currency, no minus.
        usual = len(fraction) == self._exponent and whole and bool(point) == bool(fraction)
        if usual and digits.isdigit() and digits.isascii():
            minor = int(digits) if len(whole) <= WHOLE_DIGITS_MAX else None
        else:
            minor = scale(text, self._exponent)
        if minor is None or abs(minor) > AMOUNT_MAX:
            return None
        if len(self) == SIGNED_MAX:
            self.clear()
        self[text] = minor
        return minor


@cache
def signed_parser(exponent: int) -> Callable[[str], int | None]:
    """Minor units of a signed amount (`-`, no `+`) with at most the currency's own digits."""
    return _Signed(exponent).__getitem__


@cache
def rounding_parser(exponent: int, *, decimals_max: int) -> Callable[[str], Rounded | None]:
    """A signed amount with more digits than the currency: rounded, with its residue."""
    assert decimals_max >= exponent, "digits would be cut off"
    unit = 10 ** (decimals_max - exponent)

    @lru_cache(maxsize=REMEMBERED_MAX)
    def parse(text: str) -> Rounded | None:
        scaled = scale(text, decimals_max)
        if scaled is None or abs(scaled) > AMOUNT_MAX * unit:
            return None
        size = (2 * abs(scaled) + unit) // (2 * unit)
        minor = size if scaled >= 0 else -size
        rest = scaled - minor * unit
        return Rounded(minor, Decimal(rest) / unit if rest else NO_RESIDUE, scaled)

    return parse
