"""What is served, against what the log comes to: wallets, balances, lines, answers.

Shape: pass_over_reads(connection, book pass, findings) looks at one moment of the read models and
folds the log on to where each of them is then, so that the system may run meanwhile.
`behind` names models that do not even hold what was proven.
"""

from collections import Counter
from typing import LiteralString, NamedTuple, cast

import psycopg
from psycopg import sql

from consumers.verify.log_pass import Folded, Head, Pass
from consumers.verify.report import Findings
from domain.accounting.trial import Balances
from domain.wallet import Wallet

SERVED = "SELECT to_regclass('read.position') IS NOT NULL"
POSITIONS = "SELECT model, sequence FROM read.position WHERE book = %s"
WALLETS = """SELECT wallet_id, currency, status, balance, reserved_balance, debt
FROM read.wallets WHERE book = %s"""
BALANCES = "SELECT account, currency, balance FROM read.account_balances WHERE book = %s"
# The same from the single lines: what one of them says is there after it may hide another.
SUMS = """SELECT a.account, a.currency, sum(side.moved)::bigint FROM (
  SELECT debit_number AS number, sum(amount) AS moved FROM read.ledger_entries
  WHERE book = %s GROUP BY 1
  UNION ALL SELECT credit_number, -sum(amount) FROM read.ledger_entries WHERE book = %s GROUP BY 1
) AS side JOIN read.ledger_accounts AS a ON a.account_number = side.number GROUP BY 1, 2"""
LINES = "SELECT count(*) FROM read.ledger_entries WHERE book = %s"
# With those that nobody had any more when the model was built.
ANSWERS = """SELECT count(c.answer_sequence) + coalesce(max(p.passed), 0),
  greatest(max(p.sequence), max(c.answer_sequence), 0)
FROM read.position AS p LEFT JOIN read.commands AS c USING (book)
WHERE p.model = 'commands' AND book = %s"""
# Saved answers go after a day or two. A command that is published again later is decided again: its
# stream refuses it, or has nothing to add. A second answer with events is none, however late.
REPEATED = """SELECT count(*) FILTER (
  WHERE answered_at < before + interval '24 hours' OR (first_sequence > 0 AND done > 1))
FROM (SELECT answered_at, first_sequence, lag(answered_at) OVER earlier AS before,
    count(*) FILTER (WHERE first_sequence > 0) OVER earlier AS done
  FROM read.commands
  WHERE book = %s AND NOT replayed AND status <> 'internal_error' AND code <> %s
  WINDOW earlier AS (PARTITION BY command_id ORDER BY answer_sequence)) AS outcomes"""
# Partitions by day are dropped from the oldest on: what is kept has no gap and ends at the head.
SAVED = """SELECT count(*), max(answer_sequence) - min(answer_sequence) + 1, max(answer_sequence)
FROM {schema}.answers WHERE answer_sequence <= {to}"""
# Of a history that was lost: a book that was put back has given others under its numbers since.
OTHERWISE = """SELECT count(*) FROM {schema}.answers AS a
JOIN read.commands AS c ON c.book = {book} AND c.answer_sequence = a.answer_sequence
WHERE c.command_id <> a.command_id AND a.answer_sequence <= {to}"""
KEY_REUSED = "idempotency_key_reused"
MODEL_OF_WALLETS, MODEL_OF_LEDGER = "wallets", "ledger"


class Facts(NamedTuple):
    """What is compared of a wallet; amounts in minor units."""

    currency: str
    status: str
    balance: int
    reserved: int
    debt: int

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self._asdict().items())


def behind(
    connection: psycopg.Connection, folded: Folded, models: list[str]
) -> list[tuple[str, int]]:
    """Models of events that do not hold all of the log yet."""
    if connection.execute(SERVED).fetchone() == (False,):
        return [(model, 0) for model in models]  # No projector has run yet.
    held = dict(connection.execute(POSITIONS, (folded.book,)).fetchall())
    return [(name, held.get(name, 0)) for name in models if held.get(name, 0) < folded.sequence]


def pass_over_reads(connection: psycopg.Connection, book: Pass, findings: Findings) -> None:
    """Compare every wallet and every account, each with the log up to where its model is."""
    looks = {MODEL_OF_WALLETS: _wallets, MODEL_OF_LEDGER: _ledger}
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        held: dict[str, int] = dict(connection.execute(POSITIONS, (book.folded.book,)).fetchall())
        for model in sorted(looks, key=lambda model: held.get(model, 0)):
            book.to(held.get(model, 0))
            looks[model](connection, book.folded, findings)


def _wallets(connection: psycopg.Connection, folded: Folded, findings: Findings) -> None:
    served = {
        row[0]: Facts._make(row[1:])
        for row in connection.execute(WALLETS, (folded.book,)).fetchall()
    }
    ours = {
        state.wallet_id: Facts(
            state.currency,
            state.status,
            state.balance_minor,
            state.reserved_minor,
            state.debt_minor,
        )
        for stream in folded.streams.values()
        if isinstance(state := stream.state, Wallet)
    }
    for wallet_id in sorted(served.keys() | ours.keys()):
        findings.compare(
            "wallets_equal_streams",
            f"{folded.book} wallet {wallet_id}",
            found=served.get(wallet_id),
            expected=ours.get(wallet_id),
        )


def _ledger(connection: psycopg.Connection, folded: Folded, findings: Findings) -> None:
    book = folded.book
    balances = _by_account(connection, BALANCES, book)
    sums = _by_account(connection, SUMS, book, book)
    for key in sorted(balances.keys() | sums.keys() | folded.balances.keys()):
        place = f"{book} {key[0]} {key[1]}"
        expected = folded.balances.get(key, 0)
        for what, served in (("", balances), (" by its lines", sums)):
            found = served.get(key, 0)
            findings.compare("ledger_equals_log", place + what, found=found, expected=expected)
    row = connection.execute(LINES, (book,)).fetchone()
    found = row and row[0]
    findings.compare("ledger_equals_log", f"{book} lines", found=found, expected=folded.lines)
    totals = Counter[str]()
    for (_, currency), minor in balances.items():
        totals[currency] += minor
    for currency, minor in totals.items():
        findings.compare("trial_balance_zero", f"{book} {currency}", found=minor, expected=0)


def _by_account(
    connection: psycopg.Connection, query: LiteralString, *parameters: object
) -> Balances:
    rows = cast("list[tuple[str, str, int]]", connection.execute(query, parameters).fetchall())
    return {(account, currency): minor for account, currency, minor in rows}


def pass_over_answers(connection: psycopg.Connection, head: Head, findings: Findings) -> None:
    """Every answer once at its place, one outcome a command, served as it is saved."""
    book = head.book
    row = connection.execute(ANSWERS, (book.name,)).fetchone()
    assert row is not None, "a count is a row"
    findings.compare("answers_gapless", f"{book.name} served", found=row[0], expected=row[1])
    row = connection.execute(REPEATED, (book.name, KEY_REUSED)).fetchone()
    assert row is not None, "a count is a row"
    findings.compare("outcomes_unique", f"{book.name} commands", found=row[0], expected=0)
    schema, to = sql.Identifier(book.schema), sql.Literal(head.answer_sequence)
    statement = sql.SQL(OTHERWISE).format(schema=schema, book=sql.Literal(book.name), to=to)
    row = connection.execute(statement).fetchone()
    assert row is not None, "a count is a row"
    said = f"{book.name} served otherwise than saved"
    findings.compare("outcomes_unique", said, found=row[0], expected=0)
    row = connection.execute(sql.SQL(SAVED).format(schema=schema, to=to)).fetchone()
    assert row is not None, "a count is a row"
    count, spanned, last = row
    if count:
        end = head.answer_sequence
        findings.compare("answers_gapless", f"{book.name} saved", found=count, expected=spanned)
        findings.compare("answers_gapless", f"{book.name} last saved", found=last, expected=end)
