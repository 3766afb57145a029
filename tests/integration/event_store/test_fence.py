"""Row 2: two writers of one book. The older one is fenced before it writes anything at all."""

import time
from collections.abc import Callable
from threading import Thread

import psycopg
import pytest

from commands.outage import Outage
from commands.ports import Fenced, Outgoing
from consumers.writer.desk import Desk
from domain.wallet import HoldFunds, OpenWallet
from infra.event_store.directory import Bus
from infra.event_store.strays import Strays
from tests.integration.event_store.given import EUR, Shelf, opened, transfers, until_due

TABLES = ("events", "answers", "outbox", "timers", "marks", "snapshots")
RAISE = "UPDATE head SET epoch = epoch + 1"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


def standing(shelf: Shelf) -> object:
    """All that a writer writes."""
    return shelf.ask("SELECT * FROM head"), [shelf.count(table) for table in TABLES]


def accepted(shelf: Shelf, desk: Desk) -> None:
    desk.handle(transfers(shelf, [2]))


def refused(shelf: Shelf, desk: Desk) -> None:
    """It would leave nothing but its answer."""
    desk.handle([shelf.incoming("again", OpenWallet("a", "owner", "buyer", EUR))])


def repeated(shelf: Shelf, desk: Desk) -> None:
    desk.handle([shelf.incoming("open-a", OpenWallet("a", "owner", "buyer", EUR))])


def unreadable(shelf: Shelf, desk: Desk) -> None:
    """It would leave nothing but a dead letter."""
    origin = shelf.incoming("x", OpenWallet("x", "owner", "buyer", EUR)).origin
    desk.handle([shelf.decoder.read(shelf.record(b"garbage", origin), origin)])


def moved(shelf: Shelf, desk: Desk) -> None:
    """It would leave nothing but a position."""
    del shelf
    desk.tend((1_000, 1_000))


def due(shelf: Shelf, desk: Desk) -> None:
    """It would end a hold whose time has come."""
    del shelf
    until_due(desk)
    desk.handle_due()


@pytest.mark.parametrize("write", [accepted, refused, repeated, unreadable, moved, due])
def test_the_older_of_two_writers_writes_nothing(
    shelf: Shelf, write: Callable[[Shelf, Desk], None]
) -> None:
    older = shelf.desk()
    soon_us = time.time_ns() // 1_000 + 300_000
    hold = shelf.incoming("h", HoldFunds("a", "h", 1, EUR, soon_us))
    older.handle([*opened(shelf, "a", "b"), hold])
    newer = shelf.desk()
    before = standing(shelf)
    with pytest.raises(Fenced):
        write(shelf, older)
    assert standing(shelf) == before
    newer.handle(transfers(shelf, [3]))
    assert shelf.told()[-1] == ("accepted", "")
    older.close()
    newer.close()


def test_a_book_that_comes_back_is_read_anew(shelf: Shelf) -> None:
    """A -> B -> A: what A remembered of before is forgotten, and A's first desk stays fenced."""
    first = shelf.desk()
    first.handle(opened(shelf, "a", "b", cents=10))
    between = shelf.desk()
    between.handle(transfers(shelf, [1], cents=10))
    again = shelf.desk()
    again.handle(transfers(shelf, [2], cents=10))
    assert shelf.told()[-1] == ("refused", "insufficient_funds")
    for old in (first, between):
        with pytest.raises(Fenced):
            old.handle(transfers(shelf, [3]))
        old.close()
    assert shelf.sequences() == list(range(1, 7))
    again.close()


def test_a_writer_amid_its_transaction_finishes_or_is_fenced(shelf: Shelf) -> None:
    """Somebody takes the book while a batch waits for the row that is its fence."""
    desk = shelf.desk()
    desk.handle(opened(shelf, "a", "b"))
    batch = transfers(shelf, [1, 2])
    before = shelf.sequences()
    caught: list[Exception] = []

    def write() -> None:
        try:
            desk.handle(batch)
        except Fenced as fenced:
            caught.append(fenced)

    thread = Thread(target=write)
    with shelf.connect() as other, shelf.connect() as watching:
        with other.transaction():
            other.execute(RAISE)
            thread.start()
            database = other.info.dbname
            while watching.execute(WAITS, (database,)).fetchone() == (0,):
                assert thread.is_alive(), "it does not wait"
        thread.join()
    assert [type(each) for each in caught] == [Fenced]
    assert shelf.sequences() == before
    desk.close()


def test_a_book_on_another_bus_is_refused_and_whoever_has_it_keeps_it(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a", "b"))
    with pytest.raises(Outage, match="its positions count on") as refused:
        shelf.take(bus=Bus("another cluster", "its commands", "its internal"))
    assert not refused.value.retry
    desk.handle(transfers(shelf, [1]))
    assert shelf.told()[-1] == ("accepted", "")
    desk.close()


def test_the_older_of_two_writers_refuses_no_strays(shelf: Shelf) -> None:
    older, newer = Strays.take(shelf.dsn, 0), Strays.take(shelf.dsn, 0)
    row = Outgoing("results", "nobody", "tally.answer.v1.CommandAnswered", b"answer")
    with pytest.raises(Fenced):
        older.refuse([row], (1, 0))
    with pytest.raises(Fenced):
        older.reach((5, 5))
    newer.refuse([row], (1, 0))
    with psycopg.connect(shelf.dsn) as connection:
        left = connection.execute("SELECT count(*) FROM tally.partition_outbox").fetchone()
        moved = connection.execute("SELECT commands_position FROM tally.partitions").fetchone()
    assert (left, moved) == ((1,), (1,))
