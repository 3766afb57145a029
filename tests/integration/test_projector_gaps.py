"""What a model lacks, in front of a batch or amid it, is fetched from the book; nothing spins."""

from collections.abc import Sequence

import psycopg
import pytest

from consumers.projector.feed import Feed, Span
from projections.models import event_models
from projections.recorded import Recorded
from tests.integration.read_side import apply, contents, prepared
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

LOG = record(Story().events)
END = len(LOG)
PART = 5  # Of what is missing, so much is fetched at once.


class Book:
    """The log, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Span] = []

    def fetch(self, _book: str, span: Span) -> Sequence[Recorded]:
        self.asked.append(span)
        return LOG[span.after : min(span.to, span.after + PART)]


# 21 to 30 and from 46 on; the hole is 31 to 45.
BATCH = [*LOG[20:30], *LOG[45:]]


@pytest.mark.parametrize(
    ("held", "asked_from"),
    [(0, 0), (15, 15), (20, 30), (25, 30), (30, 30), (31, 31), (44, 44), (45, None), (60, None)],
)
def test_a_gap_amid_a_batch_is_filled_from_where_the_models_stand(
    reads: psycopg.Connection, dsn: str, held: int, asked_from: int | None
) -> None:
    """Positions before the batch, in it, before, in and behind the hole."""
    if held:
        apply(reads, LOG[:held])
    book = Book()
    Feed(event_models(), book.fetch).apply(reads, "main", BATCH)
    assert [span.after for span in book.asked][:1] == ([] if asked_from is None else [asked_from])
    assert len({span.after for span in book.asked}) == len(book.asked)
    found = contents(reads)
    with prepared(dsn, schema="at_once") as other:
        apply(other, LOG, schema="at_once")
        assert contents(other, "at_once") == found


def test_of_several_gaps_each_is_filled(reads: psycopg.Connection) -> None:
    book = Book()
    every_other = [*LOG[::2], *LOG[-1:]]
    Feed(event_models(), book.fetch).apply(reads, "main", every_other)
    assert apply(reads, []).positions["ledger"] == END
    assert [span.to - span.after for span in book.asked] == [1] * (len(every_other) - 2)
