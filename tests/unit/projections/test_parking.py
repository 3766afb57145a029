"""What is unknown waits, and whatever comes after it in its stream; the others go on."""

from domain.order import OrderCancelled, OrderPlaced
from projections.parking import sort
from projections.recorded import Undecoded
from tests.unit.projections.records import record, unknown


def placed(name: str) -> OrderPlaced:
    return OrderPlaced(name, "ann", "shop", 5, "CNY")


LOG = record(
    [placed("o1"), placed("o2"), OrderCancelled("o1", "late"), OrderCancelled("o2", "late")]
)


def test_a_stream_waits_behind_an_unknown_event() -> None:
    batch = [unknown(LOG[0], Undecoded("new")), *LOG[1:]]
    parted = sort(batch, set())
    assert [each.sequence for each in parted.going] == [2, 4]
    assert [(each.sequence, reason) for each, reason in parted.parked] == [
        (1, "unknown_event"),
        (3, "follows_parked"),
    ]


def test_a_stream_that_waits_already_goes_on_waiting() -> None:
    parted = sort(LOG, {("order", "o2")})
    assert [each.sequence for each in parted.going] == [1, 3]
    assert [each.sequence for each, _ in parted.parked] == [2, 4]
