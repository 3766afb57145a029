"""Following books: from where the models stand, whoever has stopped, and not into another history.

Shape: a real book, written by a desk; a follower as the projector makes it, but for Kafka.
"""

from collections.abc import Sequence

import psycopg
import pytest
from structlog.testing import capture_logs

from consumers.projector import follower as following
from consumers.projector import log_reader
from consumers.projector.feed import Searching, Span
from domain.wallet import FreezeWallet, WalletFrozen
from projections import rebuild
from projections.models import event_models
from projections.recorded import Recorded
from schemas import codec
from tests.integration.event_store.followed import (
    before,
    done,
    follower,
    held,
    source,
    to_the_end,
    written,
)
from tests.integration.event_store.given import MAIN, Shelf

COUNT = 30


def test_models_that_stand_far_behind_hold_nobody_up(
    shelf: Shelf, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of money stop again at each start: then the others go on from where they are."""
    written(shelf, range(1))
    done(shelf, FreezeWallet("w0", "asked"))
    written(shelf, range(1, COUNT))
    monkeypatch.setattr(following, "BATCH", 10)
    monkeypatch.setattr(codec, "EVENTS", before(WalletFrozen))
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


def rebuilt(shelf: Shelf) -> bool:
    log = source(shelf)
    return rebuild.rebuild(log.connect, event_models(), log, accept=True).swapped
