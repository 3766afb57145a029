"""The rules of a settlement batch: a proven file arrives line by line and is sealed when whole.

Units: integer minor units, signed.
Errors: Refused; its codes are listed in decide.py. What the intake program has proven already
(the sums of a line, a total for each currency once) is asserted, with the line's number.
"""

from domain.decision import ALREADY_EXISTS, Refused
from domain.settlement.commands import (
    CurrencyTotal,
    FileLine,
    ImportSettlementFile,
    ReportSettlementLines,
    SealBatch,
)
from domain.settlement.events import BatchSealed, SettlementFileImported, SettlementLineReported
from domain.settlement.naming import settlement_ids
from domain.settlement.state import ArrivingBatch, Batch, Reference, SealedBatch, has_seen

Sums = dict[str, tuple[int, int, int]]  # By currency: gross, fee, net.
NOTHING = (0, 0, 0)


def begin(
    command: ImportSettlementFile, batch: Batch | None
) -> tuple[SettlementFileImported] | Refused:
    if batch is not None:
        return Refused(ALREADY_EXISTS, f"batch {command.batch_id} has been imported")
    assert command.lines >= 0, "a file of fewer than no lines"
    currencies = [total.currency for total in command.totals]
    assert len(set(currencies)) == len(currencies), "two totals of one currency"
    return (
        SettlementFileImported(
            command.batch_id,
            command.provider,
            command.merchant_account,
            command.format,
            command.file_name,
            command.sha256,
            command.business_day,
            command.lines,
            command.totals,
            command.accepted_because,
        ),
    )


def reported(command: ReportSettlementLines, batch: Batch) -> list[SettlementLineReported]:
    """The lines of a command as the batch has them."""
    assert command.provider == batch.file.provider, "lines of another provider"
    assert command.merchant_account == batch.file.merchant_account, "lines of another account"
    _prove(command.lines)
    return [
        SettlementLineReported(
            command.batch_id,
            line.line_number,
            settlement_id,
            line.provider_reference,
            line.gross_minor,
            line.fee_minor,
            line.net_minor,
            line.currency,
            command.booked_on,
        )
        for line, settlement_id in zip(command.lines, settlement_ids(command), strict=True)
    ]


def is_new(
    line: SettlementLineReported, batch: Batch, reference: Reference | None
) -> bool | Refused:
    """Whether a line counts, or is a repeat.

    A number above the last one is a new line. One that is not may still be: a line that failed
    and is sent again when later ones have gone through. Its reference knows.
    """
    rises = isinstance(batch, ArrivingBatch) and line.line_number > batch.last_line_number
    if not rises and has_seen(reference, line.batch_id, line.line_number):
        return False
    if isinstance(batch, SealedBatch):
        what = f"line {line.line_number} is not one of it"
        return Refused("batch_sealed", f"batch {line.batch_id} is sealed, {what}")
    return True


def seal(command: SealBatch, batch: Batch | None) -> tuple[BatchSealed, ...] | Refused:
    if batch is None:
        return Refused("batch_unknown", f"no batch {command.batch_id} has been imported")
    if isinstance(batch, SealedBatch):
        return ()
    if difference := _difference(batch):
        return Refused("batch_incomplete", difference)
    file = batch.file
    return (
        BatchSealed(
            command.batch_id, file.provider, file.merchant_account, file.business_day, file.lines
        ),
    )


def _prove(lines: tuple[FileLine, ...]) -> None:
    before = 0
    for line in lines:
        number = line.line_number
        assert number > before, f"line {number} after line {before}"
        adds_up = line.gross_minor - line.fee_minor == line.net_minor
        assert adds_up, f"line {number} does not add up"
        before = number


def _difference(batch: ArrivingBatch) -> str:
    """In words, what is printed and was not counted; empty when nothing is left to say."""
    said: list[str] = []
    if batch.file.lines != batch.lines:
        said.append(f"lines: {batch.file.lines} printed, {batch.lines} counted")
    printed, counted = _sums(batch.file.totals), _sums(batch.counted)
    for currency in sorted(printed.keys() | counted.keys()):
        pairs = zip(printed.get(currency, NOTHING), counted.get(currency, NOTHING), strict=True)
        said.extend(
            f"{currency} {what}: {of_file} printed, {of_lines} counted"
            for what, (of_file, of_lines) in zip(("gross", "fee", "net"), pairs, strict=True)
            if of_file != of_lines
        )
    return "; ".join(said)


def _sums(totals: tuple[CurrencyTotal, ...]) -> Sums:
    return {each.currency: (each.gross_minor, each.fee_minor, each.net_minor) for each in totals}
