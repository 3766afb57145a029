"""What a transfer that crosses books is after an event.

Errors: AssertionError on a history that cannot be: a transfer ends once, one way.
"""

from domain.transfer.events import (
    Event,
    TransferCompleted,
    TransferFailed,
    TransferReceived,
    TransferStarted,
)
from domain.transfer.state import (
    IncomingTransfer,
    State,
    TransferDone,
    TransferUnderWay,
    TransferUndone,
)


def evolve(state: State | None, event: Event) -> State:
    match event:
        case TransferStarted():
            assert state is None, "a transfer starts once"
            assert event.amount_minor > 0, "a transfer of nothing"
            assert event.destination_book, "inside one book a transfer has no stream"
            return TransferUnderWay(
                event.transfer_id,
                event.source_wallet_id,
                event.destination_book,
                event.destination_wallet_id,
                event.amount_minor,
                event.currency,
            )
        case TransferCompleted():
            _ends(state, event)
            return TransferDone(event.transfer_id)
        case TransferFailed():
            _ends(state, event)
            return TransferUndone(event.transfer_id, event.code)
        case TransferReceived():
            assert state is None, "a transfer is received once"
            assert event.amount_minor > 0, "a transfer of nothing"
            return IncomingTransfer(
                event.incoming_id,
                event.destination_wallet_id,
                event.amount_minor,
                event.currency,
            )


def _ends(state: State | None, event: TransferCompleted | TransferFailed) -> None:
    assert isinstance(state, TransferUnderWay), "only a transfer under way ends"
    assert state.transfer_id == event.transfer_id, "an event of another transfer"
    assert state.source_wallet_id == event.source_wallet_id, "the hold lies in another wallet"
