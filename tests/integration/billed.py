"""The business behind a bill, as upstream services would have published it.

Shape: open_seller(), payments(rows) and refunds(rows) give Asks, for rows of one seller with
refunds of payments in the same bill; the payments must be paid before the refunds are asked.
Units: fen. Source: providers/wechat/synthetic.py, whose bills are such.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from consumers.asking import Ask
from domain.order import PlaceOrder
from domain.payment import ConfirmPayment, CreatePayment, PaymentItem, RefundPayment
from domain.wallet import OpenWallet
from providers.amounts import scale
from providers.wechat.bill import BillRow, write_bill
from schemas.meta import CommandMeta
from schemas.names import Command

SELLER = "seller"
CHARGED = "SUCCESS"


def open_seller(book: str = "main") -> Ask:
    return _ask(book, OpenWallet(SELLER, "owner", "seller", "CNY"), SELLER)


def payments(rows: Iterable[BillRow], *, book: str = "main") -> Iterator[Ask]:
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
            yield _ask(book, command, f"{type(command).__name__}-{number}")


def refunds(rows: Iterable[BillRow], *, book: str = "main") -> Iterator[Ask]:
    for row in rows:
        if row.state != CHARGED:
            refund = RefundPayment(row.order, row.refund, minor(row.refund_amount), "CNY")
            yield _ask(book, refund, f"refund-{row.refund}")


def minor(text: str) -> int:
    amount_minor = scale(text, 2)
    assert amount_minor is not None, f"a bad amount: {text}"
    return amount_minor


def bill_file(path: Path, rows: Iterable[BillRow]) -> Path:
    with path.open("wb") as out:
        write_bill(rows, out)
    return path


def _ask(book: str, command: Command, key: str) -> Ask:
    return Ask(book, CommandMeta("shop", key), command)
