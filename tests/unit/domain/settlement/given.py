"""What the tests of settlement are made of: a file of one provider, its lines, our expectations.

Shape: every builder has defaults that fit together: line() answers expectation() exactly.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import TypedDict, Unpack

from domain.settlement import (
    CheckSettlement,
    Command,
    CurrencyTotal,
    Event,
    ExpectSettlement,
    FileLine,
    ImportSettlementFile,
    ReferenceEvent,
    ReportSettlementLines,
    ResolveBreak,
    SealBatch,
    State,
    decide,
    evolve,
    settlement_id,
)

PROVIDER, ACCOUNT = "wechat", "1921000401"
DAY_US = 86_400_000_000
AT_US = 1_700_000_000_000_000
PROMISED_DAYS = 3
DUE_US = AT_US + PROMISED_DAYS * DAY_US
CHARGE = "wechat/1921000401/charge/order-1"
Given = State | tuple[State | None, ...] | None


def reference_id(reference: str, kind: str) -> str:
    return settlement_id(
        provider=PROVIDER, merchant_account=ACCOUNT, kind=kind, reference=reference
    )


def file(
    lines: int = 1,
    totals: tuple[CurrencyTotal, ...] = (CurrencyTotal("CNY", 100, 3, 97),),
    *,
    batch_id: str = "b1",
    sha256: str = "5ha",
    day: str = "2019-02-19",
) -> ImportSettlementFile:
    return ImportSettlementFile(
        batch_id, PROVIDER, ACCOUNT, "wechat", "bill.csv", sha256, day, lines, totals
    )


class Where(TypedDict, total=False):
    """What a line says beside its figures, where it is not the default."""

    currency: str
    batch_id: str
    reference: str
    kind: str


def line(
    number: int = 2, gross: int = 100, fee: int = 3, **where: Unpack[Where]
) -> ReportSettlementLines:
    """A command of one line."""
    printed = FileLine(
        number,
        where.get("kind", "charge"),
        where.get("reference", "order-1"),
        "4200000263",
        gross,
        fee,
        gross - fee,
        where.get("currency", "CNY"),
    )
    batch_id = where.get("batch_id", "b1")
    return ReportSettlementLines(batch_id, PROVIDER, ACCOUNT, "2019-02-19", (printed,))


def together(*commands: ReportSettlementLines) -> ReportSettlementLines:
    """The lines of commands of one batch in one."""
    (batch_id,) = {command.batch_id for command in commands}
    lines = tuple(line for command in commands for line in command.lines)
    return replace(commands[0], batch_id=batch_id, lines=lines)


def only(command: ReportSettlementLines) -> FileLine:
    """The line of a command of one."""
    (printed,) = command.lines
    return printed


def expectation(
    amount: int = 100,
    currency: str = "CNY",
    *,
    reference: str = "order-1",
    kind: str = "charge",
    expected_on: str = "2019-02-19",
) -> ExpectSettlement:
    return ExpectSettlement(
        reference_id(reference, kind),
        PROVIDER,
        ACCOUNT,
        kind,
        reference,
        amount,
        currency,
        expected_on,
        PROMISED_DAYS,
    )


def check(batch_id: str = "") -> CheckSettlement:
    return CheckSettlement(CHARGE, batch_id)


def resolve(
    number: int = 1, account: str = "writeoff", note: str = "agreed with the provider"
) -> ResolveBreak:
    return ResolveBreak(CHARGE, f"{CHARGE}#{number}", account, note)


def told(command: Command, given: Given = None, at_us: int = AT_US) -> tuple[Event, ...]:
    """The events of a command that must not be refused."""
    outcome = decide(command, given, at_us)
    assert isinstance(outcome, tuple), outcome
    return outcome


def past(events: Iterable[Event], state: State | None = None) -> State:
    """The state that a history leaves."""
    after = reduce(evolve, events, state)
    assert after is not None, "a history of nothing"
    return after


def arriving(*lines: ReportSettlementLines, of: ImportSettlementFile | None = None) -> State:
    """A batch of which these lines have come."""
    batch = past(told(of or file()))
    for each in lines:
        batch = past(told(each, (batch, None))[:1], batch)
    return batch


def sealed() -> State:
    """The batch b1, whole."""
    batch = arriving(line())
    return past(told(SealBatch("b1"), batch), batch)


def reference(*commands: Command, at_us: int = AT_US) -> State:
    """A reference to which all this has happened, while its batch was arriving."""
    state: State | None = None
    for command in commands:
        given: Given = state
        if isinstance(command, ReportSettlementLines):
            given = (past(told(file(batch_id=command.batch_id))), state)
        if isinstance(command, CheckSettlement) and command.batch_id:
            given = (sealed(), state)
        events = told(command, given, at_us)
        state = past([event for event in events if isinstance(event, ReferenceEvent)], state)
    assert state is not None, "nothing has happened"
    return state
