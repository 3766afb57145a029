"""Answers that nobody has any more: the model begins with what there is, and says what it lacks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
import pytest

from consumers.projector.feed import Feed, Span
from projections.answers import Commands
from projections.building import At, Source
from projections.rebuild import Rebuilt, rebuild
from projections.recorded import Answer, Recorded, answered
from projections.rows import moment
from tests.integration.memory_log import opening
from tests.integration.read_side import apply, ask, prepared

AT_US = 1_772_000_000_000_000
PLACES = "SELECT answer_sequence FROM read.commands ORDER BY 1"
POSITION = "SELECT sequence, passed FROM read.position WHERE model = 'commands'"


def answers(*sequences: int) -> list[Recorded]:
    return [
        answered(
            Answer(
                "main",
                sequence,
                f"{sequence:032x}",
                "shop",
                f"key-{sequence}",
                "tally.wallet.v1.CreditWallet",
                "accepted",
                "",
                "",
                sequence % 2 == 0,
                sequence,
                sequence,
                "affair",
                AT_US + sequence,
            )
        )
        for sequence in sequences
    ]


@dataclass
class Kept(Source):
    """What is left of the answers."""

    answers: list[Recorded]

    def books(self) -> Sequence[str]:
        return ["main"]

    def read(self, feed: str, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        assert (feed, book) == ("answers", "main")
        left = [each for each in self.answers if each.sequence > after]
        yield from (left[start : start + 4] for start in range(0, len(left), 4))

    def recorded_at(self, places: Collection[At]) -> Mapping[At, datetime]:
        kept = {At("answers", "main", each.sequence): each for each in self.answers}
        return {at: moment(kept[at].recorded_at_us) for at in places if at in kept}


def rebuilt(dsn: str, *sequences: int, accept: bool = False) -> Rebuilt:
    return rebuild(opening(dsn), [Commands()], Kept(answers(*sequences)), accept=accept)


def test_a_rebuild_begins_with_the_first_answer_that_there_is(
    dsn: str, reads: psycopg.Connection
) -> None:
    """And passes over a hole."""
    assert rebuilt(dsn, 501, 502, 503, 601, 602, 603).swapped
    assert ask(reads, PLACES) == [(each,) for each in (501, 502, 503, 601, 602, 603)]
    assert ask(reads, POSITION) == [(603, 500 + 97)]
    apply(reads, answers(603, 604), models=[Commands()])
    assert ask(reads, POSITION) == [(604, 500 + 97)]


def test_what_serves_is_not_thrown_away_for_less_without_a_word(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, answers(*range(1, 10)), models=[Commands()])
    done = rebuilt(dsn, 6, 7, 8, 9)
    assert not done.swapped
    (difference,) = done.differences
    assert (difference.live_rows, difference.fresh_rows) == (9, 4)
    assert rebuilt(dsn, 6, 7, 8, 9, accept=True).swapped
    assert ask(reads, POSITION) == [(9, 5)]


def test_where_none_are_left_a_rebuild_stands_where_the_old_one_stood(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, answers(1, 2, 3), models=[Commands()])
    assert rebuilt(dsn, 1, 2, accept=True).swapped
    assert ask(reads, PLACES) == [(1,), (2,)]
    assert ask(reads, POSITION) == [(3, 1)]


def test_positions_of_an_earlier_release_get_the_column(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, answers(1, 2, 3), models=[Commands()])
    reads.execute("ALTER TABLE read.position DROP COLUMN passed")
    reads.commit()
    assert rebuilt(dsn, 1, 2, 3).swapped
    assert ask(reads, POSITION) == [(3, 0)]
    reads.execute("ALTER TABLE read.position DROP COLUMN passed")
    reads.commit()
    with prepared(dsn) as again:
        again.commit()
        assert ask(again, POSITION) == [(3, 0)]


@pytest.mark.parametrize(
    ("held", "saved", "places", "passed"),
    [
        ((), (), (501, 502), 500),
        ((1, 2), (), (1, 2, 501, 502), 498),
        ((1, 2), (499, 500), (1, 2, 499, 500, 501, 502), 496),
        ((499,), (499, 500), (499, 500, 501, 502), 0),
    ],
)
def test_the_projector_does_not_wait_for_what_nobody_has(
    reads: psycopg.Connection,
    held: Sequence[int],
    saved: Sequence[int],
    places: Sequence[int],
    passed: int,
) -> None:
    """`saved` are those that Kafka still has."""

    def fetch(_book: str, span: Span) -> Sequence[Recorded]:
        return answers(*(each for each in saved if span.after < each <= span.to))

    feed = Feed([Commands()], fetch)
    before = max(held, default=0) - len(held)
    feed.apply(reads, "main", answers(*held))
    feed.apply(reads, "main", answers(501, 502))
    assert ask(reads, PLACES) == [(each,) for each in places]
    assert ask(reads, POSITION) == [(502, before + passed)]
