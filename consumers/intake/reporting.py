"""What came of an import: one report a batch, and one of a file of several.

Shape: ImportReport; known(…) of a batch that is done; joined(reports, proof) is the file's.
Units: lines of the file.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consumers.intake.publishing import RefusedLines
from providers.settlement_file import FileProof

IMPORTED, ALREADY_IMPORTED, STOPPED_BEFORE_SEAL = "imported", "already_imported", "stopped"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file that counts. `outcome`: imported, already_imported or stopped.

    `fresh` lines were new to the book, `repeated` ones were in it; `refused` ones it did not take,
    and then the batch is not sealed: `refusals` says why of the first of them, line 0 standing for
    the file as a whole. Lines of one command count as one of these, all of them. `absent`: how many
    things of ours the file should have brought and did not; None: not looked yet, because the read
    models are behind. The service looks later. `matched` lines answer what we expected; `breaks`
    counts by kind what was opened about lines; None and empty where the read models are behind, or
    nothing was done. `batches`: what the file is in the book, an account
    each; empty: the one of `proof`.
    """

    outcome: str
    book: str
    proof: FileProof
    fresh: int = 0
    repeated: int = 0
    refused: int = 0
    refusals: tuple[RefusedLines, ...] = ()
    absent: int | None = None
    accepted_because: str = ""  # Why it counts though its own controls do not hold.
    batches: tuple[str, ...] = ()
    matched: int | None = None
    breaks: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def known(self) -> bool:
        """Whether it was done before, so that nothing was looked at now."""
        return self.outcome == ALREADY_IMPORTED and self.absent is None


def known(book: str, proof: FileProof, *, because: str) -> ImportReport:
    """Of a batch that was imported before, and is done."""
    return ImportReport(
        ALREADY_IMPORTED, book, proof, repeated=proof.lines, accepted_because=because
    )


def joined(reports: Sequence[ImportReport], proof: FileProof) -> ImportReport:
    """What came of a file; of several batches: stopped if one is, else new if one is."""
    if len(reports) == 1:
        return reports[0]
    outcomes = {each.outcome for each in reports}
    in_order = (STOPPED_BEFORE_SEAL, IMPORTED, ALREADY_IMPORTED)
    told = [each for each in reports if not each.known]
    absent = [each.absent for each in told if each.absent is not None]
    matched = [each.matched for each in told if each.matched is not None]
    breaks: Counter[str] = Counter()
    for each in reports:
        breaks.update(each.breaks)
    return ImportReport(
        next(each for each in in_order if each in outcomes),
        reports[0].book,
        proof,
        sum(each.fresh for each in reports),
        sum(each.repeated for each in reports),
        sum(each.refused for each in reports),
        tuple(refusal for each in reports for refusal in each.refusals),
        sum(absent) if absent and len(absent) == len(told) else None,
        next((each.accepted_because for each in reports if each.accepted_because), ""),
        tuple(each.proof.batch_id for each in reports),
        sum(matched) if matched and len(matched) == len(told) else None,
        dict(breaks),
    )
