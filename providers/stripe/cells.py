"""Values of Stripe's cells: times, currencies, amounts in major or minor units, keys.

Units: reports and exports print major units, tables and the API integers of minor units.
Times: UTC. Errors: None (or no text) for what cannot be read; providers.stripe.header says why.
Source: docs/formats/stripe.md.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import cast

from domain.money import AMOUNT_MAX
from providers.amounts import REMEMBERED_MAX, exponent_of, plain, scale, signed_parser
from providers.times import FIRST_YEAR, LAST_YEAR

Parser = Callable[[str], int | None]
KEY_CHARACTERS_MAX = 256  # Stripe says its ids have at most 255.
SECONDS_MAX = 7_258_118_400  # The year 2200.
# Stripe counts these with other digits than ISO 4217, and did so differently over the years: an
# integer of them is not certain. In reports, which print major units, they are.
UNCERTAIN = frozenset({"ISK", "UGX", "MGA"})
# Which of a merchant's own keys names the payment, if it sends several.
OWN_KEYS = (
    "order_id", "order_number", "order", "order_reference", "merchant_reference", "reference",
    "reference_id", "external_id", "external_reference", "external_identifier",
    "invoice_id", "invoice_number", "transaction_id", "payment_id", "payment_order_id",
    "booking_id",
)  # fmt: skip
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))? ?(UTC|Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+", re.ASCII)


def moment(text: str) -> datetime | None:
    """`2021-03-15 01:04:36`, also with T, Z, an offset, without seconds, or a day alone."""
    if len(text) == 19 and text[4] == text[7] == "-":  # noqa: PLR2004 - nearly every time.
        whole = text + "+00:00"
    else:
        found = _TIME.fullmatch(text)
        if found is None:
            return None
        day, clock, zone = found.groups()
        offset = "+00:00" if zone in {None, "Z", "UTC"} else zone
        whole = f"{day}T{clock or '00:00'}{offset}"
    try:
        at = datetime.fromisoformat(whole)
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year < LAST_YEAR else None


remembered_moment = lru_cache(maxsize=REMEMBERED_MAX)(moment)  # Days on which money is available.


def moment_of_seconds(seconds: object) -> datetime | None:
    """Seconds since 1970, as the API says times."""
    if type(seconds) is not int or not 0 <= seconds < SECONDS_MAX:
        return None
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=512)
def currency_of(text: str) -> str:
    """`usd` or `USD` is USD; empty if ISO 4217 has no such currency."""
    code = text.upper()
    if text not in {code, text.lower()} or exponent_of(code) is None:
        return ""
    return code


def major(currency: str) -> Parser:
    """Amounts of a report: a point, at most the currency's digits, `-` for what leaves."""
    return signed_parser(exponent_of(currency) or 0)


@cache
def major_whole(currency: str) -> Parser:
    """Amounts with every digit of the currency, so that minor units cannot be meant."""
    exponent = exponent_of(currency) or 0
    parse = signed_parser(exponent)

    def parse_whole(text: str) -> int | None:
        amount = parse(text)
        if amount is None and _GROUPED.fullmatch(text):
            text = plain(text, decimal_mark=".", group_mark=",") or ""
            amount = parse(text)
        return amount if len(text.partition(".")[2]) == exponent else None

    return parse_whole


@cache
def minor(currency: str) -> Parser:
    """Integers of minor units, no point."""

    @lru_cache(maxsize=REMEMBERED_MAX)
    def parse(text: str) -> int | None:
        amount = scale(text, 0)
        return amount if amount is not None and abs(amount) <= AMOUNT_MAX else None

    return _none if currency in UNCERTAIN else parse


def _none(_text: str) -> None:
    """No integer of this currency is certain."""


def is_key(text: str) -> bool:
    """Whether a key is there, short and printable enough to be stored and shown."""
    return 0 < len(text) <= KEY_CHARACTERS_MAX and text.isprintable()


def own_key(names: Sequence[str]) -> str:
    """Which of the merchant's own names is its reference: a usual one, or the only one."""
    usual = {name.lower(): name for name in reversed(names)}
    for name in OWN_KEYS:
        if name in usual:
            return usual[name]
    return names[0] if len(names) == 1 else ""


def own_reference(metadata: object) -> str:
    """Our reference in an object's metadata; empty if it has none that can be told."""
    if not isinstance(metadata, dict):
        return ""
    words = {
        name: said
        for name, said in cast("dict[str, object]", metadata).items()
        if isinstance(said, str) and is_key(said)
    }
    return words.get(own_key(list(words)), "")


def own_reference_of_text(text: str) -> str:
    """Our reference in metadata that a table holds as JSON; empty if it is no such thing."""
    if text[:1] != "{":
        return ""
    try:
        return own_reference(json.loads(text))
    except (ValueError, RecursionError):  # It says nothing about money, so it refuses nothing.
        return ""
