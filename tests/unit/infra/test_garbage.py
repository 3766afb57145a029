"""While work in batches lasts, garbage is looked for seldom; afterwards as before."""

import gc

import pytest

from infra.garbage import seldom_collected


class WorkFailedError(Exception):
    """Stands for whatever ends the work."""


def test_only_while_the_work_lasts_and_however_it_ends() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()

    def work() -> None:
        with seldom_collected(123_456):
            assert gc.get_threshold()[0] == 123_456
            assert gc.get_freeze_count() > before[1]
            raise WorkFailedError

    with pytest.raises(WorkFailedError):
        work()
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_cycle_that_is_made_meanwhile_is_found() -> None:
    found: list[str] = []

    class Ring:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            found.append("found")

    with seldom_collected(1_000):
        Ring()
        held = [[number] for number in range(2_000)]
        assert found == ["found"]
    assert len(held) == 2_000
