"""What the cells of a Trustly report say: kinds, times, names of lines.

Errors: None (or no text) for what cannot be read; providers.trustly.report puts it into words.
Source: docs/formats/trustly.md.
"""

import re
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from providers.settlement_file import UNKNOWN
from providers.times import FIRST_YEAR, LAST_YEAR

FEE = "fee"
FEE_SUFFIX = " Fee"
KINDS = {
    "Deposit": "charge",
    "Refund": "refund",
    "AccountPayout": "transfer",  # To a customer of ours: it is no payout to our bank.
    "FX": "adjustment",
}
NAME_CHARACTERS_MAX = 200  # A message id of Trustly's own has 82 characters, ours are shorter.
IDENTITY_CHARACTERS_MAX = 256
TYPE_CHARACTERS_MAX = 40
REMEMBERED_MAX = 8_192
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"([+-][0-9]{2}(?::?[0-9]{2})?)"
)
_NO_WORD = re.compile("[^A-Za-z0-9]+")


@lru_cache(maxsize=256)
def kind_of(order_type: str) -> str:
    """What a row is by its order type; empty if that is no word at all."""
    kind = KINDS.get(order_type)
    if kind is not None:
        return kind
    if order_type.endswith(FEE_SUFFIX):
        return FEE
    word = _NO_WORD.sub("_", order_type).strip("_")
    return f"{UNKNOWN}{word}" if word and len(order_type) <= TYPE_CHARACTERS_MAX else ""


@lru_cache(maxsize=REMEMBERED_MAX)
def time_of(text: str) -> tuple[datetime, str] | None:
    """A moment with its offset, and the offset as printed."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at, found.group(1)) if FIRST_YEAR <= at.year < LAST_YEAR else None


def identity_of(*names: str) -> str | None:
    """One name of several, a digest where it would be long; None if one is not fit for a key."""
    name = "/".join(names)
    if not name.isprintable():
        return None
    if len(name) > NAME_CHARACTERS_MAX < len(max(names, key=len)):
        return None
    return name if len(name) <= IDENTITY_CHARACTERS_MAX else sha256(name.encode()).hexdigest()
