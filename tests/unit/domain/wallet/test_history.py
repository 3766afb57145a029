"""Histories that cannot be stop at the event that cannot be; what can be survives a snapshot."""

import pytest
from pydantic import TypeAdapter

from domain.wallet import (
    STATES,
    DebtRecorded,
    DebtRepaid,
    Event,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
    Wallet,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    WalletUnfrozen,
    evolve,
)
from domain.wallet.evolve import STORED_MAX
from tests.unit.domain.wallet.given import (
    CLOSED,
    EMPTY,
    FROZEN,
    FULL,
    LATER_US,
    OPENED,
    ORDER,
    OWNER,
    given,
    money_in,
    money_out,
)

PENDING_TAKEN = FundsDebited("w", "m", 11, "EUR", ORDER, True, 99, 49)  # noqa: FBT003 - as the log has it.
PENDING_CAME = FundsCredited("w", "m", 1, "EUR", ORDER, True, 111, 60)  # noqa: FBT003
IN_DOLLARS = FundsCredited("w", "m", 1, "USD", ORDER, False, 111, 60)  # noqa: FBT003
OUT_IN_DOLLARS = FundsDebited("w", "m", 1, "USD", ORDER, False, 109, 60)  # noqa: FBT003
IN_DEBT = given(OPENED, DebtRecorded("w", "m", 5, "EUR", ORDER))
LAST_CENT = DebtRepaid("w", "m", 5, "EUR", 0, 0)
OF_ANOTHER = WalletFrozen("v", "court")
IMPOSSIBLE: list[tuple[Wallet | None, Event, str]] = [
    (None, WalletFrozen("w", "court"), "begins by being opened"),
    (None, WalletOpened("w", "o", "buyer", "EUR", -1), "below nothing"),
    (EMPTY, OPENED, "opened once"),
    (FULL, OF_ANOTHER, "another wallet"),
    (FULL, money_in(0, 110, 60), "a credit of nothing"),
    (FULL, money_in(1, 112, 60), "the balance in the log"),
    (FULL, money_in(1, 111, 61), "the reserved part"),
    (FULL, PENDING_CAME, "the reserved part"),
    (FULL, IN_DOLLARS, "one currency"),
    (FULL, money_in(STORED_MAX, STORED_MAX + 110, 60), "fits its column"),
    (FULL, money_out(0, 110, 60), "a debit of nothing"),
    (FULL, money_out(1, 110, 60), "the balance in the log"),
    (FULL, money_out(1, 109, 59), "the reserved part"),
    (FULL, money_out(101, 9, 60), "more than was there"),
    (FULL, OUT_IN_DOLLARS, "one currency"),
    (FULL, PENDING_TAKEN, "more was taken than was pending"),
    (FULL, FundsHeld("w", "new", "", 0, "EUR", LATER_US, 110, 60), "a hold of nothing"),
    (FULL, FundsHeld("w", "new", "", 101, "EUR", LATER_US, 110, 161), "more is held"),
    (FULL, FundsHeld("w", "mine", "", 1, "EUR", LATER_US, 110, 61), "a hold begins once"),
    (FULL, FundsHeld("w", "new", "", 1, "EUR", 0, 110, 61), "an owner or an expiry"),
    (FULL, FundsHeld("w", "new", OWNER, 1, "EUR", LATER_US, 110, 61), "an owner or an expiry"),
    (FULL, FundsHeld("w", "new", OWNER, 1, "EUR", 0, 111, 61), "the balance in the log"),
    (FULL, FundsHeld("w", "new", OWNER, 1, "EUR", 0, 110, 60), "the reserved part"),
    (FULL, HoldCaptured("w", "none", "c", 1, "EUR", ORDER, 0, 109, 59), "was held"),
    (FULL, HoldCaptured("w", "mine", "c", 0, "EUR", ORDER, 30, 110, 60), "a capture of nothing"),
    (FULL, HoldCaptured("w", "mine", "c", 31, "EUR", ORDER, -1, 79, 29), "more is captured"),
    (FULL, HoldCaptured("w", "mine", "c", 30, "EUR", ORDER, 1, 80, 30), "the rest is wrong"),
    (FULL, HoldCaptured("w", "mine", "c", 30, "EUR", ORDER, 0, 81, 30), "the balance in the log"),
    (FULL, HoldReleased("w", "none", 1, "EUR", "", 110, 59), "was held"),
    (FULL, HoldReleased("w", "mine", 29, "EUR", "", 110, 31), "all that is left"),
    (FULL, HoldReleased("w", "mine", 30, "EUR", "", 110, 31), "the reserved part"),
    (FULL, PendingReleased("w", "m", 0, "EUR", 110, 60), "a release of nothing"),
    (FULL, PendingReleased("w", "m", 11, "EUR", 110, 49), "more is released"),
    (FULL, PendingReleased("w", "m", 10, "EUR", 110, 51), "the reserved part"),
    (FULL, PendingReleased("w", "m", 1, "USD", 110, 59), "one currency"),
    (FULL, DebtRecorded("w", "m", 0, "EUR", ORDER), "a debt of nothing"),
    (FULL, DebtRepaid("w", "m", 0, "EUR", 110, 60), "a repayment of nothing"),
    (FULL, DebtRepaid("w", "m", 6, "EUR", 104, 60), "more is repaid than was owed"),
    (IN_DEBT, DebtRepaid("w", "m", 5, "EUR", -5, 0), "more is repaid than was there"),
    (FULL, DebtRepaid("w", "m", 5, "EUR", 106, 60), "the balance in the log"),
    (FROZEN, WalletFrozen("w", "court"), "only an open wallet"),
    (CLOSED, WalletFrozen("w", "court"), "only an open wallet"),
    (FULL, WalletUnfrozen("w", "court"), "only a frozen wallet"),
    (CLOSED, WalletUnfrozen("w", "court"), "only a frozen wallet"),
    (CLOSED, WalletClosed("w", "left"), "closes once"),
    (FULL, WalletClosed("w", "left"), "held money"),
    (
        given(OPENED, FundsHeld("w", "h", OWNER, 5, "EUR", 0, 0, 5)),
        WalletClosed("w", "left"),
        "had holds",
    ),
    (
        given(OPENED, money_out(5, -5, 0), FundsCredited("w", "p", 5, "EUR", ORDER, True, 0, 5)),  # noqa: FBT003
        WalletClosed("w", "left"),
        "money pending",
    ),
    (IN_DEBT, WalletClosed("w", "left"), "had a debt"),
]


@pytest.mark.parametrize(("wallet", "event", "words"), IMPOSSIBLE)
def test_an_impossible_history_stops(wallet: Wallet | None, event: Event, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        evolve(wallet, event)


def test_the_largest_balance_that_fits_is_kept() -> None:
    assert STORED_MAX == 9_223_372_036_854_775_807
    assert given(OPENED, money_in(STORED_MAX, STORED_MAX, 0)).balance_minor == STORED_MAX


@pytest.mark.parametrize(
    ("wallet", "event"),
    [
        (FULL, money_in(1, 111, 60)),
        (FULL, money_out(1, 109, 60)),
        (FULL, money_out(100, 10, 60)),
        (FULL, FundsHeld("w", "new", "", 1, "EUR", LATER_US, 110, 61)),
        (FULL, FundsHeld("w", "new", "", 100, "EUR", LATER_US, 110, 160)),
        (FULL, HoldCaptured("w", "mine", "c", 1, "EUR", ORDER, 29, 109, 59)),
        (FULL, PendingReleased("w", "m", 1, "EUR", 110, 59)),
        (FULL, DebtRecorded("w", "m", 1, "EUR", ORDER)),
        (FULL, DebtRepaid("w", "m", 1, "EUR", 109, 60)),
        (given(OPENED, DebtRecorded("w", "m", 5, "EUR", ORDER), money_in(5, 5, 0)), LAST_CENT),
    ],
)
def test_a_cent_moves_and_so_does_all_there_is(wallet: Wallet, event: Event) -> None:
    assert evolve(wallet, event) != wallet


def test_a_freeze_ends() -> None:
    assert evolve(FROZEN, WalletUnfrozen("w", "court")) == FULL


def test_holds_are_never_changed_in_place() -> None:
    before = dict(FULL.holds)
    evolve(FULL, HoldReleased("w", "mine", 30, "EUR", "", 110, 30))
    evolve(FULL, HoldCaptured("w", "mine", "c", 10, "EUR", ORDER, 20, 100, 50))
    assert FULL.holds == before


@pytest.mark.parametrize("wallet", [EMPTY, FULL, FROZEN, CLOSED])
def test_a_snapshot_brings_back_the_same_wallet(wallet: Wallet) -> None:
    assert (Wallet,) == STATES
    adapter = TypeAdapter(Wallet)
    assert adapter.validate_json(adapter.dump_json(wallet)) == wallet
