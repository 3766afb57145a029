"""Deposits, withdrawals and money flows of our own: bounds, precedence, debts."""

import pytest

from domain.decision import Refused
from domain.money import AMOUNT_MAX, BALANCE_MAX
from domain.wallet import (
    CreditWallet,
    DebitWallet,
    DebtRecorded,
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    PendingReleased,
    ReceiveFunds,
    ReclaimFunds,
    ReleasePending,
    decide,
)
from tests.unit.domain.wallet.given import (
    AT_US,
    CLOSED,
    EMPTY,
    FROZEN,
    FULL,
    OPENED,
    ORDER,
    REFUND,
    accepted,
    code,
    credited,
    given,
    money_in,
    money_out,
)

OWED = DebtRecorded("w", "d", 30, "EUR", REFUND)


def credit(amount_minor: int, currency: str = "EUR") -> CreditWallet:
    return CreditWallet("w", "m", amount_minor, currency, "bank")


def debit(amount_minor: int, currency: str = "EUR") -> DebitWallet:
    return DebitWallet("w", "m", amount_minor, currency, "bank")


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_an_amount_is_above_zero(amount_minor: int) -> None:
    assert code(FULL, credit(amount_minor)) == "amount_not_positive"
    assert code(FULL, debit(amount_minor)) == "amount_not_positive"


def test_an_amount_has_a_bound() -> None:
    assert code(FULL, credit(AMOUNT_MAX + 1)) == "amount_too_large"
    assert code(FULL, debit(AMOUNT_MAX + 1)) == "amount_too_large"
    assert code(EMPTY, credit(AMOUNT_MAX)) == ""


def test_a_balance_has_a_bound() -> None:
    assert code(credited(BALANCE_MAX - 1), credit(2)) == "balance_limit_exceeded"
    assert code(credited(BALANCE_MAX - 1), credit(1)) == ""


def test_a_wallet_has_one_currency() -> None:
    assert code(FULL, credit(1, "USD")) == "currency_mismatch"
    assert code(FULL, debit(1, "USD")) == "currency_mismatch"


def test_refusals_come_in_their_order() -> None:
    assert code(CLOSED, credit(0, "USD")) == "wallet_closed"
    assert code(FROZEN, debit(0, "USD")) == "wallet_frozen"
    assert code(FULL, debit(0, "USD")) == "currency_mismatch"
    assert code(credited(BALANCE_MAX), credit(AMOUNT_MAX + 1)) == "amount_too_large"
    assert code(EMPTY, debit(AMOUNT_MAX + 1)) == "amount_too_large"


def test_what_is_reserved_is_not_available() -> None:
    # 110 - 60 reserved + 50 of overdraft.
    assert code(FULL, debit(101)) == "insufficient_funds"
    assert decide(debit(100), FULL, AT_US) == (
        FundsDebited(
            "w",
            "m",
            100,
            "EUR",
            "external:bank",
            pending=False,
            balance_after_minor=10,
            reserved_after_minor=60,
        ),
    )


def test_the_overdraft_is_available_and_no_more() -> None:
    assert code(EMPTY, debit(50)) == ""
    assert code(EMPTY, debit(51)) == "insufficient_funds"
    assert code(given(OPENED, money_out(50, -50, 0)), debit(1)) == "insufficient_funds"


def test_a_refusal_says_how_much_there_was() -> None:
    outcome = decide(debit(51), EMPTY, AT_US)
    assert outcome == Refused("insufficient_funds", "0 available, overdraft 50, 51 asked")


def test_pending_money_counts_as_reserved() -> None:
    command = ReceiveFunds("w", "m", 95, "EUR", ORDER, pending=True)
    (event,) = accepted(FULL, command)
    assert event == FundsCredited(
        "w",
        "m",
        95,
        "EUR",
        ORDER,
        pending=True,
        balance_after_minor=205,
        reserved_after_minor=155,
    )
    assert given(OPENED, money_in(1, 1, 0)).available_minor == 1
    after = given(OPENED, FundsCredited("w", "m", 95, "EUR", ORDER, True, 95, 95))  # noqa: FBT003
    assert (after.balance_minor, after.pending_minor, after.available_minor) == (95, 95, 0)


def test_a_closed_wallet_still_receives_what_we_owe_it() -> None:
    assert code(CLOSED, ReceiveFunds("w", "m", 1, "EUR", ORDER)) == ""
    assert code(CLOSED, ReceiveFunds("w", "m", 1, "USD", ORDER)) == "currency_mismatch"


def test_money_of_ours_may_pass_the_bound_of_a_balance() -> None:
    assert code(credited(BALANCE_MAX), ReceiveFunds("w", "m", 1, "EUR", ORDER)) == ""


@pytest.mark.parametrize(
    ("arriving_minor", "repaid"),
    [
        (10, (DebtRepaid("w", "m", 10, "EUR", 0, 0),)),
        (30, (DebtRepaid("w", "m", 30, "EUR", 0, 0),)),
        (31, (DebtRepaid("w", "m", 30, "EUR", 1, 0),)),
    ],
)
def test_a_debt_is_repaid_from_income(arriving_minor: int, repaid: tuple[DebtRepaid, ...]) -> None:
    command = ReceiveFunds("w", "m", arriving_minor, "EUR", ORDER)
    assert accepted(given(OPENED, OWED), command)[1:] == repaid


def test_a_debt_is_not_repaid_out_of_the_overdraft() -> None:
    overdrawn = given(OPENED, OWED, money_out(20, -20, 0))
    for arriving_minor in (19, 20):
        command = ReceiveFunds("w", "m", arriving_minor, "EUR", ORDER)
        assert len(accepted(overdrawn, command)) == 1
    outcome = accepted(overdrawn, ReceiveFunds("w", "m", 21, "EUR", ORDER))
    assert outcome[1] == DebtRepaid("w", "m", 1, "EUR", 0, 0)


def test_a_debt_is_not_repaid_out_of_what_is_held() -> None:
    held = FundsHeld("w", "h", "payment:p", 40, "EUR", 0, 0, 40)
    outcome = accepted(given(OPENED, OWED, held), ReceiveFunds("w", "m", 50, "EUR", ORDER))
    assert outcome[1] == DebtRepaid("w", "m", 10, "EUR", 40, 40)


def test_pending_money_repays_a_debt_when_it_is_released() -> None:
    arrived = FundsCredited("w", "p", 50, "EUR", ORDER, True, 50, 50)  # noqa: FBT003
    waiting = given(OPENED, OWED, arrived)
    assert len(accepted(waiting, ReceiveFunds("w", "m", 5, "EUR", ORDER, pending=True))) == 1
    assert decide(ReleasePending("w", "m", 40, "EUR"), waiting, AT_US) == (
        PendingReleased("w", "m", 40, "EUR", 50, 10),
        DebtRepaid("w", "m", 30, "EUR", 20, 10),
    )


def test_a_deposit_repays_no_debt() -> None:
    outcome = accepted(given(OPENED, OWED), credit(100))
    assert [type(event) for event in outcome] == [FundsCredited]


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_a_flow_of_ours_moves_something(amount_minor: int) -> None:
    for command in (
        ReceiveFunds("w", "m", amount_minor, "EUR", ORDER),
        ReleasePending("w", "m", amount_minor, "EUR"),
        ReclaimFunds("w", "m", amount_minor, "EUR", REFUND),
    ):
        with pytest.raises(AssertionError):
            decide(command, FULL, AT_US)


def test_a_cent_is_something() -> None:
    assert code(FULL, credit(1)) == code(FULL, debit(1)) == ""
    assert accepted(FULL, ReceiveFunds("w", "m", 1, "EUR", ORDER))
    assert accepted(FULL, ReleasePending("w", "m", 1, "EUR"))
    assert accepted(FULL, ReclaimFunds("w", "m", 1, "EUR", REFUND))


def test_more_than_is_pending_is_never_released() -> None:
    with pytest.raises(AssertionError, match="more released than is pending"):
        decide(ReleasePending("w", "m", 11, "EUR"), FULL, AT_US)
    assert code(FULL, ReleasePending("w", "m", 11, "USD")) == "currency_mismatch"


def test_a_reclaim_takes_what_is_available_but_no_overdraft() -> None:
    assert decide(ReclaimFunds("w", "m", 50, "EUR", REFUND), FULL, AT_US) == (
        FundsDebited("w", "m", 50, "EUR", REFUND, False, 60, 60),  # noqa: FBT003
    )
    overdrawn = given(OPENED, money_out(20, -20, 0))
    assert decide(ReclaimFunds("w", "m", 5, "EUR", REFUND), overdrawn, AT_US) == (
        DebtRecorded("w", "m", 5, "EUR", REFUND),
    )


def test_a_reclaim_from_pending_takes_no_available_money() -> None:
    command = ReclaimFunds("w", "m", 12, "EUR", REFUND, from_pending=True)
    assert decide(command, FULL, AT_US) == (
        FundsDebited("w", "m", 10, "EUR", REFUND, True, 100, 50),  # noqa: FBT003
        DebtRecorded("w", "m", 2, "EUR", REFUND),
    )
    assert code(FULL, ReclaimFunds("w", "m", 1, "USD", REFUND)) == "currency_mismatch"
