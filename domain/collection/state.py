"""What is known of a collection, one class a state.

Units: integer minor units of the charge's one currency.
Shape: started -> unknown -> succeeded | refused, also straight from started; a refused charge may
still succeed late. Refunds hang on a charge that succeeded, at most as many as a payment has.
"""

from collections.abc import Mapping

from domain.value import value

STARTED, SUCCEEDED, REFUSED, UNKNOWN = "started", "succeeded", "refused", "unknown"


@value
class Charge:
    """What the buyer is charged, where and for what; it never changes."""

    collection_id: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str


@value
class ChannelRefund:
    """One refund. `contradicted`: the outcomes that the channel told against its success."""

    amount_minor: int
    outcome: str
    provider_reference: str
    contradicted: tuple[str, ...]


@value
class StartedCollection:
    """The charge may have been sent; nothing is known of it."""

    charge: Charge


@value
class UnknownCollection:
    """The channel was asked and did not answer."""

    charge: Charge


@value
class RefusedCollection:
    """The channel said no."""

    charge: Charge


@value
class SucceededCollection:
    """The channel took the money. `refunded_minor` sums all refunds, refused ones too."""

    charge: Charge
    provider_reference: str
    contradicted: tuple[str, ...]
    refunded_minor: int
    refunds: Mapping[str, ChannelRefund]


Collection = StartedCollection | UnknownCollection | RefusedCollection | SucceededCollection
STATES: tuple[type, ...] = (
    StartedCollection,
    UnknownCollection,
    RefusedCollection,
    SucceededCollection,
)
