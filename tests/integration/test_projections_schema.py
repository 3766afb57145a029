"""The schema is made once, by whoever comes first, and read by a role that can do nothing else."""

from threading import Barrier, Thread

import psycopg
import pytest
from psycopg import sql

from projections.models import MODELS, all_models
from projections.positions import RELATIONS
from projections.schema import prepare
from projections.wallets import Wallets
from tests.integration.read_side import apply, ask, connect, contents, prepared
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

LOG = record(Story().events)


def test_what_is_there_is_left_alone(dsn: str) -> None:
    with prepared(dsn) as connection:
        apply(connection, LOG)
        before = contents(connection)
        assert prepare(connection, all_models()) == []
        assert contents(connection) == before


def test_programs_that_start_together_make_it_once(dsn: str) -> None:
    together, failures = Barrier(4), list[BaseException]()

    def start() -> None:
        try:
            with connect(dsn) as connection:
                together.wait(60)
                prepare(connection, all_models())
        except BaseException as failure:  # noqa: BLE001 - told below.
            failures.append(failure)

    threads = [Thread(target=start) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with connect(dsn) as connection:
        assert ask(connection, "SELECT count(*) FROM read.model") == [(len(MODELS),)]


class Newer(Wallets):
    version = 2


def test_another_version_is_named_and_left_for_a_rebuild(dsn: str) -> None:
    with prepared(dsn) as connection:
        assert prepare(connection, [Newer()]) == ["wallets"]
        assert ask(connection, "SELECT version FROM read.model WHERE model = 'wallets'") == [(1,)]


def test_a_model_that_is_new_is_added(dsn: str) -> None:
    with connect(dsn) as connection:
        assert prepare(connection, all_models()[:1]) == []
        assert prepare(connection, all_models()) == []
        assert ask(connection, "SELECT count(*) FROM read.model") == [(len(MODELS),)]


def test_the_reader_may_read_everything_and_change_nothing(dsn: str) -> None:
    relations = [
        each.name
        for relations in (RELATIONS, *(model.relations for model in MODELS))
        for each in (*relations.tables, *relations.views)
    ]
    with prepared(dsn) as connection:
        apply(connection, LOG)
        connection.execute("GRANT tally_reader TO CURRENT_USER")
        connection.execute("SET ROLE tally_reader")
        connection.commit()
        for relation in relations:
            table = sql.Identifier("read", relation)
            connection.execute(sql.SQL("SELECT * FROM {}").format(table)).fetchall()
        assert ask(connection, "SELECT * FROM read.wallet_history('main', 'alice')")
        assert ask(connection, "SELECT * FROM read.account_history('main', 'external:bank')")
        assert ask(connection, "SELECT * FROM read.balances_at('main', now())")
        for statement in (
            "UPDATE read.wallet_profiles SET debt = 0",
            "DELETE FROM read.ledger_entries",
            "INSERT INTO read.position VALUES ('x', 'y', 0, 0)",
            "DROP TABLE read.orders",
            "CREATE TABLE read.mine (x int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.encode())
