"""Splitting by largest remainder and proportional shares: to the cent, whatever the weights."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import AMOUNT_MAX, BALANCE_MAX, share, split

WEIGHTS = st.lists(st.integers(0, AMOUNT_MAX), min_size=1, max_size=20).filter(any)


def test_the_bounds_leave_room_in_a_column() -> None:
    assert AMOUNT_MAX * 1_000 == BALANCE_MAX
    assert BALANCE_MAX * 9 < 2**63


@pytest.mark.parametrize(
    ("amount_minor", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (101, [1, 1, 1], (34, 34, 33)),
        (100, [1, 2, 3], (17, 33, 50)),
        (10, [0, 1, 0], (0, 10, 0)),
        (1, [1, 1], (1, 0)),
        (0, [3, 4], (0, 0)),
        (7, [5], (7,)),
        (5, [1, 1, 1, 2], (1, 1, 1, 2)),
        (2, [2, 1, 2], (1, 0, 1)),
        # 0.4, 0.9 and 1.7: the two missing go to the largest remainders, not to the first.
        (3, [4, 9, 17], (0, 1, 2)),
    ],
)
def test_an_amount_is_split(amount_minor: int, weights: list[int], parts: tuple[int, ...]) -> None:
    assert split(amount_minor, weights) == parts


@given(amount_minor=st.integers(0, BALANCE_MAX), weights=WEIGHTS)
def test_a_split_loses_nothing_and_is_fair(amount_minor: int, weights: list[int]) -> None:
    parts = split(amount_minor, weights)
    total = sum(weights)
    assert sum(parts) == amount_minor
    remainders: list[tuple[Fraction, bool]] = []
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount_minor * weight, total)
        assert abs(part - exact) < 1
        remainders.append((exact - exact.__floor__(), part > exact))
    given_up = [remainder for remainder, rounded_up in remainders if rounded_up]
    assert all(
        remainder <= min(given_up, default=Fraction(1))
        for remainder, rounded_up in remainders
        if not rounded_up
    )


@pytest.mark.parametrize(
    ("amount_minor", "weights", "words"),
    [(-1, [1], "negative amount"), (1, [0, 0], "sum to nothing"), (1, [2, -1], "negative weight")],
)
def test_what_is_not_split(amount_minor: int, weights: list[int], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        split(amount_minor, weights)


def test_no_weights_are_nothing_to_split_by() -> None:
    with pytest.raises(AssertionError, match="sum to nothing"):
        split(1, [])


@pytest.mark.parametrize(
    ("amount_minor", "part_minor", "whole_minor", "expected"),
    [(10, 1, 3, 3), (10, 2, 3, 6), (10, 3, 3, 10), (10, 0, 3, 0), (0, 1, 3, 0), (1, 999, 1000, 0)],
)
def test_a_share_is_rounded_down(
    amount_minor: int, part_minor: int, whole_minor: int, expected: int
) -> None:
    assert share(amount_minor, part_minor=part_minor, whole_minor=whole_minor) == expected


@given(
    amount_minor=st.integers(0, AMOUNT_MAX),
    whole_minor=st.integers(1, AMOUNT_MAX),
    data=st.data(),
)
def test_a_share_never_exceeds_its_exact_part(
    amount_minor: int, whole_minor: int, data: st.DataObject
) -> None:
    part_minor = data.draw(st.integers(0, whole_minor))
    exact = Fraction(amount_minor * part_minor, whole_minor)
    assert 0 <= exact - share(amount_minor, part_minor=part_minor, whole_minor=whole_minor) < 1


@pytest.mark.parametrize(
    ("part_minor", "whole_minor", "words"),
    [(2, 1, "not larger"), (-1, 1, "not larger"), (0, 0, "share of nothing")],
)
def test_what_is_not_shared(part_minor: int, whole_minor: int, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        share(1, part_minor=part_minor, whole_minor=whole_minor)
