"""A rebuild gives what serves, beside it, and takes its place; whatever stops it leaves that alone.

Shape: a log in memory, read as the book's log is; the live models follow it by their own.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread

import psycopg
import pytest

from projections.answers import Commands
from projections.building import SourceError, positions
from projections.ledger import Ledger
from projections.models import event_models
from projections.rebuild import AlreadyRunningError, abandon, rebuild
from projections.recorded import Answer, Recorded, Undecoded, answered
from projections.wallets import Wallets
from tests.integration.read_side import (
    apply,
    ask,
    clean,
    connect,
    contents,
    database,
    prepared,
)
from tests.integration.servers import Addresses
from tests.unit.projections.records import record, unknown
from tests.unit.projections.story import Story

LOG = record(Story().events)
END = len(LOG)


def nothing(place: int) -> None:
    """Nobody does anything while the log is read."""
    del place


@dataclass
class MemoryLog:
    """A log that may be read while something else happens, after any batch."""

    events: dict[str, list[Recorded]] = field(default_factory=lambda: {"main": LOG})
    answers: list[Recorded] = field(default_factory=list[Recorded])
    size: int = 25
    meanwhile: Callable[[int], None] = nothing
    read_from: list[int] = field(default_factory=list[int])

    def books(self) -> Sequence[str]:
        return list(self.events)

    def read(self, feed: str, book: str, *, after: int) -> Iterator[Sequence[Recorded]]:
        log = self.events[book] if feed == "events" else self.answers
        self.read_from.append(after)
        for start in range(after, len(log), self.size):
            yield log[start : start + self.size]
            self.meanwhile(start + self.size)


@pytest.fixture(scope="module")
def own(servers: Addresses) -> Generator[str]:
    with database(servers.postgres_dsn) as dsn:
        yield dsn


@pytest.fixture
def dsn(own: str) -> str:
    return clean(own)


@pytest.fixture
def reads(dsn: str) -> Generator[psycopg.Connection]:
    with prepared(dsn) as connection:
        yield connection


def opening(dsn: str) -> Callable[[], psycopg.Connection]:
    return lambda: connect(dsn)


def schemas(reads: psycopg.Connection) -> list[object]:
    return [
        row[0] for row in ask(reads, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^read'")
    ]


def test_a_rebuild_gives_the_same_and_takes_the_place(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG[:150])
    before = contents(reads)
    done = rebuild(opening(dsn), event_models(), MemoryLog())
    assert (done.swapped, done.events, done.differences, done.unknown) == (True, 150, (), ())
    assert contents(reads) == before
    assert schemas(reads) == ["read"]
    builds = ask(reads, "SELECT model, build FROM read.model WHERE model <> 'commands'")
    assert {build for model, build in builds if model != "dead_letters"} == {2}


def test_who_was_following_goes_on_with_the_new_tables(dsn: str, reads: psycopg.Connection) -> None:
    """The same models and connection: what they remember is of tables that are gone."""
    models = event_models()
    for start in range(0, 100, 10):  # Often enough for statements to be prepared on the server.
        apply(reads, LOG[start : start + 10], models=models)
    assert rebuild(opening(dsn), event_models(), MemoryLog()).swapped
    for start in range(100, END, 10):
        apply(reads, LOG[start : start + 10], models=models)
    with prepared(dsn, schema="whole") as other:
        apply(other, LOG, schema="whole")
        assert contents(other, "whole") == contents(reads)


def test_numbers_of_the_old_build_are_not_used_in_the_new(
    dsn: str, reads: psycopg.Connection
) -> None:
    """The old build gave other numbers: its names were made in another order."""
    reads.execute("ALTER TABLE read.ledger_accounts ALTER account_number RESTART 1000")
    reads.execute("ALTER TABLE read.wallet_profiles ALTER wallet_number RESTART 1000")
    reads.commit()
    models = event_models()
    apply(reads, LOG[:100], models=models)
    assert rebuild(opening(dsn), event_models(), MemoryLog()).swapped
    assert ask(reads, "SELECT max(wallet_number) < 1000 FROM read.wallet_profiles") == [(True,)]
    apply(reads, LOG[100:], models=models)
    assert ask(reads, "SELECT max(wallet_number) < 1000 FROM read.wallet_movements") == [(True,)]
    assert ask(reads, "SELECT max(debit_number) < 1000 FROM read.ledger_entries") == [(True,)]


def test_the_serving_models_move_on_meanwhile(dsn: str, reads: psycopg.Connection) -> None:
    models = event_models()
    apply(reads, LOG[:60], models=models)

    def follow(place: int) -> None:
        if place > 100:
            return  # The gate is held by then, and we are one thread.
        end = min(END, 60 + place)
        apply(reads, LOG[:end], models=models)
        served = ask(reads, "SELECT count(*) > 0 FROM read.wallets")
        assert served == [(True,)]

    done = rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=follow))
    assert done.swapped
    assert min(positions(reads, "read").values()) > 60
    reads.commit()
    apply(reads, LOG, models=models)
    with prepared(dsn, schema="whole") as other:
        apply(other, LOG, schema="whole")
        assert contents(other, "whole") == contents(reads)


def test_a_follower_that_never_rests_loses_nothing(dsn: str, reads: psycopg.Connection) -> None:
    """Another process goes on event by event, through the swap."""
    failures: list[BaseException] = []
    swapped = Event()

    def follow() -> None:
        models = event_models()
        try:
            with connect(dsn) as connection:
                for start in range(20, END):
                    if start == END - 10:
                        swapped.wait(60)
                    apply(connection, LOG[start : start + 1], models=models)
        except BaseException as failure:  # noqa: BLE001 - told below.
            failures.append(failure)

    apply(reads, LOG[:20])
    thread = Thread(target=follow)
    thread.start()
    done = rebuild(opening(dsn), event_models(), MemoryLog())
    swapped.set()
    thread.join()
    assert failures == []
    assert done.swapped
    with prepared(dsn, schema="whole") as other:
        apply(other, LOG, schema="whole")
        assert contents(other, "whole") == contents(reads)


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
    assert told["orders"].only_live[0].startswith("(o1,main,u-1,shop,1,CNY")
    assert told["orders"].only_fresh[0].startswith("(o1,main,u-1,shop,10000,CNY")
    movements = told["wallet_transactions"]
    assert (movements.live_rows + 1, movements.only_live) == (movements.fresh_rows, ())
    assert "salary" in movements.only_fresh[0]
    assert contents(reads) == changed
    again = rebuild(opening(dsn), event_models(), MemoryLog(), accept=True)
    assert (again.swapped, again.events) == (True, 0)  # It was built already.
    assert contents(reads) == right


def test_one_model_alone(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    before = contents(reads)
    log = MemoryLog()
    assert rebuild(opening(dsn), [Ledger()], log).swapped
    assert contents(reads) == before
    assert ask(reads, "SELECT model FROM read.model WHERE build = 2") == [("ledger",)]
    assert log.read_from[0] == 0


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


def test_an_unfinished_build_can_be_given_up(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)

    def kill(place: int) -> None:
        raise KilledError(place)

    with pytest.raises(KilledError):
        rebuild(opening(dsn), event_models(), MemoryLog(meanwhile=kill))
    assert "read_next" in schemas(reads)
    abandon(reads)
    assert schemas(reads) == ["read"]
    abandon(reads)


def test_there_is_one_rebuild_at_a_time(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    refused: list[int] = []

    def another(place: int) -> None:
        for attempt in (
            lambda: rebuild(opening(dsn), [Wallets()], MemoryLog()),
            lambda: abandon(reads),
        ):
            with pytest.raises(AlreadyRunningError):
                attempt()
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
    with pytest.raises(SourceError, match="events end at 100, wanted 178"):
        rebuild(opening(dsn), event_models(), MemoryLog({"main": LOG[:100]}))
    abandon(reads)
    with pytest.raises(SourceError, match="comes where 51 is next"):
        rebuild(opening(dsn), event_models(), MemoryLog({"main": [*LOG[:50], *LOG[60:]]}))
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


def test_everything_thrown_away_comes_back_from_the_log(dsn: str) -> None:
    with prepared(dsn) as connection:
        apply(connection, LOG)
        before = contents(connection)
    clean(dsn)
    with prepared(dsn) as connection:
        done = rebuild(opening(dsn), event_models(), MemoryLog())
        assert (done.swapped, done.events) == (True, END)
        assert contents(connection) == before


def test_comments_and_rights_come_along(dsn: str, reads: psycopg.Connection) -> None:
    described = """SELECT c.relname, c.relkind, a.attname, col_description(c.oid, a.attnum),
      obj_description(c.oid), c.relacl::text FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'read'::regnamespace AND c.relkind IN ('r', 'v')
      ORDER BY 1, a.attnum"""
    functions = """SELECT proname, obj_description(oid), pg_get_functiondef(oid) FROM pg_proc
      WHERE pronamespace = 'read'::regnamespace ORDER BY 1"""
    before = ask(reads, described), ask(reads, functions)
    assert len(before[0]) > 200
    apply(reads, LOG)
    assert rebuild(opening(dsn), event_models(), MemoryLog()).swapped
    assert (ask(reads, described), ask(reads, functions)) == before
    assert ask(reads, "SELECT currency FROM read.balance_at('main', 'external:bank', now())")


class Newer(Wallets):
    version = 2


def test_a_new_version_takes_the_place_of_the_old(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    reads.execute("UPDATE read.wallet_profiles SET debt = debt + 1")
    reads.commit()
    done = rebuild(opening(dsn), [Newer()], MemoryLog())
    assert done.swapped  # Though it differs: that is what new versions are for.
    assert {each.relation for each in done.differences} == {"wallets"}
    assert ask(reads, "SELECT version FROM read.model WHERE model = 'wallets'") == [(2,)]
    assert apply(reads, LOG, models=[Newer()]).positions == {"wallets": END}


def answer(sequence: int) -> Recorded:
    return answered(
        Answer(
            "main",
            sequence,
            f"{sequence:032x}",
            "shop",
            f"key-{sequence}",
            "t",
            "accepted",
            "",
            "",
            replayed=False,
            first_sequence=sequence,
            last_sequence=sequence,
            correlation_id="",
            answered_at_us=LOG[0].recorded_at_us + sequence,
        )
    )


def test_commands_are_rebuilt_from_their_own_feed(dsn: str, reads: psycopg.Connection) -> None:
    answers = [answer(sequence) for sequence in range(1, 61)]
    apply(reads, answers, models=[Commands()])
    apply(reads, LOG)
    before = contents(reads)
    done = rebuild(opening(dsn), [*event_models(), Commands()], MemoryLog(answers=answers))
    assert (done.swapped, done.events) == (True, END + 60)
    assert contents(reads) == before
