"""What a line of an Amazon settlement is, told by its three words.

Shape: kind_of(transaction type, amount type, description) -> a Meaning. The three words together,
parted by colons, are the line's code; one that nobody listed is unknown with its code.
Signs: a fee has no gross; whatever else there is has no fee.
Source: docs/formats/amazon.md.
"""

from functools import lru_cache
from typing import NamedTuple

from providers.settlement_file import UNKNOWN

CODE_CHARACTERS_MAX = 160  # Three words of Amazon's; the longest seen together have 52.
MEANINGS_REMEMBERED = 1024
# Words that begin the name of a tax, in ItemPrice, ItemFees, ItemWithheldTax and Promotion.
TAX_BEGINNINGS = (
    "tax", "shippingtax", "giftwraptax", "lowvaluegoodstax", "marketplacefacilitator", "tcs-",
    "tds",
)  # fmt: skip
TAX_AMOUNT_TYPES = ("itemwithheldtax", "taxwithholding", "tax")
FEE_AMOUNT_TYPES = ("itemfees", "shipment-fees", "shipmentfees", "cost of advertising")
FEE_WORDS = (
    "fee", "commission", "advertising", "subscription", "storage", "inbound", "disposal",
    "removal", "postage", "shipping label",
)  # fmt: skip
SALES = {
    "order": "charge",
    "refund": "refund",
    "chargeback refund": "chargeback",
    "a-to-z guarantee refund": "chargeback",
}
ADJUSTMENTS = ("adjustment", "order_retrocharge", "refund_retrocharge")
SALE_AMOUNT_TYPES = ("itemprice", "promotion", "directpayment", "points")


class Meaning(NamedTuple):
    """The kind of a line, whether its amount is a fee, and its code."""

    kind: str
    is_fee: bool
    code: str


@lru_cache(maxsize=MEANINGS_REMEMBERED)
def kind_of(transaction: str, *, amount_type: str, description: str) -> Meaning | None:
    """What these words mean; None if they are too long or unprintable to be words."""
    code = f"{transaction}:{amount_type}:{description}"
    if len(code) > CODE_CHARACTERS_MAX or not code.isprintable():
        return None
    kind = _kind((transaction.lower(), amount_type.lower(), description.lower()))
    return Meaning(kind or f"{UNKNOWN}{code}", kind == "fee", code)


def _kind(words: tuple[str, str, str]) -> str:
    """The kind, by the most telling word first; empty if none tells."""
    transaction, amount_type, description = words
    kind = ""
    if "reserve" in description:
        kind = "reserve"
    elif amount_type in TAX_AMOUNT_TYPES or description.startswith(TAX_BEGINNINGS):
        kind = "tax"
    elif amount_type in FEE_AMOUNT_TYPES or transaction in {"servicefee", "service fee"}:
        kind = "fee"
    elif amount_type in SALE_AMOUNT_TYPES and transaction in SALES:
        kind = SALES[transaction]
    elif any("reimburse" in word for word in words) or transaction in ADJUSTMENTS:
        kind = "adjustment"
    elif transaction == "transfer" or "debt" in description or "transfer" in description:
        kind = "transfer"
    elif any(word in description for word in FEE_WORDS):
        kind = "fee"
    return kind
