"""Impossible histories: a log that says such a thing is corrupt, and stops whoever reads it."""

from dataclasses import replace

import pytest

from domain.settlement import (
    BatchSealed,
    BreakResolved,
    Event,
    State,
    evolve,
)
from tests.unit.domain.settlement.given import (
    arriving,
    check,
    expectation,
    file,
    line,
    reference,
    resolve,
    sealed,
    told,
)
from tests.unit.domain.settlement.then import EXPECTED, MISSING, differs, matched, whole

REPORTED = told(line(), (arriving(), None))[0]
SEALED = BatchSealed("b1", "wechat", "1921000401", "2019-02-19", 1)
DECIDED = told(resolve(), reference(line()))[0]
GIVEN_UP = told(resolve(), reference(expectation(), check("b1")))[0]
assert isinstance(DECIDED, BreakResolved)
OTHER_AMOUNT = replace(matched(), cleared_minor=99)
OTHER_CURRENCY = replace(matched(), currency="USD")
MISSING_AGAIN = replace(MISSING, break_id=f"{MISSING.settlement_id}#2")
UNKNOWN_KIND = replace(whole(1, "missing_in_events"), kind="lost")


@pytest.mark.parametrize(
    ("state", "event", "why"),
    [
        (arriving(), told(file())[0], "begins twice"),
        (None, REPORTED, "outside an arriving batch"),
        (sealed(), REPORTED, "outside an arriving batch"),
        (arriving(), replace(REPORTED, line_number=0), "counted from one"),
        (None, SEALED, "without arriving"),
        (sealed(), SEALED, "without arriving"),
        (arriving(), SEALED, "before it was whole"),
        (arriving(line()), replace(SEALED, lines=2), "before it was whole"),
        (reference(expectation()), EXPECTED, "expected twice"),
        (sealed(), EXPECTED, "no reference's state"),
        (None, matched(), "nothing awaited"),
        (reference(line()), matched(), "nothing awaited"),
        (reference(expectation()), OTHER_CURRENCY, "across currencies"),
        (reference(expectation()), OTHER_AMOUNT, "another amount"),
        (reference(line()), whole(1, "duplicate_line"), "out of order"),
        (reference(line()), differs(2, 1), "difference to nothing"),
        (None, MISSING, "not awaited"),
        (reference(expectation(), check("b1")), MISSING_AGAIN, "missing twice"),
        (None, whole(1, "currency_differs"), "another currency than none"),
        (None, whole(1, "duplicate_line"), "without a first"),
        (reference(expectation()), whole(1, "duplicate_line"), "before the one that answers"),
        (None, UNKNOWN_KIND, "no known kind"),
        (reference(expectation()), whole(1, "missing_in_events"), "ours is there"),
        (None, DECIDED, "a break of nothing"),
        (reference(expectation()), DECIDED, "never opened"),
        (reference(line(), resolve()), DECIDED, "closed twice"),
        (reference(line()), replace(DECIDED, kind="duplicate_line"), "as another kind"),
    ],
)  # fmt: skip
def test_an_impossible_history_is_a_bug(state: State | None, event: Event, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        evolve(state, event)


def test_only_what_is_awaited_is_written_off() -> None:
    overdue = reference(expectation(), check("b1"))
    settled = evolve(overdue, matched())
    with pytest.raises(AssertionError, match="written off, but not awaited"):
        evolve(settled, GIVEN_UP)
