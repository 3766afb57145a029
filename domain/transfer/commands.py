"""What may be asked of a transfer between two wallets, of one book or of two.

Units: integer minor units. TransferFunds is the client's; the others travel between books.
"""

from domain.value import value


@value
class TransferFunds:
    """Move money between wallets; `destination_book` empty: both are in this book."""

    transfer_id: str
    source_wallet_id: str
    destination_wallet_id: str
    amount_minor: int
    currency: str
    destination_book: str = ""


@value
class ReceiveTransfer:
    """Another book has set the money aside: credit it here. `incoming_id`: `<book>/<transfer>`."""

    incoming_id: str
    transfer_id: str
    source_book: str
    source_wallet_id: str
    destination_wallet_id: str
    amount_minor: int
    currency: str


@value
class ConfirmTransfer:
    """The other book has credited it: capture the hold. Cannot be refused."""

    transfer_id: str


@value
class FailTransfer:
    """The other book refused it: release the hold."""

    transfer_id: str
    code: str


Command = TransferFunds | ReceiveTransfer | ConfirmTransfer | FailTransfer
