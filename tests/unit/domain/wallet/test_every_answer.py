"""Every state of a wallet answers every command, with exactly these events or this code.

Shape: a row a command, a column a state; BUG is an assertion, since only our own code could ask.
"""

from collections.abc import Sequence
from typing import cast, get_args

import pytest

from domain.decision import Refused
from domain.wallet import (
    CaptureForOwner,
    CaptureHold,
    CloseWallet,
    Command,
    CreditWallet,
    DebitWallet,
    DebtRecorded,
    DebtRepaid,
    Event,
    ExpireHold,
    FreezeWallet,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldForOwner,
    HoldFunds,
    HoldReleased,
    OpenWallet,
    PendingReleased,
    ReceiveFunds,
    ReclaimFunds,
    ReleaseForOwner,
    ReleaseHold,
    ReleasePending,
    UnfreezeWallet,
    Wallet,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    WalletUnfrozen,
    decide,
)
from tests.unit.domain.wallet.given import (
    AT_US,
    BANK,
    CLOSED,
    EMPTY,
    FROZEN,
    FULL,
    LATER_US,
    ORDER,
    OWNER,
    REFUND,
)

STATES = {"unopened": None, "empty": EMPTY, "full": FULL, "frozen": FROZEN, "closed": CLOSED}
BUG = AssertionError
Answer = str | type[AssertionError] | tuple[Event, ...]


def credited(amount_minor: int, account: str, *after: int) -> FundsCredited:
    return FundsCredited("w", "m", amount_minor, "EUR", account, False, *after)  # noqa: FBT003 - as the log has it.


def debited(amount_minor: int, account: str, *after: int) -> FundsDebited:
    return FundsDebited("w", "m", amount_minor, "EUR", account, False, *after)  # noqa: FBT003


def held(owner: str, expires_at_us: int, *after: int) -> FundsHeld:
    return FundsHeld("w", "new", owner, 40, "EUR", expires_at_us, *after)


EXISTS = ("already_exists",) * 4
RECEIVED = (credited(7, ORDER, 117, 60), DebtRepaid("w", "m", 5, "EUR", 112, 60))
RELEASED = (
    PendingReleased("w", "m", 4, "EUR", 110, 56),
    DebtRepaid("w", "m", 5, "EUR", 105, 56),
)
RECLAIMED = (debited(50, REFUND, 60, 60), DebtRecorded("w", "m", 20, "EUR", REFUND))
OWED = (DebtRecorded("w", "m", 70, "EUR", REFUND),)
GIVEN_BACK = (HoldReleased("w", "mine", 30, "EUR", "late", 110, 30),)
EXPIRED = (HoldReleased("w", "mine", 30, "EUR", "expired", 110, 30),)
TAKEN_WHOLE = (HoldCaptured("w", "theirs", OWNER, 20, "EUR", ORDER, 0, 90, 40),)
ENDED = (HoldReleased("w", "theirs", 20, "EUR", "cancelled", 110, 40),)

UNKNOWN, CLOSED_CODE, FROZEN_CODE = "wallet_unknown", "wallet_closed", "wallet_frozen"
NO_HOLD = "hold_unknown"
TABLE: list[tuple[Command, int, Sequence[Answer]]] = [
    (
        OpenWallet("w", "o", "seller", "EUR", 50),
        AT_US,
        [(WalletOpened("w", "o", "seller", "EUR", 50),), *EXISTS],
    ),
    (
        CreditWallet("w", "m", 7, "EUR", "bank"),
        AT_US,
        [
            UNKNOWN,
            (credited(7, BANK, 7, 0),),
            (credited(7, BANK, 117, 60),),
            (credited(7, BANK, 117, 60),),
            CLOSED_CODE,
        ],
    ),
    (
        DebitWallet("w", "m", 40, "EUR", "bank"),
        AT_US,
        [
            UNKNOWN,
            (debited(40, BANK, -40, 0),),
            (debited(40, BANK, 70, 60),),
            FROZEN_CODE,
            CLOSED_CODE,
        ],
    ),
    (
        HoldFunds("w", "new", 40, "EUR", LATER_US),
        AT_US,
        [
            UNKNOWN,
            (held("", LATER_US, 0, 40),),
            (held("", LATER_US, 110, 100),),
            FROZEN_CODE,
            CLOSED_CODE,
        ],
    ),
    (
        CaptureHold("w", "mine", "c", 10, "EUR", "bank"),
        AT_US,
        [
            UNKNOWN,
            NO_HOLD,
            (HoldCaptured("w", "mine", "c", 10, "EUR", BANK, 20, 100, 50),),
            FROZEN_CODE,
            NO_HOLD,
        ],
    ),
    (
        ReleaseHold("w", "mine", "late"),
        AT_US,
        [UNKNOWN, NO_HOLD, GIVEN_BACK, GIVEN_BACK, NO_HOLD],
    ),
    (
        FreezeWallet("w", "court"),
        AT_US,
        [
            UNKNOWN,
            (WalletFrozen("w", "court"),),
            (WalletFrozen("w", "court"),),
            "already_frozen",
            CLOSED_CODE,
        ],
    ),
    (
        UnfreezeWallet("w", "court"),
        AT_US,
        [UNKNOWN, "not_frozen", "not_frozen", (WalletUnfrozen("w", "court"),), CLOSED_CODE],
    ),
    (
        CloseWallet("w", "left"),
        AT_US,
        [
            UNKNOWN,
            (WalletClosed("w", "left"),),
            "balance_not_zero",
            "balance_not_zero",
            CLOSED_CODE,
        ],
    ),
    (
        HoldForOwner("w", "new", OWNER, 40, "EUR"),
        AT_US,
        [UNKNOWN, (held(OWNER, 0, 0, 40),), (held(OWNER, 0, 110, 100),), FROZEN_CODE, CLOSED_CODE],
    ),
    (
        CaptureForOwner("w", "theirs", OWNER, ORDER),
        AT_US,
        [BUG, (), TAKEN_WHOLE, TAKEN_WHOLE, ()],
    ),
    (
        ReleaseForOwner("w", "theirs", OWNER, "cancelled"),
        AT_US,
        [BUG, (), ENDED, ENDED, ()],
    ),
    (ExpireHold("w", "mine"), LATER_US, [(), (), EXPIRED, EXPIRED, ()]),
    (
        ReceiveFunds("w", "m", 7, "EUR", ORDER),
        AT_US,
        [UNKNOWN, (credited(7, ORDER, 7, 0),), RECEIVED, RECEIVED, (credited(7, ORDER, 7, 0),)],
    ),
    (ReleasePending("w", "m", 4, "EUR"), AT_US, [UNKNOWN, BUG, RELEASED, RELEASED, BUG]),
    (
        ReclaimFunds("w", "m", 70, "EUR", REFUND),
        AT_US,
        [UNKNOWN, OWED, RECLAIMED, RECLAIMED, OWED],
    ),
]
CELLS = [
    pytest.param(command, at_us, state, answer, id=f"{type(command).__name__}-{name}")
    for command, at_us, answers in TABLE
    for (name, state), answer in zip(STATES.items(), answers, strict=True)
]


@pytest.mark.parametrize(("command", "at_us", "state", "answer"), CELLS)
def test_answers(command: Command, at_us: int, state: Wallet | None, answer: Answer) -> None:
    if answer is BUG:
        with pytest.raises(AssertionError):
            decide(command, state, at_us)
        return
    outcome = decide(command, state, at_us)
    assert (outcome.code if isinstance(outcome, Refused) else outcome) == answer


def test_no_command_is_left_out() -> None:
    commands = cast("tuple[type, ...]", get_args(Command))
    assert [type(command) for command, _, _ in TABLE] == list(commands)
