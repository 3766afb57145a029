"""The tables, views and functions of the ledger.

Shape: `ledger_entries` holds a row a ledger line, with numbers for accounts and, for both of them,
the balance after the line; people read it as `ledger_lines` and `postings`. Rows are only ever
added: a balance is the one after an account's last line, now or at any moment of the past.
Units: minor units; a balance is debit - credit. Times are the writer's and never decrease in a
book, so the lines of a moment are found by halving.
"""

from typing import LiteralString

from projections.halving import HALVING
from projections.relations import BY_INDEX, Column, Function, Relations, Table, View

ACCOUNTS = Table(
    name="ledger_accounts",
    comment="The accounts that have ever moved, one a book and currency, each with a number.",
    columns=(
        Column(
            "account_number",
            "bigint GENERATED ALWAYS AS IDENTITY",
            "Stands for the account in ledger_entries; another build gives other numbers.",
        ),
        Column("account", "text NOT NULL", "Name of the account, as docs/ledger.md lists them."),
        Column("currency", "text NOT NULL", "ISO 4217 code; an account has a balance in each."),
        Column("book", "text NOT NULL", "Name of the book."),
        Column(
            "category",
            "text NOT NULL",
            "The account without the name of the one thing it is about: liability:wallet.",
        ),
    ),
    key=("account", "currency", "book"),
    constraints=("UNIQUE (account_number)",),
)
ENTRIES = Table(
    name="ledger_entries",
    comment="One row a ledger line, narrow; read it as ledger_lines or postings.",
    columns=(
        Column("book_sequence", "bigint NOT NULL", "Place of the event that posted it."),
        Column("amount", "bigint NOT NULL", "What moves, above zero, in minor units."),
        Column("recorded_at", "timestamp with time zone NOT NULL", "When it was recorded."),
        Column("debit_balance", "bigint NOT NULL", "Balance of the debit account after it."),
        Column("credit_balance", "bigint NOT NULL", "Balance of the credit account after it."),
        Column("debit_number", "bigint NOT NULL", "The debit account's number."),
        Column("credit_number", "bigint NOT NULL", "The credit account's number."),
        Column("effective_on", "date NOT NULL", "The business day that it belongs to."),
        Column("line", "smallint NOT NULL", "Place among the lines of its event, from 1."),
        Column("book", "text NOT NULL", "Name of the book."),
    ),
    key=("book", "book_sequence", "line"),
    # With the line, or the last lines of a busy account would be found by sorting all of it.
    indexes=("(debit_number, book_sequence, line)", "(credit_number, book_sequence, line)"),
)
COMMON = {
    "book": "Name of the book.",
    "book_sequence": "Place of the event that posted it.",
    "line": "Place among the lines of its event, from 1.",
}
WHEN = {
    "effective_on": "The business day that it belongs to.",
    "recorded_at": "When it was recorded; never decreases in a book.",
}
LINES = View(
    name="ledger_lines",
    comment="The ledger: each line moves an amount from its credit to its debit account.",
    columns=COMMON
    | {
        "debit_account": "The account that is debited.",
        "credit_account": "The account that is credited.",
        "amount": "What moves, above zero, in minor units.",
        "currency": "ISO 4217 code, of both accounts.",
        "debit_balance": "Balance of the debit account after it, debit - credit.",
        "credit_balance": "Balance of the credit account after it, debit - credit.",
    }
    | WHEN,
    query="""SELECT e.book, e.book_sequence, e.line, debit.account, credit.account, e.amount,
  debit.currency, e.debit_balance, e.credit_balance, e.effective_on, e.recorded_at
FROM ledger_entries AS e
JOIN ledger_accounts AS debit ON debit.account_number = e.debit_number
JOIN ledger_accounts AS credit ON credit.account_number = e.credit_number""",
)
POSTINGS = View(
    name="postings",
    comment="The ledger by account: two rows a line, one for each account.",
    columns=COMMON
    | {
        "account": "The account that it is posted to.",
        "side": "debit or credit.",
        "amount": "In minor units: above zero on the debit side, below on the credit side.",
        "currency": "ISO 4217 code.",
        "balance_after": "Balance of the account after it, debit - credit.",
        "counter_account": "The account on the other side.",
    }
    | WHEN,
    query="""SELECT e.book, e.book_sequence, e.line, debit.account, 'debit', e.amount,
  debit.currency, e.debit_balance, credit.account, e.effective_on, e.recorded_at
FROM ledger_entries AS e
JOIN ledger_accounts AS debit ON debit.account_number = e.debit_number
JOIN ledger_accounts AS credit ON credit.account_number = e.credit_number
UNION ALL
SELECT e.book, e.book_sequence, e.line, credit.account, 'credit', -e.amount,
  credit.currency, e.credit_balance, debit.account, e.effective_on, e.recorded_at
FROM ledger_entries AS e
JOIN ledger_accounts AS debit ON debit.account_number = e.debit_number
JOIN ledger_accounts AS credit ON credit.account_number = e.credit_number""",
)
# The last line of an account `a`, up to a place in the book: one look into each index.
LAST: LiteralString = """LATERAL (
  (SELECT book_sequence, line, recorded_at, debit_balance AS balance FROM ledger_entries
   WHERE debit_number = a.account_number AND book_sequence <= {until}
   ORDER BY book_sequence DESC, line DESC LIMIT 1)
  UNION ALL
  (SELECT book_sequence, line, recorded_at, credit_balance FROM ledger_entries
   WHERE credit_number = a.account_number AND book_sequence <= {until}
   ORDER BY book_sequence DESC, line DESC LIMIT 1)
  ORDER BY book_sequence DESC, line DESC LIMIT 1
) AS last"""
NOW: LiteralString = LAST.replace("{until}", "9223372036854775807")
THEN: LiteralString = LAST.replace("{until}", "past.sequence")
BALANCES = View(
    name="account_balances",
    comment="What every account comes to, by the ledger alone.",
    columns={
        "book": "Name of the book.",
        "book_sequence": "Place of the event that moved it last.",
        "account": "Name of the account.",
        "currency": "ISO 4217 code.",
        "category": "The account without the name of the one thing it is about.",
        "balance": "Debit - credit in minor units: what we owe is below zero.",
        "updated_at": "When it moved last.",
    },
    query="""SELECT a.book, last.book_sequence, a.account, a.currency, a.category, last.balance,
  last.recorded_at
FROM ledger_accounts AS a CROSS JOIN {last}""".replace("{last}", NOW),
)
TRIAL = View(
    name="trial_balance",
    comment="The trial balance by category of accounts; in a book and currency it sums to zero.",
    columns={
        "book": "Name of the book.",
        "book_sequence": "Place of the event that moved any of them last.",
        "category": "Kind of account, such as liability:wallet.",
        "currency": "ISO 4217 code.",
        "accounts": "How many accounts there are of it.",
        "debit": "Sum of the balances above zero; null beyond 64 bits.",
        "credit": "Sum of the balances below zero, as a positive number; null beyond 64 bits.",
        "balance": "Debit - credit; null beyond 64 bits.",
    },
    query="""SELECT book, sequence, category, currency, accounts,
  CASE WHEN debit < 2::numeric ^ 63 THEN debit::bigint END,
  CASE WHEN credit < 2::numeric ^ 63 THEN credit::bigint END,
  CASE WHEN abs(debit - credit) < 2::numeric ^ 63 THEN (debit - credit)::bigint END
FROM (SELECT book, max(book_sequence) AS sequence, category, currency, count(*) AS accounts,
    coalesce(sum(balance) FILTER (WHERE balance > 0), 0) AS debit,
    coalesce(-sum(balance) FILTER (WHERE balance < 0), 0) AS credit
  FROM account_balances GROUP BY book, category, currency) AS of_category""",
)
SEQUENCE_AT = Function(
    name="sequence_at",
    comment="The last book_sequence of a ledger line recorded up to a moment; 0 before the first.",
    declaration="(of_book text, moment timestamp with time zone) RETURNS bigint",
    query=HALVING.replace("{rows}", "ledger_entries")
    .replace("{of}", "e.book = of_book")
    .replace("{answer}", "SELECT max(search.low) FROM search"),
)
BALANCES_AT = Function(
    name="balances_at",
    comment="What every account of a book came to at a moment: account_balances of the past.",
    declaration="""(of_book text, moment timestamp with time zone) RETURNS TABLE
(account text, currency text, category text, balance bigint, book_sequence bigint)""",
    query="""WITH past AS MATERIALIZED (SELECT sequence_at(of_book, moment) AS sequence)
SELECT a.account, a.currency, a.category, last.balance, last.book_sequence FROM past
JOIN ledger_accounts AS a ON a.book = of_book CROSS JOIN {last}""".replace("{last}", THEN),
)
BALANCE_AT = Function(
    name="balance_at",
    comment="What one account of a book came to at a moment, a row a currency.",
    declaration="""(of_book text, of_account text, moment timestamp with time zone) RETURNS TABLE
(currency text, balance bigint, book_sequence bigint)""",
    query="""WITH past AS MATERIALIZED (SELECT sequence_at(of_book, moment) AS sequence)
SELECT a.currency, last.balance, last.book_sequence FROM past
JOIN ledger_accounts AS a ON a.book = of_book AND a.account = of_account
CROSS JOIN {last}""".replace("{last}", THEN),
)
SIDE: LiteralString = """(SELECT e.book_sequence, e.line, a.account, a.currency, e.{side}_number,
  e.{other}_number, '{side}'::text, {sign}e.amount, e.{side}_balance, e.effective_on, e.recorded_at
FROM ledger_accounts AS a JOIN LATERAL (
  SELECT * FROM ledger_entries AS e
  WHERE e.{side}_number = a.account_number AND e.book_sequence < before
  ORDER BY e.book_sequence DESC, e.line DESC LIMIT rows
) AS e ON true WHERE a.book = of_book AND a.account = of_account)"""
DEBITS: LiteralString = (
    SIDE.replace("{side}", "debit").replace("{other}", "credit").replace("{sign}", "")
)
CREDITS: LiteralString = (
    SIDE.replace("{side}", "credit").replace("{other}", "debit").replace("{sign}", "-")
)
HISTORY = Function(
    name="account_history",
    comment="The last postings of an account before a place in the book, the newest first.",
    declaration="""(of_book text, of_account text, rows bigint DEFAULT 50,
before bigint DEFAULT 9223372036854775807) RETURNS TABLE
(book_sequence bigint, line smallint, currency text, side text, amount bigint,
balance_after bigint, counter_account text, effective_on date,
recorded_at timestamp with time zone)""",
    query="""SELECT h.book_sequence, h.line, h.currency, h.side, h.amount, h.balance,
  other.account, h.effective_on, h.recorded_at
FROM (
  SELECT * FROM ({debits} UNION ALL {credits}) AS both_sides (book_sequence, line, account,
    currency, number, other_number, side, amount, balance, effective_on, recorded_at)
  ORDER BY book_sequence DESC, line DESC LIMIT rows
) AS h JOIN ledger_accounts AS other ON other.account_number = h.other_number
ORDER BY h.book_sequence DESC, h.line DESC""".replace("{debits}", DEBITS).replace(
        "{credits}", CREDITS
    ),
    settings=BY_INDEX,
)
RELATIONS = Relations(
    tables=(ACCOUNTS, ENTRIES),
    views=(LINES, POSTINGS, BALANCES, TRIAL),
    functions=(SEQUENCE_AT, BALANCES_AT, BALANCE_AT, HISTORY),
    compared=("ledger_lines", "account_balances"),
)
