"""What the codes of an entry mean: credit or debit, forward or back, and whose money moves.

Signs: the file is the originator's, so net above zero is money towards the originator. A credit
at the receiver is paid by the originator (-), a debit brings it money (+). A return undoes that, a
dishonored return (R61 to R70) undoes the return, a contested one (R71 to R77) undoes that again.
An advice (ADV) is about the account of the bank that gets the file: a credit is money to it.
Shape: meaning_of(entry class, transaction code) -> Meaning, remembered; sign_of(…) with a reason.
Source: docs/formats/nacha.md.
"""

from functools import lru_cache
from typing import NamedTuple

from providers.settlement_file import UNKNOWN, shown

ADVICE, CHANGE = "ADV", "COR"
REVERSAL = "REVERSAL"  # The description that the rules prescribe for a batch of them.
RETURNED, CHANGED = "99", "98"  # Types of addenda that name the original trace.
ACCOUNTS = "2345"  # First digit: checking, savings, general ledger, loan.
CREDITS = "01234"  # Second digit; the others are debits.
BACK = "16"  # Second digit: a return, or a notification of change.
ADVICES = {"81", "82", "83", "84", "85", "86", "87", "88"}  # Odd ones are credits.
DISHONORED = frozenset(f"R{number}" for number in range(61, 71))
CONTESTED = frozenset(f"R{number}" for number in range(71, 78))


class Meaning(NamedTuple):
    """A transaction code within an entry class."""

    kind: str
    word: str  # PPD:22:credit
    is_credit: bool
    is_back: bool


@lru_cache(maxsize=1024)  # A hundred codes in some twenty classes; hostile ones push others out.
def meaning_of(entry_class: str, *, transaction: str) -> Meaning:
    """Tell by the code; one that nobody listed is kept as unknown."""
    advice = entry_class == ADVICE
    if advice:
        is_credit, known = transaction[1] in "13579", transaction in ADVICES
    else:
        is_credit, known = transaction[1] in CREDITS, transaction[0] in ACCOUNTS
    side = "credit" if is_credit else "debit"
    kind = "bank_entry" if known else f"{UNKNOWN}{transaction}"
    is_back = not advice and transaction[1] in BACK
    return Meaning(kind, f"{shown(entry_class)}:{transaction}:{side}", is_credit, is_back)


def sign_of(meaning: Meaning, *, advice: bool, reason: str) -> int:
    """+1 if the originator (of an advice: the bank that gets it) gains, else -1."""
    if advice:
        return 1 if meaning.is_credit else -1
    forward = -1 if meaning.is_credit else 1
    back = meaning.is_back or reason.startswith("R")
    if back and reason not in DISHONORED:
        return -forward
    return forward
