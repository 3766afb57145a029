"""What may happen to settlement batches and settlement references.

Shape: decide(command, state, at_us) -> events | Refused; reads(command) names the streams whose
states it gets: of lines the batch and then the reference of each, of a check by a batch both the
batch and the reference. begins(command) names what can begin only once in a book.
Units: integer minor units, signed: above zero is money towards us; `at_us` in microseconds.
Errors: Refused, here in the order in which they are found:
- ImportSettlementFile: already_exists.
- ReportSettlementLines: batch_unknown; a repeated line adds nothing; batch_sealed.
- SealBatch: batch_unknown; sealed again is (); batch_incomplete, with what was printed and counted.
- ExpectSettlement: already_exists, which a follow-on takes for done.
- CheckSettlement: batch_unknown, batch_not_sealed; with nothing overdue it is ().
- ResolveBreak: break_unknown, break_already_resolved, account_unknown (neither writeoff nor
  rounding), account_not_allowed (rounding for a missing_in_file).
Lines and expectations are outside facts: what they mean is never refused.
"""

from functools import reduce

from domain.decision import Refused, Stream
from domain.settlement import batches, matching
from domain.settlement.commands import (
    CheckSettlement,
    Command,
    ExpectSettlement,
    ImportSettlementFile,
    ReportSettlementLines,
    ResolveBreak,
    SealBatch,
)
from domain.settlement.events import Event
from domain.settlement.evolve import evolve
from domain.settlement.naming import settlement_ids
from domain.settlement.state import BATCH_STATES, REFERENCE_STATES, Batch, Reference, State

BATCH, REFERENCE = "settlement_batch", "settlement_reference"
Given = State | None | tuple[State | None, ...]


def reads(command: Command) -> tuple[Stream, ...]:
    match command:
        case ImportSettlementFile(batch_id) | SealBatch(batch_id):
            return ((BATCH, batch_id),)
        case ReportSettlementLines(batch_id):
            return ((BATCH, batch_id), *((REFERENCE, each) for each in settlement_ids(command)))
        case CheckSettlement(settlement_id, batch_id) if batch_id:
            return ((BATCH, batch_id), (REFERENCE, settlement_id))
        case ExpectSettlement() | CheckSettlement() | ResolveBreak():
            return ((REFERENCE, command.settlement_id),)


def begins(command: Command) -> str:
    """The same bytes for the same account and day are the same file, under whatever batch id."""
    if isinstance(command, ImportSettlementFile):
        account = f"{command.provider}/{command.merchant_account}"
        return f"settlement_file/{account}/{command.business_day}/{command.sha256}"
    return ""  # Lines and references: the streams themselves say what was there.


def decide(command: Command, state: Given, at_us: int) -> tuple[Event, ...] | Refused:
    match command:
        case ImportSettlementFile():
            return batches.begin(command, _batch(state))
        case SealBatch():
            return batches.seal(command, _batch(state))
        case ReportSettlementLines():
            return _report(command, state)
        case ExpectSettlement():
            return matching.expect(command, _reference(state), at_us)
        case CheckSettlement():
            batch, reference = _both(state) if command.batch_id else (None, _reference(state))
            return matching.check(command, batch, reference, at_us)
        case ResolveBreak():
            return matching.resolve(command, _reference(state))


def _report(command: ReportSettlementLines, state: Given) -> tuple[Event, ...] | Refused:
    """Line by line: each meets its reference as those before it have left it."""
    assert command.lines, "a command of no lines"
    assert isinstance(state, tuple), "two streams are read"
    batch = _batch(state[0])
    if batch is None:
        return Refused("batch_unknown", f"no batch {command.batch_id} has been imported")
    lines = batches.reported(command, batch)
    found = {line.settlement_id: each for line, each in zip(lines, state[1:], strict=True)}
    events: list[Event] = []
    for line in lines:
        reference = _reference(found[line.settlement_id])
        new = batches.is_new(line, batch, reference)
        if isinstance(new, Refused):
            return new
        if new:
            meaning = matching.take_line(line, reference)
            events += (line, *meaning)
            found[line.settlement_id] = reduce(evolve, meaning, reference)
    return tuple(events)


def _both(state: Given) -> tuple[Batch | None, Reference | None]:
    assert isinstance(state, tuple), "two streams are read"
    batch, reference = state
    return _batch(batch), _reference(reference)


def _batch(state: Given) -> Batch | None:
    assert state is None or isinstance(state, BATCH_STATES), "not the state of a batch"
    return state


def _reference(state: Given) -> Reference | None:
    assert state is None or isinstance(state, REFERENCE_STATES), "not the state of a reference"
    return state
