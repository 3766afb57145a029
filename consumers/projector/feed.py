"""What comes next of a book becomes rows of the models that want it.

Shape: Feed.apply(connection, book, batch) applies it in one transaction, DeadLetterFeed.take a
poll's dead letters. Rules: what a model holds already is cut; what is missing, in front of a batch
or amid it, is fetched, from where the models stand; a model of money that meets an unknown event
stops, stale and never wrong, and the others go on. A foreign record is logged, counted and passed
over.
Errors: Outage; psycopg's operational errors are made one. Searching, of `fetch`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import psycopg
import structlog
from confluent_kafka import Message

from commands.outage import Outage
from consumers.projector.decoding import Foreign
from projections.apply import Applied, Gap, apply_batch, skip
from projections.batches import runs
from projections.dead_letters import keep
from projections.model import Model
from projections.recorded import DeadLetter, Recorded

FETCH_MAX = 20_000  # Records fetched for a gap in one go; the rest in the next.
TOLD_MAX = 10  # Foreign records of a poll that are named; the others are counted.


class Span(NamedTuple):
    """What comes after one sequence, up to another."""

    after: int
    to: int


class Searching(Exception):  # noqa: N818 - a state, not an error.
    """What is missing is not found yet. Nothing is lost by asking later: the search goes on."""


Fetch = Callable[[str, Span], Sequence[Recorded]]
log = structlog.get_logger()


class Feed:
    """The models of one feed. `fetch(book, span)` brings what was not in what came.

    It gives the first of a span, FETCH_MAX at most, and nothing where nobody has any of it.
    """

    def __init__(self, models: Sequence[Model], fetch: Fetch) -> None:
        self.models = models
        self.fetch = fetch
        self._passes = all(model.passes for model in models)
        self.stopped: dict[tuple[str, str], str] = {}  # Model and book; what it stands before.

    def leave(self, book: str) -> None:
        """Others have it from now on, and what they do to its rows is not known here."""
        for model in self.models:
            model.forget()
            self.stopped.pop((model.name, book), None)

    def going(self, book: str) -> list[Model]:
        """The models that have not stopped in a book."""
        return [model for model in self.models if (model.name, book) not in self.stopped]

    def apply(self, connection: psycopg.Connection, book: str, batch: Sequence[Recorded]) -> None:
        """Apply what comes next of a book, and before it what is missing."""
        try:
            if self._apply_or_gap(connection, book, batch):
                for run in runs(batch):
                    self._apply_run(connection, book, run)
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error

    def fill(self, connection: psycopg.Connection, gap: Gap) -> None:
        """Apply the first part of what the models lack."""
        missing = self._missing(gap)
        if not self._passes:
            lacking = self._apply_or_gap(connection, gap.book, missing)
            assert lacking is None, "a book's own log has a gap"
            return
        last = gap.expected - 1
        for run in runs(missing):
            self._pass_over(connection, gap.book, Span(last, run[0].sequence - 1))
            self._apply_or_gap(connection, gap.book, run)
            last = run[-1].sequence
        if not missing:
            self._pass_over(connection, gap.book, Span(last, gap.found - 1))

    def _apply_run(
        self, connection: psycopg.Connection, book: str, run: Sequence[Recorded]
    ) -> None:
        """Of records without gap; what the models lack before them comes first, part by part."""
        expected = 0
        while gap := self._apply_or_gap(connection, book, run):
            assert gap.expected > expected, "what was fetched has brought nobody on"
            expected = gap.expected
            self.fill(connection, gap)

    def _apply_or_gap(
        self, connection: psycopg.Connection, book: str, batch: Sequence[Recorded]
    ) -> Gap | None:
        """A Gap: nothing was applied."""
        models = self.going(book)
        if not models:
            return None
        applied = apply_batch(connection, models, book, batch)
        if isinstance(applied, Gap):
            return applied
        self._stop(book, applied)
        return None

    def _missing(self, gap: Gap) -> Sequence[Recorded]:
        log.warning("gap", book=gap.book, expected=gap.expected, found=gap.found)
        fetched = self.fetch(gap.book, Span(gap.expected - 1, gap.found - 1))
        if not fetched and not self._passes:
            raise Outage(f"book {gap.book} lacks what follows {gap.expected - 1}", retry=True)
        return fetched

    def _pass_over(self, connection: psycopg.Connection, book: str, gone: Span) -> None:
        """What nobody has any more is not waited for."""
        if gone.to > gone.after:
            log.error("records_gone", book=book, after=gone.after, to=gone.to)
            skip(connection, self.going(book), book, to=gone.to)

    def _stop(self, book: str, applied: Applied) -> None:
        """Who stands before what it does not know is left out from now on."""
        for unknown in applied.stopped:
            what = f"{unknown.type_name} at {unknown.sequence}"
            self.stopped[unknown.model, book] = what
            said = {"book": book, "model": unknown.model, "before": what, "why": unknown.why}
            log.error("model_stopped", **said)


class DeadLetterFeed:
    """Dead letters: they have no order, each is kept once by its id."""

    def __init__(self, read: Callable[[Message], DeadLetter]) -> None:
        self._read = read
        self.foreign = 0

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> int:
        """Keep a poll's letters; how many there were."""
        letters: list[DeadLetter] = []
        strange: list[Foreign] = []
        for message in messages:
            try:
                letters.append(self._read(message))
            except Foreign as foreign:
                strange.append(foreign)
        self.foreign += told(strange, before=self.foreign)
        try:
            keep(connection, letters)
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        return len(messages)


def told(strange: Sequence[Foreign], *, before: int) -> int:
    """Say which records of a poll are none of ours; how many they are."""
    if strange:
        said = [str(each) for each in strange[:TOLD_MAX]]
        log.error("foreign_records", records=said, now=len(strange), ever=before + len(strange))
    return len(strange)
