"""Whatever stops a rebuild leaves what serves as it was, and says why.

Shape: a log in memory, read as the book's log is; what is killed is resumed or dropped.
"""

import json

import psycopg
import pytest

from projections.building import SourceError, positions
from projections.models import event_models
from projections.rebuild import AlreadyRunningError, rebuild
from projections.recorded import Undecoded
from projections.wallets import Wallets
from tests.integration.memory_log import END, LOG, MemoryLog, opening, schemas
from tests.integration.read_side import (
    apply,
    ask,
    connect,
    contents,
    prepared,
)
from tests.unit.projections.records import unknown


def test_rows_that_somebody_changed_are_told_and_nothing_is_swapped(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, LOG)
    right = contents(reads)
    reads.execute("UPDATE read.orders SET amount = 1 WHERE order_id = 'o1'")
    reads.execute("DELETE FROM read.wallet_movements WHERE movement_id = 'salary'")
    reads.commit()
    changed = contents(reads)
    done = rebuild(opening(dsn), event_models(), MemoryLog())
    assert not done.swapped
    told = {each.relation: each for each in done.differences}
    assert told.keys() == {"orders", "wallet_transactions"}
    assert (told["orders"].live_rows, told["orders"].fresh_rows) == (6, 6)
    sides = [json.loads(rows[0]) for rows in (told["orders"].only_live, told["orders"].only_fresh)]
    said = [(row["order_id"], row["book"], row["amount"], row["currency"]) for row in sides]
    assert said == [("o1", "main", 1, "CNY"), ("o1", "main", 10_000, "CNY")]
    movements = told["wallet_transactions"]
    assert (movements.live_rows + 1, movements.only_live) == (movements.fresh_rows, ())
    assert "salary" in movements.only_fresh[0]
    assert contents(reads) == changed
    again = rebuild(opening(dsn), event_models(), MemoryLog(), accept=True)
    assert (again.swapped, again.events) == (True, 0)  # It was built already.
    assert contents(reads) == right


class KilledError(Exception):
    """Stands for whatever ends a program."""


def test_a_killed_rebuild_is_resumed(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    before = contents(reads)

    def kill(place: int) -> None:
        if place == 75:
            raise KilledError

    with pytest.raises(KilledError):
        rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=kill))
    assert contents(reads) == before
    assert set(positions(reads, "read_next").values()) == {75}
    reads.commit()
    log = MemoryLog()
    done = rebuild(opening(dsn), event_models(), log)
    assert (done.swapped, done.events) == (True, END - 75)
    assert log.read_from[0] == 75
    assert contents(reads) == before


def test_an_unfinished_build_of_other_models_is_dropped(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, LOG)

    def kill(place: int) -> None:
        if place == 75:
            raise KilledError

    with pytest.raises(KilledError):
        rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=kill))
    log = MemoryLog()
    assert rebuild(opening(dsn), [Wallets()], log).swapped
    assert log.read_from[0] == 0
    assert schemas(reads) == ["read"]


def test_an_unfinished_build_beyond_what_serves_is_dropped(
    dsn: str, reads: psycopg.Connection
) -> None:
    """Somebody has thrown away what served, and it begins again."""
    apply(reads, LOG)

    def kill(place: int) -> None:
        if place == 150:
            raise KilledError

    with pytest.raises(KilledError):
        rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=kill))
    reads.execute("DROP SCHEMA read CASCADE")
    reads.commit()
    with prepared(dsn) as connection:
        apply(connection, LOG[:60])
        before = contents(connection)
        done = rebuild(opening(dsn), event_models(), MemoryLog())
        assert (done.swapped, done.events) == (True, 60)
        assert contents(connection) == before


def test_there_is_one_rebuild_at_a_time(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    refused: list[int] = []

    def another(place: int) -> None:
        with pytest.raises(AlreadyRunningError):
            rebuild(opening(dsn), [Wallets()], MemoryLog())
        refused.append(place)

    assert rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=another)).swapped
    assert refused


def test_an_event_that_is_not_known_stops_the_rebuild(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    before = contents(reads)
    strange = [*LOG[:90], unknown(LOG[90], Undecoded("new")), *LOG[91:]]
    done = rebuild(opening(dsn), event_models(), MemoryLog({"main": strange}))
    assert not done.swapped
    assert {each.sequence for each in done.unknown} == {91}
    assert contents(reads) == before


def test_a_log_that_ends_too_early_or_has_a_hole_is_not_believed(
    dsn: str, reads: psycopg.Connection
) -> None:
    apply(reads, LOG)
    before = contents(reads)
    with pytest.raises(SourceError, match="comes where 51 is next"):
        rebuild(opening(dsn), event_models(), MemoryLog({"main": [*LOG[:50], *LOG[60:]]}))
    with pytest.raises(SourceError, match="events end at 100, wanted 178"):
        rebuild(opening(dsn), event_models(), MemoryLog({"main": LOG[:100]}))
    assert contents(reads) == before


def test_whoever_reads_for_long_is_not_interrupted(
    dsn: str, reads: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.swapping.LOCK_TIMEOUT_MS", 100)
    apply(reads, LOG)
    before = contents(reads)
    with connect(dsn) as reader:
        reader.execute("SELECT * FROM read.orders")  # Its transaction stays open.
        with pytest.raises(psycopg.errors.LockNotAvailable):
            rebuild(opening(dsn), event_models(), MemoryLog())
    assert contents(reads) == before
    done = rebuild(opening(dsn), event_models(), MemoryLog())
    assert (done.swapped, done.events) == (True, 0)  # What was built is there yet.


def test_views_of_others_are_not_dropped_behind_them(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    reads.execute("CREATE SCHEMA theirs")
    reads.execute("CREATE VIEW theirs.rich AS SELECT * FROM read.wallets WHERE balance > 10000")
    reads.commit()
    with pytest.raises(psycopg.errors.DependentObjectsStillExist, match=r"theirs\.rich"):
        rebuild(opening(dsn), event_models(), MemoryLog())
    assert ask(reads, "SELECT count(*) FROM theirs.rich") == [(2,)]
