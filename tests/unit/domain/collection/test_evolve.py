"""What happened makes the state, and an impossible history stops."""

from dataclasses import replace
from functools import reduce
from typing import get_args

import pytest

from domain.collection import Collection, Event, StartRefund, decide, evolve
from tests.unit.domain.collection import given
from tests.unit.domain.collection.given import GIVEN, STATES_GIVEN


@pytest.mark.parametrize("name", STATES_GIVEN)
def test_what_happened_makes_the_state(name: str) -> None:
    events, then = STATES_GIVEN[name]
    nothing: Collection | None = None
    assert reduce(evolve, events, nothing) == then


# The names of the states in which each event may happen.
REFUNDS = {"refunding", "refund_unknown", "refund_refused", "refunded", "refund_contradicted"}
CHARGED = {"succeeded", "contradicted", *REFUNDS}
HAPPENS_IN: tuple[tuple[Event, set[str]], ...] = (
    (given.STARTED, {"nothing"}),
    (given.SUCCEEDED, {"started", "unknown", "refused"}),
    (given.REFUSED, {"started", "unknown"}),
    (given.UNKNOWN, {"started"}),
    (given.REFUSED_AFTER, CHARGED - {"contradicted"}),
    (given.CHARGED_AGAIN, CHARGED - {"contradicted"}),
    (given.REFUND_STARTED, {"succeeded", "contradicted"}),
    (given.REFUND_SUCCEEDED, {"refunding", "refund_unknown", "refund_refused"}),
    (given.REFUND_REFUSED, {"refunding", "refund_unknown"}),
    (given.REFUND_UNKNOWN, {"refunding"}),
    (given.REFUND_REFUSED_AFTER, {"refunded"}),
    (given.REFUNDED_AGAIN, {"refunded"}),
)
CASES = [
    pytest.param(state, event, name in names, id=f"{type(event).__name__}-{name}")
    for event, names in HAPPENS_IN
    for name, state in zip(STATES_GIVEN, GIVEN, strict=True)
]


@pytest.mark.parametrize(("state", "event", "happens"), CASES)
def test_every_state_meets_every_event(
    state: Collection | None, event: Event, *, happens: bool
) -> None:
    if happens:
        assert evolve(state, event) != state
    else:
        with pytest.raises(AssertionError):
            evolve(state, event)


def test_every_event_is_met() -> None:
    assert {type(event) for event, _ in HAPPENS_IN} == set(get_args(Event))


WRONG: tuple[tuple[str, Event, str], ...] = (
    ("nothing", replace(given.STARTED, amount_minor=0), "a charge of nothing"),
    ("started", replace(given.UNKNOWN, collection_id="p2.wx"), "an event of another collection"),
    ("started", replace(given.SUCCEEDED, amount_minor=9_999), "another amount was charged"),
    ("succeeded", replace(given.REFUND_STARTED, amount_minor=0), "a refund of nothing"),
    (
        "refunding",
        replace(given.REFUND_STARTED, refund_id="r2", amount_minor=6_001),
        "more goes back than was charged",
    ),
    ("refunding", replace(given.REFUND_SUCCEEDED, amount_minor=1), "another amount was given back"),
    ("refunding", replace(given.REFUND_REFUSED, refund_id="r2"), "a refund that was not started"),
)


@pytest.mark.parametrize(("name", "event", "why"), WRONG)
def test_an_impossible_history_stops(name: str, event: Event, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        evolve(STATES_GIVEN[name][1], event)


def test_refunds_up_to_the_whole_charge_are_a_history() -> None:
    rest = replace(given.REFUND_STARTED, refund_id="r2", amount_minor=6_000)
    state = evolve(STATES_GIVEN["refund_refused"][1], rest)
    assert isinstance(state, given.SucceededCollection)
    assert state.refunded_minor == 10_000
    assert list(state.refunds) == ["r1", "r2"]


def test_the_smallest_charge_and_refund_are_a_history() -> None:
    charged = evolve(None, replace(given.STARTED, amount_minor=1))
    charged = evolve(charged, replace(given.SUCCEEDED, amount_minor=1))
    events = decide(StartRefund("p1.wx", "r1", 1, "CNY"), charged, 0)
    assert events == (replace(given.REFUND_STARTED, amount_minor=1),)
    refunding = evolve(charged, replace(given.REFUND_STARTED, amount_minor=1))
    assert isinstance(refunding, given.SucceededCollection)
    assert refunding.refunded_minor == 1
