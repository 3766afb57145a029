"""Batches in PostgreSQL: rows and positions move together, once, in order, or not at all."""

from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import Cursor

from domain.accounting import trial
from domain.accounting.posting import lines
from domain.wallet import Wallet
from projections.apply import Applied, apply_batch
from projections.batches import Batch, Gap
from projections.ledger import Ledger
from projections.models import event_models
from projections.positions import WrongVersionError
from projections.recorded import Recorded
from projections.settlement import Settlement
from projections.wallets import Wallets
from tests.integration.read_side import apply, ask, connect, contents, prepared
from tests.unit.domain.settlement import given
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

if TYPE_CHECKING:
    from projections.model import Model

STORY = Story()
LOG = record(STORY.events)
END = len(LOG)


def test_wallets_are_what_their_aggregates_are(reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    rows = ask(
        reads,
        """SELECT wallet_id, balance, reserved_balance, available_balance, debt, status
        FROM read.wallets WHERE book = 'main'""",
    )
    expected = {
        (name, w.balance_minor, w.reserved_minor, w.available_minor, w.debt_minor, w.status)
        for (kind, name), w in STORY.main.states.items()
        if kind == "wallet" and isinstance(w, Wallet)
    }
    assert set(rows) == expected


def test_accounts_are_the_sums_of_their_lines(reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    balances: trial.Balances = {}
    trial.post(balances, (line for each in LOG for line in lines(each.event, "main")))
    found = ask(reads, "SELECT account, currency, balance FROM read.account_balances")
    assert {(account, currency): balance for account, currency, balance in found} == balances
    sums = ask(
        reads, "SELECT account, currency, sum(amount)::bigint FROM read.postings GROUP BY 1, 2"
    )
    assert set(sums) == set(found)
    totals = ask(reads, "SELECT currency, sum(balance)::bigint FROM read.trial_balance GROUP BY 1")
    assert {total for _, total in totals} == {0}


def test_wallets_and_ledger_agree_though_neither_looks_at_the_other(
    reads: psycopg.Connection,
) -> None:
    apply(reads, LOG)
    differing = ask(
        reads,
        """SELECT wallet_id FROM read.wallets AS w
        LEFT JOIN read.account_balances AS free ON free.account = 'liability:wallet:' || w.wallet_id
        LEFT JOIN read.account_balances AS held
          ON held.account = 'liability:wallet:' || w.wallet_id || ':held'
        LEFT JOIN read.account_balances AS debt
          ON debt.account = 'asset:receivable:seller:' || w.wallet_id
        WHERE (w.available_balance, w.reserved_balance, w.debt)
          <> (-coalesce(free.balance, 0), -coalesce(held.balance, 0), coalesce(debt.balance, 0))""",
    )
    assert differing == []


def test_told_twice_counts_once(reads: psycopg.Connection) -> None:
    apply(reads, LOG)
    once = contents(reads)
    apply(reads, LOG)
    apply(reads, LOG[-20:])
    apply(reads, LOG, models=event_models())  # Another program, which remembers nothing.
    assert contents(reads) == once


def test_a_gap_is_named_and_nothing_is_applied(reads: psycopg.Connection) -> None:
    models = event_models()
    apply(reads, LOG[:10], models=models)
    before = contents(reads)
    assert apply_batch(reads, models, "main", LOG[12:20]) == Gap("main", 11, 13)
    assert apply_batch(reads, models, "main", [*LOG[10:15], *LOG[17:]]) == Gap("main", 16, 18)
    assert contents(reads) == before
    assert apply(reads, LOG[10:], models=models).positions["ledger"] == END


def test_a_model_that_lags_behind_is_told_first(reads: psycopg.Connection, dsn: str) -> None:
    apply(reads, LOG[:100], models=[Ledger()])
    apply(reads, LOG[:50], models=[Wallets()])
    models: list[Model] = [Ledger(), Wallets()]
    assert apply_batch(reads, models, "main", LOG[100:]) == Gap("main", 51, 101)
    assert apply(reads, LOG[50:], models=models).positions == {"ledger": END, "wallets": END}
    both = contents(reads)
    with prepared(dsn, schema="other") as connection:
        apply(connection, LOG, models=[Ledger(), Wallets()], schema="other")
        assert contents(connection, "other") == both


def test_nothing_to_apply_is_no_news(reads: psycopg.Connection) -> None:
    assert apply(reads, []) == Applied(dict.fromkeys(apply(reads, []).positions, 0), (), 0)


def test_books_do_not_see_each_other(reads: psycopg.Connection) -> None:
    """The same wallets in two books, one program: what is remembered of one is not the other's."""
    models = event_models()
    for start in range(0, END, 40):
        for book in ("main", "asia"):
            apply(reads, LOG[start : start + 40], models=models, book=book)
    one, other = (
        ask(
            reads,
            """SELECT account, currency, balance FROM read.account_balances WHERE book = %s
            AND account NOT LIKE 'due:%%' ORDER BY 1, 2""",
            book,
        )
        for book in ("main", "asia")
    )
    assert one == other
    assert len(one) > 20


class Failing(Ledger):
    """A ledger that fails once, after it has written."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = 1

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        super().apply(cursor, batch)
        if self.fails:
            self.fails -= 1
            self.fail(cursor)

    def fail(self, cursor: Cursor) -> None:
        cursor.execute("SELECT 1 / 0")


class Killed(Failing):
    """Its server process is killed, as when the machine goes down."""

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self.dsn = dsn

    def fail(self, cursor: Cursor) -> None:
        with connect(self.dsn) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (cursor.connection.info.backend_pid,))
        cursor.execute("SELECT 1")


def test_a_failure_leaves_rows_and_positions_as_they_were(
    reads: psycopg.Connection, dsn: str
) -> None:
    models: list[Model] = [Wallets(), Failing()]
    with pytest.raises(psycopg.errors.DivisionByZero):
        apply(reads, LOG[:60], models=models)
    assert ask(reads, "SELECT count(*) FROM read.wallet_movements") == [(0,)]
    assert ask(reads, "SELECT count(*) FROM read.position WHERE sequence > 0") == [(0,)]
    for start in range(0, END, 7):  # The same objects: they have forgotten what was not kept.
        apply(reads, LOG[start : start + 7], models=models)
    assert_same_as_at_once(reads, dsn)


def test_a_killed_connection_leaves_rows_and_positions_together(dsn: str) -> None:
    killed = Killed(dsn)
    killed.fails = 0
    models: list[Model] = [Wallets(), killed]
    with prepared(dsn) as connection:
        apply(connection, LOG[:60], models=models)
        killed.fails = 1
        with pytest.raises(psycopg.OperationalError):
            apply(connection, LOG[60:100], models=models)
    with connect(dsn) as connection:
        held = ask(connection, "SELECT DISTINCT sequence FROM read.position")
        assert held == [(60,)]
        assert ask(connection, "SELECT max(book_sequence) <= 60 FROM read.ledger_lines") == [
            (True,)
        ]
        apply(connection, LOG[55:], models=models)
        assert_same_as_at_once(connection, dsn)


def assert_same_as_at_once(connection: psycopg.Connection, dsn: str) -> None:
    found = contents(connection)
    with prepared(dsn, schema="at_once") as other:
        apply(other, LOG, models=[Wallets(), Ledger()], schema="at_once")
        assert contents(other, "at_once") == found


def test_two_programs_of_one_book_take_turns(dsn: str) -> None:
    """As after a rebalance, when the older one does not know yet that it has lost the book."""
    failures: list[BaseException] = []

    def follow() -> None:
        models = event_models()
        try:
            with connect(dsn) as connection:
                for end in range(5, END + 5, 5):
                    apply(connection, LOG[:end], models=models)
        except BaseException as failure:  # noqa: BLE001 - told below.
            failures.append(failure)

    with prepared(dsn) as connection:
        threads = [Thread(target=follow) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        found = contents(connection)
        with prepared(dsn, schema="alone") as alone:
            apply(alone, LOG, schema="alone")
            assert contents(alone, "alone") == found


def test_small_memory_gives_the_same_rows(reads: psycopg.Connection, dsn: str) -> None:
    """Names are looked up again and again, with the balances that the tables hold."""
    models: list[Model] = [Wallets(names_max=2), Ledger(names_max=2)]
    for recorded in LOG:
        apply(reads, [recorded], models=models)
    assert_same_as_at_once(reads, dsn)


class Newer(Wallets):
    version = 2


def test_tables_of_another_version_are_not_written(reads: psycopg.Connection) -> None:
    with pytest.raises(WrongVersionError, match="version 1 is built, not 2") as raised:
        apply(reads, LOG, models=[Newer()])
    assert (raised.value.built, raised.value.wanted) == (1, 2)
    assert ask(reads, "SELECT count(*) FROM read.wallets") == [(0,)]


def test_tables_that_were_never_made_are_not_written(dsn: str) -> None:
    with connect(dsn) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        apply(connection, LOG)


def test_the_lag_is_known_in_time(reads: psycopg.Connection) -> None:
    def last(records: list[Recorded]) -> object:
        apply(reads, records)
        return ask(
            reads,
            """SELECT extract(epoch FROM recorded_at)::bigint * 1000000 FROM read.position
            WHERE model = 'wallets'""",
        )

    assert last(LOG[:50]) == [(LOG[49].recorded_at_us,)]
    assert last(LOG) == [(LOG[-1].recorded_at_us,)]


def test_what_is_told_of_a_row_that_never_began_leaves_nothing(reads: psycopg.Connection) -> None:
    imported, expected = given.told(given.file()), given.told(given.expectation())
    state = given.arriving(), given.reference(given.expectation())
    answered = given.told(given.line(), state)
    with pytest.raises(AssertionError, match="never begun"):
        apply(reads, record([*imported, *answered]), models=[Settlement()])
    assert ask(reads, "SELECT count(*) FROM read.settlement_lines") == [(0,)]
    for each in record([*imported, *expected, *answered]):
        apply(reads, [each], models=[Settlement()])
    found = ask(
        reads, "SELECT status, expected, settled, line_number FROM read.settlement_references"
    )
    assert found == [("matched", 100, 100, 2)]
