"""The proof of a system that goes on meanwhile: what is under way is no finding."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

from consumers.asking import Ask
from consumers.verify import run
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, OpenWallet
from projections.models import event_models
from schemas.meta import CommandMeta
from schemas.names import Command
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

OTHER = "other"
BOOKS = ("main", OTHER)
PROOFS = 6


def opening() -> Iterator[Ask]:
    for book in BOOKS:
        for wallet in ("anna", "ben"):
            yield _ask(book, f"open-{wallet}", OpenWallet(wallet, "owner", "buyer", "EUR"))
            funds = CreditWallet(wallet, f"fund-{wallet}", 10**9, "EUR", "bank")
            yield _ask(book, f"fund-{wallet}", funds)


def traffic(stop: Event) -> Iterator[Ask]:
    """Inside both books and across them, for as long as it is wanted."""
    for number in count():
        if stop.is_set():
            return
        for book, other in (BOOKS, BOOKS[::-1]):
            inside = TransferFunds(f"in-{number}", "anna", "ben", 3, "EUR")
            across = TransferFunds(f"across-{number}", "ben", "anna", 2, "EUR", other)
            yield _ask(book, inside.transfer_id, inside)
            yield _ask(book, across.transfer_id, across)


def _ask(book: str, key: str, command: Command) -> Ask:
    return Ask(book, CommandMeta("shop", key), command)


def transfer(system: System, stop: Event) -> int:
    """How many were accepted."""
    with system.asker(outstanding_max=100) as asker:
        return sum(each.status == "accepted" for each in asker.ask_all(traffic(stop)))


def test_a_busy_system_holds_every_invariant(servers: Addresses, tmp_path: Path) -> None:
    programs = ("writer", "relay", "projector")
    with running(servers, tmp_path, programs=programs) as system, ThreadPoolExecutor(1) as pool:
        system.create_book(OTHER)
        with system.asker() as asker:
            assert {each.status for each in asker.ask_all(opening())} == {"accepted"}
        for book in BOOKS:
            system.caught_up("ledger", book=book)
        stop = Event()
        done = pool.submit(transfer, system, stop)
        try:
            reports = [run(system.surroundings) for _ in range(PROOFS)]
        finally:
            stop.set()
        accepted = done.result()
        for book in BOOKS:
            for model in event_models():
                system.caught_up(model.name, book=book)
        reports.append(run(system.surroundings))
    assert accepted > 0
    found = [each for report in reports for each in report.invariants if not each.holds]
    assert found == []
    events = [each.events for each in reports]
    assert events[0] < events[PROOFS - 1] <= events[-1], "nothing went on meanwhile"
