"""Breaks: given an open one, when time passes, a line arrives or a person decides, then what."""

from dataclasses import replace

import pytest

from domain.decision import Refused
from domain.settlement import (
    BreakOpened,
    BreakResolved,
    SealedBatch,
    WrittenOff,
    decide,
)
from tests.unit.domain.settlement.given import (
    AT_US,
    CHARGE,
    DUE_US,
    arriving,
    check,
    expectation,
    line,
    past,
    reference,
    resolve,
    sealed,
    told,
)
from tests.unit.domain.settlement.then import MISSING, differs, matched, whole


def test_what_is_missing_when_the_promise_is_over_is_a_break() -> None:
    state = reference(expectation())
    assert decide(check(), state, DUE_US - 1) == ()
    assert decide(check(), state, DUE_US) == (MISSING,)


def test_what_a_sealed_batch_of_its_day_does_not_have_is_a_break() -> None:
    events = told(check("b1"), (sealed(), reference(expectation())))
    assert len(events) == 1
    assert isinstance(events[0], BreakOpened)
    assert (events[0].kind, events[0].batch_id, events[0].amount_minor) == (
        "missing_in_file",
        "b1",
        -100,
    )


def test_a_batch_covers_its_day_and_those_before_it() -> None:
    for day, breaks in (("2019-02-18", 1), ("2019-02-19", 1), ("2019-02-20", 0)):
        state = reference(expectation(expected_on=day))
        assert len(told(check("b1"), (sealed(), state))) == breaks


@pytest.mark.parametrize("other", ["alipay", "1921000402"])
def test_a_batch_of_another_account_covers_nothing(other: str) -> None:
    batch = sealed()
    assert isinstance(batch, SealedBatch)
    changed = {"provider" if other == "alipay" else "merchant_account": other}
    elsewhere = SealedBatch(replace(batch.file, **changed))
    assert decide(check("b1"), (elsewhere, reference(expectation())), AT_US) == ()


def test_a_check_needs_a_sealed_batch() -> None:
    state = reference(expectation())
    assert decide(check("b1"), (None, state), AT_US) == Refused(
        "batch_unknown", "no batch b1 has been imported"
    )
    assert decide(check("b1"), (arriving(line()), state), AT_US) == Refused(
        "batch_not_sealed", "lines of b1 are still to come"
    )


def test_what_is_missing_is_said_once() -> None:
    overdue = reference(expectation(), check("b1"))
    assert decide(check("b1"), (sealed(), overdue), AT_US) == ()
    assert decide(check(), overdue, DUE_US) == ()


def test_a_line_that_arrives_after_all_closes_its_case() -> None:
    overdue = reference(expectation(), check("b1"))
    closed = BreakResolved(
        CHARGE, f"{CHARGE}#1", "missing_in_file", "arrived", "wechat", "", 0, "CNY", ""
    )
    assert told(line(), (arriving(), overdue))[1:] == (matched(), closed)
    assert told(line(2, 98), (arriving(), overdue))[1:] == (matched(98), closed, differs(2, -2))


@pytest.mark.parametrize("account", ["writeoff", "rounding"])
def test_a_person_resolves_a_break_to_an_account(account: str) -> None:
    state = reference(line())
    events = told(resolve(1, account), state)
    assert events == (
        BreakResolved(
            CHARGE,
            f"{CHARGE}#1",
            "missing_in_events",
            "decided",
            "wechat",
            f"expense:{account}",
            100,
            "CNY",
            "agreed with the provider",
        ),
    )
    refused = decide(resolve(1, account), past(events, state), AT_US)
    assert refused == Refused("break_already_resolved", f"{CHARGE}#1 is closed")


def test_what_is_missing_in_the_file_is_written_off_whole() -> None:
    overdue = reference(expectation(), check("b1"))
    refused = decide(resolve(1, "rounding"), overdue, AT_US)
    assert isinstance(refused, Refused)
    assert refused.code == "account_not_allowed"
    (event,) = told(resolve(), overdue)
    assert isinstance(event, BreakResolved)
    assert (event.account, event.amount_minor) == ("expense:writeoff", -100)
    assert isinstance(past([event], overdue), WrittenOff)


def test_a_line_after_the_write_off_is_a_new_case() -> None:
    given_up = reference(expectation(), check("b1"), resolve())
    first = told(line(), (arriving(), given_up))
    assert first[1:] == (whole(2, "missing_in_events"),)
    second = told(line(3), (arriving(line()), past(first[1:], given_up)))
    assert second[1:] == (whole(3, "duplicate_line", 3),)


def test_refusals_to_resolve_come_in_order() -> None:
    state = reference(line())
    unknown = Refused("break_unknown", f"{CHARGE} has no such break")
    assert decide(resolve(2, "nowhere"), state, AT_US) == unknown
    assert decide(resolve(1), None, AT_US) == unknown
    resolved = reference(line(), resolve())
    assert decide(resolve(1, "nowhere"), resolved, AT_US) == Refused(
        "break_already_resolved", f"{CHARGE}#1 is closed"
    )
    assert decide(resolve(1, "nowhere"), state, AT_US) == Refused(
        "account_unknown", "one of rounding, writeoff"
    )
