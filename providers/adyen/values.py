"""The values of Adyen's cells: amounts, kinds of records, times, names of lines without a name.

Units: amounts in minor units; an empty cell is nothing, 0.
Shape: dictionaries that answer for any text and remember what they answered, within bounds: prices,
types and rates of one report repeat, and a dictionary is the quickest memory that there is.
Errors: UnreadableError for a cell that cannot be read, which never leaves providers.adyen: its
module `fault` puts it into words. None or no text for a time or a type.
Source: docs/formats/adyen.md.
"""

import re
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple

from domain.money import AMOUNT_MAX
from providers.amounts import exponent_of, scale
from providers.settlement_file import UNKNOWN
from providers.times import FIRST_YEAR, LAST_YEAR, zone_of

REMEMBERED_MAX = 65_536
PRICES_MAX, FEES_MAX = 131_072, 32_768  # Some 20 and 5 MB a table; a file fills one or two.
RATE_DECIMALS_MAX = 20
DIGITS_MAX = 20  # Before the point; what is too large is refused by its size.
KEYS_CHARACTERS_MAX = 512  # Documented: 16 or 80 for each of six.
_CODE = re.compile(r"\w[\w .:/()-]{0,63}")  # A type becomes part of a kind: short and printable.
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.(?:[0-9]{3}){1,2})?)?"
_LOOSE_TIME = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[ T]{_CLOCK})?")
TIME_CHARACTERS = len("2026-03-31 10:00:00")

# How Adyen prints that a payment was settled in parts, in bulk or by another acquirer.
_WAYS = ("", "bulk", "installment", "ininstallments", "externally", "externallywithinfo")
KINDS = {
    **{f"settled{way}": "charge" for way in _WAYS},
    **{f"refunded{way}": "refund" for way in _WAYS},
    **{f"chargeback{way}": "chargeback" for way in _WAYS},
    **{f"chargebackreversed{way}": "chargeback_reversal" for way in _WAYS},
    "secondchargeback": "chargeback",
    "settledreversed": "adjustment",
    "refundedreversed": "adjustment",
    "manualcorrected": "adjustment",
    "fee": "fee",
    "misccosts": "fee",
    "invoicededuction": "fee",
    "paymentcost": "fee",
    "advancementcommissions": "fee",
    "depositcorrection": "reserve",
    "reserveadjustment": "reserve",
    "balancetransfer": "transfer",
    "internalcompanypayout": "transfer",
    "merchantpayin": "transfer",
    "merchantpayout": "payout",
    "bankinstructionreturned": "payout",
}
PAYMENT_KINDS = ("charge", "refund", "chargeback", "chargeback_reversal")
NET_KINDS = ("fee", "transfer", "payout")  # Of these only the net amount counts.


class UnreadableError(ValueError):
    """A cell is not what its column should have."""


class Amounts(dict[str, int]):
    """Minor units of printed amounts with at most the currency's own digits."""

    def __init__(self, exponent: int, *, signed: bool) -> None:
        """Know nothing but that an empty cell is nothing."""
        super().__init__({"": 0})
        self._exponent = exponent
        self._signed = signed
        self._most = FEES_MAX if signed else PRICES_MAX

    def __missing__(self, text: str) -> int:
        """Read an amount for the first time."""
        whole, _, fraction = text.partition(".")
        digits = whole + fraction
        usual = len(fraction) == self._exponent and 0 < len(whole) < DIGITS_MAX
        if usual and fraction and digits.isdigit() and digits.isascii():
            minor: int | None = int(digits)
        else:
            minor = scale(_with_zero(text), self._exponent)
        if minor is None or abs(minor) > AMOUNT_MAX or (text[0] == "-" and not self._signed):
            raise UnreadableError
        if len(self) >= self._most:
            self.clear()
            self[""] = 0
        self[text] = minor
        return minor


def _with_zero(text: str) -> str:
    """`.91` was seen beside `0.91`."""
    return text if text[0] != "." and text[:2] != "-." else text.replace(".", "0.", 1)


@cache
def unsigned_amounts(exponent: int) -> Amounts:
    """The memory that all currencies of so many digits share; ISO 4217 has 0 to 4."""
    return Amounts(exponent, signed=False)


@cache
def signed_amounts(exponent: int) -> Amounts:
    """As unsigned_amounts, for columns that may be negative."""
    return Amounts(exponent, signed=True)


class Tables(NamedTuple):
    """How the amounts of one currency are read."""

    unsigned: Amounts
    signed: Amounts


class Currencies(dict[str, Tables]):
    """How amounts are read, by currency."""

    def __missing__(self, currency: str) -> Tables:
        """Look a currency up; only those that exist are kept, and they are few."""
        exponent = exponent_of(currency)
        if exponent is None:
            raise UnreadableError
        tables = Tables(unsigned_amounts(exponent), signed_amounts(exponent))
        self[currency] = tables
        return tables


class Kinds(dict[str, str]):
    """What a record is, by its type as printed, case aside; empty if that is no word at all."""

    def __missing__(self, printed: str) -> str:
        """Classify a type for the first time."""
        kind = KINDS.get(printed.casefold(), "")
        if not kind and _CODE.fullmatch(printed):
            kind = f"{UNKNOWN}{printed}"
        if kind and len(self) < REMEMBERED_MAX:
            self[printed] = kind
        return kind


def local_time(text: str, *, zone: str) -> datetime | None:
    """`2026-03-31 10:00:00` in a zone as printed; UTC stands in for one that is not printed."""
    usual = len(text) == TIME_CHARACTERS and text[4:14:3] == "-- :"
    if not (usual or _LOOSE_TIME.fullmatch(text)):
        return None
    known = zone_of(zone or "UTC")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if known is None or at.tzinfo is not None or not FIRST_YEAR <= at.year < LAST_YEAR:
        return None
    return at.replace(tzinfo=known)


@lru_cache(maxsize=8192)  # A rate holds for a day and a pair of currencies.
def rate_of(text: str) -> Decimal | None:
    """An exchange rate: above zero, in plain digits. None where the cell is empty."""
    scaled = scale(text, RATE_DECIMALS_MAX) if text else 1
    if scaled is None or scaled <= 0:
        raise UnreadableError
    return Decimal(text) if text else None


class Nameless:
    """Names for records that have none: their own content, counted where it repeats.

    Two fees of one amount at one time are two fees: that a report nets to zero tells it from a
    line said twice. Of more than REMEMBERED_MAX such records the older are forgotten.
    """

    def __init__(self) -> None:
        """Nothing named yet."""
        self._seen: dict[str, int] = {}

    def name(self, raw: str) -> str:
        """A digest; from its second time on with a number."""
        digest = digest_of(raw)
        if len(self._seen) >= REMEMBERED_MAX:
            self._seen.clear()
        count = self._seen[digest] = self._seen.get(digest, 0) + 1
        return digest if count == 1 else f"{digest}-{count}"


def digest_of(raw: str) -> str:
    """The name of a record by its own content."""
    return sha256(raw.encode()).hexdigest()[:32]


def is_key(text: str) -> bool:
    """Whether keys, joined, are short and printable enough to be stored and shown."""
    return len(text) <= KEYS_CHARACTERS_MAX and text.isprintable()
