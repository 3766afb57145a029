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
3. status     wallet_closed (source, then destination), wallet_frozen (source alone)
4. currency   currency_mismatch (source, then destination)
5. amount     amount_not_positive, amount_too_large
6. funds      insufficient_funds, balance_limit_exceeded (the destination's)
Across books this one answers already_exists and the amount; then the hold in the source wallet
answers for itself, and its refusal refuses the transfer. ReceiveTransfer refuses what concerns the
destination; told twice it answers already_exists, which a follow-on takes for done. That a refused
ReceiveTransfer stays refused when it is delivered again is kept by the unit of work, which saves
the outcome of another book's follow-on for good.
Speed: a transfer inside one book is the hot path, so its checks stand in line, each once, and the
shared ones of the wallet are asked only for the words of a refusal, and its events are built by
place (keywords cost a tenth of the whole).
"""

from typing import cast

from domain.accounting.accounts import due, wallet
from domain.decision import ALREADY_EXISTS, Refused, Stream
from domain.money import AMOUNT_MAX, BALANCE_MAX
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
from domain.transfer.state import (
    IncomingTransfer,
    Transfer,
    TransferDone,
    TransferUndone,
)
from domain.wallet import FundsCredited, FundsDebited, Wallet, checks
from domain.wallet.state import CLOSED, OPEN

NOT_PENDING = False
Wallets = tuple[Wallet | None, Wallet | None]
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
            return _move(command, cast("Wallets", state))
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


def _move(command: TransferFunds, wallets: Wallets) -> tuple[FundsDebited, FundsCredited] | Refused:
    source, destination = wallets
    source_id, destination_id = command.source_wallet_id, command.destination_wallet_id
    amount_minor, currency = command.amount_minor, command.currency
    if source is None or destination is None or source_id == destination_id:
        return _not_two(command, source)
    if source.status != OPEN or destination.status == CLOSED:
        return _refused(checks.standing(source) or checks.closed(destination))
    if source.account.currency != currency or destination.account.currency != currency:
        return _refused(checks.currency(source, currency) or checks.currency(destination, currency))
    if not 0 < amount_minor <= AMOUNT_MAX:
        return _refused(checks.amount(amount_minor))
    source_minor = source.balance_minor - amount_minor
    reserved_minor = source.reserved.held_minor + source.reserved.pending_minor
    if source_minor - reserved_minor < -source.account.overdraft_limit_minor:
        return _refused(checks.funds(source, amount_minor))
    destination_minor = destination.balance_minor + amount_minor
    if destination_minor > BALANCE_MAX:
        return _refused(checks.room(destination, amount_minor))
    credited = destination.reserved
    name, there, here = command.transfer_id, wallet(destination_id), wallet(source_id)
    return (
        FundsDebited(
            source_id,
            name,
            amount_minor,
            currency,
            there,
            NOT_PENDING,
            source_minor,
            reserved_minor,
        ),
        FundsCredited(
            destination_id,
            name,
            amount_minor,
            currency,
            here,
            NOT_PENDING,
            destination_minor,
            credited.held_minor + credited.pending_minor,
        ),
    )


def _not_two(command: TransferFunds, source: Wallet | None) -> Refused:
    source_id, destination_id = command.source_wallet_id, command.destination_wallet_id
    if source_id == destination_id:
        return Refused("same_wallet", "a transfer goes from one wallet to another")
    return checks.unknown(source_id if source is None else destination_id)


def _refused(found: Refused | None) -> Refused:
    """The words for a rule that has just said no in line."""
    assert found is not None, "two spellings of one rule disagree"
    return found


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
