"""What people are shown: amounts with their currency's digits, spans and times at a glance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.printing import ago, moment, money


@pytest.mark.parametrize(
    ("amount_minor", "currency", "shown"),
    [
        (0, "EUR", "0.00 EUR"),
        (5, "EUR", "0.05 EUR"),
        (123_450, "CNY", "1,234.50 CNY"),
        (-7, "EUR", "-0.07 EUR"),
        (1_234, "JPY", "1,234 JPY"),
        (1_234, "KWD", "1.234 KWD"),
        (-1_000_000, "JPY", "-1,000,000 JPY"),
        (12, "XAU", "12 XAU"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount_minor: int, currency: str, shown: str) -> None:
    assert money(amount_minor, currency) == shown


@given(st.integers(-(10**18), 10**18))
def test_no_digit_of_an_amount_is_lost(amount_minor: int) -> None:
    shown = money(amount_minor, "EUR").removesuffix(" EUR")
    assert int(shown.replace(",", "").replace(".", "")) == amount_minor


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, ""), (0.04, "0.0 s"), (59.94, "59.9 s"), (90, "1.5 min"), (5_400, "1.5 h")],
)
def test_spans(seconds: float | None, shown: str) -> None:
    assert ago(seconds) == shown


def test_times_are_in_utc() -> None:
    assert moment(1_700_000_000_123_456) == "2023-11-14 22:13:20.123Z"
    assert moment(None) == ""
