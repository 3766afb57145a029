"""Settlement files: their totals, their lines, and what each line meant for us.

Shape: a row a file, a total, a line; evolve_file, evolve_total and evolve_line are the folds.
Units: amounts are signed minor units, above zero is money towards us.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from domain.settlement import events as settlement
from projections.recorded import Recorded, classes
from projections.rows import Change, Key, Rows, always, day, first
from projections.settlement_relations import FILES, LINES, TOTALS


class File(NamedTuple):
    batch_id: str
    book: str
    provider: str
    merchant_account: str
    format: str
    file_name: str
    sha256: str
    business_day: date | None
    status: str
    lines: int
    accepted_because: str
    lines_reported: int
    imported_at: datetime
    sealed_at: datetime | None
    updated_at: datetime
    book_sequence: int


class Total(NamedTuple):
    batch_id: str
    currency: str
    book: str
    gross: int
    fee: int
    net: int
    book_sequence: int


class Line(NamedTuple):
    batch_id: str
    line_number: int
    book: str
    settlement_id: str
    kind: str
    reference: str
    provider_reference: str
    gross: int
    fee: int
    net: int
    currency: str
    booked_on: date | None
    status: str
    cleared: int | None
    break_id: str
    book_sequence: int


def file_keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),)


def total_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    assert isinstance(event, settlement.SettlementFileImported), "an event without totals"
    return [(event.batch_id, total.currency) for total in event.totals]


def line_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    match event:
        case settlement.SettlementLineReported() | settlement.SettlementMatched():
            return ((event.batch_id, event.line_number),)
        case settlement.BreakOpened() if event.line_number:
            return ((event.batch_id, event.line_number),)
        case _:
            return ()


def evolve_file(row: File | None, change: Change) -> File:
    event, at, sequence = change.recorded.event, change.at, change.recorded.sequence
    if isinstance(event, settlement.SettlementFileImported):
        assert row is None, "a file is imported twice"
        return File(
            event.batch_id,
            change.book,
            event.provider,
            event.merchant_account,
            event.format,
            event.file_name,
            event.sha256,
            day(event.business_day),
            "arriving",
            event.lines,
            event.accepted_because,
            0,
            at,
            None,
            at,
            sequence,
        )
    assert row is not None, "a file that was never imported"
    match event:
        case settlement.SettlementLineReported():
            count = row.lines_reported + 1
            return row._replace(lines_reported=count, updated_at=at, book_sequence=sequence)
        case settlement.BatchSealed():
            return row._replace(
                status="sealed", sealed_at=at, updated_at=at, book_sequence=sequence
            )
        case _:
            raise AssertionError("an event of no file")


def evolve_total(row: Total | None, change: Change) -> Total:
    event, currency = change.recorded.event, change.key[-1]
    assert row is None, "a file states its totals twice"
    assert isinstance(event, settlement.SettlementFileImported), "an event without totals"
    total = next(each for each in event.totals if each.currency == currency)
    return Total(
        event.batch_id,
        total.currency,
        change.book,
        total.gross_minor,
        total.fee_minor,
        total.net_minor,
        change.recorded.sequence,
    )


def evolve_line(row: Line | None, change: Change) -> Line:
    event, sequence = change.recorded.event, change.recorded.sequence
    if isinstance(event, settlement.SettlementLineReported):
        assert row is None, "a line is reported twice"
        return _reported(event, change)
    assert row is not None, "a line that was never reported"
    match event:
        case settlement.SettlementMatched():
            return row._replace(
                status="matched", cleared=event.cleared_minor, book_sequence=sequence
            )
        case settlement.BreakOpened():
            status = row.status if row.status == "matched" else "in_question"
            return row._replace(status=status, break_id=event.break_id, book_sequence=sequence)
        case _:
            raise AssertionError("an event of no line")


def _reported(event: settlement.SettlementLineReported, change: Change) -> Line:
    _, _, kind, reference = event.settlement_id.split("/", 3)
    return Line(
        event.batch_id,
        event.line_number,
        change.book,
        event.settlement_id,
        kind,
        reference,
        event.provider_reference,
        event.gross_minor,
        event.fee_minor,
        event.net_minor,
        event.currency,
        day(event.booked_on),
        status="reported",
        cleared=None,
        break_id="",
        book_sequence=change.recorded.sequence,
    )


def begins_line(recorded: Recorded) -> bool:
    return isinstance(recorded.event, settlement.SettlementLineReported)


IMPORTED = frozenset({settlement.SettlementFileImported})
OF_FILES = frozenset(classes(settlement.BatchEvent))
OF_LINES = frozenset(
    {settlement.SettlementLineReported, settlement.SettlementMatched, settlement.BreakOpened}
)
FILE_ROWS = Rows(FILES, File, file_keys, evolve_file, OF_FILES, first)
TOTAL_ROWS = Rows(TOTALS, Total, total_keys, evolve_total, IMPORTED, always)
LINE_ROWS = Rows(LINES, Line, line_keys, evolve_line, OF_LINES, begins_line)
