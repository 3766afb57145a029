"""Opening, freezing and closing: the rules that the table of every answer does not spell out."""

import pytest

from domain.money import AMOUNT_MAX
from domain.wallet import (
    CloseWallet,
    DebtRecorded,
    FundsHeld,
    OpenWallet,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    decide,
)
from tests.unit.domain.wallet.given import (
    AT_US,
    CLOSED,
    EMPTY,
    LATER_US,
    OPENED,
    REFUND,
    code,
    credited,
    given,
    money_in,
    money_out,
)

CLOSE = CloseWallet("w", "left")


@pytest.mark.parametrize("kind", ["buyer", "seller", "platform", "promotion"])
def test_a_wallet_has_one_of_four_types(kind: str) -> None:
    assert decide(OpenWallet("w", "o", kind, "EUR"), None, AT_US) == (
        WalletOpened("w", "o", kind, "EUR", 0),
    )


def test_another_type_is_refused() -> None:
    assert code(None, OpenWallet("w", "o", "bank", "EUR")) == "type_unknown"


@pytest.mark.parametrize("limit_minor", [-1, AMOUNT_MAX + 1])
def test_an_overdraft_limit_out_of_range_is_refused(limit_minor: int) -> None:
    command = OpenWallet("w", "o", "buyer", "EUR", limit_minor)
    assert code(None, command) == "overdraft_limit_out_of_range"


@pytest.mark.parametrize("limit_minor", [0, AMOUNT_MAX])
def test_an_overdraft_limit_may_lie_at_its_bounds(limit_minor: int) -> None:
    assert code(None, OpenWallet("w", "o", "buyer", "EUR", limit_minor)) == ""


def test_an_opened_wallet_is_empty() -> None:
    wallet = given(WalletOpened("w", "o", "promotion", "CNY", 7))
    assert (wallet.wallet_id, wallet.currency, wallet.overdraft_limit_minor) == ("w", "CNY", 7)
    assert (wallet.account.owner_id, wallet.account.type) == ("o", "promotion")
    assert (wallet.balance_minor, wallet.reserved_minor, wallet.debt_minor) == (0, 0, 0)
    assert (wallet.status, wallet.available_minor, wallet.holds) == ("open", 0, {})


def test_a_frozen_wallet_that_is_empty_may_close() -> None:
    assert decide(CLOSE, given(OPENED, WalletFrozen("w", "court")), AT_US) == (
        WalletClosed("w", "left"),
    )


def test_a_wallet_with_money_does_not_close() -> None:
    assert code(credited(1), CLOSE) == "balance_not_zero"


def test_an_overdrawn_wallet_does_not_close() -> None:
    assert code(given(OPENED, money_out(1, -1, 0)), CLOSE) == "balance_not_zero"


def test_a_wallet_that_reserves_of_its_overdraft_does_not_close() -> None:
    wallet = given(OPENED, FundsHeld("w", "h", "", 50, "EUR", LATER_US, 0, 50))
    assert code(wallet, CLOSE) == "funds_reserved"


def test_a_wallet_whose_owner_owes_does_not_close() -> None:
    assert code(given(OPENED, DebtRecorded("w", "m", 5, "EUR", REFUND)), CLOSE) == "debt_open"


def test_what_is_named_first_is_refused_first() -> None:
    held = FundsHeld("w", "h", "", 50, "EUR", LATER_US, 0, 50)
    owed = DebtRecorded("w", "m", 5, "EUR", REFUND)
    assert code(given(OPENED, held, owed, money_in(1, 1, 50)), CLOSE) == "balance_not_zero"
    assert code(given(OPENED, held, owed), CLOSE) == "funds_reserved"
    assert code(CLOSED, CLOSE) == "wallet_closed"
    assert code(EMPTY, CLOSE) == ""
