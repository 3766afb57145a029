"""The intake program: imports what is put into the inbox, and goes on with what was cut off.

Shape: run(surroundings, stop) until told to stop. The folders are looked at every POLL_S: works on
every file system, and a file that somebody is still writing under its last name is not noticed.
Rules: one file at a time, by name within a book; a file that does not count is put aside with the
reason, and the next one is taken. What was cut off is gone on with at the start and every
UNFINISHED_EVERY_S: also what a person's import has left, and seals whose check is still to come.
Errors: Outage, OSError of the inbox itself. A file that another program is importing waits, and so
does one that the disk does not give or take: the others are imported meanwhile. What is no regular
file, and a folder of a book that there is not, are warned of once.
"""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import structlog

from consumers.asking import Stopped
from consumers.intake import records
from consumers.intake.absence import holds
from consumers.intake.importing import Importer
from consumers.intake.inbox import INBOX, Inbox, Told, as_shown
from consumers.intake.records import ARRIVING, Busy, recorded
from consumers.intake.reporting import STOPPED_BEFORE_SEAL, ImportReport
from consumers.surroundings import Surroundings
from infra.event_store.directory import Listing
from providers.settlement_file import FileRefused

POLL_S = 0.5
UNFINISHED_EVERY_S = 10.0
FAILED_S = 10.0  # How long a file waits that the disk failed at.
PATIENCE_S = 2.0  # With the read models, before the next file is taken; later we look again.
log = structlog.get_logger()


def run(surroundings: Surroundings, stop: Event) -> None:
    """Import until told to stop."""
    records.prepare(surroundings.settings.postgres)
    try:
        with closing(Listing(surroundings.settings.postgres)) as listing:
            intake = Intake(surroundings, listing, stop)
            while not stop.is_set():
                intake.turn()
                stop.wait(POLL_S)
    except Stopped:
        log.info("stopped_amid_an_import")  # The next start goes on with it.


class Intake:
    """The program between two looks at its folders."""

    def __init__(self, surroundings: Surroundings, listing: Listing, stop: Event) -> None:
        self._listing = listing
        self._dsn = surroundings.settings.postgres
        self._stop = stop
        self._inbox = Inbox(surroundings.settings.data / INBOX)
        self._importer = Importer(surroundings, stop=stop, patience_s=PATIENCE_S)
        self._resumed_at_s = float("-inf")
        self._passed_over, self._bookless = Told(), Told()
        self._failed: dict[Path, float] = {}  # What the disk failed at, and until when it waits.

    def turn(self) -> None:
        """Take every file that waits, then what was cut off."""
        now_s = time.monotonic()
        self._failed = {path: until for path, until in self._failed.items() if until > now_s}
        passed_over: list[Path] = []
        books = [book.name for book in self._listing.books()]
        for book in books:
            self._inbox.prepare(book)
            seen = self._inbox.look(book)
            passed_over += seen.passed_over
            for path in seen.waiting:
                if self._stop.is_set():
                    return
                if path not in self._failed:
                    self._take(path, book)
        self._tell(passed_over, books)
        if time.monotonic() - self._resumed_at_s > UNFINISHED_EVERY_S:
            self._resume()
            self._resumed_at_s = time.monotonic()

    def _tell(self, passed_over: Sequence[Path], books: Sequence[str]) -> None:
        """Once of each thing that nobody takes, or a person waits for it without a word."""
        for path in self._passed_over.news(passed_over):
            why = "only regular files are taken"
            folder = as_shown(path.parent.name)
            log.warning("passed_over", book=folder, file=as_shown(path.name), why=why)
        for path in self._bookless.news(self._inbox.bookless(books)):
            log.warning("book_unknown", book=as_shown(path.name), folder=as_shown(str(path)))

    def _take(self, path: Path, book: str) -> None:
        name = as_shown(path.name)
        try:
            self._put_aside(path, book, self._imported(path, book))
        except Busy as busy:
            log.info("waiting", book=book, file=name, outage=str(busy))
        except FileNotFoundError:
            log.info("taken_away", book=book, file=name)
        except OSError as error:
            self._failed[path] = time.monotonic() + FAILED_S
            why = error.strerror or type(error).__name__
            log.warning("waiting", book=book, file=name, outage=why, pause_s=FAILED_S)

    def _imported(self, path: Path, book: str) -> ImportReport | FileRefused:
        if os.access(path, os.R_OK) or not path.exists():
            return self._importer.import_file(path, book=book)
        return FileRefused("file_unreadable", "we may not read it")

    def _put_aside(self, path: Path, book: str, outcome: ImportReport | FileRefused) -> None:
        name = as_shown(path.name)
        reason = _reason(outcome)
        if reason is None:
            place = self._inbox.done(path)
            log.info("done", book=book, file=name, place=str(place))
        else:
            place = self._inbox.refused(path, reason)
            log.warning("refused", book=book, file=name, place=str(place), code=reason["code"])

    def _resume(self) -> None:
        with recorded(self._dsn) as known:
            unfinished = [
                each
                for each in known.unfinished()
                if each.status == ARRIVING or holds(known, each.book, each.sealed_sequence)
            ]
        for each in unfinished:
            if self._stop.is_set():
                return
            try:
                self._importer.resume(each)
            except Busy as busy:
                log.info("waiting", book=each.book, correlation_id=each.batch_id, outage=str(busy))


def _reason(outcome: ImportReport | FileRefused) -> Mapping[str, object] | None:
    """Why a file is put aside; None: it is not."""
    at = {"refused_at": datetime.now(UTC).isoformat(timespec="seconds")}
    if isinstance(outcome, FileRefused):
        known = {
            "line_number": outcome.line_number,
            "field": outcome.field,
            "printed": outcome.printed,
            "expected": outcome.expected,
        }
        said = {name: value for name, value in known.items() if value not in (None, "")}
        return {"code": outcome.code, "message": outcome.message, **said, **at}
    if outcome.outcome != STOPPED_BEFORE_SEAL:
        return None
    return {
        "code": "lines_refused",
        "message": f"not sealed: the book refused {outcome.refused} lines, or the whole",
        "batch_ids": list(outcome.batches or (outcome.proof.batch_id,)),
        "lines": [refusal._asdict() for refusal in outcome.refusals],
        **at,
    }
