"""Settlement: what we expect of providers, what their files say, and where the two disagree.

Shape: a row a reference (one thing at a provider) and a row a break; evolve_reference and
evolve_break are the folds. Files and their lines are in settlement_files.py, one read model.
Rules: money. It stops at an event that it does not know.
Units: amounts are signed minor units, above zero is money towards us.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from domain.settlement import events as settlement
from domain.settlement.naming import DECIDED, MISSING_IN_FILE
from projections.model import RowsModel
from projections.recorded import Recorded, classes
from projections.relations import Relations
from projections.rows import Change, Key, Rows, Told, day, first, moment
from projections.settlement_files import FILE_ROWS, LINE_ROWS, TOTAL_ROWS
from projections.settlement_relations import (
    BREAKS,
    COMPARISON,
    FILES,
    LINES,
    REFERENCES,
    TOTALS,
)


class Reference(NamedTuple):
    settlement_id: str
    book: str
    provider: str
    merchant_account: str
    kind: str
    reference: str
    status: str
    expected: int | None
    currency: str | None
    expected_on: date | None
    due_at: datetime | None
    settled: int | None
    batch_id: str
    line_number: int
    breaks_open: int
    matched_at: datetime | None
    updated_at: datetime
    book_sequence: int


class Break(NamedTuple):
    break_id: str
    book: str
    settlement_id: str
    kind: str
    provider: str
    merchant_account: str
    reference: str
    batch_id: str
    line_number: int
    amount: int
    currency: str
    gross: int
    fee: int
    net: int
    status: str
    how: str
    account: str
    note: str
    opened_at: datetime
    resolved_at: datetime | None
    book_sequence: int


def reference_keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),)


def break_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    assert isinstance(event, settlement.BreakOpened | settlement.BreakResolved), "of no break"
    return ((event.break_id,),)


def begins_break(recorded: Recorded) -> bool:
    return isinstance(recorded.event, settlement.BreakOpened)


def evolve_reference(row: Reference | None, change: Change) -> Reference:
    event = change.recorded.event
    at, sequence = change.at, change.recorded.sequence
    row = _met(change) if row is None else row
    match event:
        case settlement.SettlementExpected():
            assert row.status == "unexpected", "expected twice"
            return row._replace(
                status="expected",
                expected=event.amount_minor,
                currency=event.currency,
                expected_on=day(event.expected_on),
                due_at=moment(event.due_us),
                updated_at=at,
                book_sequence=sequence,
            )
        case settlement.SettlementMatched():
            assert row.status == "expected", "matched with nothing expected"
            return MATCHED.over(row, change)
        case settlement.BreakOpened():
            opened = row.breaks_open + 1
            return row._replace(breaks_open=opened, updated_at=at, book_sequence=sequence)
        case settlement.BreakResolved():
            assert row.breaks_open > 0, "a break is resolved that never opened"
            given_up = event.kind == MISSING_IN_FILE and event.how == DECIDED
            status = "written_off" if given_up else row.status
            left = row.breaks_open - 1
            return row._replace(
                status=status, breaks_open=left, updated_at=at, book_sequence=sequence
            )
        case _:
            raise AssertionError("an event of no reference")


def matched(change: Change) -> tuple[object, ...]:
    event = change.recorded.event
    assert isinstance(event, settlement.SettlementMatched), "an event that matches nothing"
    at, sequence = change.at, change.recorded.sequence
    return ("matched", event.gross_minor, event.batch_id, event.line_number, at, at, sequence)


MATCHED = Told(
    settlement.SettlementMatched,
    ("status", "settled", "batch_id", "line_number", "matched_at", "updated_at", "book_sequence"),
    matched,
)


def evolve_break(row: Break | None, change: Change) -> Break:
    event = change.recorded.event
    if isinstance(event, settlement.BreakOpened):
        assert row is None, "a break opens twice"
        return _opened(event, change)
    assert isinstance(event, settlement.BreakResolved), "an event of no break"
    assert row is not None, "a break that never opened"
    assert row.status == "open", "a break is resolved twice"
    return row._replace(
        status="resolved",
        how=event.how,
        account=event.account,
        note=event.note,
        resolved_at=change.at,
        book_sequence=change.recorded.sequence,
    )


def _met(change: Change) -> Reference:
    """A reference as its name alone tells it."""
    settlement_id = change.recorded.aggregate_id
    provider, merchant_account, kind, reference = settlement_id.split("/", 3)
    return Reference(
        settlement_id,
        change.book,
        provider,
        merchant_account,
        kind,
        reference,
        status="unexpected",
        expected=None,
        currency=None,
        expected_on=None,
        due_at=None,
        settled=None,
        batch_id="",
        line_number=0,
        breaks_open=0,
        matched_at=None,
        updated_at=change.at,
        book_sequence=change.recorded.sequence,
    )


def _opened(event: settlement.BreakOpened, change: Change) -> Break:
    return Break(
        event.break_id,
        change.book,
        event.settlement_id,
        event.kind,
        event.provider,
        event.merchant_account,
        event.reference,
        event.batch_id,
        event.line_number,
        event.amount_minor,
        event.currency,
        event.gross_minor,
        event.fee_minor,
        event.net_minor,
        status="open",
        how="",
        account="",
        note="",
        opened_at=change.at,
        resolved_at=None,
        book_sequence=change.recorded.sequence,
    )


OF_REFERENCES = frozenset(classes(settlement.ReferenceEvent))
OF_BREAKS = frozenset({settlement.BreakOpened, settlement.BreakResolved})
TABLES = (FILES, TOTALS, LINES, REFERENCES, BREAKS)


class Settlement(RowsModel):
    name = "settlement"
    version = 2
    relations = Relations(
        tables=TABLES, views=(COMPARISON,), compared=tuple(table.name for table in TABLES)
    )
    aggregates = frozenset({"settlement_batch", "settlement_reference"})
    rows = (
        FILE_ROWS,
        TOTAL_ROWS,
        LINE_ROWS,
        Rows(
            REFERENCES,
            Reference,
            reference_keys,
            evolve_reference,
            OF_REFERENCES,
            first,
            MATCHED,
        ),
        Rows(BREAKS, Break, break_keys, evolve_break, OF_BREAKS, begins_break),
    )
