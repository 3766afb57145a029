"""A business in two books, told by chance: wallets, transfers, payments, refunds, settlement.

Shape: Business is a hypothesis machine without invariants; test_business.py adds what must hold.
Refusals are part of it: most commands are sent without asking whether they may be.
"""

from collections.abc import Sequence
from itertools import count
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from domain import collection, order, payment, settlement, transfer, wallet
from domain.collection import CollectionRefundStarted, CollectionStarted
from domain.decision import Refused
from domain.order import OrderPaid
from domain.payment import PaymentItem, PaymentSucceeded
from domain.settlement import BreakOpened, SettlementExpected
from tests.unit.domain.memory_book import Aggregate, MemoryBook
from tests.unit.domain.settlement.given import line

AGGREGATES: tuple[Aggregate, ...] = (wallet, transfer, order, payment, collection, settlement)
BUYERS, SELLER, ELSEWHERE = ("ann", "ben"), "shop", "eva"
ITEM = "wx"
PAYMENTS = 4  # And as many orders; few, so that the commands meet each other.
E = TypeVar("E")
pick = st.sampled_from
amounts = st.integers(1, 120)
payments = st.integers(1, PAYMENTS)


class Business(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.main = MemoryBook("main", AGGREGATES)
        self.asia = MemoryBook("asia", AGGREGATES)
        self.numbers = count(2)
        for name in (*BUYERS, SELLER):
            self.main.execute(wallet.OpenWallet(name, "owner", "buyer", "CNY", 50))
        self.main.execute(wallet.CreditWallet("ann", "first", 300, "CNY", "bank"))
        self.asia.execute(wallet.OpenWallet(ELSEWHERE, "owner", "buyer", "CNY", 0))
        total = settlement.CurrencyTotal("CNY", 1, 0, 1)
        for batch in ("b1", "b2"):
            self.main.execute(
                settlement.ImportSettlementFile(
                    batch, "wechat", "1921000401", "wechat", "f", batch, "2019-02-19", 1, (total,)
                )
            )

    def name(self) -> str:
        return f"n{next(self.numbers)}"

    def one(self, data: st.DataObject, of: type[E]) -> E | None:
        """One of the events of a type that there have been."""
        found = [event for event in self.main.events if isinstance(event, of)]
        return data.draw(pick(found)) if found else None

    @rule(into=pick([*BUYERS, SELLER]), amount=amounts)
    def deposit(self, into: str, amount: int) -> None:
        self.main.execute(wallet.CreditWallet(into, self.name(), amount, "CNY", "bank"))

    @rule(out_of=pick([*BUYERS, SELLER]), amount=amounts)
    def withdraw(self, out_of: str, amount: int) -> None:
        self.main.execute(wallet.DebitWallet(out_of, self.name(), amount, "CNY", "bank"))

    @rule(names=st.permutations([*BUYERS, SELLER]), amount=amounts)
    def transfer(self, names: Sequence[str], amount: int) -> None:
        command = transfer.TransferFunds(self.name(), names[0], names[1], amount, "CNY")
        self.main.execute(command)

    @rule(source=pick(BUYERS), to=pick([ELSEWHERE, "nobody"]), amount=amounts)
    def transfer_abroad(self, source: str, to: str, amount: int) -> None:
        command = transfer.TransferFunds(self.name(), source, to, amount, "CNY", "asia")
        self.main.execute(command)

    @rule()
    def carry_messages(self) -> None:
        for here, there in ((self.main, self.asia), (self.asia, self.main)):
            for message in here.outbox:
                there.deliver(message)
            here.outbox.clear()

    @rule(name=pick([*BUYERS, SELLER]), hold=st.integers(1, 3), amount=amounts)
    def hold(self, name: str, hold: int, amount: int) -> None:
        later_us = self.main.at_us + 5_000_000
        self.main.execute(wallet.HoldFunds(name, f"h{hold}", amount, "CNY", later_us))

    @rule(name=pick([*BUYERS, SELLER]), hold=st.integers(1, 3), amount=amounts, rest=st.booleans())
    def capture(self, name: str, hold: int, amount: int, *, rest: bool) -> None:
        self.main.execute(
            wallet.CaptureHold(name, f"h{hold}", self.name(), amount, "CNY", "shipper", rest)
        )

    @rule(seconds=st.integers(1, 9))
    def let_time_pass(self, seconds: int) -> None:
        self.main.pass_time(self.main.at_us + seconds * 1_000_000)

    @rule(number=payments, balance=st.integers(0, 60), channel=st.integers(0, 60))
    def pay(self, number: int, balance: int, channel: int) -> None:
        amount = balance + channel
        self.main.execute(order.PlaceOrder(f"o{number}", "buyer", SELLER, amount, "CNY"))
        items = (
            PaymentItem("bal", "balance", balance, wallet_id=BUYERS[number % 2]),
            PaymentItem(
                ITEM,
                "channel",
                channel,
                provider="wechat",
                merchant_account="1921000401",
                reference=f"order-{number}",
            ),
        )
        self.main.execute(
            payment.CreatePayment(
                f"p{number}",
                f"o{number}",
                SELLER,
                amount,
                amount // 20,
                "CNY",
                tuple(item for item in items if item.amount_minor),
            )
        )
        self.main.execute(payment.ConfirmPayment(f"p{number}"))

    @rule(data=st.data(), outcome=pick(["succeeded", "succeeded", "refused", "unknown"]))
    def hear_of_a_charge(self, data: st.DataObject, outcome: str) -> None:
        if started := self.one(data, CollectionStarted):
            self.told(
                collection.RecordChargeOutcome(
                    started.collection_id, outcome, "42", "CODE", "2019-02-19"
                )
            )

    @rule(data=st.data(), outcome=pick(["succeeded", "succeeded", "refused", "unknown"]))
    def hear_of_a_refund(self, data: st.DataObject, outcome: str) -> None:
        if started := self.one(data, CollectionRefundStarted):
            self.told(
                collection.RecordRefundOutcome(
                    started.collection_id, started.refund_id, outcome, "43", "CODE", "2019-02-20"
                )
            )

    @rule(number=payments)
    def cancel(self, number: int) -> None:
        self.main.execute(payment.CancelPayment(f"p{number}", "by chance"))

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        if paid := self.one(data, OrderPaid):
            self.main.execute(order.DeliverOrder(paid.order_id))

    @rule(data=st.data(), part=pick([1, 2, 3]), beyond=pick([0, 0, 1]))
    def refund(self, data: st.DataObject, part: int, beyond: int) -> None:
        """The whole, a half or a third of what was paid; or a cent more, which may be refused."""
        if paid := self.one(data, PaymentSucceeded):
            amount = paid.amount_minor // part + beyond
            self.main.execute(payment.RefundPayment(paid.payment_id, self.name(), amount, "CNY"))

    @rule(number=payments, channel=st.integers(1, 60))
    def sell(self, number: int, channel: int) -> None:
        """The usual way: paid at the channel, delivered, and the seller takes the money out."""
        self.pay(number, 0, channel)
        self.main.execute(
            collection.RecordChargeOutcome(f"p{number}.{ITEM}", "succeeded", "42", "", "2019-02-19")
        )
        self.main.execute(order.DeliverOrder(f"o{number}"))
        self.withdraw(SELLER, channel - channel // 20)

    @rule(data=st.data(), off=pick([0, 0, 0, 1, -2]), fee=st.integers(-1, 3))
    def settle(self, data: st.DataObject, off: int, fee: int) -> None:
        """A line for something that we expect, at our amount or beside it."""
        if expected := self.one(data, SettlementExpected):
            self.report(expected.kind, expected.reference, expected.amount_minor + off, fee)

    @rule(number=payments, amount=amounts)
    def settle_too_early(self, number: int, amount: int) -> None:
        """A line that may come before our own event does."""
        self.report("charge", f"order-{number}", amount, 1)

    def report(self, kind: str, reference: str, gross: int, fee: int) -> None:
        number = next(self.numbers)
        batch_id = f"b{1 + number % 2}"
        self.told(line(number, gross, fee, kind=kind, reference=reference, batch_id=batch_id))

    def told(self, fact: object) -> None:
        outcome = self.main.execute(fact, follow_on=True)
        assert not isinstance(outcome, Refused), "what has happened is never refused"

    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        if case := self.one(data, BreakOpened):
            self.main.execute(
                settlement.ResolveBreak(case.settlement_id, case.break_id, "writeoff", "by chance")
            )

    @rule(data=st.data())
    def check(self, data: st.DataObject) -> None:
        """Days later; nothing of the wallets' own falls due then but holds."""
        if self.one(data, SettlementExpected):
            self.main.pass_time(self.main.at_us + 3 * 86_400_000_000)
