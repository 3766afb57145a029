"""What the wallet's tests start from: histories that lead to each state.

Shape: EMPTY, FULL, FROZEN and CLOSED are wallet `w` in EUR with an overdraft limit of 50. FULL and
FROZEN: balance 110, of it hold `mine` 30 (nobody's, ends LATER_US), hold `theirs` 20 (of
OWNER) and 10 pending, so 50 available; the owner owes 5.
"""

from functools import reduce

from domain.decision import Refused
from domain.wallet import (
    Command,
    DebtRecorded,
    Event,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    Wallet,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    decide,
    evolve,
)

AT_US = 1_700_000_000_000_000
HOUR_US = 3_600_000_000
LATER_US = AT_US + HOUR_US
OWNER = "payment:p2"
BANK, ORDER, REFUND = "external:bank", "liability:order:p1", "liability:refund:r1"


def given(*events: Event) -> Wallet:
    wallet = reduce(evolve, events, None)
    assert wallet is not None, "a history has events"
    return wallet


def accepted(wallet: Wallet | None, command: Command, at_us: int = AT_US) -> tuple[Event, ...]:
    outcome = decide(command, wallet, at_us)
    assert not isinstance(outcome, Refused), outcome.code
    return outcome


def code(wallet: Wallet | None, command: Command, at_us: int = AT_US) -> str:
    """The code of the refusal, empty where there is none."""
    outcome = decide(command, wallet, at_us)
    return outcome.code if isinstance(outcome, Refused) else ""


def money_in(amount_minor: int, balance_minor: int, reserved_minor: int) -> FundsCredited:
    return FundsCredited(
        "w",
        f"m{balance_minor}",
        amount_minor,
        "EUR",
        BANK,
        pending=False,
        balance_after_minor=balance_minor,
        reserved_after_minor=reserved_minor,
    )


def money_out(amount_minor: int, balance_minor: int, reserved_minor: int) -> FundsDebited:
    return FundsDebited(
        "w",
        f"m{balance_minor}",
        amount_minor,
        "EUR",
        BANK,
        pending=False,
        balance_after_minor=balance_minor,
        reserved_after_minor=reserved_minor,
    )


def credited(balance_minor: int) -> Wallet:
    """A wallet without overdraft that holds this much."""
    opened = WalletOpened("w", "o", "buyer", "EUR", 0)
    return (
        given(opened, money_in(balance_minor, balance_minor, 0)) if balance_minor else given(opened)
    )


OPENED = WalletOpened("w", "o", "seller", "EUR", 50)
FILLED: tuple[Event, ...] = (
    OPENED,
    money_in(100, 100, 0),
    FundsCredited(
        "w", "m2", 10, "EUR", ORDER, pending=True, balance_after_minor=110, reserved_after_minor=10
    ),
    FundsHeld("w", "mine", "", 30, "EUR", LATER_US, 110, 40),
    FundsHeld("w", "theirs", OWNER, 20, "EUR", 0, 110, 60),
    DebtRecorded("w", "m3", 5, "EUR", REFUND),
)
EMPTY = given(OPENED)
FULL = given(*FILLED)
FROZEN = given(*FILLED, WalletFrozen("w", "court"))
CLOSED = given(OPENED, WalletClosed("w", "left"))
