"""The rules of a settlement batch: a proven file arrives line by line and is sealed when whole.

Units: integer minor units, signed.
Errors: Refused; its codes are listed in decide.py. What the intake program has proven already
(the sums of a line, a total for each currency once) is asserted.
"""

from domain.decision import ALREADY_EXISTS, Refused
from domain.settlement.commands import (
    CurrencyTotal,
    ImportSettlementFile,
    ReportSettlementLine,
    SealBatch,
)
from domain.settlement.events import BatchSealed, SettlementFileImported, SettlementLineReported
from domain.settlement.naming import is_named
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
        ),
    )


def take_line(
    command: ReportSettlementLine, batch: Batch | None, reference: Reference | None
) -> SettlementLineReported | Refused | None:
    """The batch's part of a line; None: it is a repeat.

    A number above the last one is a new line. One that is not may still be: a line that failed
    and is sent again when later ones have gone through. Its reference knows.
    """
    if batch is None:
        return Refused("batch_unknown", f"no batch {command.batch_id} has been imported")
    _prove(command, batch)
    rises = isinstance(batch, ArrivingBatch) and command.line_number > batch.last_line_number
    if not rises and has_seen(reference, command.batch_id, command.line_number):
        return None
    if isinstance(batch, SealedBatch):
        line = f"line {command.line_number} is not one of it"
        return Refused("batch_sealed", f"batch {command.batch_id} is sealed, {line}")
    return SettlementLineReported(
        command.batch_id,
        command.line_number,
        command.settlement_id,
        command.provider_reference,
        command.gross_minor,
        command.fee_minor,
        command.net_minor,
        command.currency,
        command.booked_on,
    )


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


def _prove(line: ReportSettlementLine, batch: Batch) -> None:
    assert line.line_number >= 1, "lines are counted from one"
    assert line.gross_minor - line.fee_minor == line.net_minor, "a line does not add up"
    assert line.provider == batch.file.provider, "a line of another provider"
    assert line.merchant_account == batch.file.merchant_account, "a line of another account"
    assert is_named(line), "a line under a name that no expectation would have"


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
