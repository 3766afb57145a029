"""A charge of 100.00 at WeChat Pay in each of its states, and the events that lead there."""

from domain.collection import (
    ChannelRefund,
    Charge,
    Collection,
    CollectionRefundRefused,
    CollectionRefundStarted,
    CollectionRefundSucceeded,
    CollectionRefundUnknown,
    CollectionRefused,
    CollectionStarted,
    CollectionSucceeded,
    CollectionUnknown,
    Event,
    OutcomeContradicted,
    RefusedCollection,
    StartedCollection,
    SucceededCollection,
    UnknownCollection,
)

DAY = "2019-02-19"
PARTS = ("p1.wx", "p1", "wx", "wechat", "1900001", "N1", 10_000, "CNY")
NAMED = ("p1.wx", "p1", "wx")
CHARGE = Charge(*PARTS)
STARTED = CollectionStarted(*PARTS)
SUCCEEDED = CollectionSucceeded(*PARTS, "wx1", DAY)
REFUSED = CollectionRefused(*NAMED, "NOTENOUGH")
UNKNOWN = CollectionUnknown(*NAMED, "TIMEOUT")
REFUND_STARTED = CollectionRefundStarted(*NAMED, "r1", "wechat", "1900001", "N1", 4_000, "CNY")
REFUND_SUCCEEDED = CollectionRefundSucceeded(
    *NAMED, "r1", "wechat", "1900001", 4_000, "CNY", "wr1", DAY
)
REFUND_REFUSED = CollectionRefundRefused(*NAMED, "r1", "ABNORMAL")
REFUND_UNKNOWN = CollectionRefundUnknown(*NAMED, "r1", "TIMEOUT")
REFUSED_AFTER = OutcomeContradicted("p1.wx", "", "succeeded", "refused")
CHARGED_AGAIN = OutcomeContradicted("p1.wx", "", "succeeded:wx1", "succeeded:wx2")
REFUND_REFUSED_AFTER = OutcomeContradicted("p1.wx", "r1", "succeeded", "refused")
REFUNDED_AGAIN = OutcomeContradicted("p1.wx", "r1", "succeeded:wr1", "succeeded:wr2")


def succeeded(
    contradicted: tuple[str, ...] = (), refund: ChannelRefund | None = None
) -> SucceededCollection:
    refunds = {} if refund is None else {"r1": refund}
    refunded_minor = 0 if refund is None else 4_000
    return SucceededCollection(CHARGE, "wx1", contradicted, refunded_minor, refunds)


BOTH = ("refused", "succeeded")
# By name: what happened, and what the collection is then.
STATES_GIVEN: dict[str, tuple[tuple[Event, ...], Collection | None]] = {
    "nothing": ((), None),
    "started": ((STARTED,), StartedCollection(CHARGE)),
    "unknown": ((STARTED, UNKNOWN), UnknownCollection(CHARGE)),
    "refused": ((STARTED, REFUSED), RefusedCollection(CHARGE)),
    "succeeded": ((STARTED, REFUSED, SUCCEEDED), succeeded()),
    "contradicted": (
        (STARTED, UNKNOWN, SUCCEEDED, REFUSED_AFTER, CHARGED_AGAIN),
        succeeded(contradicted=BOTH),
    ),
    "refunding": (
        (STARTED, SUCCEEDED, REFUND_STARTED),
        succeeded(refund=ChannelRefund(4_000, "started", "", ())),
    ),
    "refund_unknown": (
        (STARTED, SUCCEEDED, REFUND_STARTED, REFUND_UNKNOWN),
        succeeded(refund=ChannelRefund(4_000, "unknown", "", ())),
    ),
    "refund_refused": (
        (STARTED, SUCCEEDED, REFUND_STARTED, REFUND_UNKNOWN, REFUND_REFUSED),
        succeeded(refund=ChannelRefund(4_000, "refused", "", ())),
    ),
    "refunded": (
        (STARTED, SUCCEEDED, REFUND_STARTED, REFUND_REFUSED, REFUND_SUCCEEDED),
        succeeded(refund=ChannelRefund(4_000, "succeeded", "wr1", ())),
    ),
    "refund_contradicted": (
        (
            *(STARTED, SUCCEEDED, REFUND_STARTED, REFUND_SUCCEEDED),
            *(REFUND_REFUSED_AFTER, REFUNDED_AGAIN),
        ),
        succeeded(refund=ChannelRefund(4_000, "succeeded", "wr1", BOTH)),
    ),
}
GIVEN: tuple[Collection | None, ...] = tuple(state for _, state in STATES_GIVEN.values())
