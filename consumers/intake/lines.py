"""What is published of a money file: that it begins, each of its lines, its seal, its checks.

Shape: Published(book, proof) makes an Ask each; line_number_of(answer) says which line was
answered. Names follow from batch and line alone, so that publishing again is a repeat. A seal has
the number of the attempt in its name: a refusal of the last one is none of this one.
Units: minor units; the business day of a line is the day on which the provider has booked it.
"""

from dataclasses import dataclass
from pathlib import Path

from commands.answer import CommandAnswered
from consumers.asking import Ask
from domain.settlement import (
    CheckSettlement,
    CurrencyTotal,
    ImportSettlementFile,
    ReportSettlementLine,
    SealBatch,
    settlement_id,
)
from providers.settlement_file import FileProof, SettlementLine
from schemas.meta import CommandMeta
from schemas.names import Command

CLIENT = "intake"


@dataclass(frozen=True, slots=True)
class Published:
    """One file on its way into one book."""

    book: str
    proof: FileProof

    @property
    def _day(self) -> str:
        return self.proof.business_day.isoformat()

    def beginning(self, path: Path) -> Ask:
        """`path`: only its name is told."""
        proof = self.proof
        command = ImportSettlementFile(
            proof.batch_id,
            proof.provider,
            proof.merchant_account,
            proof.format,
            path.name,
            proof.sha256,
            self._day,
            proof.lines,
            tuple(
                CurrencyTotal(code, sums.gross_minor, sums.fee_minor, sums.net_minor)
                for code, sums in proof.currencies.items()
            ),
        )
        return self._ask(command, "import", effective_on=self._day)

    def line(self, line: SettlementLine) -> Ask:
        proof = self.proof
        booked_on = line.booked_at.date().isoformat()
        command = ReportSettlementLine(
            settlement_id(
                provider=line.provider,
                merchant_account=proof.merchant_account,
                kind=line.kind,
                reference=line.reference,
            ),
            proof.batch_id,
            line.line_number,
            line.provider,
            proof.merchant_account,
            line.kind,
            line.reference,
            line.provider_reference,
            line.gross_minor,
            line.fee_minor,
            line.net_minor,
            line.currency,
            booked_on,
        )
        return self._ask(command, str(line.line_number), effective_on=booked_on)

    def seal(self, attempt: int) -> Ask:
        return self._ask(SealBatch(self.proof.batch_id), f"seal/{attempt}", effective_on=self._day)

    def check(self, settlement_id: str) -> Ask:
        command = CheckSettlement(settlement_id, self.proof.batch_id)
        return self._ask(command, f"check/{settlement_id}", effective_on="")

    def _ask(self, command: Command, thing: str, *, effective_on: str) -> Ask:
        batch_id = self.proof.batch_id
        meta = CommandMeta(
            CLIENT, f"{batch_id}/{thing}", correlation_id=batch_id, effective_on=effective_on
        )
        return Ask(self.book, meta, command, internal=True)


def line_number_of(answer: CommandAnswered) -> int:
    """Of the answer to a line."""
    return int(answer.idempotency_key.rpartition("/")[2])
