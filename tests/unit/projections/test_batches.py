"""A batch is in order and without gap, whatever the bus has repeated; cutting keeps the places."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.order import OrderCancelled, OrderPlaced
from domain.wallet import WalletFrozen
from projections.batches import Batch, Gap, in_order, runs
from projections.recorded import Recorded, Undecoded
from tests.unit.projections.records import record, unknown

PLACED = OrderPlaced("o1", "ann", "shop", 5, "CNY")
LOG = record([PLACED, WalletFrozen("ann", "lost"), OrderCancelled("o1", "late")] * 4)


def places(batch: Batch) -> list[int]:
    return [recorded.sequence for recorded in batch.events]


def ordered(records: list[Recorded]) -> Batch:
    batch = in_order("main", records)
    assert isinstance(batch, Batch)
    return batch


def test_repeats_of_the_bus_are_dropped() -> None:
    assert places(ordered([*LOG[2:5], *LOG[3:6], *LOG[1:7]])) == [3, 4, 5, 6, 7]


def test_a_gap_says_what_is_missing() -> None:
    assert in_order("main", [*LOG[:3], *LOG[5:]]) == Gap("main", 4, 6)


def test_a_repeat_does_not_hide_a_gap_of_the_same_length() -> None:
    assert in_order("main", [LOG[0], LOG[1], LOG[1], LOG[3]]) == Gap("main", 3, 4)


@given(st.lists(st.sampled_from(LOG), max_size=20))
def test_runs_have_no_gap_and_lack_nothing_that_came_in_order(records: list[Recorded]) -> None:
    found = [[recorded.sequence for recorded in run] for run in runs(records)]
    assert all(run == list(range(run[0], run[-1] + 1)) for run in found)
    assert all(one[-1] + 1 < other[0] for one, other in pairwise(found))
    so_far = [max(each.sequence for each in records[: end + 1]) for end in range(len(records))]
    assert [place for run in found for place in run] == list(dict.fromkeys(so_far))


@given(st.integers(0, 14), st.integers(0, 11))
def test_after_a_place_only_what_comes_after_it(place: int, start: int) -> None:
    batch = ordered(LOG[start:])
    assert places(batch.after(place)) == [at for at in places(batch) if at > place]


def test_nothing_is_in_order() -> None:
    assert places(ordered([])) == []


def test_narrowing_keeps_the_order() -> None:
    batch = ordered(LOG[:6])
    assert places(batch.about(frozenset({"wallet"}))) == [2, 5]
    assert places(batch.about(frozenset())) == [1, 2, 3, 4, 5, 6]
    assert places(batch.about(frozenset({"payment"}))) == []
    assert [each.sequence for each in batch.of(frozenset({OrderPlaced}))] == [1, 4]
    assert batch.of(batch.kinds) is batch.events
    assert not batch.of(frozenset({Undecoded}))


def test_the_first_unknown_event_is_found() -> None:
    strange = unknown(LOG[3], Undecoded("no schema"))
    batch = ordered([*LOG[:3], strange, *LOG[4:]])
    assert batch.unknown is strange
    assert places(batch.before(strange)) == [1, 2, 3]
    assert ordered(LOG).unknown is None
