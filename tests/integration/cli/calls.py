"""Calling `tally` on a system of a test's own, and a day of business to call it about.

Shape: caller(system) -> call(*words, stdin=…) as somebody with these addresses in the environment;
play(system, call, book) makes a book and publishes day(book).
"""

import json
from collections.abc import Callable
from typing import Any

from typer.testing import Result

from tests.integration.programs import System
from tests.unit.cli.calling import tally

OPEN = {"owner_id": "o", "type": "buyer", "currency": "EUR"}
Call = Callable[..., Result]


def caller(system: System) -> Call:
    env = {
        f"TALLY_{name.upper()}": str(value)
        for name, value in system.settings.model_dump(exclude={"log_json"}).items()
    }

    def run(*words: str, stdin: bytes | None = None) -> Result:
        return tally(*words, env=env, stdin=stdin)

    return run


def command(kind: str, *, key: str, book: str, **data: object) -> dict[str, object]:
    return {"type": kind, "book": book, "client": "cli", "idempotency_key": key, "data": data}


def day(book: str) -> bytes:
    """Two wallets, money in one, a transfer that goes and one that cannot."""
    money = {"currency": "EUR", "source_wallet_id": "alice", "destination_wallet_id": "bob"}
    commands = [
        command("OpenWallet", key="o1", book=book, wallet_id="alice", **OPEN),
        command("OpenWallet", key="o2", book=book, wallet_id="bob", **OPEN),
        command(
            "CreditWallet",
            key="c1",
            book=book,
            wallet_id="alice",
            movement_id="m1",
            amount_minor=1_000,
            currency="EUR",
            source="bank",
        ),
        command("TransferFunds", key="t1", book=book, transfer_id="t1", amount_minor=300, **money),
        command(
            "TransferFunds", key="t2", book=book, transfer_id="t2", amount_minor=9_999, **money
        ),
        command("TransferFunds", key="t1", book=book, transfer_id="t1", amount_minor=300, **money),
    ]
    return b"".join(json.dumps(each).encode() + b"\n" for each in commands)


def play(system: System, call: Call, book: str) -> str:
    """The book after that day, its read models caught up."""
    assert call("book", "create", book).exit_code == 0
    published = call("publish", "-", "--wait", stdin=day(book))
    assert published.exit_code == 1, published.output  # One command is refused.
    for model in ("wallets", "ledger"):
        system.caught_up(model, book=book)
    return book


def parsed(result: Result) -> Any:  # noqa: ANN401 - a JSON document.
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
