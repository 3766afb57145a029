"""Saved answers: found again after a restart, for a day at least, and dropped by the day."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.incoming import Origin
from consumers.writer import desk as desks
from domain.transfer import TransferFunds
from domain.wallet import OpenWallet
from infra.event_store import directory
from schemas.meta import CommandMeta
from tests.integration.event_store.given import EUR, MAIN, Shelf, opened, transfers

PARTITIONS = """SELECT tablename FROM pg_tables
WHERE schemaname = 'book_main' AND starts_with(tablename, 'answers_') ORDER BY 1"""
DAY = timedelta(days=1)
HOUR_US = 3_600_000_000


def test_the_same_key_gets_the_same_answer_after_a_restart(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1]), *transfers(shelf, [2], cents=0)])
    accepted, refused = shelf.answers()[-2:]
    desk.close()
    desk = shelf.desk()
    before = shelf.sequences()
    desk.handle([*transfers(shelf, [1]), *transfers(shelf, [2], cents=0)])
    again = shelf.answers()[-2:]
    assert [each.replayed for each in again] == [True, True]
    assert [each.first_sequence for each in again] == [accepted.first_sequence, 0]
    assert [each.code for each in again] == ["", refused.code]
    assert [each.answer_sequence for each in again] == [7, 8]
    assert shelf.sequences() == before
    desk.close()


@pytest.mark.parametrize("apart", [-3 * HOUR_US, 3 * HOUR_US])
def test_the_same_key_gets_the_same_answer_whatever_the_writer_s_clock_says(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """Hours from PostgreSQL's: a wrong clock must not make a repeat a refusal."""
    desk = shelf.desk()
    now_us = desks.now_us
    monkeypatch.setattr(desks, "now_us", lambda: now_us() + apart)
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    desk.handle(transfers(shelf, [1]))
    last = shelf.answers()[-1]
    assert (last.status, last.replayed) == ("accepted", True)
    desk.close()


def test_an_answer_of_long_ago_is_not_looked_for(shelf: Shelf) -> None:
    """By the book's time; the thing itself still begins once only."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    with shelf.connect() as connection:
        connection.execute("UPDATE head SET recorded_at_us = recorded_at_us + %s", (50 * HOUR_US,))
        later = datetime.now(UTC) + timedelta(hours=50)
        directory.keep_answer_partitions(connection, MAIN.schema, later)
    desk.close()
    desk = shelf.desk()
    desk.handle(transfers(shelf, [1]))
    assert shelf.told()[-1] == ("refused", "already_exists")
    desk.close()


def test_repeats_in_one_batch_and_across_batches_are_one(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1]), *transfers(shelf, [1])])
    desk.handle(transfers(shelf, [1]))
    told = shelf.answers()[-3:]
    assert [each.replayed for each in told] == [False, True, True]
    assert len({each.first_sequence for each in told}) == 1
    desk.close()


def test_the_same_key_with_something_else_is_refused_and_the_first_answer_stays(
    shelf: Shelf,
) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    desk.handle(transfers(shelf, [1], cents=2))
    assert shelf.told()[-1] == ("refused", "idempotency_key_reused")
    desk.handle(transfers(shelf, [1]))
    last = shelf.answers()[-1]
    assert (last.status, last.replayed) == ("accepted", True)
    other = shelf.incoming(CommandMeta("till", "t1"), TransferFunds("t9", "a", "b", 1, EUR))
    desk.handle([other])
    assert shelf.told()[-1] == ("accepted", ""), "another client's key is another key"
    desk.close()


@pytest.mark.parametrize("client", ["tally:other", "provider-wechat"])
def test_nobody_outside_can_use_up_a_key_of_our_own(shelf: Shelf, client: str) -> None:
    """Neither by a name that no client may have, nor by one that a program of ours has."""
    desk = shelf.desk()
    wallet = OpenWallet("a", "owner", "buyer", EUR)
    meta = CommandMeta(client, "5/receive")
    desk.handle([shelf.incoming(meta, wallet)])
    before = len(shelf.answers())
    desk.handle([shelf.incoming(meta, OpenWallet("b", "o", "buyer", EUR), origin=Origin.INTERNAL)])
    assert len(shelf.answers()) == before + 1
    assert shelf.told()[-1] == ("accepted", "")
    assert shelf.answers()[-1].replayed is False
    desk.close()


def test_an_internal_error_is_not_kept_against_the_key(shelf: Shelf) -> None:
    desk = shelf.desk()
    meta = CommandMeta("intake", "k", correlation_id="\0")
    wallet = OpenWallet("a", "owner", "buyer", EUR)
    desk.handle([shelf.incoming(meta, wallet, origin=Origin.INTERNAL)])
    assert shelf.told() == [("internal_error", "internal_error")]
    meta = CommandMeta("intake", "k", correlation_id="mended")
    desk.handle([shelf.incoming(meta, wallet, origin=Origin.INTERNAL)])
    assert shelf.told()[-1] == ("accepted", "")
    desk.close()


def days(shelf: Shelf) -> list[str]:
    return [str(name).removeprefix("answers_") for (name,) in shelf.ask(PARTITIONS)]


def test_partitions_are_made_ahead_and_dropped_when_they_are_relayed(shelf: Shelf) -> None:
    today = datetime.now(UTC)
    names = [f"{today + DAY * offset:%Y%m%d}" for offset in (-1, 0, 1)]
    assert days(shelf) == names
    past = today - DAY * 5
    with shelf.connect() as connection:
        directory.keep_answer_partitions(connection, MAIN.schema, past)
        connection.execute(
            "INSERT INTO answers VALUES (1, %s, NULL, '', ''), (2, %s, NULL, '', '')",
            (past - DAY, past),
        )
        kept = [f"{past + DAY * offset:%Y%m%d}" for offset in (-1, 0, 1)]
        assert days(shelf) == [*kept, *names]

        connection.execute("UPDATE relayed SET last_answer = 1")
        directory.keep_answer_partitions(connection, MAIN.schema, today)
        assert days(shelf) == [kept[1], *names], "what nobody has heard of yet stays"

        connection.execute("UPDATE relayed SET last_answer = 2")
        directory.keep_answer_partitions(connection, MAIN.schema, today)
        assert days(shelf) == names


def test_a_desk_is_opened_anew_when_a_day_begins(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a"))
    epoch = desk.head.epoch
    desk.tend(desk.positions)
    assert desk.head.epoch == epoch
    tomorrow = desks.today() + 1
    monkeypatch.setattr(desks, "today", lambda: tomorrow)
    desk.tend(desk.positions)
    assert desk.head.epoch == epoch + 1
    desk.tend(desk.positions)
    assert desk.head.epoch == epoch + 1
    desk.handle(opened(shelf, "b"))
    assert shelf.told()[-1] == ("accepted", "")
    desk.close()
