"""Amounts: exact or not at all."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import AMOUNT_MAX
from providers.amounts import exponent_of, printed, rounding_parser, scale, unsigned_parser

EXPONENTS = st.sampled_from((0, 2, 3, 4))


@pytest.mark.parametrize(
    ("currency", "exponent"),
    [("CNY", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XAU", None), ("XYZ", None), ("cny", None),
     ("", None), ("CN", None), ("人民币", None)],
)  # fmt: skip
def test_a_currency_has_its_exponent_or_is_none(currency: str, exponent: int | None) -> None:
    assert exponent_of(currency) == exponent


@pytest.mark.parametrize(
    ("text", "minor"),
    [("0.47", 47), ("0.1", 10), ("0", 0), ("0.0", 0), ("0.00", 0), ("45", 4500), ("007.50", 750),
     ("10000000000000.00", AMOUNT_MAX)],
)  # fmt: skip
def test_a_printed_amount_becomes_minor_units(text: str, minor: int) -> None:
    assert unsigned_parser(2)(text) == minor


@pytest.mark.parametrize(
    "text",
    ["", "-0.01", "-0", "+0.01", "0.001", "0.000", "1,00", "1.", ".5", "1.2.3", "1e2", "NaN",
     "Infinity", " 1.00", "1.00 ", "1_0.00",
     "0x10", "\uff11.\uff10\uff10", "1.0\u0663", "\u00b2", "10000000000000.01",
     "1" * 17, "1" * 5000, "9" * 40 + ".00"],
)  # fmt: skip
def test_what_is_no_plain_amount_is_none(text: str) -> None:
    assert unsigned_parser(2)(text) is None


@given(EXPONENTS, st.text("0123456789.-", max_size=12) | st.text(max_size=6))
def test_a_parsed_amount_is_the_decimal_of_its_text(exponent: int, text: str) -> None:
    minor = unsigned_parser(exponent)(text)
    if minor is not None:
        assert Decimal(text).scaleb(exponent) == minor


@given(EXPONENTS, st.decimals(-(10**9), 10**9, places=5))
def test_rounding_is_half_away_from_zero_and_keeps_its_residue(
    exponent: int, amount: Decimal
) -> None:
    rounded = rounding_parser(exponent, decimals_max=5)(f"{amount:f}")
    assert rounded is not None
    exact = amount.scaleb(exponent)
    assert rounded.minor == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert rounded.minor + rounded.residue_minor == exact
    assert abs(rounded.residue_minor) <= Decimal("0.5")
    assert rounded.scaled == amount.scaleb(5)


@given(st.decimals(0, 10**6, places=5))
def test_a_fee_and_the_same_fee_given_back_cancel(amount: Decimal) -> None:
    parse = rounding_parser(2, decimals_max=5)
    taken, given_back = parse(f"{amount:f}"), parse(f"-{amount:f}")
    assert taken is not None
    assert given_back is not None
    assert taken.minor + given_back.minor == 0
    assert taken.residue_minor + given_back.residue_minor == 0


@pytest.mark.parametrize("text", ["0.123456", "--1", "-", "", "10000000000000.01"])
def test_a_fee_beyond_its_digits_or_bounds_is_none(text: str) -> None:
    assert rounding_parser(2, decimals_max=5)(text) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_what_is_printed_is_read_back(scaled: int, decimals: int) -> None:
    assert scale(printed(scaled, decimals=decimals), decimals) == scaled
