"""A collection with what surrounds it: streams, names, and what follows from each event."""

import pytest

from domain.collection import (
    Collection,
    Event,
    RecordChargeOutcome,
    RecordRefundOutcome,
    SucceededCollection,
    begins,
    decide,
    react,
    reads,
)
from domain.decision import Do
from domain.payment import RecordItemOutcome, RecordRefundItemOutcome
from domain.settlement import ExpectSettlement
from infra.event_store import snapshots
from tests.unit.domain.collection import given
from tests.unit.domain.collection.given import CHARGE, DAY

FOLLOWS: tuple[tuple[Event, tuple[Do, ...]], ...] = (
    (given.STARTED, ()),
    (
        given.SUCCEEDED,
        (
            Do(
                "expect_settlement",
                ExpectSettlement(
                    "wechat/1900001/charge/N1",
                    *("wechat", "1900001", "charge", "N1"),
                    amount_minor=10_000,
                    currency="CNY",
                    expected_on=DAY,
                    promised_days=3,
                ),
            ),
            Do("record_outcome", RecordItemOutcome("p1", "wx", "succeeded", "")),
        ),
    ),
    (
        given.REFUSED,
        (Do("record_outcome", RecordItemOutcome("p1", "wx", "refused", "NOTENOUGH")),),
    ),
    (
        given.UNKNOWN,
        (Do("record_outcome", RecordItemOutcome("p1", "wx", "unknown", "TIMEOUT")),),
    ),
    (given.REFUND_STARTED, ()),
    (
        given.REFUND_SUCCEEDED,
        (
            Do(
                "expect_settlement",
                ExpectSettlement(
                    "wechat/1900001/refund/r1",
                    *("wechat", "1900001", "refund", "r1"),
                    amount_minor=-4_000,
                    currency="CNY",
                    expected_on=DAY,
                    promised_days=3,
                ),
            ),
            Do("record_outcome", RecordRefundItemOutcome("p1", "r1", "wx", "succeeded", "")),
        ),
    ),
    (
        given.REFUND_REFUSED,
        (Do("record_outcome", RecordRefundItemOutcome("p1", "r1", "wx", "refused", "ABNORMAL")),),
    ),
    (
        given.REFUND_UNKNOWN,
        (Do("record_outcome", RecordRefundItemOutcome("p1", "r1", "wx", "unknown", "TIMEOUT")),),
    ),
    (given.REFUSED_AFTER, ()),
)


@pytest.mark.parametrize(("event", "follow_ons"), FOLLOWS)
def test_what_follows_from_each_event(event: Event, follow_ons: tuple[Do, ...]) -> None:
    assert react(event, "main") == follow_ons


def test_a_collection_reads_its_own_stream_and_begins_nothing_else() -> None:
    outcome = RecordChargeOutcome("p1.wx", "unknown", "", "", "")
    assert reads(outcome) == (("collection", "p1.wx"),)
    assert begins(outcome) == ""


@pytest.mark.parametrize(
    ("recorded", "reported"), [("", "wx2"), ("wx1", ""), ("", ""), ("wx1", "wx1")]
)
def test_a_success_told_again_is_a_second_charge_only_under_two_numbers(
    recorded: str, reported: str
) -> None:
    state = SucceededCollection(CHARGE, recorded, (), 0, {})
    assert decide(RecordChargeOutcome("p1.wx", "succeeded", reported, "", DAY), state, 0) == ()


def test_a_refund_that_nobody_asked_for_is_not_taken_for_ours() -> None:
    state = given.succeeded()
    outcome = RecordRefundOutcome("p1.wx", "r9", "succeeded", "wr9", "", DAY)
    refused = decide(outcome, state, 0)
    assert not isinstance(refused, tuple)
    assert (refused.code, refused.detail) == ("refund_unknown", "no refund r9 at this collection")


@pytest.mark.parametrize("state", given.GIVEN[1:])
def test_a_snapshot_gives_the_same_state(state: Collection) -> None:
    assert snapshots.decode(*snapshots.encode(state)) == state
