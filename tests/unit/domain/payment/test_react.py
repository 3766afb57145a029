"""What follows from each event of a payment, exactly."""

from dataclasses import replace
from typing import get_args

import pytest

from domain.collection import StartCollection, StartRefund
from domain.decision import Do
from domain.order import AttachPayment, DetachPayment, RecordOrderPaid
from domain.payment import Event, react
from domain.wallet import (
    CaptureForOwner,
    HoldForOwner,
    ReceiveFunds,
    ReclaimFunds,
    ReleaseForOwner,
    ReleasePending,
)
from tests.unit.domain.payment import given

HELD = ("ann", "payment:p1/bal", "payment:p1")
DETACH = (Do("detach", DetachPayment("o1", "p1")),)
PAID = Do("record_paid", RecordOrderPaid("o1", "p1"))
ORDER, REFUND = "liability:order:p1", "liability:refund:r1"
RECLAIM = ReclaimFunds("shop", "refund:r1:seller", 3_800, "CNY", REFUND, from_pending=True)
BUYER_GETS = ReceiveFunds("ann", "refund:r1/bal", 1_200, "CNY", REFUND)
CHANNEL_GIVES = StartRefund("p1.wx", "r1", 2_800, "CNY")
TO_ITEMS = (Do("give_back:bal", BUYER_GETS), Do("give_back:wx", CHANNEL_GIVES))
FOLLOWS: tuple[tuple[Event, tuple[Do, ...]], ...] = (
    (given.CREATED, (Do("attach", AttachPayment("o1", "p1", "shop", 10_000, "CNY")),)),
    (given.BALANCE_STARTED, (Do("hold", HoldForOwner(*HELD, 3_000, "CNY")),)),
    (
        given.CHANNEL_STARTED,
        (
            Do(
                "collect",
                StartCollection("p1.wx", "p1", "wx", "wechat", "1900001", "N1", 7_000, "CNY"),
            ),
        ),
    ),
    (given.BALANCE_SUCCEEDED, (Do("capture", CaptureForOwner(*HELD, ORDER)),)),
    (given.CHANNEL_SUCCEEDED, ()),
    (given.FAILED[0], ()),
    (given.UNKNOWN, ()),
    (given.BALANCE_UNDONE, (Do("release", ReleaseForOwner(*HELD, "payment_undone")),)),
    (given.CHANNEL_UNDONE, ()),
    (
        given.PAID,
        (
            Do(
                "share", ReceiveFunds("shop", "payment:p1:share", 9_500, "CNY", ORDER, pending=True)
            ),
            PAID,
        ),
    ),
    (replace(given.PAID, commission_minor=10_000), (PAID,)),
    (given.FAILED[-1], DETACH),
    (given.UNDONE, DETACH),
    (given.LATE, (Do("give_back", StartRefund("p1.wx", "late@N1", 7_000, "CNY")),)),
    (
        given.RELEASED,
        (Do("release_pending", ReleasePending("shop", "payment:p1:release", 9_500, "CNY")),),
    ),
    (replace(given.RELEASED, amount_minor=0), ()),
    (given.REFUND_STARTED, (Do("reclaim", RECLAIM), *TO_ITEMS)),
    (
        replace(given.REFUND_STARTED, seller_pending=False),
        (Do("reclaim", replace(RECLAIM, from_pending=False)), *TO_ITEMS),
    ),
    (replace(given.REFUND_STARTED, seller_minor=0, commission_minor=4_000), TO_ITEMS),
    (given.BALANCE_REFUNDED, ()),
    (given.CHANNEL_REFUND_REFUSED, ()),
    (given.CHANNEL_REFUND_UNKNOWN, ()),
    (given.REFUNDED, ()),
)


@pytest.mark.parametrize(("event", "follow_ons"), FOLLOWS)
def test_what_follows(event: Event, follow_ons: tuple[Do, ...]) -> None:
    assert react(event, "main") == follow_ons


def test_every_event_is_here() -> None:
    assert {type(event) for event, _ in FOLLOWS} == set(get_args(Event))
