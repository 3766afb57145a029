"""A rebuild gives what serves, beside it, and takes its place.

Shape: a log in memory, read as the book's log is; the live models follow it by their own.
"""

from collections.abc import Sequence
from threading import Event, Thread

import psycopg
import pytest

from projections.answers import Commands
from projections.building import positions
from projections.ledger import Ledger
from projections.model import Model
from projections.models import event_models
from projections.rebuild import rebuild
from projections.recorded import Answer, Recorded, answered
from projections.swapping import swap
from projections.wallets import Wallets
from tests.integration.memory_log import END, LOG, MemoryLog, opening, schemas
from tests.integration.read_side import (
    apply,
    ask,
    clean,
    connect,
    contents,
    prepared,
)


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


def test_nothing_is_applied_to_what_serves_while_it_is_swapped(
    dsn: str, reads: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the new tables would stand behind the old ones, and people would see the past."""
    apply(reads, LOG[:100])
    reads.execute("SET lock_timeout TO 100")
    reads.commit()

    def while_swapping(
        connection: psycopg.Connection, models: Sequence[Model], *, live: str, fresh: str
    ) -> None:
        with pytest.raises(psycopg.errors.LockNotAvailable):
            apply(reads, LOG[100:101])
        swap(connection, models, live=live, fresh=fresh)

    monkeypatch.setattr("projections.rebuild.swap", while_swapping)
    assert rebuild(opening(dsn), event_models(), MemoryLog()).swapped
    assert apply(reads, LOG[100:]).positions["ledger"] == END


def test_one_model_alone(dsn: str, reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    before = contents(reads)
    log = MemoryLog()
    assert rebuild(opening(dsn), [Ledger()], log).swapped
    assert contents(reads) == before
    assert ask(reads, "SELECT model FROM read.model WHERE build = 2") == [("ledger",)]
    assert log.read_from[0] == 0


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
