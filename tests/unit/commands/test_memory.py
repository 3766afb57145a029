"""Memory is bounded, and what was used lately is what it keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.memory import Memory


def test_it_gives_back_what_was_put_in() -> None:
    memory = Memory[str, int](10)
    memory.update({"a": 1, "b": 2})
    memory.update({"a": 3})
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (3, 2, None)


def test_it_says_what_it_has_and_what_it_lacks() -> None:
    memory = Memory[str, int](2)
    for key, value in (("a", 1), ("b", 2), ("c", 3)):  # The third makes the first two old.
        memory.update({key: value})
    assert memory.of(["c", "x", "a"]) == ({"c": 3, "a": 1}, ["x"])
    memory.update({"d": 4, "e": 5})
    assert memory.get("a") == 1, "asked for, it was used"


def test_what_is_used_survives_what_is_not() -> None:
    memory = Memory[int, int](10)
    memory.update({0: 0})
    for number in range(1, 40):
        memory.update({number: number})
        assert memory.get(0) == 0
    assert memory.get(1) is None


def test_it_forgets_everything_when_told() -> None:
    memory = Memory[int, int](10)
    memory.update({1: 1})
    memory.clear()
    assert memory.get(1) is None
    assert len(memory) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50))), st.integers(1, 8))
def test_it_never_holds_more_than_twice_its_limit(uses: list[tuple[bool, int]], limit: int) -> None:
    memory = Memory[int, int](limit)
    latest: dict[int, int] = {}
    for step, (put, key) in enumerate(uses):
        if put:
            memory.update({key: step})
            latest[key] = step
        found = memory.get(key)
        assert found is None or found == latest[key]
        assert len(memory) <= 2 * limit


def test_a_memory_of_nothing_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        Memory[int, int](0)
