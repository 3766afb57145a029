"""The business behind a bill, as upstream services would have published it, and its bill.

Shape: play(system, rows, bill) has every payment paid and every refund given back, by a replay
provider that answers from the bill. Rows are of one seller, with refunds of payments that are in
the same bill: those of providers/wechat/synthetic.py are such. imported(…) and refused(…) are what
becomes of a file.
Units: fen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from consumers.asking import Ask
from consumers.intake.importing import import_file
from consumers.intake.reporting import ImportReport
from domain.order import PlaceOrder
from domain.payment import (
    ConfirmPayment,
    CreatePayment,
    PaymentItem,
    PaymentSucceeded,
    RefundPayment,
    RefundSucceeded,
)
from domain.wallet import OpenWallet
from providers.amounts import scale
from providers.settlement_file import FileRefused
from providers.wechat.bill import BillRow, write_bill
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command
from tests.integration.programs import System

SELLER = "seller"
CHARGED = "SUCCESS"


def play(system: System, rows: Sequence[BillRow], bill: Path) -> None:
    """The day of the bill, to its end."""
    system.start("provider", bill=bill)
    charges = sum(row.state == CHARGED for row in rows)
    with system.asker() as asker:
        answers = list(asker.ask_all([open_seller(), *payments(rows)]))
        assert {each.status for each in answers} == {"accepted"}
        until_counted(system, PaymentSucceeded, charges)
        answers = list(asker.ask_all(refunds(rows)))
        assert {each.status for each in answers} <= {"accepted"}
    until_counted(system, RefundSucceeded, len(rows) - charges)
    system.stop("provider")


def open_seller() -> Ask:
    return _ask(OpenWallet(SELLER, "owner", "seller", "CNY"), SELLER)


def payments(rows: Iterable[BillRow]) -> Iterator[Ask]:
    """Place, create and confirm, for every charge; the order's number is the channel's."""
    for row in rows:
        if row.state != CHARGED:
            continue
        number, amount_minor = row.order, minor(row.settle_amount)
        item = PaymentItem("channel", "channel", amount_minor, "", "wechat", row.merchant, number)
        for command in (
            PlaceOrder(number, "buyer", SELLER, amount_minor, "CNY"),
            CreatePayment(number, number, SELLER, amount_minor, 0, "CNY", (item,)),
            ConfirmPayment(number),
        ):
            yield _ask(command, f"{type(command).__name__}-{number}")


def refunds(rows: Iterable[BillRow]) -> Iterator[Ask]:
    for row in rows:
        if row.state != CHARGED:
            refund = RefundPayment(row.order, row.refund, minor(row.refund_amount), "CNY")
            yield _ask(refund, f"refund-{row.refund}")


def minor(text: str) -> int:
    amount_minor = scale(text, 2)
    assert amount_minor is not None, f"a bad amount: {text}"
    return amount_minor


def bill_file(path: Path, rows: Iterable[BillRow]) -> Path:
    with path.open("wb") as out:
        write_bill(rows, out)
    return path


def counts(system: System) -> Counter[str]:
    """Events of the book main by type."""
    with system.connect() as connection:
        found = connection.execute("SELECT topic, count(*) FROM book_main.events GROUP BY topic")
        return Counter({str(topic): int(count) for topic, count in found.fetchall()})


def until_counted(system: System, cls: type, count: int) -> Counter[str]:
    def look() -> Counter[str] | None:
        found = counts(system)
        return found if found[FULL_NAMES[cls]] >= count else None

    return system.until(look, f"{count} {cls.__name__}")


def _ask(command: Command, key: str) -> Ask:
    return Ask("main", CommandMeta("shop", key), command)


def imported(system: System, path: Path) -> ImportReport:
    report = import_file(system.surroundings, path, book="main")
    assert isinstance(report, ImportReport), report
    return report


def refused(system: System, path: Path) -> FileRefused:
    outcome = import_file(system.surroundings, path, book="main")
    assert isinstance(outcome, FileRefused), outcome
    return outcome


def last_sequence(system: System) -> int:
    with system.connect() as connection:
        row = connection.execute("SELECT last_sequence FROM book_main.head").fetchone()
        assert row is not None
        return int(row[0])
