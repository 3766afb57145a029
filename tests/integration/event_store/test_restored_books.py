"""Books that are put back to an older state beneath their read models, or come back from others.

Shape: a real book, written by a desk; a follower as the projector makes it, but for Kafka.
"""

from collections.abc import Sequence

import psycopg
import pytest
from psycopg import sql
from structlog.testing import capture_logs

from consumers.projector import follower as following
from consumers.projector import log_reader
from consumers.projector.feed import Feed, Span
from consumers.projector.start import Fetch
from domain.order import OrderPlaced, PlaceOrder
from domain.wallet import CreditWallet, FreezeWallet, WalletFrozen
from projections.models import event_models
from projections.recorded import Recorded
from schemas import codec
from tests.integration.event_store.followed import (
    before,
    done,
    follower,
    held,
    restored,
    to_the_end,
    written,
)
from tests.integration.event_store.given import EUR, MAIN, Shelf

PARKED = "SELECT book_sequence FROM read.parked"
ORDERS = "SELECT order_id FROM read.orders"
ORDER = PlaceOrder("o1", "ann", "w0", 10, EUR)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A book that waits is looked at in each step."""
    monkeypatch.setattr(following, "AHEAD_S", 0.0)


def until_frozen(shelf: Shelf, connection: psycopg.Connection) -> None:
    """Models of money stand before a freeze at 3, that their release did not know."""
    written(shelf, range(1))
    done(shelf, FreezeWallet("w0", "asked"))
    done(shelf, ORDER)
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(codec, "EVENTS", before(WalletFrozen))
        to_the_end(follower(shelf, connection))
    assert {held(connection)[each] for each in ("ledger", "orders")} == {2, 4}


def test_a_restored_log_is_known_wherever_a_model_stands(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    until_frozen(shelf, connection)
    restored(shelf, events=3, answers=3)
    written(shelf, "ab")
    with capture_logs() as said:
        assert to_the_end(follower(shelf, connection)) == [0]
    assert "has another event 4 than the read models: was it restored?" in said[0]["outage"]
    assert held(connection)["ledger"] == 2


def refused(shelf: Shelf, names: Sequence[object]) -> None:
    """Answers without events."""
    for name in names:
        done(shelf, CreditWallet(f"nobody{name}", f"m{name}", 5, EUR, "bank"))


def test_answers_of_another_history_are_known_though_no_event_is_another(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    """Refusals were lost, and by now there are more of them than there were."""
    written(shelf, range(1))
    refused(shelf, range(3))
    to_the_end(follower(shelf, connection))
    restored(shelf, events=2, answers=2)
    refused(shelf, "abcde")
    with capture_logs() as said:
        assert to_the_end(follower(shelf, connection)) == [0]
    assert "has another answer 5 than the read models: was it restored?" in said[0]["outage"]
    assert held(connection)["commands"] == 5


def test_an_answer_that_the_book_has_dropped_contradicts_nobody(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    written(shelf, range(2))
    to_the_end(follower(shelf, connection))
    shelf.ask("DELETE FROM answers")
    written(shelf, range(2, 3))
    to_the_end(follower(shelf, connection))
    assert set(held(connection).values()) == {6}


def test_whoever_goes_on_behind_a_stopped_model_looks_at_the_log_again(
    shelf: Shelf, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is put back between two steps, while only the lowest of the models is being followed."""
    until_frozen(shelf, connection)
    monkeypatch.setattr(codec, "EVENTS", before(WalletFrozen))
    monkeypatch.setattr(following, "BATCH", 1)
    made = follower(shelf, connection)
    made.step()
    restored(shelf, events=3, answers=3)
    written(shelf, "ab")
    with capture_logs() as said:
        made.step()
    assert "has another event 4 than" in said[-1]["outage"]
    assert held(connection)["orders"] == 4


def test_parked_events_of_another_history_hold_up_their_book_alone(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    other = shelf.create("other")
    written(shelf, range(1))
    done(shelf, ORDER)
    written(shelf, range(1, 2))
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(codec, "EVENTS", before(OrderPlaced))
        to_the_end(follower(shelf, connection))
    assert connection.execute(PARKED).fetchall() == [(3,)]
    everywhere = "UPDATE read.parked SET recorded_at = recorded_at - interval '1 hour'"
    connection.execute(everywhere)
    written(shelf, "x", other)
    with capture_logs() as said:
        to_the_end(follower(shelf, connection, books=(MAIN, other)))
    waiting = [each for each in said if each["event"] == "waiting"]
    assert {each["book"] for each in waiting} == {"main"}
    assert "has another event 3 than" in waiting[0]["outage"]
    assert held(connection, "other")["orders"] == 2
    assert connection.execute(PARKED).fetchall() == [(3,)]


def test_what_another_release_has_parked_meanwhile_comes_back(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    ours = follower(shelf, connection)
    written(shelf, range(1))
    to_the_end(ours)
    ours.take(())
    done(shelf, ORDER)
    done(shelf, FreezeWallet("w0", "asked"))
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(codec, "EVENTS", before(OrderPlaced))
        with psycopg.connect(shelf.dsn, autocommit=True) as another:
            to_the_end(follower(shelf, another))
    assert connection.execute(PARKED).fetchall() == [(3,)]
    ours.take((MAIN,))
    to_the_end(ours)
    assert connection.execute(PARKED).fetchall() == []
    assert connection.execute(ORDERS).fetchall() == [("o1",)]


def test_where_a_model_stopped_is_asked_anew_of_a_book_that_comes_back(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    """Another release, that knew the event, has gone on behind it."""
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(codec, "EVENTS", before(WalletFrozen))
        ours = follower(shelf, connection)
        written(shelf, range(1))
        done(shelf, FreezeWallet("w0", "asked"))
        to_the_end(ours)
    assert held(connection)["ledger"] == 2
    ours.take(())
    with psycopg.connect(shelf.dsn, autocommit=True) as another:
        to_the_end(follower(shelf, another))
    written(shelf, range(1, 2))
    ours.take((MAIN,))
    to_the_end(ours)
    assert set(held(connection).values()) == {5}


def test_what_was_remembered_of_a_book_is_forgotten_as_others_take_it(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    written(shelf, range(1))
    feed = Feed(event_models(), Fetch(shelf.dsn).events)
    events = log_reader.Following(connection).events(MAIN, after=0, limit=10)
    feed.apply(connection, "main", events)
    assert all("main" in model.marks for model in feed.models)
    feed.leave("main")
    assert not any(model.marks for model in feed.models)


def test_a_book_that_waits_leaves_the_search_for_answers_to_others(
    shelf: Shelf, connection: psycopg.Connection
) -> None:
    other = shelf.create("other")
    log = log_reader.Following(connection)
    kept: dict[str, Sequence[Recorded]] = {}
    for book in (MAIN, other):
        written(shelf, range(3), book)
        kept[book.name] = log.answers(book, after=0, limit=10)
        dropped = sql.SQL("DELETE FROM {}.answers").format(sql.Identifier(book.schema))
        connection.execute(dropped)

    def a_part(book: str, span: Span) -> Sequence[Recorded]:
        return kept[book][span.after : span.after + 2]

    made = follower(shelf, connection, a_part, books=(MAIN, other))
    made.step()
    made.step()
    stood = (held(connection)["commands"], held(connection, "other").get("commands"))
    assert stood == (2, None)  # The first has begun its search, and the other waits for that.
    connection.execute("UPDATE book_main.head SET last_answer = 1")
    for _ in range(5):
        made.step()
    assert held(connection, "other")["commands"] == 6
