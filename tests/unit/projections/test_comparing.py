"""Of two ordered streams, what only one of them has."""

from hypothesis import given
from hypothesis import strategies as st

from projections.comparing import EXAMPLES_MAX, only_one_has

rows = st.lists(st.sampled_from("abcdefgh"), max_size=8).map(sorted)


def bag_difference(one: list[str], other: list[str]) -> list[str]:
    left = list(other)
    return [row for row in one if row not in left or left.remove(row)]


@given(rows, rows)
def test_examples_are_rows_that_the_other_has_not(one: list[str], other: list[str]) -> None:
    only_one, only_other = only_one_has(iter(one), iter(other))
    expected_one, expected_other = bag_difference(one, other), bag_difference(other, one)
    assert list(only_one) == expected_one[: len(only_one)]
    assert list(only_other) == expected_other[: len(only_other)]
    assert len(only_one) <= EXAMPLES_MAX
    assert len(only_other) <= EXAMPLES_MAX
    if max(len(expected_one), len(expected_other)) < EXAMPLES_MAX:
        assert (list(only_one), list(only_other)) == (expected_one, expected_other)
    assert bool(only_one or only_other) == (one != other)
