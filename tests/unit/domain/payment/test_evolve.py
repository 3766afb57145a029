"""What happened makes the state, and an impossible history stops."""

from dataclasses import replace
from functools import reduce
from typing import get_args

import pytest

from domain.payment import (
    Event,
    Payment,
    Refund,
    RefundItemSucceeded,
    SucceededPayment,
    evolve,
)
from domain.payment.state import REFUNDS_MAX
from tests.unit.domain.payment import given
from tests.unit.domain.payment.given import GIVEN, STATES_GIVEN


@pytest.mark.parametrize("name", STATES_GIVEN)
def test_what_happened_makes_the_state(name: str) -> None:
    events, then = STATES_GIVEN[name]
    nothing: Payment | None = None
    assert reduce(evolve, events, nothing) == then


# The names of the states in which each event may happen.
NOT_STARTED = {"created"}
OPEN = {"executing", "unknown"}
CHANNEL_DONE = set[str]()  # Half way through a decision; no state rests there.
REFUNDS = {"refunding", "refund_unknown", "refund_refused", "refunded"}
PAID = {"succeeded", "released", *REFUNDS}
HAPPENS_IN: tuple[tuple[Event, set[str]], ...] = (
    (given.CREATED, {"nothing"}),
    (given.BALANCE_STARTED, NOT_STARTED),
    (given.CHANNEL_STARTED, NOT_STARTED),
    (given.CHANNEL_SUCCEEDED, OPEN),
    (given.BALANCE_SUCCEEDED, OPEN),
    (given.FAILED[0], OPEN),
    (given.UNKNOWN, {"executing"}),
    (given.BALANCE_UNDONE, OPEN),
    (given.CHANNEL_UNDONE, OPEN),
    (given.PAID, CHANNEL_DONE),
    (given.FAILED[-1], CHANNEL_DONE),
    (given.UNDONE, NOT_STARTED),
    (given.LATE, {"failed", "undone"}),
    (given.RELEASED, {"succeeded"}),
    (replace(given.RELEASED, amount_minor=5_700), REFUNDS),
    (given.REFUND_STARTED, {"succeeded"}),
    (replace(given.REFUND_STARTED, seller_pending=False), {"released"}),
    (given.CHANNEL_REFUNDED, REFUNDS - {"refunded"}),
    (given.CHANNEL_REFUND_REFUSED, {"refunding", "refund_unknown"}),
    (given.CHANNEL_REFUND_UNKNOWN, {"refunding"}),
    (given.LATE_REFUNDED[0], {"late"}),
)
CASES = [
    pytest.param(state, event, name in names, id=f"{number}-{type(event).__name__}-{name}")
    for number, (event, names) in enumerate(HAPPENS_IN)
    for name, state in zip(STATES_GIVEN, GIVEN, strict=True)
]


@pytest.mark.parametrize(("state", "event", "happens"), CASES)
def test_every_state_meets_every_event(
    state: Payment | None, event: Event, *, happens: bool
) -> None:
    if happens:
        assert evolve(state, event) != state
    else:
        with pytest.raises(AssertionError):
            evolve(state, event)


@pytest.mark.parametrize("name", [each for each in STATES_GIVEN if each != "nothing"])
def test_a_refund_succeeds_only_with_all_of_its_parts(name: str) -> None:
    state = STATES_GIVEN[name][1]
    for event, happens in (
        (given.REFUNDED, name == "refunded"),
        (given.LATE_REFUNDED[1], name == "late_refunded"),
    ):
        if happens:
            assert evolve(state, event) == state
        else:
            with pytest.raises(AssertionError):
                evolve(state, event)


def test_every_event_is_met() -> None:
    met = {type(event) for event, _ in HAPPENS_IN}
    assert met | {type(given.REFUNDED)} == set(get_args(Event))


LATE_REFUND = RefundItemSucceeded("p1", "late@N2", "wx")
STARTED = given.REFUND_STARTED
HALF_PAID = (*given.EXECUTED, given.CHANNEL_SUCCEEDED)
WRONG: tuple[tuple[tuple[Event, ...], Event, str], ...] = (
    ((), given.UNDONE, "a payment begins by being created"),
    ((), replace(given.CREATED, items=()), "a payment by nothing"),
    ((), replace(given.CREATED, amount_minor=9_999), "a wrong sum"),
    (
        (),
        replace(
            given.CREATED,
            items=(
                replace(given.BALANCE, amount_minor=0),
                replace(given.CHANNEL, amount_minor=10_000),
            ),
        ),
        "an item of nothing",
    ),
    ((), replace(given.CREATED, commission_minor=-1), "a negative commission"),
    ((), replace(given.CREATED, commission_minor=10_001), "a commission above the amount"),
    ((given.CREATED,), replace(given.UNDONE, payment_id="p2"), "an event of another payment"),
    ((given.CREATED,), given.CREATED, "a payment is created once"),
    (
        (given.CREATED,),
        replace(given.BALANCE_STARTED, item_id="x"),
        "an event of an item that the payment has not",
    ),
    (
        (given.CREATED,),
        replace(given.BALANCE_STARTED, tool="channel"),
        "an item changes its tool",
    ),
    (
        given.EXECUTED,
        replace(given.UNKNOWN, item_id="bal"),
        "only a channel refuses or does not answer",
    ),
    (given.EXECUTED[:2], given.UNKNOWN, "an item takes a step that it cannot"),
    (
        (*given.EXECUTED[:2], replace(given.BALANCE_SUCCEEDED)),
        given.PAID,
        "a payment succeeds with an item not started",
    ),
    (HALF_PAID, given.PAID, "a payment succeeds with an item that has not"),
    (HALF_PAID, given.UNDONE, "a payment is undone and an item is not"),
    (given.EXECUTED, given.FAILED[-1], "a payment fails by one item"),
    (
        (*given.EXECUTED, given.FAILED[0]),
        given.FAILED[-1],
        "a payment failed and is not undone",
    ),
    (
        (*HALF_PAID, given.BALANCE_SUCCEEDED),
        replace(given.PAID, amount_minor=1),
        "it succeeds over another amount",
    ),
    (
        (*HALF_PAID, given.BALANCE_SUCCEEDED),
        replace(given.PAID, commission_minor=1),
        "it earns another commission",
    ),
    (given.PAID_FOR, given.UNKNOWN, "only a payment under way moves"),
    (given.PAID_FOR, replace(given.RELEASED, amount_minor=9_499), "another share"),
    (given.PAID_FOR, replace(STARTED, amount_minor=0), "a refund of nothing"),
    (given.PAID_FOR, replace(STARTED, amount_minor=10_001), "more goes back than was paid"),
    (given.PAID_FOR, replace(STARTED, seller_minor=-1), "a refund gives to the seller"),
    (given.PAID_FOR, replace(STARTED, commission_minor=-1), "a refund earns a commission"),
    (given.PAID_FOR, replace(STARTED, seller_minor=3_799), "a refund is borne by nobody"),
    (given.PAID_FOR, replace(STARTED, items=(given.TO_CHANNEL,)), "a wrong sum"),
    (given.PAID_FOR, replace(STARTED, seller_pending=False), "it is taken from the wrong money"),
    (given.PAID_FOR, given.CHANNEL_REFUNDED, "an event of a refund that was not started"),
    (given.REFUNDING, STARTED, "a refund starts once"),
    (given.REFUNDING, given.REFUNDED, "a refund succeeds with a part that has not"),
    (
        (*given.REFUNDING, given.CHANNEL_REFUNDED),
        replace(given.REFUNDED, amount_minor=1),
        "it succeeds over another amount",
    ),
    ((*given.EXECUTED, *given.FAILED), replace(given.LATE, item_id="bal"), "of another item"),
    ((*given.EXECUTED, *given.FAILED), replace(given.LATE, amount_minor=1), "of another amount"),
    (
        (*given.EXECUTED, *given.FAILED, given.LATE),
        LATE_REFUND,
        "an event of a refund that was not started",
    ),
)


@pytest.mark.parametrize(("before", "event", "why"), WRONG)
def test_an_impossible_history_stops(before: tuple[Event, ...], event: Event, why: str) -> None:
    nothing: Payment | None = None
    state = reduce(evolve, before, nothing)
    with pytest.raises(AssertionError, match=why):
        evolve(state, event)


def test_a_payment_has_so_many_refunds_and_no_more() -> None:
    refunds = {f"r{number}": Refund(1, {"wx": "started"}) for number in range(REFUNDS_MAX)}
    full = SucceededPayment(given.TERMS, share_released=False, refunded_minor=0, refunds=refunds)
    one_more = replace(STARTED, refund_id="r1000")
    with pytest.raises(AssertionError, match="more refunds than a payment may have"):
        evolve(full, one_more)


def test_an_item_of_the_smallest_amount_is_a_history() -> None:
    items = (
        replace(given.BALANCE, amount_minor=1),
        replace(given.CHANNEL, amount_minor=9_999),
    )
    state = evolve(None, replace(given.CREATED, items=items))
    assert state.terms.items == items
