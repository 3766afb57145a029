"""`tally wallet`: what is in a wallet, and what moved last."""

from typing import Annotated

import typer

from cli.calls import Call, refuse, with_call
from cli.printing import NUMBER, document, money, second, table
from cli.shared_options import Book, Limit

WALLET = """SELECT book, wallet_id, owner_id, type, status, currency, balance AS balance_minor,
  reserved_balance AS reserved_minor, available_balance AS available_minor,
  overdraft_limit AS overdraft_limit_minor, debt AS debt_minor, opened_at, updated_at,
  book_sequence
FROM read.wallets WHERE book = %s AND wallet_id = %s"""
HISTORY = """SELECT book_sequence, recorded_at, transaction_type, status, amount AS amount_minor,
  balance_change AS balance_change_minor, balance_after AS balance_after_minor,
  reserved_balance_after AS reserved_after_minor, counterparty_account, movement_id
FROM read.wallet_history(%s, %s, %s)"""
WalletId = Annotated[str, typer.Argument(metavar="ID", help="The wallet's id.")]


@with_call
def wallet(call: Call, wallet_id: WalletId, book: Book = "main", limit: Limit = 20) -> None:
    """Show a wallet and its last transactions, the newest first.

    Example: tally wallet alice --limit 5
    """
    from cli.reading import reading, rows

    with reading(call) as connection:
        found = rows(connection, WALLET, (book, wallet_id))
        if not found:
            raise refuse(f"there is no wallet {wallet_id} in the book {book}")
        history = rows(connection, HISTORY, (book, wallet_id, limit))
    if call.json:
        document(found[0] | {"transactions": history})
        return
    _show(found[0], history)


def _show(found: dict[str, object], history: list[dict[str, object]]) -> None:
    currency = str(found["currency"])
    facts = [
        (name, money(int(str(value)), currency) if name.endswith("_minor") else value)
        for name, value in found.items()
        if name != "wallet_id"
    ]
    shown = [(str(name).removesuffix("_minor").replace("_", " "), value) for name, value in facts]
    table(f"Wallet {found['wallet_id']}", ["", ""], shown)
    columns = ["event", "recorded (UTC)", "what", "status", *_RIGHT, "other side", "id"]
    lines = [
        (
            each["book_sequence"],
            second(str(each["recorded_at"])),
            each["transaction_type"],
            each["status"],
            money(int(str(each["amount_minor"])), currency),
            money(int(str(each["balance_after_minor"])), currency),
            money(int(str(each["reserved_after_minor"])), currency),
            each["counterparty_account"],
            each["movement_id"],
        )
        for each in history
    ]
    table("Last transactions", columns, lines)


_RIGHT = [("amount", NUMBER), ("balance", NUMBER), ("of it reserved", NUMBER)]
