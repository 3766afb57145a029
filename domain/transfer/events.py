"""What happened to a transfer that crosses books. Inside one book it is two wallet events.

Units: integer minor units. The first field of an event is the id of its stream.
Streams: `transfer` where the money comes from, `incoming_transfer` where it goes to.
"""

from domain.value import value


@value
class TransferStarted:
    """The money is held here and offered to the other book."""

    transfer_id: str
    source_wallet_id: str
    destination_book: str
    destination_wallet_id: str
    amount_minor: int
    currency: str


@value
class TransferCompleted:
    """The other book has credited it; the hold is captured."""

    transfer_id: str
    source_wallet_id: str
    destination_book: str


@value
class TransferFailed:
    """The other book refused it; the hold is released."""

    transfer_id: str
    source_wallet_id: str
    code: str


@value
class TransferReceived:
    """A transfer of another book was credited here."""

    incoming_id: str
    transfer_id: str
    source_book: str
    source_wallet_id: str
    destination_wallet_id: str
    amount_minor: int
    currency: str


OutgoingEvent = TransferStarted | TransferCompleted | TransferFailed
Event = OutgoingEvent | TransferReceived
