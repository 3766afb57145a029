"""Names are remembered within a bound, and never forgotten in the middle of a batch."""

from projections.names import Names


def test_what_was_asked_for_lately_is_kept() -> None:
    names = Names[str, int](names_max=4)
    names.begin()
    names.scope("main").update(a=1, b=2)
    names.begin()  # Two of four: the younger half is full.
    assert names.scope("main").get("a") is None
    assert names.promote("main", "a") == 1
    names.scope("main")["c"] = 3
    names.begin()
    assert [names.promote("main", name) for name in "abc"] == [1, None, 3]


def test_scopes_share_the_bound_and_nothing_else() -> None:
    names = Names[str, int](names_max=4)
    names.begin()
    names.scope("main")["a"] = 1
    names.scope("asia")["a"] = 2
    assert names.promote("asia", "b") is None
    names.begin()
    assert names.young == {}
    assert (names.promote("main", "a"), names.promote("asia", "a")) == (1, 2)
    assert names.promote("nowhere", "a") is None


def test_a_batch_larger_than_the_bound_keeps_all_its_names() -> None:
    names = Names[str, int](names_max=2)
    names.begin()
    names.scope("main").update({str(number): number for number in range(100)})
    assert names.scope("main")["7"] == 7
    names.begin()
    names.begin()
    assert names.promote("main", "7") == 7  # The young were empty: nothing to make room for.
    names.begin()
    assert names.promote("main", "8") is None


def test_forgetting_leaves_nothing() -> None:
    names = Names[str, int]()
    names.scope("main")["a"] = 1
    names.forget()
    assert names.scope("main").get("a") is None
    assert names.promote("main", "a") is None
