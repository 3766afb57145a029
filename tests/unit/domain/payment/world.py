"""A book with wallets, orders, payments, collections and settlement, and a ledger beside it.

Units: integer minor units; an account is in one currency here, so its name is enough.
The arithmetic stands here once more, apart from domain/accounting: what an event does to which
account. A balance is debit - credit. What both say is compared after every command.
"""

from collections import Counter
from dataclasses import dataclass, field

from domain import collection, order, payment, settlement, wallet
from domain.accounting import posting, trial
from domain.collection import (
    CollectionRefundSucceeded,
    CollectionSucceeded,
    RecordChargeOutcome,
    RecordRefundOutcome,
)
from domain.decision import Refused
from domain.order import PlaceOrder
from domain.payment import (
    ConfirmPayment,
    CreatePayment,
    LateChargeReceived,
    PaymentItem,
    PaymentSucceeded,
    RefundPayment,
    RefundStarted,
)
from domain.wallet import (
    CreditWallet,
    DebtRecorded,
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    OpenWallet,
    PendingReleased,
    Wallet,
)
from tests.unit.domain.memory_book import MemoryBook, Outcome

DAY = "2019-02-19"
Move = tuple[str, str, int]  # Debit, credit, amount.


def of_wallet(wallet_id: str) -> str:
    return f"liability:wallet:{wallet_id}"


def held(wallet_id: str) -> str:
    return f"liability:wallet:{wallet_id}:held"


def debt(wallet_id: str) -> str:
    return f"asset:receivable:seller:{wallet_id}"


def moves(event: object) -> tuple[Move, ...]:
    """What an event does to accounts."""
    return _wallet_moves(event) or _payment_moves(event)


def _wallet_moves(event: object) -> tuple[Move, ...]:
    match event:
        case FundsCredited(wallet_id, account=account, pending=pending):
            sides = account, held(wallet_id) if pending else of_wallet(wallet_id)
        case FundsDebited(wallet_id, account=account, pending=pending):
            sides = held(wallet_id) if pending else of_wallet(wallet_id), account
        case FundsHeld(wallet_id):
            sides = of_wallet(wallet_id), held(wallet_id)
        case HoldCaptured(wallet_id, account=account):
            sides = held(wallet_id), account
        case HoldReleased(wallet_id) | PendingReleased(wallet_id):
            sides = held(wallet_id), of_wallet(wallet_id)
        case DebtRecorded(wallet_id, account=account):
            sides = debt(wallet_id), account
        case DebtRepaid(wallet_id):
            sides = of_wallet(wallet_id), debt(wallet_id)
        case _:
            return ()
    return ((*sides, event.amount_minor),)


def _payment_moves(event: object) -> tuple[Move, ...]:
    match event:
        case CollectionSucceeded():
            owed = f"asset:receivable:{event.provider}"
            return ((owed, f"liability:order:{event.payment_id}", event.amount_minor),)
        case CollectionRefundSucceeded():
            owed = f"asset:receivable:{event.provider}"
            return ((f"liability:refund:{event.refund_id}", owed, event.amount_minor),)
        case PaymentSucceeded():
            order_account = f"liability:order:{event.payment_id}"
            return ((order_account, "income:commission", event.commission_minor),)
        case LateChargeReceived():
            order_account = f"liability:order:{event.payment_id}"
            return ((order_account, f"liability:refund:{event.refund_id}", event.amount_minor),)
        case RefundStarted():
            refund_account = f"liability:refund:{event.refund_id}"
            return (("income:commission", refund_account, event.commission_minor),)
        case _:
            return ()


@dataclass(slots=True)
class World:
    """One book and what its events come to."""

    book: MemoryBook = field(
        default_factory=lambda: MemoryBook("main", (wallet, order, payment, collection, settlement))
    )
    accounts: Counter[str] = field(default_factory=Counter[str])
    posted: trial.Balances = field(default_factory=dict[tuple[str, str], int])
    entered: int = 0
    numbers: Counter[str] = field(default_factory=Counter[str])

    def do(self, command: object) -> Outcome:
        """A command with all that follows, entered into both ledgers."""
        outcome = self.book.execute(command)
        self.enter()
        return outcome

    def enter(self) -> None:
        """Enter what has happened since, timers too, into both ledgers."""
        for event in self.book.events[self.entered :]:
            trial.post(self.posted, posting.lines(event, "main"))
            for debit, credit, amount_minor in moves(event):
                self.accounts[debit] += amount_minor
                self.accounts[credit] -= amount_minor
        self.entered = len(self.book.events)

    def done(self, command: object) -> tuple[object, ...]:
        """A command that nothing may refuse."""
        outcome = self.do(command)
        assert not isinstance(outcome, Refused), outcome
        return outcome

    def code(self, command: object) -> str:
        """The code with which a command is refused; nothing has happened then."""
        before = (len(self.book.events), dict(self.book.states))
        outcome = self.do(command)
        assert isinstance(outcome, Refused), outcome
        assert before == (len(self.book.events), self.book.states)
        return outcome.code

    def number(self, kind: str) -> str:
        """A name that was not used yet: p1, p2 and so on."""
        self.numbers[kind] += 1
        return f"{kind}{self.numbers[kind]}"

    def open_wallet(self, wallet_id: str, amount_minor: int = 0) -> None:
        self.done(OpenWallet(wallet_id, f"owner of {wallet_id}", "buyer", "CNY"))
        if amount_minor:
            self.deposit(wallet_id, amount_minor)

    def deposit(self, wallet_id: str, amount_minor: int) -> None:
        movement = self.number("m")
        self.done(CreditWallet(wallet_id, movement, amount_minor, "CNY", "bank"))

    def wallet(self, wallet_id: str) -> Wallet:
        found = self.book.state("wallet", wallet_id)
        assert isinstance(found, Wallet)
        return found

    def place(self, order_id: str, amount_minor: int = 10_000, seller: str = "shop") -> None:
        self.done(PlaceOrder(order_id, "ann", seller, amount_minor, "CNY"))

    def charge(self, collection_id: str, outcome: str, *, number: str = "wx1") -> Outcome:
        """What the channel says of a charge."""
        code = "" if outcome == "succeeded" else f"{outcome}_code"
        return self.do(RecordChargeOutcome(collection_id, outcome, number, code, DAY))

    def refund_outcome(self, collection_id: str, refund_id: str, outcome: str) -> Outcome:
        """What the channel says of a refund."""
        code = "" if outcome == "succeeded" else f"{outcome}_code"
        return self.do(
            RecordRefundOutcome(collection_id, refund_id, outcome, f"of {refund_id}", code, DAY)
        )

    def refund(self, payment_id: str, refund_id: str, amount_minor: int) -> tuple[object, ...]:
        return self.done(RefundPayment(payment_id, refund_id, amount_minor, "CNY"))

    def mixed(self, payment_id: str = "p1", reference: str = "N1") -> None:
        """Confirm a payment of the order o1: 30.00 from Ann's wallet, 70.00 at the channel."""
        items = (balance("bal", "ann", 3_000), channel("wx", reference, 7_000))
        self.done(create(payment_id, "o1", *items))
        self.done(ConfirmPayment(payment_id))

    def paid(self) -> None:
        """The same, and the channel has taken it."""
        self.mixed()
        self.charge("p1.wx", "succeeded")

    def under(self, prefix: str) -> dict[str, int]:
        """The accounts under a prefix that are not at zero."""
        return {
            name: minor
            for name, minor in self.accounts.items()
            if minor and name.startswith(prefix)
        }

    def check_ledgers(self) -> None:
        """Both ledgers agree; wallets are what their accounts say; orders rest at zero."""
        self.enter()
        ours = {(name, "CNY"): minor for name, minor in self.under("").items()}
        assert ours == trial.standing(self.posted)
        assert sum(self.accounts.values()) == 0
        assert self.under("liability:order:") == {}
        for (aggregate, wallet_id), state in self.book.states.items():
            if aggregate == "wallet":
                assert isinstance(state, Wallet)
                assert -self.accounts[of_wallet(wallet_id)] == state.available_minor
                assert -self.accounts[held(wallet_id)] == state.reserved_minor
                assert self.accounts[debt(wallet_id)] == state.debt_minor


def balance(item_id: str, wallet_id: str, amount_minor: int) -> PaymentItem:
    return PaymentItem(item_id, "balance", amount_minor, wallet_id=wallet_id)


def channel(item_id: str, reference: str, amount_minor: int) -> PaymentItem:
    return PaymentItem(
        item_id,
        "channel",
        amount_minor,
        provider="wechat",
        merchant_account="1900001",
        reference=reference,
    )


def create(payment_id: str, order_id: str, *items: PaymentItem) -> CreatePayment:
    """A payment to the shop with a commission of 5 %."""
    amount_minor = sum(item.amount_minor for item in items)
    return CreatePayment(
        payment_id, order_id, "shop", amount_minor, amount_minor // 20, "CNY", items
    )
