"""A money file goes into a book: proven whole, kept, published, sealed, and asked what is absent.

Shape: import_file(surroundings, path, book=…) -> ImportReport | FileRefused; Importer is the same
for a program that is told to stop, and goes on with imports that were cut off (`resume`).
Rules: nothing is published of a file that is not proven and kept. It is read from a copy of our
own, which nobody changes meanwhile. Lines that the book does not take stop the import before the
seal: the batch stays open, and importing the file again goes on with it. Whoever is killed is
followed by a run that skips what is known to be in, and whose other repeats change nothing.
Units: lines of the file. Bound: providers/source.py bounds a file; memory is flat.
Errors: Outage (Busy: another program imports a file of this account), Stopped, OSError of a disk.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import structlog

from commands.answer import CommandAnswered
from commands.answering import ACCEPTED
from consumers.asking import SILENCE_S_MAX, Asker
from consumers.intake.absence import Looking, check_absent
from consumers.intake.acceptance import Acceptance, Taken, rising, taken
from consumers.intake.comparison import compared
from consumers.intake.inbox import NAME_BYTES_MAX, is_plain
from consumers.intake.lines import Published
from consumers.intake.publishing import RefusedLines, Tally, publish_lines
from consumers.intake.records import DONE, SEALED, STOPPED, Records, State, Unfinished, recorded
from consumers.intake.reporting import (
    ALREADY_IMPORTED,
    IMPORTED,
    STOPPED_BEFORE_SEAL,
    ImportReport,
    joined,
    known,
)
from consumers.surroundings import Surroundings
from domain.decision import ALREADY_EXISTS
from providers import formats
from providers.settlement_file import FileRefused
from providers.source import FILE_BYTES_MAX

SAVE_EVERY_LINES = 5_000  # What a run may publish again that is in already: a second's worth.
PATIENCE_S = 30.0  # With the read models: they are a second behind, or a rebuild.
COPY_PREFIX = "tally-intake-"
Progress = Callable[[int, int], None]  # Lines answered, lines in all.
NOTHING_SAID = Acceptance()
log = structlog.get_logger()


def import_file(
    surroundings: Surroundings,
    path: Path,
    *,
    book: str,
    format_name: str | None = None,
    progress: Progress | None = None,
) -> ImportReport | FileRefused:
    """Import a file, or go on with it, or say that it is in already."""
    return Importer(surroundings, progress).import_file(path, book=book, format_name=format_name)


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports files until told to stop."""

    surroundings: Surroundings
    progress: Progress | None = None
    stop: Event = field(default_factory=Event)
    patience_s: float = PATIENCE_S
    silence_s_max: float = SILENCE_S_MAX

    def import_file(
        self,
        path: Path,
        *,
        book: str,
        format_name: str | None = None,
        said: Acceptance = NOTHING_SAID,
    ) -> ImportReport | FileRefused:
        """As the function of this name; `said`: what a person answers for."""
        if not is_plain(path.name):
            message = f"its name is not printable UTF-8 of at most {NAME_BYTES_MAX} bytes"
            return FileRefused("file_name_not_plain", message)
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            return FileRefused("file_too_large", f"{size} bytes, more than {FILE_BYTES_MAX}")
        with TemporaryDirectory(prefix=COPY_PREFIX) as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            return self._import(copy, book, format_name=format_name, said=said)

    def resume(self, unfinished: Unfinished) -> ImportReport | FileRefused:
        """Go on with an import that was cut off, from the bytes that were kept.

        What took them may be an older release: if they are refused now, the import is stopped.
        """
        outcome = self._resumed(unfinished)
        if isinstance(outcome, FileRefused):
            with recorded(self.surroundings.settings.postgres) as records:
                records.turn(unfinished.book, batch_id=unfinished.batch_id, status=STOPPED)
            log.error(
                "stopped",
                book=unfinished.book,
                correlation_id=unfinished.batch_id,
                code=outcome.code,
                line_number=outcome.line_number,
            )
        return outcome

    def _resumed(self, unfinished: Unfinished) -> ImportReport | FileRefused:
        with TemporaryDirectory(prefix=COPY_PREFIX) as folder:
            copy = Path(folder) / unfinished.file_name
            with recorded(self.surroundings.settings.postgres) as records, copy.open("wb") as out:
                out.writelines(records.kept(unfinished.sha256))
            said = Acceptance(
                unfinished.accepted_because,
                unfinished.merchant_account,
                again=True,
                batch_id=unfinished.batch_id,
            )
            return self._import(copy, unfinished.book, format_name=unfinished.format, said=said)

    def _import(
        self, copy: Path, book: str, *, format_name: str | None, said: Acceptance
    ) -> ImportReport | FileRefused:
        answer = formats.prove(copy, format_name=format_name)
        batches = taken(answer, said)
        if isinstance(batches, FileRefused):
            return batches
        with recorded(self.surroundings.settings.postgres) as records:
            twice = None if said.again else _twice(records, batches[0])
            outcome = twice or self._put(records, copy, book, batches)
        if isinstance(outcome, FileRefused):
            return outcome
        whole = answer.proof if isinstance(answer, FileRefused) else answer
        assert whole is not None, "batches of a file that was not read to its end"
        return joined(outcome, whole)

    def _put(
        self, records: Records, copy: Path, book: str, batches: Sequence[Taken]
    ) -> list[ImportReport] | FileRefused:
        """All are begun before a line of one goes out: whoever is killed is followed for each."""
        if not records.has_book(book):
            return FileRefused("book_unknown", f"there is no book {book!r:.80}")
        with ExitStack() as alone:
            for batch in batches:
                alone.enter_context(records.alone(batch.proof))
                if other := records.elsewhere(batch.proof, book):
                    account = f"{batch.proof.provider} {batch.proof.merchant_account}"
                    message = f"the files of {account} belong to book {other}"
                    return FileRefused("account_of_another_book", message)
            records.keep(copy, batches[0].proof)
            begin = partial(records.begin, book, file_name=copy.name)
            begun = [(each, begin(each.proof, accepted_because=each.because)) for each in batches]
            if all(state.status == DONE for _, state in begun):
                return [
                    known(book, each.proof, because=state.accepted_because) for each, state in begun
                ]
            asking = Asker(self.surroundings, silence_s_max=self.silence_s_max, stop=self.stop)
            with asking as asker:
                return [
                    _Run(self, records, asker, each, _published(book, each, state)).run(copy, state)
                    for each, state in begun
                ]


def _twice(records: Records, batch: Taken) -> FileRefused | None:
    """Only where a person says whose a file is can it be said in two ways."""
    other = records.under_another_name(batch.proof.sha256, batch.accounts)
    if other is None:
        return None
    account, book = other
    message = f"these very bytes are in book {book} as a file of {account}"
    return FileRefused("file_of_another_account", message)


def _published(book: str, batch: Taken, state: State) -> Published:
    return Published(book, batch.proof, state.accepted_because)


@dataclass(frozen=True, slots=True)
class _Run:
    """One attempt at one batch."""

    importer: Importer
    records: Records
    asker: Asker
    batch: Taken
    published: Published

    def run(self, copy: Path, state: State) -> ImportReport:
        proof, because = self.published.proof, state.accepted_because
        if state.status == DONE:
            return known(self.published.book, proof, because=because)
        report = replace(self._sealed(copy, state), accepted_because=because)
        log.info(
            report.outcome,
            book=report.book,
            correlation_id=proof.batch_id,
            lines=proof.lines,
            fresh=report.fresh,
            refused=report.refused,
            absent=report.absent,
            accepted_because=because,
        )
        return report

    def _sealed(self, copy: Path, state: State) -> ImportReport:
        proof = self.published.proof
        if state.status == SEALED:
            tally = Tally(proof.lines, skipped=proof.lines)
            return self._checked(ALREADY_IMPORTED, tally, state.sealed_sequence)
        tally = Tally(state.last_line)
        begun = self.asker.ask(self.published.beginning(state.file_name))
        if begun.status != ACCEPTED and begun.code != ALREADY_EXISTS:  # By an earlier release.
            return self._stopped(tally, begun)
        self._publish(copy, tally)
        if tally.refused:
            return self._stopped(tally, None)
        seal = self.asker.ask(self.published.seal(state.attempt))
        if seal.status != ACCEPTED:
            return self._stopped(tally, seal)
        book = self.published.book
        sequence = seal.last_sequence or self.records.end_of(book)
        self.records.turn(book, batch_id=proof.batch_id, status=SEALED, sealed_sequence=sequence)
        fresh = tally.fresh or (seal.first_sequence and not seal.replayed)
        return self._checked(IMPORTED if fresh else ALREADY_IMPORTED, tally, sequence)

    def _publish(self, copy: Path, tally: Tally) -> None:
        published = self.published
        saved, told = tally.last_line, 0
        lines = self.batch.lines(rising(formats.lines(copy, published.proof)))
        for _ in publish_lines(self.asker, published, lines, tally):
            if tally.answered - told >= SAVE_EVERY_LINES:
                saved, told = self._save(tally, saved), tally.answered
        self._save(tally, saved)

    def _save(self, tally: Tally, saved: int) -> int:
        published = self.published
        if tally.last_line > saved:
            batch_id = published.proof.batch_id
            self.records.advance(published.book, batch_id=batch_id, last_line=tally.last_line)
        if self.importer.progress is not None:
            self.importer.progress(tally.answered, published.proof.lines)
        return tally.last_line

    def _stopped(self, tally: Tally, whole: CommandAnswered | None) -> ImportReport:
        """The batch stays open. `whole`: the answer that refused the file as a whole."""
        published = self.published
        batch_id = published.proof.batch_id
        self.records.turn(published.book, batch_id=batch_id, status=STOPPED)
        refusals = tally.refusals
        if whole is not None:
            refusals = [RefusedLines(0, 0, whole.status, whole.code, whole.detail)]
        return self._report(STOPPED_BEFORE_SEAL, tally, refusals=tuple(refusals))

    def _checked(self, outcome: str, tally: Tally, sealed_sequence: int) -> ImportReport:
        published, importer = self.published, self.importer
        looking = Looking(sealed_sequence, importer.patience_s, importer.stop)
        absent = check_absent(self.asker, self.records, published, looking)
        report = self._report(outcome, tally, absent=absent)
        if absent is None:
            return report
        book, batch_id = published.book, published.proof.batch_id
        self.records.turn(book, batch_id=batch_id, status=DONE)
        matched, breaks = compared(self.records, book, batch_id=batch_id)
        return replace(report, matched=matched, breaks=breaks)

    def _report(
        self,
        outcome: str,
        tally: Tally,
        *,
        refusals: tuple[RefusedLines, ...] = (),
        absent: int | None = None,
    ) -> ImportReport:
        return ImportReport(
            outcome,
            self.published.book,
            self.published.proof,
            tally.fresh,
            tally.skipped + tally.repeated,
            tally.refused,
            refusals,
            absent,
        )
