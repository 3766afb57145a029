"""The worked examples of docs/ledger.md, told to real aggregates in a book in memory.

Shape: EXAMPLES: each name of the page to the books in which it happened, by whom their events
were made. Amounts are in fen; the page shows yuan.
"""

from collections.abc import Callable, Iterable

from domain import collection, order, payment, settlement, transfer, wallet
from domain.decision import Refused
from domain.payment import PaymentItem
from domain.settlement import CurrencyTotal
from tests.unit.domain.memory_book import Aggregate, MemoryBook
from tests.unit.domain.settlement.given import line

AGGREGATES: tuple[Aggregate, ...] = (wallet, transfer, order, payment, collection, settlement)
ACCOUNT = "1921000401"
REFERENCE = "wechat/1921000401/charge/order-1"


def told(commands: Iterable[object], name: str = "main") -> MemoryBook:
    book = MemoryBook(name, AGGREGATES)
    tell(book, commands)
    return book


def tell(book: MemoryBook, commands: Iterable[object]) -> None:
    for command in commands:
        outcome = book.execute(command, follow_on=True)
        assert not isinstance(outcome, Refused), outcome


def opened(*names: str) -> list[object]:
    return [wallet.OpenWallet(name, "owner", "buyer", "CNY") for name in names]


def deposit(name: str, amount_minor: int) -> object:
    return wallet.CreditWallet(name, f"deposit-{name}", amount_minor, "CNY", "bank")


def bought(balance_minor: int, channel_minor: int) -> list[object]:
    """Order o1 of the shop is paid by ann; our commission is a twentieth."""
    amount_minor = balance_minor + channel_minor
    items = (
        PaymentItem("balance", "balance", balance_minor, wallet_id="ann"),
        PaymentItem(
            "wechat",
            "channel",
            channel_minor,
            provider="wechat",
            merchant_account=ACCOUNT,
            reference="order-1",
        ),
    )
    return [
        order.PlaceOrder("o1", "ann", "shop", amount_minor, "CNY"),
        payment.CreatePayment(
            "p1",
            "o1",
            "shop",
            amount_minor,
            amount_minor // 20,
            "CNY",
            tuple(item for item in items if item.amount_minor),
        ),
        payment.ConfirmPayment("p1"),
    ]


CHARGED = collection.RecordChargeOutcome("p1.wechat", "succeeded", "42", "", "2019-02-19")
REFUNDED = collection.RecordRefundOutcome("p1.wechat", "r1", "succeeded", "43", "", "2019-02-20")
DELIVERED = order.DeliverOrder("o1")
FILE = settlement.ImportSettlementFile(
    "bill-19",
    "wechat",
    ACCOUNT,
    "wechat",
    "bill.csv",
    "sha",
    "2019-02-19",
    1,
    (CurrencyTotal("CNY", 10_000, 300, 9_700),),
)
EMPTY_FILE = settlement.ImportSettlementFile(
    "bill-20", "wechat", ACCOUNT, "wechat", "bill.csv", "sha", "2019-02-20", 0, ()
)


def settled(gross_minor: int = 10_000) -> object:
    return line(2, gross_minor, 300, batch_id="bill-19")


def resolved(number: int, account: str) -> object:
    return settlement.ResolveBreak(REFERENCE, f"{REFERENCE}#{number}", account, "agreed")


def transfer_here() -> tuple[MemoryBook, ...]:
    return (
        told(
            [
                *opened("ann", "ben"),
                deposit("ann", 10_000),
                transfer.TransferFunds("t1", "ann", "ben", 3_000, "CNY"),
            ]
        ),
    )


def transfer_away() -> tuple[MemoryBook, ...]:
    here = told(
        [
            *opened("ann"),
            deposit("ann", 10_000),
            transfer.TransferFunds("t1", "ann", "eva", 3_000, "CNY", "asia"),
        ]
    )
    there = told(opened("eva"), "asia")
    for message in here.outbox:
        there.deliver(message)
    for message in there.outbox:
        here.deliver(message)
    return here, there


def sale() -> tuple[MemoryBook, ...]:
    return (
        told(
            [
                *opened("ann", "shop"),
                deposit("ann", 5_000),
                *bought(3_000, 7_000),
                CHARGED,
                DELIVERED,
            ]
        ),
    )


def settlement_of_a_charge() -> tuple[MemoryBook, ...]:
    return (told([*opened("ann", "shop"), *bought(0, 10_000), CHARGED, FILE, settled()]),)


def refund_with_a_debt() -> tuple[MemoryBook, ...]:
    paid_out = wallet.DebitWallet("shop", "payday", 9_000, "CNY", "bank")
    refunded = payment.RefundPayment("p1", "r1", 4_000, "CNY")
    sold = [*opened("ann", "shop"), *bought(0, 10_000), CHARGED, DELIVERED]
    return (told([*sold, paid_out, refunded, REFUNDED]),)


def another_amount() -> tuple[MemoryBook, ...]:
    sold = [*opened("ann", "shop"), *bought(0, 10_000), CHARGED]
    return (told([*sold, FILE, settled(9_999), resolved(1, "rounding")]),)


def line_first() -> tuple[MemoryBook, ...]:
    sold = [*opened("ann", "shop"), *bought(0, 10_000)]
    return (told([*sold, FILE, settled(9_999), CHARGED]),)


def never_settled() -> tuple[MemoryBook, ...]:
    book = told([*opened("ann", "shop"), *bought(0, 10_000), CHARGED, EMPTY_FILE])
    sealed = settlement.SealBatch("bill-20")
    tell(book, [sealed, settlement.CheckSettlement(REFERENCE, "bill-20"), resolved(1, "writeoff")])
    return (book,)


EXAMPLES: dict[str, Callable[[], tuple[MemoryBook, ...]]] = {
    "transfer": transfer_here,
    "transfer to another book": transfer_away,
    "sale": sale,
    "settlement": settlement_of_a_charge,
    "refund": refund_with_a_debt,
    "amount differs": another_amount,
    "line first": line_first,
    "missing in file": never_settled,
}
