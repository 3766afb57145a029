"""The shape of what clients send, checked before any rule: ids, currencies, lengths, days.

Shape: wrong(meta, command) -> every Refused, check(meta, command) the first or None; the detail
names the field, what was expected and what was found. Amounts are the rules' own matter.
check_day(effective_on, today) is asked beside it, where a day is named.
Bounds: an id has 64 characters at most, any other text TEXT_CHARS_MAX, so that an event with ten
of them stays far below a record's bound.
Source: ISO 4217 by the iso4217 package.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from iso4217 import Currency

from commands.incoming import Meta
from commands.log import day
from domain.decision import Refused

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
KEY = re.compile(r"[\x21-\x7e]{1,128}")
TEXT_CHARS_MAX = 256
SETTLEMENT_CHARS_MAX = 512  # Of four parts, as a file may spell them; an index holds 2,704 bytes.
SHORT = f"at most {TEXT_CHARS_MAX} characters without control characters"
SETTLEMENT_PARTS = 4
CURRENCIES = frozenset(currency.code for currency in Currency)
DAYS_BACK_MAX, DAYS_AHEAD_MAX = 3_653, 366  # A day beyond is a slip of the year.
FOREVER_US = 4_102_444_800_000_000  # 2100-01-01; a time beyond is a slip of units.
# Ids that may be empty: a payment item names a wallet or a channel, a transfer another book or not.
OPTIONAL = frozenset(
    {
        "destination_book",
        "PaymentItem.wallet_id",
        "PaymentItem.provider",
        "reference",
        "merchant_account",
    }
)

OPTIONAL_ID = re.compile(f"(?:{ID.pattern})?")
Rule = Callable[[Any], object]  # True of what is right.


def check(meta: Meta, command: object) -> Refused | None:
    """The first field that is not as it must be, or None."""
    return next(wrong(meta, command), None)


def wrong(meta: Meta, command: object) -> Iterator[Refused]:
    """Every field that is not as it must be."""
    if not ID.fullmatch(meta.client):
        yield _refused("meta.client", expected=ID.pattern, found=meta.client)
    if not KEY.fullmatch(meta.idempotency_key):
        yield _refused("meta.idempotency_key", expected=KEY.pattern, found=meta.idempotency_key)
    if meta.correlation_id or meta.actor or meta.traceparent or meta.effective_on:
        yield from _other_meta(meta)
    for name, get, is_right, expected in _checks(type(command)):
        value = get(command)
        if not is_right(value):
            yield _refused(name, expected=expected, found=value)
    for name, get in _lists(type(command)):
        items: tuple[object, ...] = get(command)
        for index, item in enumerate(items):
            for field_name, get_field, is_right, expected in _checks(type(item)):
                if not is_right(get_field(item)):
                    yield _refused(
                        f"{name}[{index}].{field_name}", expected=expected, found=get_field(item)
                    )


def check_day(effective_on: str, today: int) -> Refused | None:
    """Whether a business day is near today, which is said in days since 1970."""
    ahead = day(effective_on) - today
    if -DAYS_BACK_MAX <= ahead <= DAYS_AHEAD_MAX:
        return None
    near = f"a day from {DAYS_BACK_MAX} days ago to {DAYS_AHEAD_MAX} days ahead"
    return _refused("meta.effective_on", expected=near, found=effective_on)


def _other_meta(meta: Meta) -> Iterator[Refused]:
    for name in ("correlation_id", "actor", "traceparent"):
        text: str = getattr(meta, name)
        if text and not _is_short(text):
            yield _refused("meta." + name, expected=SHORT, found=text)
    if meta.effective_on and not _is_day(meta.effective_on):
        yield _refused("meta.effective_on", expected="a day YYYY-MM-DD", found=meta.effective_on)


def _refused(name: str, *, expected: str, found: object) -> Refused:
    return Refused("invalid_field", f"{name}: expected {expected}, found {found!r:.80}")


@cache
def _checks(cls: type) -> Sequence[tuple[str, Callable[[Any], Any], Rule, str]]:
    assert is_dataclass(cls), "a command is a dataclass"
    found: list[tuple[str, Callable[[Any], Any], Rule, str]] = []
    for each in fields(cls):
        if each.type in (str, "str"):
            optional = each.name in OPTIONAL or f"{cls.__name__}.{each.name}" in OPTIONAL
            rule, expected = _text_rule(each.name, optional=optional)
            found.append((each.name, attrgetter(each.name), rule, expected))
        elif each.name.endswith("_us"):
            found.append((each.name, attrgetter(each.name), _is_time, "microseconds since 1970"))
    return found


@cache
def _lists(cls: type) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    named = [each for each in fields(cls) if "tuple[" in str(each.type)]
    return [(each.name, attrgetter(each.name)) for each in named]


def _text_rule(name: str, *, optional: bool) -> tuple[Rule, str]:
    if name == "currency":
        return CURRENCIES.__contains__, "an ISO 4217 code"
    if name == "settlement_id":
        return _is_settlement_id, "<provider>/<merchant account>/<kind>/<reference>"
    if name == "break_id":
        return _is_break_id, "<settlement_id>#<number>"
    if name.endswith("_id") or name in {"source", "destination", "provider", *OPTIONAL}:
        if optional:
            return OPTIONAL_ID.fullmatch, f"{ID.pattern} or nothing"
        return ID.fullmatch, ID.pattern
    return _is_short, SHORT


def _is_settlement_id(value: str) -> bool:
    """Four parts, as a provider's file may spell them: printable, and of no great length."""
    parts = value.split("/", 3)
    fits = len(value) <= SETTLEMENT_CHARS_MAX and value.isprintable()
    if len(parts) != SETTLEMENT_PARTS or not fits:
        return False
    provider, _, kind, reference = parts  # The merchant account may be empty.
    return bool(provider and kind and reference)


def _is_break_id(value: str) -> bool:
    settlement_id, _, number = value.rpartition("#")
    return number.isdecimal() and _is_settlement_id(settlement_id)


def _is_short(value: str) -> bool:
    return len(value) <= TEXT_CHARS_MAX and (not value or value.isprintable())


def _is_time(value: int) -> bool:
    return 0 <= value < FOREVER_US


def _is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False  # Not another ISO form: weeks, or without hyphens.
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
