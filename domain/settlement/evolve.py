"""What has happened to a settlement batch or a settlement reference.

Shape: evolve(state | None, event) -> state, of whichever of the two the event belongs to.
Errors: AssertionError where a history is impossible: the log is corrupt, stop before it pays.
"""

from dataclasses import replace

from domain.settlement import naming
from domain.settlement.commands import CurrencyTotal
from domain.settlement.events import (
    BatchSealed,
    BreakOpened,
    BreakResolved,
    Event,
    SettlementExpected,
    SettlementFileImported,
    SettlementLineReported,
    SettlementMatched,
)
from domain.settlement.state import (
    REFERENCE_STATES,
    ArrivingBatch,
    Awaited,
    BatchFile,
    Break,
    Expectation,
    Reference,
    SealedBatch,
    Settled,
    State,
    Unexpected,
    WrittenOff,
    breaks_of,
    open_break,
)


def evolve(state: State | None, event: Event) -> State:
    match event:
        case SettlementFileImported():
            assert state is None, "a batch begins twice"
            return ArrivingBatch(_file(event), 0, 0, ())
        case SettlementLineReported():
            assert isinstance(state, ArrivingBatch), "a line outside an arriving batch"
            return _count(state, event)
        case BatchSealed():
            assert isinstance(state, ArrivingBatch), "sealed without arriving"
            assert state.lines == event.lines == state.file.lines, "sealed before it was whole"
            return SealedBatch(state.file)
        case SettlementExpected() | SettlementMatched() | BreakOpened() | BreakResolved():
            assert state is None or isinstance(state, REFERENCE_STATES), "no reference's state"
            return _reference(state, event)


def _file(event: SettlementFileImported) -> BatchFile:
    return BatchFile(
        event.provider, event.merchant_account, event.business_day, event.lines, event.totals
    )


def _count(batch: ArrivingBatch, line: SettlementLineReported) -> ArrivingBatch:
    assert line.line_number >= 1, "lines are counted from one"
    return ArrivingBatch(
        batch.file,
        batch.lines + 1,
        max(batch.last_line_number, line.line_number),
        _add(batch.counted, line),
    )


def _add(
    counted: tuple[CurrencyTotal, ...], line: SettlementLineReported
) -> tuple[CurrencyTotal, ...]:
    """As many totals as currencies, in the order in which they came."""
    for index, total in enumerate(counted):
        if total.currency == line.currency:
            added = CurrencyTotal(
                line.currency,
                total.gross_minor + line.gross_minor,
                total.fee_minor + line.fee_minor,
                total.net_minor + line.net_minor,
            )
            return (*counted[:index], added, *counted[index + 1 :])
    first = CurrencyTotal(line.currency, line.gross_minor, line.fee_minor, line.net_minor)
    return (*counted, first)


def _reference(
    state: Reference | None,
    event: SettlementExpected | SettlementMatched | BreakOpened | BreakResolved,
) -> Reference:
    match event:
        case SettlementExpected():
            assert state is None or isinstance(state, Unexpected), "expected twice"
            return Awaited(_expectation(event), breaks_of(state))
        case SettlementMatched():
            assert isinstance(state, Awaited), "matched with nothing awaited"
            assert state.expectation.currency == event.currency, "matched across currencies"
            assert state.expectation.amount_minor == event.cleared_minor, "cleared another amount"
            return Settled(event.batch_id, event.line_number, state.breaks)
        case BreakOpened():
            return _opened(state, event)
        case BreakResolved():
            return _closed(state, event)


def _expectation(event: SettlementExpected) -> Expectation:
    return Expectation(
        event.provider,
        event.merchant_account,
        event.reference,
        event.amount_minor,
        event.currency,
        event.expected_on,
        event.due_us,
    )


def _opened(state: Reference | None, event: BreakOpened) -> Reference:
    breaks = breaks_of(state)
    following = naming.break_id(event.settlement_id, len(breaks) + 1)
    assert event.break_id == following, "a break out of order"
    match event.kind:
        case naming.AMOUNT_DIFFERS:
            assert isinstance(state, Settled), "a difference to nothing"
        case naming.MISSING_IN_FILE:
            assert isinstance(state, Awaited), "missing, but not awaited"
            assert open_break(breaks, naming.MISSING_IN_FILE) is None, "missing twice"
        case naming.CURRENCY_DIFFERS:
            assert isinstance(state, Awaited), "another currency than none"
        case naming.DUPLICATE_LINE:
            assert state is not None, "a second line without a first"
            assert not isinstance(state, Awaited), "a second line before the one that answers"
        case _:
            assert event.kind == naming.MISSING_IN_EVENTS, "a break of no known kind"
            assert not isinstance(state, Awaited | Settled), "ours is there"
    opened = Break(
        event.break_id,
        event.kind,
        event.provider,
        event.batch_id,
        event.line_number,
        event.amount_minor,
        event.fee_minor,
        event.currency,
        resolved=False,
    )
    if state is None:
        return Unexpected((opened,))
    return replace(state, breaks=(*breaks, opened))


def _closed(state: Reference | None, event: BreakResolved) -> Reference:
    breaks = breaks_of(state)
    found = [index for index, each in enumerate(breaks) if each.break_id == event.break_id]
    assert state is not None, "a break of nothing is closed"
    assert len(found) == 1, "a break is closed that never opened"
    (index,) = found
    assert not breaks[index].resolved, "a break is closed twice"
    assert breaks[index].kind == event.kind, "a break is closed as another kind"
    closed = replace(breaks[index], resolved=True)
    left = (*breaks[:index], closed, *breaks[index + 1 :])
    if event.kind == naming.MISSING_IN_FILE and event.how == naming.DECIDED:
        assert isinstance(state, Awaited), "written off, but not awaited"
        return WrittenOff(left)
    return replace(state, breaks=left)
