"""Rules of payments that no state of the table shows: other items, many refunds, snapshots."""

from dataclasses import replace

import pytest

from domain.decision import Refused
from domain.payment import (
    ConfirmPayment,
    CreatedPayment,
    ExecutingPayment,
    ItemExecutionStarted,
    ItemSucceeded,
    Payment,
    PaymentSucceeded,
    RecordItemOutcome,
    RecordRefundItemOutcome,
    Refund,
    RefundItem,
    RefundItemSucceeded,
    RefundPayment,
    RefundStarted,
    RefundSucceeded,
    SucceededPayment,
    decide,
)
from domain.payment.state import REFUNDS_MAX
from infra.event_store import snapshots
from tests.unit.domain.payment import given
from tests.unit.domain.payment.given import BALANCE, CREATE, TERMS

TWO_WALLETS = replace(
    TERMS,
    items=(
        replace(BALANCE, item_id="a", amount_minor=6_000),
        replace(BALANCE, item_id="b", amount_minor=4_000, wallet_id="bob"),
    ),
)


def test_wallets_alone_succeed_in_the_decision_that_confirms() -> None:
    started = ItemExecutionStarted("p1", "a", "balance", 6_000, "CNY", "ann", "", "", "", "")
    assert decide(ConfirmPayment("p1"), CreatedPayment(TWO_WALLETS), 0) == (
        started,
        replace(started, item_id="b", amount_minor=4_000, wallet_id="bob"),
        ItemSucceeded("p1", "a", "balance", "ann"),
        ItemSucceeded("p1", "b", "balance", "bob"),
        PaymentSucceeded("p1", "o1", "shop", 10_000, 500, "CNY"),
    )


def test_a_refund_to_wallets_alone_succeeds_at_once() -> None:
    paid = SucceededPayment(TWO_WALLETS, share_released=True, refunded_minor=0, refunds={})
    assert decide(RefundPayment("p1", "r1", 5_000, "CNY"), paid, 0) == (
        RefundStarted(
            *("p1", "r1", 5_000, "CNY", "shop"),
            seller_minor=4_750,
            commission_minor=250,
            seller_pending=False,
            items=(
                RefundItem("a", "balance", 3_000, "ann", ""),
                RefundItem("b", "balance", 2_000, "bob", ""),
            ),
        ),
        RefundItemSucceeded("p1", "r1", "a"),
        RefundItemSucceeded("p1", "r1", "b"),
        RefundSucceeded("p1", "r1", 5_000, "CNY"),
    )


def test_the_channel_is_charged_last_wherever_its_item_stands() -> None:
    channel_first = replace(TERMS, items=(given.CHANNEL, given.BALANCE))
    events = decide(ConfirmPayment("p1"), CreatedPayment(channel_first), 0)
    assert events == (given.BALANCE_STARTED, given.CHANNEL_STARTED)


def test_a_channel_alone_is_charged_and_waits() -> None:
    alone = replace(TERMS, items=(given.CHANNEL,), amount_minor=7_000)
    events = decide(ConfirmPayment("p1"), CreatedPayment(alone), 0)
    assert events == (given.CHANNEL_STARTED,)


def with_refunds(number: int) -> SucceededPayment:
    refunds = {f"r{each}": Refund(1, {"wx": "succeeded"}) for each in range(number)}
    return SucceededPayment(TERMS, share_released=False, refunded_minor=number, refunds=refunds)


def test_a_payment_has_a_hundred_refunds_and_no_more() -> None:
    command = RefundPayment("p1", "last", 1, "CNY")
    assert isinstance(decide(command, with_refunds(REFUNDS_MAX - 1), 0), tuple)
    outcome = decide(command, with_refunds(REFUNDS_MAX), 0)
    assert outcome == Refused("too_many_refunds", "a payment has at most 100 refunds")


def test_a_refund_waits_for_all_of_its_parts() -> None:
    journal = {"bal": "unknown", "wx": "started"}
    state = SucceededPayment(TERMS, False, 4_000, {"r1": Refund(4_000, journal)})  # noqa: FBT003
    outcome = decide(RecordRefundItemOutcome("p1", "r1", "wx", "succeeded", ""), state, 0)
    assert outcome == (given.CHANNEL_REFUNDED,)


def test_an_outcome_of_what_is_not_at_a_channel_stops() -> None:
    wallets = ExecutingPayment(TWO_WALLETS, {"a": "started", "b": "started"})
    with pytest.raises(AssertionError, match="an outcome of a payment without a channel"):
        decide(RecordItemOutcome("p1", "a", "succeeded", ""), wallets, 0)
    other = RecordRefundItemOutcome("p1", "r1", "x", "succeeded", "")
    with pytest.raises(AssertionError, match="an outcome of an item that the refund has not"):
        decide(other, given.succeeded("started"), 0)


def test_only_a_new_payment_reads_more_than_itself() -> None:
    with pytest.raises(AssertionError, match="a new payment reads wallets too"):
        decide(CREATE, None, 0)
    with pytest.raises(AssertionError, match="only a new payment reads more than itself"):
        decide(ConfirmPayment("p1"), (None, given.SHOP), 0)


@pytest.mark.parametrize("state", given.GIVEN[1:])
def test_a_snapshot_gives_the_same_state(state: Payment) -> None:
    assert snapshots.decode(*snapshots.encode(state)) == state
