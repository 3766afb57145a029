"""Every state and every command: each pair has one answer, written down here.

Shape: an answer is a refusal's code, or the events by name, breaks with their kind and resolutions
with how; "" is an accepted command with nothing new to say.
"""

from itertools import product
from typing import get_args

import pytest

from domain.decision import Refused
from domain.settlement import (
    STATES,
    BatchCommand,
    BreakOpened,
    BreakResolved,
    CheckSettlement,
    Command,
    Event,
    ReferenceCommand,
    ReportSettlementLines,
    SealBatch,
    State,
    decide,
)
from tests.unit.domain.settlement.given import (
    DUE_US,
    Given,
    arriving,
    check,
    expectation,
    file,
    line,
    past,
    reference,
    resolve,
    sealed,
    told,
)

EARLIER = line(batch_id="b0")  # What the references have seen is of another batch.
WHOLE = past(told(line(), (arriving(), None))[:1], arriving())

BATCHES: dict[str, State | None] = {
    "none": None,
    "arriving": arriving(),
    "arriving, whole": WHOLE,
    "sealed": sealed(),
}
REFERENCES: dict[str, State | None] = {
    "none": None,
    "unexpected": reference(EARLIER),
    "unexpected, resolved": reference(EARLIER, resolve()),
    "unexpected, in USD": reference(line(batch_id="b0", currency="USD")),
    "awaited": reference(expectation()),
    "overdue": reference(expectation(), check("b1")),
    "settled": reference(expectation(), EARLIER),
    "settled, amount differs": reference(expectation(101), EARLIER),
    "written off": reference(expectation(), check("b1"), resolve()),
}

ON_BATCH: dict[str, dict[str, str]] = {
    "ImportSettlementFile": {
        "none": "SettlementFileImported",
        "arriving": "already_exists",
        "arriving, whole": "already_exists",
        "sealed": "already_exists",
    },
    "SealBatch": {
        "none": "batch_unknown",
        "arriving": "batch_incomplete",
        "arriving, whole": "BatchSealed",
        "sealed": "",
    },
}
EXPECTED, REPORTED, MATCHED = "SettlementExpected", "SettlementLineReported", "SettlementMatched"
ON_REFERENCE: dict[str, dict[str, str]] = {
    "ExpectSettlement": {
        "none": EXPECTED,
        "unexpected": f"{EXPECTED} {MATCHED} expected_later",
        "unexpected, resolved": EXPECTED,
        "unexpected, in USD": EXPECTED,
        "awaited": "already_exists",
        "overdue": "already_exists",
        "settled": "already_exists",
        "settled, amount differs": "already_exists",
        "written off": "already_exists",
    },
    "CheckSettlement": {  # Of the timer, when it is due.
        "none": "",
        "unexpected": "",
        "unexpected, resolved": "",
        "unexpected, in USD": "",
        "awaited": "missing_in_file",
        "overdue": "",
        "settled": "",
        "settled, amount differs": "",
        "written off": "",
    },
    "ResolveBreak": {  # Of its first break.
        "none": "break_unknown",
        "unexpected": "decided",
        "unexpected, resolved": "break_already_resolved",
        "unexpected, in USD": "decided",
        "awaited": "break_unknown",
        "overdue": "decided",
        "settled": "break_unknown",
        "settled, amount differs": "decided",
        "written off": "break_already_resolved",
    },
}
# A line of an arriving batch; of none or a sealed one it is refused, whatever the reference.
ON_LINE: dict[str, str] = {
    "none": f"{REPORTED} missing_in_events",
    "unexpected": f"{REPORTED} duplicate_line",
    "unexpected, resolved": f"{REPORTED} duplicate_line",
    "unexpected, in USD": f"{REPORTED} missing_in_events",
    "awaited": f"{REPORTED} {MATCHED}",
    "overdue": f"{REPORTED} {MATCHED} arrived",
    "settled": f"{REPORTED} duplicate_line",
    "settled, amount differs": f"{REPORTED} duplicate_line",
    "written off": f"{REPORTED} missing_in_events",
}
ON_LINE_OF_BATCH = {"none": "batch_unknown", "sealed": "batch_sealed"}
# A check by a batch that covers the day.
ON_CHECK_OF_BATCH = {
    "none": "batch_unknown",
    "arriving": "batch_not_sealed",
    "arriving, whole": "batch_not_sealed",
}
COMMANDS: dict[str, Command] = {
    "ImportSettlementFile": file(),
    "SealBatch": SealBatch("b1"),
    "ReportSettlementLines": line(9),
    "ExpectSettlement": expectation(),
    "CheckSettlement": check(),
    "ResolveBreak": resolve(),
}


def answer(command: Command, given: Given) -> str:
    outcome = decide(command, given, DUE_US)
    return (
        outcome.code
        if isinstance(outcome, Refused)
        else " ".join(called(event) for event in outcome)
    )


def called(event: Event) -> str:
    match event:
        case BreakOpened(kind=kind):
            return kind
        case BreakResolved(how=how):
            return how
        case _:
            return type(event).__name__


def test_the_tables_are_whole() -> None:
    assert {type(state) for state in (BATCHES | REFERENCES).values() if state} == set(STATES)
    every = {each.__name__ for each in (*get_args(BatchCommand), *get_args(ReferenceCommand))}
    assert set(COMMANDS) == every
    assert {*ON_BATCH, *ON_REFERENCE, "ReportSettlementLines"} == every
    assert all(answers.keys() == BATCHES.keys() for answers in ON_BATCH.values())
    assert all(answers.keys() == REFERENCES.keys() for answers in ON_REFERENCE.values())
    assert ON_LINE.keys() == REFERENCES.keys()


@pytest.mark.parametrize(("command", "batch"), [*product(ON_BATCH, BATCHES)])
def test_every_batch_answers(command: str, batch: str) -> None:
    assert answer(COMMANDS[command], BATCHES[batch]) == ON_BATCH[command][batch]


@pytest.mark.parametrize(("command", "state"), [*product(ON_REFERENCE, REFERENCES)])
def test_every_reference_answers(command: str, state: str) -> None:
    assert answer(COMMANDS[command], REFERENCES[state]) == ON_REFERENCE[command][state]


@pytest.mark.parametrize(("batch", "state"), [*product(BATCHES, REFERENCES)])
def test_every_line_is_answered(batch: str, state: str) -> None:
    said = answer(line(9), (BATCHES[batch], REFERENCES[state]))
    assert said == ON_LINE_OF_BATCH.get(batch, ON_LINE[state])


@pytest.mark.parametrize(("batch", "state"), [*product(BATCHES, REFERENCES)])
def test_every_check_by_a_batch_is_answered(batch: str, state: str) -> None:
    said = answer(CheckSettlement(check().settlement_id, "b1"), (BATCHES[batch], REFERENCES[state]))
    assert said == ON_CHECK_OF_BATCH.get(batch, ON_REFERENCE["CheckSettlement"][state])


@pytest.mark.parametrize("state", REFERENCES)
def test_what_a_reference_has_seen_is_a_repeat(state: str) -> None:
    """In a batch that is past that line, and in a sealed one; a line before it is none."""
    past_it = past(told(line(50), (arriving(), None))[:1], arriving())
    seen = ("unexpected", "settled")
    for batch, otherwise in ((past_it, ON_LINE[state]), (sealed(), "batch_sealed")):
        said = answer(EARLIER, (batch, REFERENCES[state]))
        assert said == ("" if state.startswith(seen) else otherwise)
        unseen = answer(line(1, batch_id="b0"), (batch, REFERENCES[state]))
        assert unseen == otherwise


def test_states_of_the_other_aggregate_are_a_bug() -> None:
    commands: tuple[Command, ...] = (file(), SealBatch("b1"))
    for command in commands:
        with pytest.raises(AssertionError, match="state of a batch"):
            decide(command, reference(EARLIER), DUE_US)
    others: tuple[Command, ...] = (expectation(), check(), resolve())
    for command in others:
        with pytest.raises(AssertionError, match="state of a reference"):
            decide(command, sealed(), DUE_US)
    lines: tuple[ReportSettlementLines | CheckSettlement, ...] = (line(), check("b1"))
    for command in lines:
        with pytest.raises(AssertionError, match="two streams"):
            decide(command, sealed(), DUE_US)
