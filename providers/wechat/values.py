"""The values of a trade bill's cells: amounts, times, states, keys, and whose bill it is.

Units: amounts in minor units of the row's currency, the exact fee also as value times 10^5.
Errors: None (or no text) for what cannot be read; providers.wechat.fault puts it into words.
Source: docs/formats/wechat.md.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from hashlib import sha256

from providers.amounts import Rounded, exponent_of, rounding_parser, unsigned_parser
from providers.settlement_file import UNKNOWN
from providers.wechat.layout import EMPTY, Layout

FEE_DECIMALS = 5
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_DAY, LAST_DAY = "2013", "2200"  # WeChat Pay began in August 2013; later is garbled.
# The bill is a snapshot of the next morning: a refund under way has left the account already.
REFUND_STATES = ("SUCCESS", "PROCESSING", *EMPTY)
# Documented: our order 32 characters, our refund 64, WeChat's own 32. An identity has two of them.
IDENTITY_CHARACTERS_MAX = 256
TIME_CHARACTERS = len("2019-02-19 05:01:46")
_LOOSE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) {0,2}([0-9]{2})[:\uff1a]([0-9]{2})[:\uff1a]([0-9]{2})"
)
_CODE = re.compile(r"[\w-]{1,40}")  # A state becomes part of a kind: short, no separators.
_ACCOUNT = re.compile(r"[0-9A-Za-z_*.]{1,32}")  # Documented: 8 to 10 digits.


class CurrencySums:
    """What the rows of one currency come to, and how its amounts are read."""

    __slots__ = ("_fee", "_minor", "amounts", "exponent", "fee_scaled")

    def __init__(self, exponent: int) -> None:
        """Begin at nothing."""
        self.exponent = exponent
        self.amounts = [0, 0, 0, 0, 0]  # In the order of layout.AMOUNTS.
        self.fee_scaled = 0
        self._minor = unsigned_parser(exponent)
        self._fee = rounding_parser(exponent, decimals_max=FEE_DECIMALS)

    def add(self, cells: Sequence[str]) -> tuple[int, int, Rounded] | None:
        """Sum a row, its cells as in AMOUNTS with the fee behind them.

        Gives its settle amount, refund amount and fee; None if one of the cells is bad.
        """
        minor = self._minor
        settle, refund, coupon_refund = minor(cells[0]), minor(cells[1]), minor(cells[2])
        order = settle if cells[3] == cells[0] else minor(cells[3])
        requested = refund if cells[4] == cells[1] else minor(cells[4])
        fee = self._fee(cells[5])
        if settle is None or refund is None or coupon_refund is None:
            return None
        if order is None or requested is None or fee is None:
            return None
        amounts = self.amounts
        amounts[0] += settle
        amounts[1] += refund
        amounts[2] += coupon_refund
        amounts[3] += order
        amounts[4] += requested
        self.fee_scaled += fee.scaled
        return settle, refund, fee


def begin_sums(sums: dict[str, CurrencySums], currency: str) -> CurrencySums | None:
    """Sums for a currency met for the first time; None if there is no such currency."""
    exponent = exponent_of(currency)
    if exponent is None:
        return None
    sums[currency] = CurrencySums(exponent)
    return sums[currency]


class Payee:
    """Whose bill it is, told by all rows together.

    A merchant's or service provider's own bill has one 商户号. A sub-merchant's bill can have
    several, one for each provider it sells through, but only one that is paid.
    """

    __slots__ = ("_last", "_merchants", "_paid")

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._last = ("", "")
        self._merchants: set[str] = set()
        self._paid: set[str] = set()

    def see(self, merchants: tuple[str, str]) -> None:
        """Take note of a row's 商户号 and 特约商户号; two of a kind are enough to be kept."""
        if merchants == self._last:
            return
        self._last = merchants
        merchant, sub_merchant = merchants
        if len(self._merchants) <= 1:
            self._merchants.add(merchant)
        if len(self._paid) <= 1:
            self._paid.add(merchant if sub_merchant in EMPTY else sub_merchant)

    def account(self) -> str:
        """The one account of the bill; empty if there is not one, or it is no account number."""
        one = self._merchants if len(self._merchants) == 1 else self._paid
        name = min(one, default="") if len(one) == 1 else ""
        return name if _ACCOUNT.fullmatch(name) else ""


def china_time(text: str) -> datetime | None:
    """`2019-02-19 05:01:46`; old bills have full-width colons, others two blanks or none."""
    if len(text) != TIME_CHARACTERS or text[4:8:3] != "--" or text[10:17:3] != " ::":
        found = _LOOSE_TIME.fullmatch(text)
        if found is None:
            return None
        text = "{} {}:{}:{}".format(*found.groups())
    if not FIRST_DAY <= text < LAST_DAY:
        return None
    try:
        return datetime.fromisoformat(text + "+08:00")
    except ValueError:
        return None


def kind_of(state: str, *, refund_state: str) -> str:
    """What a row is; empty if its state is no code at all."""
    if state == "SUCCESS":
        return "charge"
    if state == "REFUND":
        if refund_state in REFUND_STATES:
            return "refund"
        state = f"REFUND-{refund_state}"
    return f"{UNKNOWN}{state}" if _CODE.fullmatch(state) else ""


def keys_of(kind: str, order: tuple[str, str], refund: tuple[str, str]) -> tuple[str, str] | None:
    """Our number and WeChat's of the thing in a row; None if it has neither."""
    ours, theirs = order if kind == "charge" else refund
    if ours not in EMPTY and theirs not in EMPTY:
        return ours, theirs
    if ours in EMPTY and theirs in EMPTY:
        if kind in {"charge", "refund"}:
            return None
        ours, theirs = order  # Of a state nobody listed, the payment is all that can be named.
    ours, theirs = ("" if each in EMPTY else each for each in (ours, theirs))
    return (ours, theirs) if ours or theirs else None


def digest(line: str) -> str:
    """The name of a row that names nothing: its own content."""
    return sha256(line.encode()).hexdigest()


def contradiction(kind: str, layout: Layout, *, settle_minor: int, refund_minor: int) -> str:
    """The field that does not go with what the row says it is; empty if all do."""
    if kind == "charge":
        return "refund_amount" if refund_minor else ""
    if not layout.has_refunds:
        return "state"
    return "settle_amount" if settle_minor and (refund_minor or kind == "refund") else ""


def is_identity(text: str) -> bool:
    """Whether the keys of a row are short and printable enough to be stored and shown."""
    return len(text) <= IDENTITY_CHARACTERS_MAX and text.isprintable()
