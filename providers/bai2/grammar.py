"""What stands in the records of BAI2: amounts, funds types, type codes, dates.

Units: integer minor units as printed; the format has no point, the currency says the decimals.
Signs: type codes 100 to 399 are credits, 400 to 699 debits, 0xx states (balances); of 7xx and 8xx
the standard lists a few by name (LISTED). Banks give 9xx a meaning of their own: 900 to 919 are
states, to 959 credits, to 999 debits. A 7xx or 8xx that nobody listed stays as printed. What is
neither credit nor debit of the standard is unknown.
Shape: a parser gives a value, or None when the text is not of its grammar.
Source: BAI, Cash Management Balance Reporting Specifications Version 2, appendix A.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from domain.money import AMOUNT_MAX, BALANCE_MAX
from providers.bai2.records import JOINT
from providers.settlement_file import UNKNOWN

KIND = "bank_entry"
CREDITS, DEBITS, STATES = range(100, 400), range(400, 700), (range(100), range(900, 920))
CUSTOM_DEBITS = range(960, 1000)
NO_MONEY = 890  # A message, in words only.
# Of 7xx and 8xx: balances of a loan, what was paid and lent, and what the banks' later list adds.
LISTED = {
    **dict.fromkeys((701, 703, 705, 707, 709, NO_MONEY), 0),
    **dict.fromkeys((706, 708, *range(720, 729), 827, 829), 1),
    **dict.fromkeys((760, 828), -1),
}
EXTRA_CELLS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "S": 3, "V": 2}  # Behind each funds type.
DISTRIBUTED = "D"
DISTRIBUTIONS_MAX = 64  # Days ahead that funds become available; two or three were seen.
NO_REFERENCE = re.compile(r"0*|NONREF|NONE|NOTPROVIDED|NOT PROVIDED|N/A", re.IGNORECASE)
CENTURY_TURN = 80
REMEMBERED_MAX = 4096
_SIGNED = re.compile(r"[+-]?[0-9]{1,30}")
_TYPE = re.compile(r"[0-9]{3}")
_DATE = re.compile(r"[0-9]{6}")


class Detail(NamedTuple):
    """A record 16, split into what it says."""

    type_code: str
    amount: str
    value_date: str
    theirs: str
    ours: str
    text: str


@lru_cache(maxsize=REMEMBERED_MAX)
def balance_of(text: str) -> int | None:
    """A signed amount or total; an empty one is none at all, so nothing."""
    if not text:
        return 0
    minor = int(text) if _SIGNED.fullmatch(text) else None
    return minor if minor is not None and abs(minor) <= BALANCE_MAX else None


def detail_amount_of(text: str) -> int | None:
    """The unsigned amount of a detail, with leading zeros or a `+`."""
    minor = balance_of(text)
    return minor if minor is not None and 0 <= minor <= AMOUNT_MAX and text[:1] != "-" else None


@lru_cache(maxsize=REMEMBERED_MAX)
def direction_of(type_code: str) -> tuple[str, int] | None:
    """Kind and sign of a detail; None if this is no type code. A state moves no money."""
    if not _TYPE.fullmatch(type_code):
        return None
    code = int(type_code)
    if code in CREDITS or code in DEBITS:
        return KIND, 1 if code in CREDITS else -1
    sign = LISTED.get(code)
    if sign is not None:
        return KIND if sign or code == NO_MONEY else f"{UNKNOWN}{type_code}", sign
    is_state = any(code in states for states in STATES)
    return f"{UNKNOWN}{type_code}", 0 if is_state else -1 if code in CUSTOM_DEBITS else 1


@lru_cache(maxsize=REMEMBERED_MAX)
def day_of(text: str) -> datetime | None:
    """Midnight of `yymmdd`; UTC stands in, for the file states no zone."""
    if not _DATE.fullmatch(text):
        return None
    year = int(text[:2])
    try:
        return datetime(
            year + (1900 if year >= CENTURY_TURN else 2000), int(text[2:4]), int(text[4:]),
            tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None


def detail_of(body: str) -> Detail | None:
    """Split a record 16; a break between pieces stands for a comma before the text begins."""
    found = _split(body, 3)
    funds = found[2].strip()
    extra = EXTRA_CELLS.get(funds)
    if funds == DISTRIBUTED:
        extra = _distributed_cells(_split(body, 4)[3].strip())
    if extra is None:
        return None
    cells = _split(body, 5 + extra)
    theirs, ours, text = cells[3 + extra :]
    value_date = cells[3].strip() if funds == "V" else ""
    type_code, amount = cells[0].strip(), cells[1].strip()
    return Detail(type_code, amount, value_date, theirs.strip(), ours.strip(), text.strip())


def summary_amounts(cells: list[str]) -> list[int] | None:
    """The amounts of an account record: type, amount, count, funds type and what follows that."""
    amounts: list[int] = []
    at = 0
    while at < len(cells):
        if not cells[at] and any(cells[at + 1 : at + 2]):
            at += 1  # Some banks put one comma more before they continue the record.
        type_code, amount, count, funds = [*cells[at : at + 4], "", "", ""][:4]
        minor = balance_of(amount)
        at += 4
        if funds == DISTRIBUTED:
            extra = _distributed_cells(cells[at] if at < len(cells) else "")
        else:
            extra = EXTRA_CELLS.get(funds)
        if minor is None or extra is None or not _is_summary(type_code, count=count):
            return None
        amounts.append(minor)
        at += extra
    return amounts


def _is_summary(type_code: str, *, count: str) -> bool:
    right = not type_code or _TYPE.fullmatch(type_code) is not None
    return right and (not count or (count.isascii() and count.isdigit()))


def _distributed_cells(count: str) -> int | None:
    """The count itself, then a pair for each."""
    if not (count.isascii() and count.isdigit() and len(count) <= 4):  # noqa: PLR2004
        return None
    return 1 + 2 * int(count) if int(count) <= DISTRIBUTIONS_MAX else None


def _split(body: str, commas: int) -> list[str]:
    """The first cells and what follows them, always commas + 1."""
    if JOINT not in body:
        cells = body.split(",", commas)
    else:
        cells = re.split(f"[,{JOINT}]", body, maxsplit=commas)
    return cells if len(cells) > commas else cells + [""] * (commas + 1 - len(cells))
