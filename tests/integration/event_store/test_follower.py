"""Following books: from where the models stand, whoever has stopped, and not into another history.

Shape: a real book, written by a desk; a follower as the projector makes it, but for Kafka.
"""

from collections.abc import Generator, Iterator, Sequence

import psycopg
import pytest
from structlog.testing import capture_logs

from consumers.projector import follower as following
from consumers.projector import log_reader
from consumers.projector.feed import Feed, Fetch, Searching, Span
from consumers.projector.follower import Follower
from consumers.projector.start import Fetch as FromBook
from domain.wallet import CreditWallet, FreezeWallet, OpenWallet, WalletFrozen
from projections import rebuild, schema
from projections.answers import Commands
from projections.building import Source
from projections.models import all_models, event_models
from projections.recorded import Recorded
from schemas import codec
from tests.integration.event_store.given import EUR, MAIN, Shelf

COUNT = 30
HELD = "SELECT model, sequence FROM read.position WHERE book = 'main'"


@pytest.fixture
def connection(shelf: Shelf) -> Generator[psycopg.Connection]:
    with psycopg.connect(shelf.dsn, autocommit=True) as made:
        assert schema.prepare(made, all_models()) == []
        yield made


def written(shelf: Shelf, numbers: range) -> None:
    """A wallet and money in it, each a batch of its own."""
    desk = shelf.desk()
    for number in numbers:
        name = f"w{number}"
        desk.handle([shelf.incoming(f"open-{name}", OpenWallet(name, "ann", "buyer", EUR))])
        desk.handle([shelf.incoming(f"credit-{name}", CreditWallet(name, name, 5, EUR, "bank"))])
    desk.close()


def nothing(_book: str, _span: Span) -> Sequence[Recorded]:
    return []


def follower(shelf: Shelf, connection: psycopg.Connection, answers: Fetch = nothing) -> Follower:
    made = Follower(
        connection,
        lambda _book: None,
        events=Feed(event_models(), FromBook(shelf.dsn).events),
        answers=Feed([Commands()], answers),
    )
    made.take([MAIN])
    return made


def to_the_end(made: Follower) -> list[int]:
    """How many records each step took."""
    made.step()  # Finds where the models stand.
    steps = [made.step()]
    while steps[-1]:
        steps.append(made.step())
    return steps


def held(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute(HELD).fetchall())


def test_models_that_stand_far_behind_hold_nobody_up(
    shelf: Shelf, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of money stop again at each start: then the others go on from where they are."""
    written(shelf, range(1))
    desk = shelf.desk()
    desk.handle([shelf.incoming("freeze", FreezeWallet("w0", "asked"))])
    desk.close()
    written(shelf, range(1, COUNT))
    monkeypatch.setattr(following, "BATCH", 10)
    known = {name: cls for name, cls in codec.EVENTS.items() if cls is not WalletFrozen}
    monkeypatch.setattr(codec, "EVENTS", known)
    end = 2 * COUNT + 1
    assert sum(to_the_end(follower(shelf, connection))) == 2 * end  # Events and answers.
    money = {"ledger": 2, "settlement": 2, "wallets": 2}
    assert held(connection) == {**dict.fromkeys(held(connection), end), **money}
    written(shelf, range(COUNT, COUNT + 1))
    steps = to_the_end(follower(shelf, connection))
    assert steps == [10 + 2, 2, 0]  # What they stop in, with the new answers; then the new events.
    assert held(connection)["orders"] == end + 2


def test_read_models_of_another_history_wait_until_they_are_rebuilt(
    shelf: Shelf, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restored log may have grown past the models by the time that anybody looks."""
    monkeypatch.setattr(following, "AHEAD_S", 0.0)
    written(shelf, range(COUNT))
    to_the_end(follower(shelf, connection))
    other = "UPDATE read.position SET recorded_at = recorded_at - interval '1 hour'"
    connection.execute(f"{other} WHERE model <> 'commands'")
    written(shelf, range(COUNT, COUNT + 1))
    with capture_logs() as said:
        assert to_the_end(follower(shelf, connection)) == [0]
    assert "was it restored?" in said[0]["outage"]
    assert set(held(connection).values()) == {2 * COUNT}
    assert rebuilt(shelf)
    to_the_end(follower(shelf, connection))
    assert set(held(connection).values()) == {2 * COUNT + 2}


def test_read_models_ahead_of_the_log_are_rebuilt_as_far_as_it_goes(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    written(shelf, range(COUNT))
    to_the_end(follower(shelf, connection))
    forward = "UPDATE read.position SET sequence = sequence + 7 WHERE model = ANY(%s)"
    connection.execute(forward, ([each.name for each in event_models()],))
    assert rebuilt(shelf)
    assert set(held(connection).values()) == {2 * COUNT}
    written(shelf, range(COUNT, COUNT + 1))
    to_the_end(follower(shelf, connection))
    assert set(held(connection).values()) == {2 * COUNT + 2}


def test_while_dropped_answers_are_searched_for_the_events_go_on(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    """And whoever steps comes back in between, to keep what it is a member of."""
    written(shelf, range(COUNT))
    kept = log_reader.Following(connection).answers(MAIN, after=0, limit=2 * COUNT)
    shelf.ask("DELETE FROM answers WHERE answer_sequence <= 10")
    asked: list[Span] = []

    def found_at_last(_book: str, span: Span) -> Sequence[Recorded]:
        asked.append(span)
        if len(asked) < 3:
            raise Searching
        return kept[span.after : span.to]

    made = follower(shelf, connection, found_at_last)
    end = 2 * COUNT
    assert [made.step() for _ in range(6)] == [0, end, 0, 10, end - 10, 0]
    assert asked == [Span(0, 10)] * 3
    assert set(held(connection).values()) == {end}


class Log(Source):
    """Of the one book, its events."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def books(self) -> Sequence[str]:
        return ["main"]

    def read(self, feed: str, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        assert (feed, book) == ("events", "main")
        with psycopg.connect(self._dsn) as reading:
            yield list(log_reader.read(reading, MAIN, after=after, to=self.end(feed, book)))

    def end(self, feed: str, book: str) -> int:
        assert (feed, book) == ("events", "main")
        with psycopg.connect(self._dsn) as reading:
            return log_reader.ends_of(reading, MAIN)[0]


def rebuilt(shelf: Shelf) -> bool:
    return rebuild.rebuild(
        lambda: psycopg.connect(shelf.dsn), event_models(), Log(shelf.dsn), accept=True
    ).swapped
