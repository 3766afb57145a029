"""What one entity of a Razorpay reconciliation is, and what it came to.

Units: integer minor units.
Signs: net = credit - debit, above zero towards us; gross = net + fee is the amount itself, below
zero where money went out. The fee is what Razorpay kept of it; a fee that was printed but billed
otherwise (credit is the whole amount) is none of the line.
Source: docs/formats/razorpay.md.
"""

from functools import lru_cache
from typing import NamedTuple

from providers.settlement_file import UNKNOWN

WORD_CHARACTERS_MAX = 40
KINDS = {"payment": "charge", "refund": "refund", "transfer": "transfer", "reversal": "transfer"}
DISPUTED = "adjustment"  # Of a dispute it is a chargeback, or its reversal.


class Movement(NamedTuple):
    """Gross less fee is net."""

    gross_minor: int
    fee_minor: int
    net_minor: int


@lru_cache(maxsize=256)
def kind_of(word: str, *, disputed: bool, incoming: bool) -> str:
    """The kind of an entity; empty if its word is none."""
    if not word or len(word) > WORD_CHARACTERS_MAX or not word.replace("_", "").isalnum():
        return ""
    if word == DISPUTED:
        back = "chargeback_reversal" if incoming else "chargeback"
        return back if disputed else "adjustment"
    return KINDS.get(word, f"{UNKNOWN}{word}")


def movement(word: str, *, amount: int, credit: int, debit: int, fee: int) -> Movement | None:
    """What an entity came to; None if its figures contradict one another."""
    net = credit - debit
    outgoing = net < 0 and word != "payment"  # A payment whose fee is larger comes in all the same.
    gross = -amount if outgoing else amount
    kept = gross - net
    if min(amount, credit, debit) < 0 or (credit and debit) or kept not in {0, fee}:
        return None
    return Movement(gross, kept, net)
