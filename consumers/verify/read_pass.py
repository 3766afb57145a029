"""What is served, against what the log comes to: wallets, balances, answers.

Shape: pass_over_reads(connection, folded, findings); `behind` names models that are not caught up.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

from consumers.verify.log_pass import Folded
from consumers.verify.report import Findings
from domain.wallet import Wallet
from infra.event_store.directory import Book

SERVED = "SELECT to_regclass('read.position') IS NOT NULL"
POSITIONS = "SELECT model, sequence FROM read.position WHERE book = %s"
WALLETS = """SELECT wallet_id, currency, status, balance, reserved_balance, debt
FROM read.wallets WHERE book = %s"""
BALANCES = "SELECT account, currency, balance FROM read.account_balances WHERE book = %s"
ANSWERS = """SELECT count(*), coalesce(max(answer_sequence), 0),
  count(*) FILTER (WHERE NOT replayed AND status <> 'internal_error' AND code <> %s)
  - count(DISTINCT command_id)
      FILTER (WHERE NOT replayed AND status <> 'internal_error' AND code <> %s)
FROM read.commands WHERE book = %s"""
SAVED = "SELECT coalesce(min(answer_sequence), 1), count(*) FROM {schema}.answers"
KEY_REUSED = "idempotency_key_reused"


def behind(
    connection: psycopg.Connection, folded: Folded, models: list[str]
) -> list[tuple[str, int]]:
    """Models of events that do not hold all of the log yet."""
    if connection.execute(SERVED).fetchone() == (False,):
        return [(model, 0) for model in models]  # No projector has run yet.
    held = dict(connection.execute(POSITIONS, (folded.book,)).fetchall())
    return [(name, held.get(name, 0)) for name in models if held.get(name, 0) < folded.sequence]


def pass_over_reads(connection: psycopg.Connection, folded: Folded, findings: Findings) -> None:
    """Compare every wallet and every account."""
    served = {
        row[0]: tuple(row[1:]) for row in connection.execute(WALLETS, (folded.book,)).fetchall()
    }
    ours = {
        state.wallet_id: (
            state.currency,
            state.status,
            state.balance_minor,
            state.reserved_minor,
            state.debt_minor,
        )
        for _, state in folded.states.values()
        if isinstance(state, Wallet)
    }
    for wallet_id in sorted(served.keys() | ours.keys()):
        findings.compare(
            "wallets_equal_streams",
            f"{folded.book} wallet {wallet_id}",
            found=served.get(wallet_id),
            expected=ours.get(wallet_id),
        )
    balances = {
        (account, currency): balance
        for account, currency, balance in connection.execute(BALANCES, (folded.book,)).fetchall()
    }
    for key in sorted(balances.keys() | folded.balances.keys()):
        place = f"{folded.book} {key[0]} {key[1]}"
        expected = folded.balances.get(key, 0)
        findings.compare("ledger_equals_log", place, found=balances.get(key, 0), expected=expected)


def pass_over_answers(
    connection: psycopg.Connection, book: Book, folded: Folded, findings: Findings
) -> None:
    """Every answer once at its place, and one outcome a command."""
    asked = (KEY_REUSED, KEY_REUSED, book.name)
    row = connection.execute(ANSWERS, asked).fetchone()
    assert row is not None, "a count is a row"
    count, last, repeated = row
    findings.compare("answers_gapless", f"{book.name} served", found=count, expected=last)
    findings.compare("outcomes_unique", f"{book.name} commands", found=repeated, expected=0)
    first, saved = _saved(connection, book, SAVED)
    expected = folded.answer_sequence - first + 1
    findings.compare("answers_gapless", f"{book.name} saved", found=saved, expected=expected)


def _saved(connection: psycopg.Connection, book: Book, text: LiteralString) -> tuple[int, int]:
    statement = sql.SQL(text).format(schema=sql.Identifier(book.schema))
    row = connection.execute(statement).fetchone()
    assert row is not None, "a count is a row"
    return row[0], row[1]
