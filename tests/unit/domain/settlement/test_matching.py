"""Lines and expectations: given some, when another comes, then what it means."""

import pytest

from domain.decision import ALREADY_EXISTS, At, Refused
from domain.settlement import (
    Awaited,
    CheckSettlement,
    Settled,
    SettlementMatched,
    Unexpected,
    decide,
    react,
)
from tests.unit.domain.settlement.given import (
    AT_US,
    CHARGE,
    DUE_US,
    arriving,
    check,
    expectation,
    file,
    line,
    past,
    reference,
    resolve,
    told,
)
from tests.unit.domain.settlement.then import EXPECTED, MISSING, differs, later, matched, whole


def test_an_expectation_is_looked_at_when_its_promise_is_over() -> None:
    assert told(expectation()) == (EXPECTED,)
    assert react(EXPECTED, "main") == (At("check", DUE_US, CheckSettlement(CHARGE)),)


def test_nothing_else_is_followed_by_anything() -> None:
    events = (*told(file()), *told(line(), (arriving(), None)), matched(), differs(1, 1), MISSING)
    assert [react(event, "main") for event in events] == [()] * 6


def test_an_expectation_comes_once() -> None:
    for state in (
        reference(expectation()),
        reference(expectation(), line()),
        reference(line(), expectation()),
        reference(expectation(), check("b1"), resolve()),
    ):
        refused = decide(expectation(), state, AT_US)
        assert isinstance(refused, Refused)
        assert refused.code == ALREADY_EXISTS


def test_a_line_answers_what_is_expected() -> None:
    events = told(line(), (arriving(), reference(expectation())))
    assert events[1:] == (matched(),)
    assert past(events[1:], reference(expectation())) == Settled("b1", 2, ())


def test_a_refund_is_answered_the_same_way() -> None:
    refund = told(
        line(2, -40, -1, kind="refund"),
        (arriving(), past(told(expectation(-40, kind="refund")))),
    )
    assert isinstance(refund[1], SettlementMatched)
    assert (refund[1].cleared_minor, refund[1].gross_minor, refund[1].net_minor) == (-40, -40, -39)
    assert len(refund) == 2


@pytest.mark.parametrize("gross", [99, 101, -100, 0])
def test_another_amount_than_ours_is_a_break(gross: int) -> None:
    events = told(line(2, gross), (arriving(), reference(expectation())))
    assert events[1:] == (matched(gross), differs(1, gross - 100))


def test_a_line_of_nothing_expected_is_a_break() -> None:
    events = told(line(), (arriving(), None))
    assert events[1:] == (whole(1, "missing_in_events"),)
    assert isinstance(past(events[1:]), Unexpected)


def test_the_expectation_that_comes_later_takes_the_line_out_of_suspense() -> None:
    events = told(expectation(), reference(line()))
    assert events == (EXPECTED, matched(broken=1), later(100))
    state = past(events, reference(line()))
    assert isinstance(state, Settled)
    assert [each.resolved for each in state.breaks] == [True]


def test_a_later_expectation_of_another_amount_leaves_the_difference() -> None:
    events = told(expectation(), reference(line(2, 97, 2)))
    assert events == (EXPECTED, matched(97, 1, 2), later(97), differs(2, -3))


def test_a_second_line_is_a_duplicate_whatever_came_first() -> None:
    duplicate = (whole(2, "duplicate_line", 3),)
    assert told(line(3), (arriving(line()), reference(line())))[1:] == duplicate
    settled = told(line(3), (arriving(line()), reference(expectation(), line())))
    assert settled[1:] == (whole(1, "duplicate_line", 3),)
    late = told(line(3), (arriving(line()), reference(line(), expectation())))
    assert late[1:] == duplicate


def test_a_third_line_in_another_currency_is_a_duplicate_too() -> None:
    settled = reference(expectation(), line())
    events = told(line(3, currency="USD"), (arriving(line()), settled))
    assert events[1:] == (whole(1, "duplicate_line", 3, "USD"),)


def test_a_line_in_another_currency_leaves_the_expectation_open() -> None:
    state = reference(expectation())
    events = told(line(currency="USD"), (arriving(), state))
    assert events[1:] == (whole(1, "currency_differs", 2, "USD"),)
    after = past(events[1:], state)
    assert isinstance(after, Awaited)
    answered = told(line(3), (arriving(line()), after))
    assert isinstance(answered[1], SettlementMatched)


def test_lines_of_two_currencies_wait_side_by_side() -> None:
    waiting = reference(line(2, currency="USD"))
    second = told(line(3), (arriving(line()), waiting))
    assert second[1:] == (whole(2, "missing_in_events", 3),)
    events = told(expectation(), past(second[1:], waiting))
    assert [type(event).__name__ for event in events] == [
        "SettlementExpected",
        "SettlementMatched",
        "BreakResolved",
    ]
    assert isinstance(events[1], SettlementMatched)
    assert (events[1].line_number, events[1].break_id) == (3, f"{CHARGE}#2")


def test_a_waiting_line_of_another_currency_does_not_answer() -> None:
    assert told(expectation(), reference(line(currency="USD"))) == (EXPECTED,)


def test_a_line_that_a_person_has_resolved_waits_no_more() -> None:
    resolved = reference(line(), resolve())
    assert told(expectation(), resolved) == (EXPECTED,)
    assert told(line(3), (arriving(line()), resolved))[1:] == (whole(2, "duplicate_line", 3),)
