"""Holds: their ends, their owners, their time, their number."""

import pytest

from domain.decision import At
from domain.money import AMOUNT_MAX
from domain.wallet import (
    CaptureForOwner,
    CaptureHold,
    ExpireHold,
    FundsHeld,
    HoldCaptured,
    HoldForOwner,
    HoldFunds,
    HoldReleased,
    ReleaseForOwner,
    ReleaseHold,
    Wallet,
    decide,
    evolve,
    react,
)
from domain.wallet.holds import HOLD_TIME_MAX_US, HOLDS_MAX
from tests.unit.domain.wallet.given import (
    AT_US,
    CLOSED,
    EMPTY,
    FROZEN,
    FULL,
    LATER_US,
    OPENED,
    OWNER,
    accepted,
    code,
    given,
    money_in,
)


def hold(amount_minor: int = 1, expires_at_us: int = LATER_US, currency: str = "EUR") -> HoldFunds:
    return HoldFunds("w", "new", amount_minor, currency, expires_at_us)


def capture(amount_minor: int, hold_id: str = "mine", currency: str = "EUR") -> CaptureHold:
    return CaptureHold("w", hold_id, "c", amount_minor, currency, "bank")


@pytest.mark.parametrize("expires_at_us", [0, AT_US - 1, AT_US])
def test_a_hold_that_nobody_owns_must_expire(expires_at_us: int) -> None:
    assert code(FULL, hold(expires_at_us=expires_at_us)) == "expiry_required"


def test_a_hold_lasts_a_year_at_most() -> None:
    assert code(FULL, hold(expires_at_us=AT_US + HOLD_TIME_MAX_US)) == ""
    assert code(FULL, hold(expires_at_us=AT_US + HOLD_TIME_MAX_US + 1)) == "expiry_too_far"


def test_the_bounds_are_what_they_are() -> None:
    assert HOLDS_MAX == 10_000
    assert HOLD_TIME_MAX_US == 31_622_400_000_000


def test_a_hold_takes_available_money_and_the_overdraft() -> None:
    assert code(FULL, hold(100)) == ""
    assert code(FULL, hold(101)) == "insufficient_funds"
    assert code(FULL, HoldForOwner("w", "new", OWNER, 101, "EUR")) == "insufficient_funds"


def test_a_hold_begins_once() -> None:
    for wallet in (FULL, FROZEN):
        assert code(wallet, HoldFunds("w", "mine", 0, "USD", 0)) == "already_exists"
        assert code(wallet, HoldForOwner("w", "theirs", OWNER, 20, "EUR")) == "already_exists"


def test_refusals_of_a_hold_come_in_their_order() -> None:
    full = crowded()
    assert code(CLOSED, hold(0, 0, "USD")) == "wallet_closed"
    assert code(FROZEN, hold(0, 0, "USD")) == "wallet_frozen"
    assert code(full, hold(0, 0, "USD")) == "currency_mismatch"
    assert code(full, hold(1, AT_US + HOLD_TIME_MAX_US + 1, "USD")) == "currency_mismatch"
    assert code(full, hold(0, 0)) == "amount_not_positive"
    assert code(full, hold(AMOUNT_MAX + 1, 0)) == "amount_too_large"
    assert code(full, hold(AMOUNT_MAX, 0)) == "expiry_required"
    assert code(full, hold(AMOUNT_MAX, AT_US + HOLD_TIME_MAX_US + 1)) == "expiry_too_far"
    assert code(full, hold(AMOUNT_MAX)) == "too_many_holds"
    assert code(full, HoldForOwner("w", "new", OWNER, AMOUNT_MAX, "EUR")) == "too_many_holds"


def crowded() -> Wallet:
    """A wallet with as many holds as one may have."""
    wallet = given(OPENED, money_in(HOLDS_MAX, HOLDS_MAX, 0))
    for index in range(HOLDS_MAX):
        event = FundsHeld("w", f"h{index}", "", 1, "EUR", LATER_US, HOLDS_MAX, index + 1)
        wallet = evolve(wallet, event)
    return wallet


def test_a_hold_may_be_captured_in_parts() -> None:
    first = accepted(FULL, capture(10))
    assert first == (HoldCaptured("w", "mine", "c", 10, "EUR", "external:bank", 20, 100, 50),)
    left = evolve(FULL, first[0])
    assert (left.balance_minor, left.held_minor, left.available_minor) == (100, 40, 50)
    assert left.holds["mine"].amount_minor == 20
    assert code(left, capture(21)) == "amount_exceeds_hold"
    last = accepted(left, capture(20))
    assert last == (HoldCaptured("w", "mine", "c", 20, "EUR", "external:bank", 0, 80, 30),)
    assert set(evolve(left, last[0]).holds) == {"theirs"}


def test_a_capture_may_release_the_rest() -> None:
    command = CaptureHold("w", "mine", "c", 10, "EUR", "bank", release_rest=True)
    outcome = accepted(FULL, command)
    assert outcome == (
        HoldCaptured("w", "mine", "c", 10, "EUR", "external:bank", 20, 100, 50),
        HoldReleased("w", "mine", 20, "EUR", "rest_of_capture", 100, 30),
    )
    wallet = evolve(evolve(FULL, outcome[0]), outcome[1])
    assert (wallet.available_minor, set(wallet.holds)) == (70, {"theirs"})


def test_a_capture_of_all_has_no_rest_to_release() -> None:
    command = CaptureHold("w", "mine", "c", 30, "EUR", "bank", release_rest=True)
    assert decide(command, FULL, AT_US) == (
        HoldCaptured("w", "mine", "c", 30, "EUR", "external:bank", 0, 80, 30),
    )


def test_refusals_of_a_capture_come_in_their_order() -> None:
    assert code(FROZEN, capture(0, "none", "USD"), LATER_US) == "hold_unknown"
    assert code(FROZEN, capture(0, "theirs", "USD"), LATER_US) == "hold_owned"
    assert code(FROZEN, capture(0, "mine", "USD"), LATER_US) == "wallet_frozen"
    assert code(FULL, capture(0, "mine", "USD"), LATER_US) == "hold_expired"
    assert code(FULL, capture(0, "mine", "USD")) == "currency_mismatch"
    assert code(FULL, capture(0)) == "amount_not_positive"
    assert code(FULL, capture(AMOUNT_MAX + 1)) == "amount_too_large"
    assert code(FULL, capture(31)) == "amount_exceeds_hold"
    assert code(FULL, capture(30)) == ""


def test_a_hold_ends_with_its_time_though_its_timer_is_late() -> None:
    assert code(FULL, capture(1), LATER_US - 1) == ""
    assert code(FULL, capture(1), LATER_US) == "hold_expired"
    assert code(FULL, ReleaseHold("w", "mine"), LATER_US - 1) == ""
    assert code(FULL, ReleaseHold("w", "mine"), LATER_US) == "hold_expired"


def test_a_client_does_not_release_what_is_owned() -> None:
    assert code(FULL, ReleaseHold("w", "theirs")) == "hold_owned"


def test_a_timer_has_nothing_to_say_before_its_time_or_of_an_owned_hold() -> None:
    assert decide(ExpireHold("w", "mine"), FULL, LATER_US - 1) == ()
    assert decide(ExpireHold("w", "theirs"), FULL, LATER_US) == ()
    assert decide(ExpireHold("w", "none"), FULL, LATER_US) == ()


def test_a_hold_that_nobody_owns_asks_for_a_timer() -> None:
    held = FundsHeld("w", "mine", "", 30, "EUR", LATER_US, 110, 40)
    assert react(held, "main") == (At("expire", LATER_US, ExpireHold("w", "mine")),)
    assert react(FundsHeld("w", "theirs", OWNER, 20, "EUR", 0, 110, 60), "main") == ()
    assert react(OPENED, "main") == ()


def test_only_its_owner_ends_an_owned_hold() -> None:
    for hold_id, owner in (("theirs", "payment:p3"), ("mine", OWNER)):
        with pytest.raises(AssertionError, match="by its owner alone"):
            decide(CaptureForOwner("w", hold_id, owner, "due:north"), FULL, AT_US)
        with pytest.raises(AssertionError, match="by its owner alone"):
            decide(ReleaseForOwner("w", hold_id, owner, ""), FULL, AT_US)


def test_an_owner_has_a_name() -> None:
    with pytest.raises(AssertionError, match="an owner has a name"):
        decide(HoldForOwner("w", "new", "", 1, "EUR"), EMPTY, AT_US)


def test_an_owner_takes_its_hold_whole_to_its_account() -> None:
    (event,) = accepted(FROZEN, CaptureForOwner("w", "theirs", OWNER, "due:north"))
    assert event == HoldCaptured("w", "theirs", OWNER, 20, "EUR", "due:north", 0, 90, 40)
    wallet = evolve(FROZEN, event)
    assert (wallet.balance_minor, wallet.held_minor, set(wallet.holds)) == (90, 30, {"mine"})
