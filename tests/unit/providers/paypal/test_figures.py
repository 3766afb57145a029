"""Amounts as a country writes them: the quick way reads what the thorough one reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.amounts import plain, signed_parser
from providers.paypal.figures import parser


@settings(max_examples=3_000)
@given(st.text("-0123456789.,", max_size=16), st.sampled_from((0, 2, 3)), st.sampled_from(".,"))
def test_quick_and_thorough_agree(text: str, exponent: int, mark: str) -> None:
    other = "," if mark == "." else "."
    simple = plain(text, decimal_mark=mark, group_mark=other)
    thorough = None if simple is None else signed_parser(exponent)(simple)
    assert parser(exponent, mark)(text) == thorough


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1.000,00", 100000), ("-999.999,99", -99999999), ("1.000.000,00", 100000000),
     ("-999.999.999,99", -99999999999), ("1000,00", 100000), ("0,05", 5), ("12", 1200),
     (".999,00", None), ("-.999,00", None), ("1000.000,00", None), ("1.00.000,00", None),
     ("1.000.00,00", None), (",50", None), ("-,50", None), ("1.000,0", 100000), ("--1,00", None)],
)  # fmt: skip
def test_groups(text: str, minor: int | None) -> None:
    assert parser(2, ",")(text) == minor
