"""A transfer inside one book: bounds and precedence, and that nothing is made or lost."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import wallet
from domain.decision import Refused
from domain.money import AMOUNT_MAX, BALANCE_MAX
from domain.transfer import TransferFunds, decide
from domain.wallet import FundsCredited, FundsDebited, Wallet
from tests.unit.domain.transfer.given import AT_US, closed, empty, frozen, full, rich

Pair = tuple[Wallet | None, Wallet | None]


def ask(amount_minor: int, currency: str = "EUR") -> TransferFunds:
    return TransferFunds("t", "a", "b", amount_minor, currency)


def code(command: TransferFunds, wallets: Pair) -> str:
    outcome = decide(command, wallets, AT_US)
    return outcome.code if isinstance(outcome, Refused) else ""


@pytest.mark.parametrize(
    ("command", "wallets", "expected"),
    [
        (TransferFunds("t", "a", "a", 0, "USD"), (None, None), "same_wallet"),
        (ask(0, "USD"), (None, closed("b")), "wallet_unknown"),
        (ask(0, "USD"), (frozen("a"), None), "wallet_unknown"),
        (ask(0, "USD"), (frozen("a"), closed("b")), "wallet_frozen"),
        (ask(0, "USD"), (closed("a"), closed("b")), "wallet_closed"),
        (ask(0, "USD"), (full("a"), closed("b")), "wallet_closed"),
        (ask(0, "USD"), (full("a"), full("b")), "currency_mismatch"),
        (ask(0), (full("a"), empty("b", "USD")), "currency_mismatch"),
        (ask(0, "USD"), (full("a"), empty("b", "USD")), "currency_mismatch"),
        (ask(0), (full("a"), full("b")), "amount_not_positive"),
        (ask(-1), (full("a"), full("b")), "amount_not_positive"),
        (ask(AMOUNT_MAX + 1), (full("a"), rich("b", BALANCE_MAX)), "amount_too_large"),
        (ask(AMOUNT_MAX), (full("a"), rich("b", BALANCE_MAX)), "insufficient_funds"),
        (ask(1), (full("a"), rich("b", BALANCE_MAX)), "balance_limit_exceeded"),
        (ask(1), (full("a"), rich("b", BALANCE_MAX - 1)), ""),
        (ask(AMOUNT_MAX), (rich("a", AMOUNT_MAX), full("b")), ""),
        (ask(120), (full("a"), full("b")), ""),
        (ask(121), (full("a"), full("b")), "insufficient_funds"),
        (ask(1), (full("a"), frozen("b")), ""),
    ],
)
def test_the_first_rule_that_applies_refuses(
    command: TransferFunds, wallets: Pair, expected: str
) -> None:
    assert code(command, wallets) == expected


@pytest.mark.parametrize(("wallets", "name"), [((None, None), "a"), ((full("a"), None), "b")])
def test_it_says_which_wallet_is_unknown(wallets: Pair, name: str) -> None:
    assert decide(ask(1), wallets, AT_US) == Refused(
        "wallet_unknown", f"no wallet {name} in this book"
    )


def test_it_says_which_wallet_is_of_another_currency() -> None:
    outcome = decide(ask(1), (full("a"), empty("b", "USD")), AT_US)
    assert outcome == Refused("currency_mismatch", "wallet b is in USD, not in EUR")


@drawn(amount_minor=st.integers(1, 200), there_minor=st.integers(1, 200))
def test_what_one_loses_the_other_gains(amount_minor: int, there_minor: int) -> None:
    source, destination = rich("a", there_minor), full("b")
    outcome = decide(ask(amount_minor), (source, destination), AT_US)
    assert isinstance(outcome, Refused) == (amount_minor > there_minor + 50)
    if isinstance(outcome, Refused):
        return
    out, into = outcome
    assert isinstance(out, FundsDebited)
    assert isinstance(into, FundsCredited)
    after = wallet.evolve(source, out), wallet.evolve(destination, into)
    assert source.balance_minor - after[0].balance_minor == amount_minor
    assert after[1].balance_minor - destination.balance_minor == amount_minor
    assert after[0].available_minor >= -50
    assert after[1].reserved_minor == destination.reserved_minor
