"""`tally ledger`: what the accounts come to."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, Call, complain, refuse, with_call
from cli.printing import NUMBER, document, money, say, second, table
from cli.shared_options import Book, Limit
from infra.called import hint

if TYPE_CHECKING:
    from cli.reading import Reader, Row

# Of the accounts, not of read.trial_balance: a sum for people has no end at 64 bits.
TRIAL = """SELECT category AS account, currency, count(*) AS accounts,
  coalesce(sum(balance) FILTER (WHERE balance > 0), 0) AS debit_minor,
  coalesce(-sum(balance) FILTER (WHERE balance < 0), 0) AS credit_minor,
  sum(balance) AS balance_minor
FROM read.account_balances WHERE book = %s
GROUP BY category, currency ORDER BY currency, category"""
BALANCES = """SELECT account, currency, category, balance AS balance_minor, updated_at,
  book_sequence
FROM read.account_balances WHERE book = %s AND account = %s ORDER BY currency"""
HISTORY = """SELECT book_sequence, line, recorded_at, effective_on, side, currency,
  amount AS amount_minor, balance_after AS balance_after_minor, counter_account
FROM read.account_history(%s, %s, %s)"""
Account = Annotated[
    str | None, typer.Option(metavar="NAME", help="One account, such as liability:wallet:alice.")
]


@with_call
def ledger(call: Call, book: Book = "main", account: Account = None, limit: Limit = 20) -> None:
    """Show the trial balance of a book, or one account with its last postings.

    A balance is debit - credit: what we owe is below zero. Exits with 1 if a currency does not
    sum to zero.

    Example: tally ledger --account liability:wallet:alice
    """
    from cli.reading import reading

    with reading(call) as connection:
        if account is None:
            _trial(call, connection, book)
        else:
            _account(call, connection, (book, account), limit)


def _trial(call: Call, connection: "Reader", book: str) -> None:
    from cli.reading import require_book, rows

    found = rows(connection, TRIAL, (book,))
    if not found:
        require_book(connection, book)
    sums: dict[str, int] = {}
    for each in found:
        sums[each["currency"]] = sums.get(each["currency"], 0) + each["balance_minor"]
    if call.json:
        document({"book": book, "trial_balance": found, "sums_minor": sums})
    else:
        columns = ["account", ("accounts", NUMBER), *_MONEY]
        shown = [(each["account"], f"{each['accounts']:,}", *_columns(each)) for each in found]
        table(f"Trial balance of {book}", columns, shown)
        for currency, sum_minor in sorted(sums.items()):
            say(f"{currency} sums to {money(sum_minor, currency)}")
    if any(sums.values()):
        complain(f"the trial balance does not sum to zero: run {hint('verify')}")
        raise typer.Exit(BROKEN)


def _columns(each: "Row") -> list[str]:
    names = ("debit_minor", "credit_minor", "balance_minor")
    return [money(each[name], each["currency"]) for name in names]


def _account(call: Call, connection: "Reader", named: tuple[str, str], limit: int) -> None:
    from cli.reading import rows

    balances = rows(connection, BALANCES, named)
    if not balances:
        raise refuse(f"the account {named[1]} has never moved in the book {named[0]}")
    history = rows(connection, HISTORY, (*named, limit))
    if call.json:
        document({"book": named[0], "balances": balances, "postings": history})
        return
    for each in balances:
        say(f"{each['account']}: {money(each['balance_minor'], each['currency'])}")
    lines = [
        (
            each["book_sequence"],
            second(each["recorded_at"]),
            each["effective_on"],
            *(
                money(abs(each["amount_minor"]), each["currency"]) if each["side"] == side else ""
                for side in ("debit", "credit")
            ),
            money(each["balance_after_minor"], each["currency"]),
            each["counter_account"],
        )
        for each in history
    ]
    columns = ["event", "recorded (UTC)", "day", *_MONEY, "other side"]
    table("Last postings, the newest first", columns, lines)


_MONEY = [("debit", NUMBER), ("credit", NUMBER), ("balance", NUMBER)]
