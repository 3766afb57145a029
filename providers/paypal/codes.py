"""What PayPal's transaction event codes (T-codes) mean, by code or by group.

Shape: kind_of(code, mark) -> kind; `mark` is CR or DR: a payment in is a charge, one out is ours.
A code that nobody listed is unknown with its code; a text that is no code gives nothing.
Source: docs/formats/paypal.md.
"""

import re
from functools import lru_cache

from providers.settlement_file import UNKNOWN

CREDIT, DEBIT = "CR", "DR"
AUTHORISATIONS = "T13"  # They move no money.
_CODE = re.compile(r"T[0-9]{4}")

PAYMENTS = "T00"
GROUPS = {
    "T01": "fee",
    "T02": "transfer",  # Currency conversion, always a pair.
    "T03": "transfer",  # Money that was paid in from a bank.
    "T04": "payout",
    "T05": "transfer",  # Paid with the account's debit card.
    "T06": "payout",  # To a card of ours.
    "T07": "transfer",  # Paid in from a card of ours.
    AUTHORISATIONS: "adjustment",
    "T14": "adjustment",  # Dividends.
    "T15": "reserve",  # Temporary holds and their release.
    "T17": "payout",  # To what is no bank.
    "T19": "adjustment",
    "T20": "transfer",  # Settlement consolidation, between accounts of one owner.
    "T21": "reserve",
    "T22": "transfer",
}
CODES = {
    "T1100": "adjustment",
    "T1101": "payout",  # A withdrawal that came back.
    "T1104": "transfer",  # A deposit that was taken back.
    "T1105": "reserve",  # The end of a hold on the account.
    "T1106": "chargeback",
    "T1107": "refund",
    "T1108": "fee",
    "T1109": "fee",
    "T1110": "reserve",
    "T1111": "reserve",
    "T1114": "transfer",  # Payments to many, not accepted or given back.
    "T1115": "transfer",
    "T1200": "adjustment",
    "T1201": "chargeback",
    "T1202": "chargeback_reversal",
}


@lru_cache(maxsize=512)  # PayPal lists about 150; hostile ones push one another out.
def kind_of(code: str, *, mark: str) -> str:
    """The kind; empty if the text is no T-code."""
    if not _CODE.fullmatch(code):
        return ""
    group = code[:3]
    if group == PAYMENTS:
        return "transfer" if mark == DEBIT else "charge"
    return CODES.get(code) or GROUPS.get(group) or f"{UNKNOWN}{code}"
