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
    "climate_order_purchase": "adjustment",
    "climate_order_refund": "adjustment",
    "contribution": "adjustment",
    "issuing_dispute": "adjustment",
    # What a platform earns or gives back of its application fees: above zero it is ours.
    "platform_earning": "fee",
    "platform_earning_refund": "fee",
    "issuing_authorization_hold": "reserve",
    "issuing_authorization_release": "reserve",
    "issuing_transaction": "transfer",
    "issuing_disbursement": "transfer",
    "unreconciled_customer_funds": "transfer",
    "advance": "transfer",
    "advance_funding": "transfer",
    "anticipation_repayment": "transfer",
    "financing_payout": "transfer",
    "financing_payout_reversal": "transfer",
    "financing_paydown": "transfer",
    "financing_paydown_reversal": "transfer",
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
    "application_fee": "fee",
    "application_fee_refund": "fee",
    "reserve_hold": "reserve",
    "reserve_release": "reserve",
    "payment_network_reserve_hold": "reserve",
    "payment_network_reserve_release": "reserve",
    "payment_unreconciled": "transfer",
    "stripe_balance_payment_debit": "transfer",
    "stripe_balance_payment_debit_reversal": "transfer",
    "obligation_outbound": "transfer",
    "obligation_reversal_inbound": "transfer",
    **{
        word: CATEGORIES[word]
        for word in (
            "advance", "advance_funding", "anticipation_repayment", "climate_order_purchase",
            "climate_order_refund", "contribution", "issuing_authorization_hold",
            "issuing_authorization_release", "issuing_dispute", "issuing_transaction",
        )
    },
}  # fmt: skip
PAYOUT = "payout"  # Both words of a payout itself; what undoes one has another.
# Until 2017 a payout to our bank was a transfer; it says so itself, or names itself as payout.
TRANSFER, OLD_PAYOUT = "transfer", "STRIPE TRANSFER"
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
