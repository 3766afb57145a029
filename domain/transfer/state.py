"""What is known of a transfer that crosses books: one class a state.

Streams: `transfer` where the money comes from (under way, then done or undone for good),
`incoming_transfer` where it goes to. A transfer inside one book has no state: its two wallet
events are all of it, and its name is kept by `begins`.
Units: integer minor units.
"""

from domain.value import value


@value
class TransferUnderWay:
    """Held here, offered to the other book; its answer is awaited."""

    transfer_id: str
    source_wallet_id: str
    destination_book: str
    destination_wallet_id: str
    amount_minor: int
    currency: str


@value
class TransferDone:
    """Credited there, captured here."""

    transfer_id: str


@value
class TransferUndone:
    """Refused there with this code, released here."""

    transfer_id: str
    code: str


@value
class IncomingTransfer:
    """Credited here on behalf of another book."""

    incoming_id: str
    destination_wallet_id: str
    amount_minor: int
    currency: str


Transfer = TransferUnderWay | TransferDone | TransferUndone
State = Transfer | IncomingTransfer
STATES: tuple[type, ...] = (TransferUnderWay, TransferDone, TransferUndone, IncomingTransfer)
