"""`tally ledger` and `tally breaks`: what the accounts come to, and what does not agree."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, Call, complain, refuse, with_call
from cli.printing import NUMBER, document, money, say, second, table
from cli.shared_options import AnyBook, Book, Limit
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
BREAKS = """SELECT break_id, book, kind, status, reference, amount AS amount_minor, currency,
  provider, merchant_account, batch_id, line_number, settlement_id, how, account, note, opened_at,
  resolved_at
FROM read.breaks WHERE (%s::text IS NULL OR book = %s) AND status = ANY(%s)
ORDER BY opened_at, break_id LIMIT %s"""
Account = Annotated[
    str | None, typer.Option(metavar="NAME", help="One account, such as liability:wallet:alice.")
]


class BreakStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


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
Status = Annotated[BreakStatus, typer.Option(help="Which breaks.")]


@with_call
def breaks(
    call: Call, book: AnyBook = None, status: Status = BreakStatus.OPEN, limit: Limit = 1_000
) -> None:
    """List where our books and a provider's file do not agree, the oldest first.

    An amount is what the file says less what we say.

    Example: tally breaks --status all --json
    """
    from cli.reading import reading, require_book, rows

    with reading(call) as connection:
        wanted = ["open", "resolved"] if status is BreakStatus.ALL else [status.value]
        found = rows(connection, BREAKS, (book, book, wanted, limit))
        if not found and book is not None:
            require_book(connection, book)
    if call.json:
        document(found)
        return
    columns = ["break", "kind", "status", "reference", ("amount", NUMBER), "file", "opened (UTC)"]
    shown = [
        (
            each["break_id"],
            each["kind"],
            each["status"] if not each["how"] else f"{each['status']}: {each['how']}",
            each["reference"],
            money(each["amount_minor"], each["currency"]),
            _place(each["batch_id"], each["line_number"]),
            second(each["opened_at"]),
        )
        for each in found
    ]
    table("Breaks", columns, shown)


def _place(batch_id: str, line_number: int) -> str:
    """Where a break comes from; what a file has not brought is on no line of it."""
    return f"{batch_id} line {line_number}" if line_number else batch_id
