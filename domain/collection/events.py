"""What happened at a channel.

Units: integer minor units; `occurred_on` is the channel's business day, YYYY-MM-DD.
The first field of an event is the id of its stream.
"""

from domain.value import value


@value
class CollectionStarted:
    """The charge may now be sent to the channel."""

    collection_id: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str


@value
class CollectionSucceeded:
    """The channel owes us the amount."""

    collection_id: str
    payment_id: str
    item_id: str
    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str
    provider_reference: str
    occurred_on: str


@value
class CollectionRefused:
    """The channel said no."""

    collection_id: str
    payment_id: str
    item_id: str
    code: str


@value
class CollectionUnknown:
    """No answer came: to be asked, never assumed, never charged again."""

    collection_id: str
    payment_id: str
    item_id: str
    code: str


@value
class CollectionRefundStarted:
    """The refund may now be sent to the channel."""

    collection_id: str
    payment_id: str
    item_id: str
    refund_id: str
    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str


@value
class CollectionRefundSucceeded:
    """The channel has given it back and owes us that much less."""

    collection_id: str
    payment_id: str
    item_id: str
    refund_id: str
    provider: str
    merchant_account: str
    amount_minor: int
    currency: str
    provider_reference: str
    occurred_on: str


@value
class CollectionRefundRefused:
    """The channel will not give it back this way."""

    collection_id: str
    payment_id: str
    item_id: str
    refund_id: str
    code: str


@value
class CollectionRefundUnknown:
    """No answer came to a refund."""

    collection_id: str
    payment_id: str
    item_id: str
    refund_id: str
    code: str


@value
class OutcomeContradicted:
    """The channel says something else than it said before: a person's case. No money moves.

    `refund_id` empty: about the charge. A success after a refusal is no contradiction, it counts.
    """

    collection_id: str
    refund_id: str
    recorded: str
    reported: str


Event = (
    CollectionStarted
    | CollectionSucceeded
    | CollectionRefused
    | CollectionUnknown
    | CollectionRefundStarted
    | CollectionRefundSucceeded
    | CollectionRefundRefused
    | CollectionRefundUnknown
    | OutcomeContradicted
)
