"""Stripe's words for what happened, and the kinds of lines that they become.

Shape: kind_of(category, …) -> kind; empty if the word is no code at all.
Stripe has two words for a balance transaction: `reporting_category`, which is finer and goes first,
and `type`. Those that are not here stay `unknown:<word>`, with their money.
Source: docs/formats/stripe.md.
"""

import re

from providers.settlement_file import UNKNOWN

CATEGORIES: dict[str, str] = {
    "charge": "charge",
    "refund": "refund",
    "fee": "fee",
    "network_cost": "fee",
    "tax": "tax",
    "dispute": "chargeback",
    "dispute_reversal": "chargeback_reversal",
    "payout": "payout",
    "payout_reversal": "payout",
    "topup": "transfer",
    "topup_reversal": "transfer",
    "transfer": "transfer",
    "transfer_reversal": "transfer",
    "connect_collection_transfer": "transfer",
    "connect_reserved_funds": "reserve",
    "risk_reserved_funds": "reserve",
    "payout_minimum_balance_hold": "reserve",
    "payout_minimum_balance_release": "reserve",
    "charge_failure": "adjustment",
    "refund_failure": "adjustment",
    "partial_capture_reversal": "adjustment",
    "other_adjustment": "adjustment",
}
TYPES: dict[str, str] = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "network_cost": "fee",
    "tax_fee": "tax",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "topup": "transfer",
    "topup_reversal": "transfer",
    "transfer": "transfer",
    "transfer_cancel": "transfer",
    "transfer_failure": "transfer",
    "transfer_refund": "transfer",
    "connect_collection_transfer": "transfer",
    "reserve_transaction": "reserve",
    "reserved_funds": "reserve",
    "payout_minimum_balance_hold": "reserve",
    "payout_minimum_balance_release": "reserve",
    "payment_failure_refund": "adjustment",
    "payment_reversal": "adjustment",
    "refund_failure": "adjustment",
    "adjustment": "adjustment",
}
PAYOUT = "payout"  # Both words of a payout itself; what undoes one has another.
DISPUTES = ("dp_", "du_")  # How ids of disputes begin, new and old.
# Words that say the direction themselves; a line that goes the other way is damaged.
DIRECTIONS = {"charge": 1, "refund": -1}
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def kind_of(category: str, *, transaction_type: str, source: str, gross_minor: int) -> str:
    """What a balance transaction is; empty if neither word is a code."""
    kind = CATEGORIES.get(category) if category else TYPES.get(transaction_type)
    if kind is None:
        return unknown(category or transaction_type)
    if kind == "adjustment" and not category and transaction_type == kind:
        # Where the finer word is missing, the object behind it tells a dispute.
        if source.startswith(DISPUTES):
            return "chargeback" if gross_minor < 0 else "chargeback_reversal"
        return kind
    return kind


def unknown(word: str) -> str:
    """The kind of a word that nobody listed; empty if it is no code."""
    return f"{UNKNOWN}{word}" if _CODE.fullmatch(word) else ""
