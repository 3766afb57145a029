"""The rules of a settlement reference: what our books expect and what the files say, compared.

Units: integer minor units, signed. `at_us`, `due_us`: microseconds since 1970, UTC.
Order: lines and expectations come in any order and end in the same ledger. A line that comes
first waits in the suspense of its break, one line a currency; the expectation takes it from there.
Errors: Refused; its codes are listed in decide.py.
"""

from dataclasses import replace

from domain.accounting.accounts import ROUNDING, WRITEOFF, receivable
from domain.decision import ALREADY_EXISTS, Refused
from domain.settlement import naming
from domain.settlement.commands import CheckSettlement, ExpectSettlement, ResolveBreak
from domain.settlement.events import (
    BreakOpened,
    BreakResolved,
    ReferenceEvent,
    SettlementExpected,
    SettlementLineReported,
    SettlementMatched,
)
from domain.settlement.state import (
    ArrivingBatch,
    Awaited,
    Batch,
    Break,
    Expectation,
    Reference,
    Settled,
    Unexpected,
    breaks_of,
    open_break,
)

US_A_DAY = 24 * 60 * 60 * 1_000_000
ACCOUNTS = {"writeoff": WRITEOFF, "rounding": ROUNDING}  # What a person may resolve to.


def take_line(
    line: SettlementLineReported, reference: Reference | None
) -> tuple[ReferenceEvent, ...]:
    """What a line means for its reference: it answers an expectation, or it opens a break."""
    breaks = breaks_of(reference)
    match reference:
        case Awaited(expectation) if expectation.currency == line.currency:
            return _settle(line, expectation, breaks)
        case Awaited():
            kind = naming.CURRENCY_DIFFERS
        case Settled():
            kind = naming.DUPLICATE_LINE
        case _ if _was_there(breaks, line.currency):
            kind = naming.DUPLICATE_LINE
        case _:
            kind = naming.MISSING_IN_EVENTS
    return (_whole_line(line, kind, breaks),)


def expect(
    command: ExpectSettlement, reference: Reference | None, at_us: int
) -> tuple[ReferenceEvent, ...] | Refused:
    """What our books expect; a line of its currency that was there first answers at once."""
    if not (reference is None or isinstance(reference, Unexpected)):
        return Refused(ALREADY_EXISTS, f"{command.settlement_id} is expected already")
    assert command.amount_minor != 0, "nothing is expected"
    assert command.promised_days >= 0, "promised for the past"
    assert naming.is_named(command), "expected under a name that no line would have"
    assert command.kind in naming.EXPECTED_KINDS, "expected of a kind that lines are not told by"
    expected = SettlementExpected(
        command.settlement_id,
        command.provider,
        command.merchant_account,
        command.kind,
        command.reference,
        command.amount_minor,
        command.currency,
        command.expected_on,
        command.promised_days,
        at_us + command.promised_days * US_A_DAY,
    )
    breaks = breaks_of(reference)
    waiting = open_break(breaks, naming.MISSING_IN_EVENTS, currency=command.currency)
    if waiting is None:
        return (expected,)
    return (expected, *_answer(command, waiting, breaks))


def check(
    command: CheckSettlement, batch: Batch | None, reference: Reference | None, at_us: int
) -> tuple[ReferenceEvent, ...] | Refused:
    """Whether it is overdue: by a sealed batch that covers its day, or by the promised days."""
    if command.batch_id and batch is None:
        return Refused("batch_unknown", f"no batch {command.batch_id} has been imported")
    if isinstance(batch, ArrivingBatch):
        return Refused("batch_not_sealed", f"lines of {command.batch_id} are still to come")
    if not isinstance(reference, Awaited) or open_break(reference.breaks, naming.MISSING_IN_FILE):
        return ()
    expectation = reference.expectation
    covered = expectation.due_us <= at_us if batch is None else _covers(batch, expectation)
    if not covered:
        return ()
    return (
        BreakOpened(
            command.settlement_id,
            naming.break_id(command.settlement_id, len(reference.breaks) + 1),
            naming.MISSING_IN_FILE,
            expectation.provider,
            expectation.merchant_account,
            expectation.reference,
            command.batch_id,
            0,
            -expectation.amount_minor,
            expectation.currency,
            0,
            0,
            0,
        ),
    )


def resolve(command: ResolveBreak, reference: Reference | None) -> tuple[BreakResolved] | Refused:
    """A person's decision. What is missing in the files can only be written off, as a whole."""
    named = [each for each in breaks_of(reference) if each.break_id == command.break_id]
    if not named:
        return Refused("break_unknown", f"{command.settlement_id} has no such break")
    if named[0].resolved:
        return Refused("break_already_resolved", f"{command.break_id} is closed")
    account = ACCOUNTS.get(command.account)
    if account is None:
        return Refused("account_unknown", f"one of {', '.join(sorted(ACCOUNTS))}")
    if named[0].kind == naming.MISSING_IN_FILE and account != WRITEOFF:
        return Refused("account_not_allowed", "what a file does not have is no rounding")
    return (_resolved(named[0], how=naming.DECIDED, account=account, note=command.note),)


def _settle(
    line: SettlementLineReported, expectation: Expectation, breaks: tuple[Break, ...]
) -> tuple[ReferenceEvent, ...]:
    """The line answers; if its absence was a case already, that is closed."""
    matched = SettlementMatched(
        line.settlement_id,
        expectation.provider,
        line.batch_id,
        line.line_number,
        line.gross_minor,
        line.fee_minor,
        line.net_minor,
        expectation.amount_minor,
        line.currency,
        "",
    )
    missing = open_break(breaks, naming.MISSING_IN_FILE)
    arrived = (
        ()
        if missing is None
        else (_resolved(replace(missing, amount_minor=0), how=naming.ARRIVED, account=""),)
    )
    return (matched, *arrived, *_difference(matched, expectation, breaks))


def _answer(
    command: ExpectSettlement, waiting: Break, breaks: tuple[Break, ...]
) -> tuple[ReferenceEvent, ...]:
    """The line was there first: out of suspense, which leaves the receivable at our amount."""
    matched = SettlementMatched(
        command.settlement_id,
        command.provider,
        waiting.batch_id,
        waiting.line_number,
        waiting.amount_minor,
        waiting.fee_minor,
        waiting.amount_minor - waiting.fee_minor,
        command.amount_minor,
        command.currency,
        waiting.break_id,
    )
    owed = receivable(command.provider)
    later = _resolved(waiting, how=naming.EXPECTED_LATER, account=owed)
    return (matched, later, *_difference(matched, command, breaks))


def _difference(
    matched: SettlementMatched,
    of: Expectation | ExpectSettlement,
    breaks: tuple[Break, ...],
) -> tuple[BreakOpened, ...]:
    if matched.gross_minor == matched.cleared_minor:
        return ()
    return (
        BreakOpened(
            matched.settlement_id,
            naming.break_id(matched.settlement_id, len(breaks) + 1),
            naming.AMOUNT_DIFFERS,
            matched.provider,
            of.merchant_account,
            of.reference,
            matched.batch_id,
            matched.line_number,
            matched.gross_minor - matched.cleared_minor,
            matched.currency,
            0,
            0,
            0,
        ),
    )


def _whole_line(line: SettlementLineReported, kind: str, breaks: tuple[Break, ...]) -> BreakOpened:
    provider, merchant_account, _, reference = naming.parts_of(line.settlement_id)
    return BreakOpened(
        line.settlement_id,
        naming.break_id(line.settlement_id, len(breaks) + 1),
        kind,
        provider,
        merchant_account,
        reference,
        line.batch_id,
        line.line_number,
        line.gross_minor,
        line.currency,
        line.gross_minor,
        line.fee_minor,
        line.net_minor,
    )


def _resolved(case: Break, *, how: str, account: str, note: str = "") -> BreakResolved:
    return BreakResolved(
        naming.settlement_of(case.break_id),
        case.break_id,
        case.kind,
        how,
        case.provider,
        account,
        case.amount_minor,
        case.currency,
        note,
    )


def _was_there(breaks: tuple[Break, ...], currency: str) -> bool:
    """Whether a line of this currency came before, still waiting or resolved by a person."""
    return any(
        each.kind == naming.MISSING_IN_EVENTS and each.currency == currency for each in breaks
    )


def _covers(batch: Batch, expectation: Expectation) -> bool:
    file = batch.file
    same = (file.provider, file.merchant_account)
    return (
        same == (expectation.provider, expectation.merchant_account)
        and expectation.expected_on <= file.business_day
    )
