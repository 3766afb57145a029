"""What may be asked of a collection: one charge at one channel, and its refunds there.

Units: integer minor units; `occurred_on` is the channel's business day, YYYY-MM-DD.
Origin: outcomes are outside facts, recorded by the provider's program; the rest are follow-ons.
"""

from domain.value import value


@value
class StartCollection:
    """Charge the buyer at the channel; the attempt is committed before it is sent."""

    collection_id: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str


@value
class RecordChargeOutcome:
    """What the channel said. `outcome`: succeeded, refused or unknown (no answer came)."""

    collection_id: str
    outcome: str
    provider_reference: str
    code: str
    occurred_on: str


@value
class StartRefund:
    """Give back at the channel what was charged there, in part or whole."""

    collection_id: str
    refund_id: str
    amount_minor: int
    currency: str


@value
class RecordRefundOutcome:
    """What the channel said about a refund. `outcome`: succeeded, refused or unknown."""

    collection_id: str
    refund_id: str
    outcome: str
    provider_reference: str
    code: str
    occurred_on: str


Command = StartCollection | RecordChargeOutcome | StartRefund | RecordRefundOutcome
