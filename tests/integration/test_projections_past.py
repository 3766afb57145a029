"""The past is asked through an index: balances at any moment, histories of busy accounts.

Shape: every moment of the story against sums made here; and a book of many lines, where the plans
of the questions are looked at.
"""

from bisect import bisect_right
from collections.abc import Generator
from datetime import UTC, datetime

import psycopg
import pytest

from domain.accounting import trial
from domain.accounting.posting import lines
from domain.wallet import (
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
    WalletOpened,
)
from projections.ledger import Ledger
from projections.wallets import Wallets
from tests.integration.read_side import apply, ask, clean, database, prepared
from tests.integration.servers import Addresses
from tests.unit.projections.records import at_us, record
from tests.unit.projections.story import Story

LOG = record(Story().events)
POSTED = [each.sequence for each in LOG if lines(each.event, "main")]
TRANSFERS = 3_000
MOVED = (
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
    DebtRepaid,
)


@pytest.fixture(scope="module")
def reads(servers: Addresses) -> Generator[psycopg.Connection]:
    with database(servers.postgres_dsn) as dsn, prepared(clean(dsn)) as connection:
        models = [Wallets(), Ledger()]
        apply(connection, LOG, models=[*models])
        for start in range(0, len(BUSY), 1_000):
            apply(connection, BUSY[start : start + 1_000], models=[*models], book="busy")
        connection.execute("ANALYZE")
        connection.commit()
        yield connection


def busy() -> list[object]:
    """Two wallets, and money that goes to and fro between them."""
    names, balances = ("left", "right"), {"left": 10**6, "right": 10**6}
    events: list[object] = [WalletOpened(name, "owner", "buyer", "CNY", 0) for name in names]
    events += [
        FundsCredited(name, name, 10**6, "CNY", "external:bank", False, 10**6, 0)  # noqa: FBT003
        for name in names
    ]
    for number in range(TRANSFERS):
        source, to = names if number % 2 else names[::-1]
        balances[source] -= 1 + number % 7
        balances[to] += 1 + number % 7
        for wallet, other, kind in ((source, to, FundsDebited), (to, source, FundsCredited)):
            account = f"liability:wallet:{other}"
            after = balances[wallet]
            events.append(
                kind(wallet, f"t{number}", 1 + number % 7, "CNY", account, False, after, 0)  # noqa: FBT003
            )
    return events


BUSY = record(busy())


def moment(sequence: int) -> datetime:
    return datetime.fromtimestamp(at_us(sequence) / 1e6, UTC)


@pytest.mark.parametrize("sequence", range(len(LOG) + 3))
def test_balances_at_any_moment_are_the_sums_until_then(
    reads: psycopg.Connection, sequence: int
) -> None:
    until = [each for each in LOG if each.recorded_at_us <= at_us(sequence)]
    balances: trial.Balances = {}
    trial.post(balances, (line for each in until for line in lines(each.event, "main")))
    found = ask(
        reads,
        "SELECT account, currency, balance FROM read.balances_at('main', %s)",
        moment(sequence),
    )
    assert {(account, currency): balance for account, currency, balance in found} == balances
    last = bisect_right(POSTED, until[-1].sequence) if until else 0
    expected = POSTED[last - 1] if last else 0
    assert ask(reads, "SELECT read.sequence_at('main', %s)", moment(sequence)) == [(expected,)]


@pytest.mark.parametrize("sequence", range(0, len(LOG) + 3, 2))
@pytest.mark.parametrize("wallet_id", ["alice", "bob", "shop", "empty"])
def test_a_wallet_at_any_moment_is_what_its_last_event_said(
    reads: psycopg.Connection, wallet_id: str, sequence: int
) -> None:
    said = [
        (event.balance_after_minor, event.reserved_after_minor, each.sequence)
        for each in LOG
        if each.recorded_at_us <= at_us(sequence)
        and each.aggregate_id == wallet_id
        and isinstance(event := each.event, MOVED)
    ]
    query = "SELECT balance, reserved_balance, book_sequence FROM read.wallet_at('main', %s, %s)"
    assert ask(reads, query, wallet_id, moment(sequence)) == said[-1:]


def test_one_account_at_a_moment(reads: psycopg.Connection) -> None:
    query = "SELECT currency, balance FROM read.balance_at('main', 'asset:settling:bill-0331', %s)"
    assert ask(reads, query, moment(len(LOG))) == [("CNY", 18_127), ("USD", 1_994)]
    assert ask(reads, query, moment(1)) == []


def test_the_last_transactions_of_a_wallet(reads: psycopg.Connection) -> None:
    every = ask(
        reads,
        """SELECT book_sequence, transaction_type, balance_after FROM read.wallet_transactions
        WHERE book = 'main' AND wallet_id = 'alice' ORDER BY book_sequence DESC""",
    )
    query = "SELECT book_sequence, transaction_type, balance_after FROM read.wallet_history"
    assert ask(reads, query + "('main', 'alice')") == every
    assert len(every) > 10
    assert ask(reads, query + "('main', 'alice', 3)") == every[:3]
    before = every[2][0]
    assert ask(reads, query + "('main', 'alice', 3, %s)", before) == every[3:6]
    assert ask(reads, query + "('busy', 'alice')") == []


def test_the_last_postings_of_an_account(reads: psycopg.Connection) -> None:
    columns = "book_sequence, line, side, amount, balance_after, counter_account, currency"
    every = ask(
        reads,
        f"""SELECT {columns} FROM read.postings WHERE account = 'asset:receivable:wechat'
        ORDER BY book_sequence DESC, line DESC""",  # noqa: S608 - columns stand above.
    )
    query = f"SELECT {columns} FROM read.account_history"  # noqa: S608 - columns stand above.
    assert ask(reads, query + "('main', 'asset:receivable:wechat')") == every
    assert {row[2] for row in every} == {"debit", "credit"}
    assert ask(reads, query + "('main', 'asset:receivable:wechat', 4)") == every[:4]


QUESTIONS = [
    ("SELECT * FROM read.wallet_history('busy', 'left', 50)", 52),
    ("SELECT * FROM read.account_history('busy', 'liability:wallet:left', 50)", 104),
    ("SELECT * FROM read.wallets WHERE book = 'busy' AND wallet_id = 'left'", 2),
    ("SELECT * FROM read.account_balances WHERE account = 'liability:wallet:left'", 4),
    ("SELECT * FROM read.sequence_at('busy', timestamptz '2023-11-15')", 20),
    ("SELECT * FROM read.balance_at('busy', 'liability:wallet:left', '2023-11-15')", 24),
    ("SELECT * FROM read.wallet_at('busy', 'left', '2023-11-15')", 20),
    ("SELECT * FROM read.ledger_lines WHERE book = 'busy' AND book_sequence = 4001", 8),
]
READ = """SELECT coalesce(sum(seq_scan), 0)::bigint, coalesce(sum(idx_tup_fetch), 0)::bigint
FROM pg_stat_xact_user_tables WHERE relname IN ('ledger_entries', 'wallet_movements')"""


@pytest.mark.parametrize(("query", "rows_max"), QUESTIONS)
def test_a_question_looks_at_few_rows_of_a_busy_table(
    reads: psycopg.Connection, query: str, rows_max: int
) -> None:
    """By its index alone: thousands of rows are there, and only those of the answer are read."""
    with reads.transaction():  # What is counted reaches the server's statistics at its end.
        before = read_so_far(reads)
        assert reads.execute(query.encode()).fetchall()
        after = read_so_far(reads)
    assert after[0] == before[0]
    assert 0 < after[1] - before[1] <= rows_max


def read_so_far(reads: psycopg.Connection) -> tuple[int, int]:
    """How often the busy tables were read whole, and how many of their rows by an index."""
    found = reads.execute(READ).fetchone()
    assert found is not None
    return found[0], found[1]
