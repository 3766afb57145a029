"""What is published of a money file: that it begins, its lines by parts, its seal, its checks.

Shape: parts(lines) puts together what goes into one command; Published(book, proof) makes an Ask
each; first_line_of(answer) says which part was answered. Names follow from batch and lines alone,
so that publishing again is a repeat. A seal has the number of the attempt in its name: a refusal of
the last one is none of this one.
Units: minor units; the business day of a line is the day on which the provider has booked it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from commands.answer import CommandAnswered
from consumers.asking import Ask
from domain.settlement import (
    EXPECTED_KINDS,
    CheckSettlement,
    CurrencyTotal,
    FileLine,
    ImportSettlementFile,
    ReportSettlementLines,
    SealBatch,
)
from providers.settlement_file import FileProof, SettlementLine, shown
from schemas.meta import CommandMeta
from schemas.names import Command

CLIENT = "intake"
APART = "~"
REFERENCE_MAX, WORDS_MAX, DIGEST_DIGITS = 100, 60, 32  # Our own keys have 64 at most.
LINES_MAX = 50  # Of a command: what one costs beside its lines is a fiftieth then.


@dataclass(frozen=True, slots=True)
class Published:
    """One file on its way into one book."""

    book: str
    proof: FileProof
    accepted_because: str = ""  # As intake has it on record.

    @property
    def _day(self) -> str:
        return self.proof.business_day.isoformat()

    def beginning(self, file_name: str) -> Ask:
        """`file_name`: as it was when the import began."""
        proof = self.proof
        command = ImportSettlementFile(
            proof.batch_id,
            proof.provider,
            proof.merchant_account,
            proof.format,
            file_name,
            proof.sha256,
            self._day,
            proof.lines,
            tuple(
                CurrencyTotal(code, sums.gross_minor, sums.fee_minor, sums.net_minor)
                for code, sums in proof.currencies.items()
            ),
            self.accepted_because,
        )
        return self._ask(command, "begin", effective_on=self._day)

    def lines(self, lines: Sequence[SettlementLine]) -> Ask:
        """Some that follow each other, of one day: see `parts`."""
        proof, first, last = self.proof, lines[0], lines[-1]
        booked_on = first.booked_at.date().isoformat()
        command = ReportSettlementLines(
            proof.batch_id,
            proof.provider,
            proof.merchant_account,
            booked_on,
            tuple(
                FileLine(
                    line.line_number,
                    line.kind.replace("/", "-"),  # It parts names; only an unknown kind has it.
                    reference_of(line),
                    line.provider_reference,
                    line.gross_minor,
                    line.fee_minor,
                    line.net_minor,
                    line.currency,
                )
                for line in lines
            ),
        )
        thing = f"{first.line_number}-{last.line_number}"
        return self._ask(command, thing, effective_on=booked_on)

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


def reference_of(line: SettlementLine) -> str:
    """Our key where something of ours may answer to it.

    Of any other line many may share one (a bank's words, an order's fees), so what tells them apart
    stands behind it: two lines are of one thing only where they say the same twice. What is longer
    than any key of ours is cut, with a digest of the whole: it is part of names that are bounded.
    """
    told = line.reference
    if line.kind not in EXPECTED_KINDS and line.line_identity != told:
        told = f"{told}{APART}{line.line_identity}"
    if len(told) <= REFERENCE_MAX and told.isprintable():
        return told
    digest = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_DIGITS]
    return f"{shown(line.reference)[:WORDS_MAX]}{APART}{digest}"


def parts(lines: Iterable[SettlementLine]) -> Iterator[list[SettlementLine]]:
    """What goes together: up to LINES_MAX lines of one day, cut the same way in every run."""
    part: list[SettlementLine] = []
    for line in lines:
        if part and (len(part) == LINES_MAX or line.booked_at.date() != part[0].booked_at.date()):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def first_line_of(answer: CommandAnswered) -> int:
    """Of the answer to lines."""
    return int(answer.idempotency_key.rpartition("/")[2].partition("-")[0])
