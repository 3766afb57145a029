"""Balances: debit less credit, by account and currency."""

import pytest

from domain.accounting.line import LedgerLine
from domain.accounting.trial import post, standing
from tests.unit.domain.accounting.balancing import balance, total

LINES = (
    LedgerLine("external:bank", "liability:wallet:a", 500, "EUR"),
    LedgerLine("liability:wallet:a", "liability:wallet:b", 200, "EUR"),
    LedgerLine("liability:wallet:b", "liability:order:p", 200, "EUR"),
    LedgerLine("external:bank", "liability:wallet:a", 7, "JPY"),
)


def test_a_debit_adds_and_a_credit_takes_off() -> None:
    assert balance(LINES) == {
        ("external:bank", "EUR"): 500,
        ("liability:wallet:a", "EUR"): -300,
        ("liability:wallet:b", "EUR"): 0,
        ("liability:order:p", "EUR"): -200,
        ("external:bank", "JPY"): 7,
        ("liability:wallet:a", "JPY"): -7,
    }


def test_balances_go_on_from_where_they_are() -> None:
    balances = balance(LINES[:2])
    post(balances, LINES[2:])
    assert balances == balance(LINES)


def test_all_accounts_of_a_currency_come_to_zero() -> None:
    assert total(balance(LINES)) == {"EUR": 0, "JPY": 0}


def test_what_stands_is_not_at_zero() -> None:
    assert standing(balance(LINES), "liability:") == {
        ("liability:wallet:a", "EUR"): -300,
        ("liability:order:p", "EUR"): -200,
        ("liability:wallet:a", "JPY"): -7,
    }


@pytest.mark.parametrize("amount", [0, -1])
def test_a_line_moves_something(amount: int) -> None:
    with pytest.raises(AssertionError, match="moves something"):
        balance((LedgerLine("a", "b", amount, "EUR"),))
