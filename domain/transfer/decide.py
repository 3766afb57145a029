"""What a transfer answers to a command: at once inside one book, step by step across two.

Units: integer minor units.
Shape: `destination_book` empty means this book (whoever takes commands in makes it so when the
book's own name is given): the state is (source, destination), both wallets. With another book it
is the transfer's own. ReceiveTransfer gets (incoming transfer, destination wallet).
Errors: Refused, a value. AssertionError on what no correct peer says: a confirmation or failure of
a transfer that never started, a confirmation of one that failed, a failure of one that was
confirmed. The book's partition goes on; the message lies among the dead letters as
internal_error for a person, since either answer would make or lose money.

Refusals, the first that applies is answered:
1. itself     same_wallet (inside one book)
2. existence  already_exists, wallet_unknown (the detail says which)
3. status     wallet_frozen or wallet_closed (source), then wallet_closed (destination)
4. currency   currency_mismatch (source, then destination)
5. amount     amount_not_positive, amount_too_large
6. funds      insufficient_funds, balance_limit_exceeded (the destination's)
Across books this one answers already_exists and the amount; then the hold in the source wallet
answers for itself, and its refusal refuses the transfer. ReceiveTransfer refuses what concerns the
destination; told twice it answers already_exists, which a follow-on takes for done. That a refused
ReceiveTransfer stays refused when it is delivered again is kept by the unit of work, which saves
the outcome of another book's follow-on for good.
"""

from typing import cast

from domain.accounting.accounts import due
from domain.decision import ALREADY_EXISTS, Refused, Stream
from domain.transfer import inside
from domain.transfer.commands import (
    Command,
    ConfirmTransfer,
    FailTransfer,
    ReceiveTransfer,
    TransferFunds,
)
from domain.transfer.events import (
    Event,
    TransferCompleted,
    TransferFailed,
    TransferReceived,
    TransferStarted,
)
from domain.transfer.inside import Wallets
from domain.transfer.state import (
    IncomingTransfer,
    Transfer,
    TransferDone,
    TransferUndone,
)
from domain.wallet import FundsCredited, FundsDebited, Wallet, checks

Received = tuple[IncomingTransfer | None, Wallet | None]


def reads(command: Command) -> tuple[Stream, ...]:
    match command:
        case TransferFunds(destination_book=""):
            return (
                ("wallet", command.source_wallet_id),
                ("wallet", command.destination_wallet_id),
            )
        case ReceiveTransfer():
            return (
                ("incoming_transfer", command.incoming_id),
                ("wallet", command.destination_wallet_id),
            )
        case TransferFunds() | ConfirmTransfer() | FailTransfer():
            return (("transfer", command.transfer_id),)


def begins(command: Command) -> str:
    """A transfer's name, inside one book or out of it; the others are held by their streams."""
    return f"transfer:{command.transfer_id}" if isinstance(command, TransferFunds) else ""


def decide(
    command: Command, state: Transfer | Wallets | Received | None, at_us: int
) -> tuple[Event | FundsDebited | FundsCredited, ...] | Refused:
    del at_us  # No rule of a transfer asks the time.
    if isinstance(state, tuple):
        if isinstance(command, TransferFunds):
            return inside.move(command, cast("Wallets", state))
        assert isinstance(command, ReceiveTransfer), "it reads one stream"
        return _receive(command, cast("Received", state))
    match command:
        case TransferFunds():
            return _start(command, state)
        case ConfirmTransfer():
            return _confirm(state)
        case FailTransfer():
            return _fail(command, state)
        case ReceiveTransfer():
            raise AssertionError("it reads two streams")


def _start(command: TransferFunds, transfer: Transfer | None) -> tuple[TransferStarted] | Refused:
    if transfer is not None:
        return Refused(ALREADY_EXISTS, f"transfer {command.transfer_id} exists")
    if refused := checks.amount(command.amount_minor):
        return refused
    return (
        TransferStarted(
            command.transfer_id,
            command.source_wallet_id,
            command.destination_book,
            command.destination_wallet_id,
            command.amount_minor,
            command.currency,
        ),
    )


def _receive(
    command: ReceiveTransfer, state: Received
) -> tuple[TransferReceived, FundsCredited] | Refused:
    incoming, destination = state
    name = f"{command.source_book}/{command.transfer_id}"
    assert command.incoming_id == name, "a transfer is received under the name of its origin"
    if incoming is not None:
        return Refused(ALREADY_EXISTS, f"transfer {command.incoming_id} was received")
    if destination is None:
        return checks.unknown(command.destination_wallet_id)
    if refused := (
        checks.closed(destination)
        or checks.currency(destination, command.currency)
        or checks.amount(command.amount_minor)
        or checks.room(destination, command.amount_minor)
    ):
        return refused
    return (
        TransferReceived(
            command.incoming_id,
            command.transfer_id,
            command.source_book,
            command.source_wallet_id,
            command.destination_wallet_id,
            command.amount_minor,
            command.currency,
        ),
        FundsCredited(
            destination.wallet_id,
            f"transfer:{command.incoming_id}",
            command.amount_minor,
            command.currency,
            due(command.source_book),
            pending=False,
            balance_after_minor=destination.balance_minor + command.amount_minor,
            reserved_after_minor=destination.reserved_minor,
        ),
    )


def _confirm(transfer: Transfer | None) -> tuple[()] | tuple[TransferCompleted]:
    assert transfer is not None, "a confirmation of a transfer that never started"
    assert not isinstance(transfer, TransferUndone), "a confirmation of a transfer that failed"
    if isinstance(transfer, TransferDone):
        return ()
    return (
        TransferCompleted(
            transfer.transfer_id, transfer.source_wallet_id, transfer.destination_book
        ),
    )


def _fail(command: FailTransfer, transfer: Transfer | None) -> tuple[()] | tuple[TransferFailed]:
    assert transfer is not None, "a failure of a transfer that never started"
    assert not isinstance(transfer, TransferDone), "a failure of a transfer that was confirmed"
    if isinstance(transfer, TransferUndone):
        return ()
    return (TransferFailed(transfer.transfer_id, transfer.source_wallet_id, command.code),)
