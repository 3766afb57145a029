"""What stands in the records of BAI2: amounts, funds types, type codes, dates.

Units: integer minor units as printed; the format has no point, the currency says the decimals.
Signs: type codes 100 to 399 are credits, 400 to 699 debits, 0xx states (balances). Banks give 9xx a
meaning of their own: 900 to 919 are states, to 959 credits, to 999 debits. The sign of 7xx and 8xx
is not known and stays as printed. What is neither credit nor debit of the standard is unknown.
Shape: a parser gives a value, or None when the text is not of its grammar.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from domain.money import AMOUNT_MAX, BALANCE_MAX
from providers.bai2.records import JOINT
from providers.settlement_file import UNKNOWN

KIND = "bank_entry"
EXTRA_CELLS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "S": 3, "V": 2}  # Behind each funds type.
DISTRIBUTED = "D"
DISTRIBUTIONS_MAX = 64  # Days ahead that funds become available; two or three were seen.
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
    if 100 <= code <= 399:  # noqa: PLR2004 - the ranges of the standard.
        return KIND, 1
    if 400 <= code <= 699:  # noqa: PLR2004
        return KIND, -1
    is_state = code < 100 or 900 <= code <= 919  # noqa: PLR2004
    sign = 0 if is_state else -1 if code >= 960 else 1  # noqa: PLR2004
    return f"{UNKNOWN}{type_code}", sign


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
