"""Rebuilding from books that were put back to an older state, or are gone.

Shape: real books, written by a desk; what answers their topic has is given.
"""

from collections.abc import Generator
from dataclasses import replace

import psycopg
import pytest

from consumers.projector import log_reader
from consumers.rebuild import LogSource
from projections import rebuild
from projections.answers import Commands
from projections.building import Build
from projections.model import Model
from projections.models import event_models
from projections.recorded import Answer, Recorded, answered
from tests.integration.event_store.followed import (
    follower,
    held,
    restored,
    source,
    to_the_end,
    written,
)
from tests.integration.event_store.given import MAIN, Shelf

WALLETS = "SELECT wallet_id FROM read.wallets"
DETAILS = "SELECT detail FROM read.commands ORDER BY answer_sequence"
COUNT = 5
END = 2 * COUNT


def wallets(connection: psycopg.Connection) -> set[str]:
    return {row[0] for row in connection.execute(WALLETS).fetchall()}


def lost(shelf: Shelf) -> list[Recorded]:
    """Answers under the numbers of those that the book has, as of a history that was lost."""
    found: list[Recorded] = []
    with shelf.connect() as connection:
        for each in log_reader.Following(connection).answers(MAIN, after=0, limit=100):
            assert isinstance(each.event, Answer)
            found.append(answered(replace(each.event, detail="lost")))
    return found


def test_an_unfinished_build_of_a_lost_history_is_dropped(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    written(shelf, range(COUNT))
    to_the_end(follower(shelf, connection))
    log = source(shelf)
    build = Build(connection, event_models(), log, rebuild.FRESH)
    targets = rebuild.targets(build, "read")
    build.begin(targets)
    build.advance(dict.fromkeys(targets, END - 2))  # And is killed.
    restored(shelf, events=4, answers=4)
    written(shelf, "abcd")  # Past what was built.
    done = rebuild.rebuild(log.connect, event_models(), log, accept=True)
    assert (done.swapped, done.events) == (True, END)
    assert wallets(connection) == {"w0", "w1", "wa", "wb", "wc"}


def test_a_refused_build_is_gone_on_with_as_long_as_its_log_is_there(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    """So whoever accepts it gets what was shown, at once."""
    written(shelf, range(COUNT))
    to_the_end(follower(shelf, connection))
    connection.execute("UPDATE read.wallet_profiles SET owner_id = 'eve' WHERE wallet_id = 'w1'")
    log = source(shelf)
    assert not rebuild.rebuild(log.connect, event_models(), log).swapped
    again = rebuild.rebuild(log.connect, event_models(), log, accept=True)
    assert (again.swapped, again.events) == (True, 0)
    assert not rebuild.rebuild(log.connect, event_models(), log).differences


@pytest.mark.parametrize("model", [*event_models(), Commands()], ids=lambda each: each.name)
def test_read_models_of_a_book_that_is_gone_are_gone_after_a_rebuild(
    shelf: Shelf, connection: psycopg.Connection, model: Model
) -> None:
    other = shelf.create("other")
    written(shelf, range(COUNT))
    written(shelf, range(2), other)
    to_the_end(follower(shelf, connection, books=(MAIN, other)))
    connection.execute("DELETE FROM tally.books WHERE name = 'other'")
    log = source(shelf)
    assert rebuild.rebuild(log.connect, [model], log, accept=True).swapped
    assert held(connection)[model.name] == END
    assert model.name not in held(connection, "other")


class Counted(LogSource):
    """Counts the connections that it makes."""

    made = 0

    def connect(self) -> psycopg.Connection:
        self.made += 1
        return super().connect()


def test_the_ends_of_all_books_are_asked_at_once(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    books = [MAIN, *(shelf.create(f"b{number}") for number in range(4))]
    written(shelf, range(1), books[-1])
    to_the_end(follower(shelf, connection, books=books))
    log = Counted(shelf.dsn, lambda _book, _after: (each for each in ()), lambda _book, _n: None)
    targets = rebuild.targets(Build(connection, event_models(), log, rebuild.FRESH), "read")
    assert log.made == 1
    assert {end for (_, book), end in targets.items() if book == books[-1].name} == {2}


def test_answers_are_those_of_the_book_where_it_has_them(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    """The topic has those that were lost with a restored book's tail, under the same numbers."""
    written(shelf, range(COUNT))
    relayed = lost(shelf)
    shelf.ask("DELETE FROM answers WHERE answer_sequence <= 3")
    log = source(shelf, relayed)
    assert rebuild.rebuild(log.connect, [Commands()], log).swapped
    details = [detail for (detail,) in connection.execute(DETAILS).fetchall()]
    assert details == ["lost"] * 3 + [""] * (END - 3)


def test_answers_that_the_book_drops_meanwhile_are_the_topics(
    shelf: Shelf, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day ends while the topic is read."""
    monkeypatch.setattr("consumers.rebuild.BATCH", 2)
    written(shelf, range(COUNT))
    relayed = lost(shelf)
    shelf.ask("DELETE FROM answers WHERE answer_sequence <= 3")

    def since(_book: str, after: int) -> Generator[Recorded]:
        shelf.ask("DELETE FROM answers WHERE answer_sequence <= 8")
        yield from relayed[after:]

    log = LogSource(shelf.dsn, since, lambda _book, _count: None)
    assert rebuild.rebuild(log.connect, [Commands()], log).swapped
    details = [detail for (detail,) in connection.execute(DETAILS).fetchall()]
    assert details == ["lost"] * 3 + [""] * 2 + ["lost"] * 3 + [""] * 2


def test_answers_beyond_the_book_are_not_taken_where_nothing_serves(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    written(shelf, range(COUNT))
    relayed = lost(shelf)
    restored(shelf, events=END - 2, answers=END - 2)
    shelf.ask("DELETE FROM answers")
    log = source(shelf, relayed)
    assert rebuild.rebuild(log.connect, [Commands()], log).swapped
    assert held(connection) == {"commands": END - 2}
