"""A system in which everything has happened that a proof looks at, and ways to corrupt it.

Shape: at_rest(system, folder) plays wallets, transfers in a book and between two, payments,
refunds and a bill with planted breaks, and stops the programs: whatever is found then was put there
by a test. `with corrupted(system, tables, *statements)` is undone from copies of those tables.
"""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from commands.log import DAY_US
from consumers.asking import Ask
from consumers.intake.importing import import_file
from consumers.intake.reporting import ImportReport
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, HoldFunds, OpenWallet
from projections.models import event_models
from providers.wechat.plant import plant
from providers.wechat.synthetic import synthetic_rows
from schemas.meta import CommandMeta
from schemas.names import Command
from tests.integration.billed import bill_file, play
from tests.integration.programs import System

EVERYTHING = ("writer", "relay", "projector")
ROWS = 30
OTHER = "other"
ACTOR, CORRELATION = "clerk-7", "case-42"
TRIGGERS = "ALTER TABLE {} {} TRIGGER USER"
BACK = "INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}"


def at_rest(system: System, folder: Path) -> None:
    """Let the whole business happen, then stop all programs."""
    _do_business(system)
    rows = tuple(synthetic_rows(ROWS, seed=11))
    play(system, rows, bill_file(folder / "bill.csv", rows))
    changed, planted = plant(rows, seed=3)
    assert planted
    bill = bill_file(folder / "planted.csv", changed)
    report = import_file(system.surroundings, bill, book="main")
    assert isinstance(report, ImportReport), report
    assert report.outcome == "imported"
    _until_at_rest(system)
    for name in EVERYTHING:
        system.stop(name)


def _do_business(system: System) -> None:
    system.create_book(OTHER)
    with system.asker() as asker:
        for step in (_opening(), _moving()):
            answers = list(asker.ask_all(step))
            assert {each.status for each in answers} == {"accepted"}


def _opening() -> Iterator[Ask]:
    for book, wallet in (("main", "anna"), ("main", "ben"), (OTHER, "cleo")):
        yield _ask(OpenWallet(wallet, f"owner-{wallet}", "buyer", "EUR"), book=book)
        yield _ask(CreditWallet(wallet, f"fund-{wallet}", 10_000, "EUR", "bank"), book=book)


def _moving() -> Iterator[Ask]:
    for number in range(5):
        yield _ask(TransferFunds(f"inside-{number}", "anna", "ben", 10 + number, "EUR"))
        yield _ask(TransferFunds(f"out-{number}", "ben", "cleo", 100 + number, "EUR", OTHER))
        back = TransferFunds(f"back-{number}", "cleo", "anna", 7 + number, "EUR", "main")
        yield _ask(back, book=OTHER)
    # Offered to a wallet that is not there: held, refused over there, released again.
    yield _ask(TransferFunds("nobody", "anna", "nobody", 5, "EUR", OTHER))
    tomorrow_us = time.time_ns() // 1_000 + DAY_US
    yield _ask(HoldFunds("anna", "hold-1", 300, "EUR", tomorrow_us))


def _ask(command: Command, *, book: str = "main") -> Ask:
    key = "/".join(str(getattr(command, name)) for name in type(command).__match_args__[:2])
    meta = CommandMeta("shop", f"{type(command).__name__}/{key}", CORRELATION, ACTOR)
    return Ask(book, meta, command)


def _until_at_rest(system: System) -> None:
    """Every transfer has ended, in both books, and every model has all of it."""
    ended = "SELECT count(*) FROM {}.events WHERE topic ~ 'Transfer(Completed|Failed)$'"
    with system.connect() as connection:
        for book, count in (("main", 6), (OTHER, 5)):
            statement = sql.SQL(ended).format(sql.Identifier(f"book_{book}"))
            system.until(
                lambda statement=statement, count=count: (
                    True if connection.execute(statement).fetchone() == (count,) else None
                ),
                f"{count} transfers of {book} to end",
            )
    for book in ("main", OTHER):
        for model in event_models():
            system.caught_up(model.name, book=book)


@contextmanager
def corrupted(
    system: System, tables: tuple[LiteralString, ...], *statements: LiteralString
) -> Generator[None]:
    """Statements that must each change something, undone at the end."""
    with psycopg.connect(system.settings.postgres) as connection:
        for number, table in enumerate(tables):
            copy = sql.Identifier(f"copy_{number}")
            connection.execute(
                sql.SQL("CREATE TEMP TABLE {} AS TABLE {}").format(copy, sql.SQL(table))
            )
            connection.execute(sql.SQL(TRIGGERS).format(sql.SQL(table), sql.SQL("DISABLE")))
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, f"changed nothing: {statement}"
        connection.commit()
        try:
            yield
        finally:
            for number, table in enumerate(tables):
                copy = sql.Identifier(f"copy_{number}")
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
                connection.execute(sql.SQL(BACK).format(sql.SQL(table), copy))
                connection.execute(sql.SQL(TRIGGERS).format(sql.SQL(table), sql.SQL("ENABLE")))
            connection.commit()
