"""What the transfer's tests start from: wallets in each status, transfers in each state.

Shape: wallet `id` in EUR with an overdraft limit of 50 holds 100, of it 20 held for OWNER and 10
pending, so that 120 may leave it.
"""

from functools import reduce

from domain import wallet
from domain.transfer import (
    ConfirmTransfer,
    FailTransfer,
    IncomingTransfer,
    ReceiveTransfer,
    TransferDone,
    TransferFunds,
    TransferUnderWay,
    TransferUndone,
)
from domain.wallet import (
    Event,
    FundsCredited,
    FundsHeld,
    Wallet,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
)

AT_US = 1_700_000_000_000_000
OWNER = "payment:p"
UNDER_WAY = TransferUnderWay("t", "a", "north", "b", 40, "EUR")
DONE, UNDONE = TransferDone("t"), TransferUndone("t", "wallet_closed")
RECEIVED = IncomingTransfer("main/t", "b", 40, "EUR")
CONFIRM, FAIL = ConfirmTransfer("t"), FailTransfer("t", "wallet_closed")
ACROSS = TransferFunds("t", "a", "b", 40, "EUR", "north")
RECEIVE = ReceiveTransfer("main/t", "t", "main", "a", "b", 40, "EUR")


def given(*events: Event) -> Wallet:
    state = reduce(wallet.evolve, events, None)
    assert state is not None, "a history has events"
    return state


def credit(wallet_id: str, *amounts: int, pending: bool = False) -> FundsCredited:
    """A credit: its amount, the balance after it, what is reserved after it."""
    amount_minor, balance_minor, reserved_minor = amounts
    return FundsCredited(
        wallet_id,
        "m",
        amount_minor,
        "EUR",
        "external:bank",
        pending=pending,
        balance_after_minor=balance_minor,
        reserved_after_minor=reserved_minor,
    )


def filled(wallet_id: str) -> tuple[Event, ...]:
    return (
        WalletOpened(wallet_id, "o", "buyer", "EUR", 50),
        credit(wallet_id, 90, 90, 0),
        credit(wallet_id, 10, 100, 10, pending=True),
        FundsHeld(wallet_id, "h", OWNER, 20, "EUR", 0, 100, 30),
    )


def full(wallet_id: str) -> Wallet:
    return given(*filled(wallet_id))


def frozen(wallet_id: str) -> Wallet:
    return given(*filled(wallet_id), WalletFrozen(wallet_id, "court"))


def empty(wallet_id: str, currency: str = "EUR") -> Wallet:
    return given(WalletOpened(wallet_id, "o", "buyer", currency, 50))


def closed(wallet_id: str) -> Wallet:
    opened = WalletOpened(wallet_id, "o", "buyer", "EUR", 50)
    return given(opened, WalletClosed(wallet_id, "left"))


def rich(wallet_id: str, balance_minor: int) -> Wallet:
    opened = WalletOpened(wallet_id, "o", "buyer", "EUR", 50)
    return given(opened, credit(wallet_id, balance_minor, balance_minor, 0))
