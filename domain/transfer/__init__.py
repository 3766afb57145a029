"""The transfer: money from one wallet to another, of one book or of two.

Shape: commands, events, states; reads, begins, decide, evolve and react are its rules. Inside one
book a transfer is two events of wallets; `decide` answers them, the wallet evolves them.
"""

from domain.transfer.commands import (
    Command,
    ConfirmTransfer,
    FailTransfer,
    ReceiveTransfer,
    TransferFunds,
)
from domain.transfer.decide import begins, decide, reads
from domain.transfer.events import (
    Event,
    TransferCompleted,
    TransferFailed,
    TransferReceived,
    TransferStarted,
)
from domain.transfer.evolve import evolve
from domain.transfer.react import react
from domain.transfer.state import (
    STATES,
    IncomingTransfer,
    Transfer,
    TransferDone,
    TransferUnderWay,
    TransferUndone,
)

__all__ = [
    "STATES",
    "Command",
    "ConfirmTransfer",
    "Event",
    "FailTransfer",
    "IncomingTransfer",
    "ReceiveTransfer",
    "Transfer",
    "TransferCompleted",
    "TransferDone",
    "TransferFailed",
    "TransferFunds",
    "TransferReceived",
    "TransferStarted",
    "TransferUnderWay",
    "TransferUndone",
    "begins",
    "decide",
    "evolve",
    "react",
    "reads",
]
