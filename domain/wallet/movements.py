"""The rules of money that moves at once: deposits, withdrawals, and money flows of our own.

Units: integer minor units.
Our own flows (receive, release pending, reclaim) report what a payment has already done, so no
status and no limit turns them away; their callers have checked wallet and currency, and their
amounts are asserted. Only they repay a debt: a seller's income settles what the seller owes us,
while a deposit or a transfer belongs to whoever sent it for another purpose.
"""

from domain.accounting.accounts import external
from domain.decision import Refused
from domain.wallet import checks
from domain.wallet.commands import (
    CreditWallet,
    DebitWallet,
    ReceiveFunds,
    ReclaimFunds,
    ReleasePending,
)
from domain.wallet.events import (
    DebtRecorded,
    DebtRepaid,
    Event,
    FundsCredited,
    FundsDebited,
    PendingReleased,
)
from domain.wallet.state import Wallet


def credit(command: CreditWallet, wallet: Wallet) -> tuple[FundsCredited] | Refused:
    if refused := (
        checks.closed(wallet)
        or checks.currency(wallet, command.currency)
        or checks.amount(command.amount_minor)
        or checks.room(wallet, command.amount_minor)
    ):
        return refused
    return (
        FundsCredited(
            wallet.wallet_id,
            command.movement_id,
            command.amount_minor,
            wallet.currency,
            external(command.source),
            pending=False,
            balance_after_minor=wallet.balance_minor + command.amount_minor,
            reserved_after_minor=wallet.reserved_minor,
        ),
    )


def debit(command: DebitWallet, wallet: Wallet) -> tuple[FundsDebited] | Refused:
    if refused := (
        checks.standing(wallet)
        or checks.currency(wallet, command.currency)
        or checks.amount(command.amount_minor)
        or checks.funds(wallet, command.amount_minor)
    ):
        return refused
    return (
        FundsDebited(
            wallet.wallet_id,
            command.movement_id,
            command.amount_minor,
            wallet.currency,
            external(command.destination),
            pending=False,
            balance_after_minor=wallet.balance_minor - command.amount_minor,
            reserved_after_minor=wallet.reserved_minor,
        ),
    )


def receive(command: ReceiveFunds, wallet: Wallet) -> tuple[Event, ...] | Refused:
    if refused := checks.currency(wallet, command.currency):
        return refused
    assert command.amount_minor > 0, "our own flow of nothing"
    balance_minor = wallet.balance_minor + command.amount_minor
    reserved_minor = wallet.reserved_minor + (command.amount_minor if command.pending else 0)
    credited = FundsCredited(
        wallet.wallet_id,
        command.movement_id,
        command.amount_minor,
        wallet.currency,
        command.account,
        command.pending,
        balance_minor,
        reserved_minor,
    )
    if command.pending:
        return (credited,)
    return (credited, *_repay(command, wallet, credited))


def release_pending(command: ReleasePending, wallet: Wallet) -> tuple[Event, ...] | Refused:
    if refused := checks.currency(wallet, command.currency):
        return refused
    assert command.amount_minor > 0, "our own flow of nothing"
    assert command.amount_minor <= wallet.pending_minor, "more released than is pending"
    released = PendingReleased(
        wallet.wallet_id,
        command.movement_id,
        command.amount_minor,
        wallet.currency,
        wallet.balance_minor,
        wallet.reserved_minor - command.amount_minor,
    )
    return (released, *_repay(command, wallet, released))


def _repay(
    command: ReceiveFunds | ReleasePending, wallet: Wallet, after: FundsCredited | PendingReleased
) -> tuple[DebtRepaid, ...]:
    """Pay a debt out of what is available once money has arrived; frozen or closed too."""
    available_minor = after.balance_after_minor - after.reserved_after_minor
    repaid_minor = min(wallet.debt_minor, available_minor)
    if repaid_minor <= 0:
        return ()
    return (
        DebtRepaid(
            wallet.wallet_id,
            command.movement_id,
            repaid_minor,
            wallet.currency,
            after.balance_after_minor - repaid_minor,
            after.reserved_after_minor,
        ),
    )


def reclaim(command: ReclaimFunds, wallet: Wallet) -> tuple[Event, ...] | Refused:
    """Take what is there, the overdraft not counted: only real money; the rest is owed."""
    if refused := checks.currency(wallet, command.currency):
        return refused
    assert command.amount_minor > 0, "our own flow of nothing"
    there_minor = wallet.pending_minor if command.from_pending else max(0, wallet.available_minor)
    taken_minor = min(command.amount_minor, there_minor)
    owed_minor = command.amount_minor - taken_minor
    events: list[Event] = []
    if taken_minor > 0:
        events.append(_taken(command, wallet, taken_minor))
    if owed_minor > 0:
        events.append(
            DebtRecorded(
                wallet.wallet_id,
                command.movement_id,
                owed_minor,
                wallet.currency,
                command.account,
            )
        )
    return tuple(events)


def _taken(command: ReclaimFunds, wallet: Wallet, taken_minor: int) -> FundsDebited:
    return FundsDebited(
        wallet.wallet_id,
        command.movement_id,
        taken_minor,
        wallet.currency,
        command.account,
        command.from_pending,
        wallet.balance_minor - taken_minor,
        wallet.reserved_minor - (taken_minor if command.from_pending else 0),
    )
