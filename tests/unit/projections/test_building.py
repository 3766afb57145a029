"""A build is fed exactly up to where it is told to go."""

from hypothesis import given
from hypothesis import strategies as st

from domain.wallet import WalletFrozen
from projections.building import until
from tests.unit.projections.records import record

LOG = record([WalletFrozen("ann", "lost")] * 12)


@given(st.integers(1, 12), st.integers(1, 5))
def test_batches_end_at_the_target(target: int, size: int) -> None:
    batches = [LOG[start : start + size] for start in range(0, 12, size)]
    got = [each.sequence for batch in until(iter(batches), target) for each in batch]
    assert got == list(range(1, target + 1))


def test_without_a_target_everything_is_wanted() -> None:
    assert list(until(iter([LOG[:5], LOG[5:]]), None)) == [LOG[:5], LOG[5:]]


def test_a_source_is_not_asked_for_more_than_is_wanted() -> None:
    batches = iter([LOG[:5], LOG[5:10], LOG[10:]])
    assert len(list(until(batches, 5))) == 1
    assert next(batches) == LOG[5:10]
