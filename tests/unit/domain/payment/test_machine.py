"""Any commands and any answers of the channel, in any order, twice, late, after the end.

The rules ask and tell; what must be then stands in expected.py and is checked after every step.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.decision import Refused
from domain.order import CancelOrder, DeliverOrder, PlaceOrder
from domain.payment import (
    CancelPayment,
    ConfirmPayment,
    CreatePayment,
    PaymentItem,
    RefundPayment,
    RefundStarted,
)
from domain.wallet import DebitWallet, FreezeWallet, UnfreezeWallet
from tests.unit.domain.memory_book import Outcome
from tests.unit.domain.payment.expected import BUYERS, SELLERS, Expected, Plan
from tests.unit.domain.payment.world import World, balance, channel

AN_HOUR_US = 3_600_000_000
OUTCOMES = st.sampled_from(("succeeded", "succeeded", "refused", "unknown"))
STEPS = st.sampled_from(("confirm", "again", "cancel", "deliver", "pay out", "give up"))
PAYMENTS_MAX = 5  # So that a run returns to each of them.
# A client may hear these; anything else would be a surprise.
CODES = {
    *("amount_mismatch", "insufficient_funds", "order_cancelled", "order_delivered"),
    *("order_not_paid", "order_not_payable", "order_paid", "payment_ended"),
    *("payment_not_succeeded", "payment_succeeded", "payment_under_way"),
    *("refund_exceeds_payment", "wallet_frozen"),
}


class PaymentMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.expected = Expected()
        self.orders: dict[str, PlaceOrder] = {}
        self.frozen: set[str] = set()
        for wallet_id in (*BUYERS, *SELLERS):
            self.world.open_wallet(wallet_id)
        for buyer in BUYERS:
            self.deposit(buyer, 2_000)

    @rule(what=st.sampled_from(("deposit", "freeze", "days")), size=st.integers(1, 150))
    def meanwhile(self, what: str, size: int) -> None:
        """What goes on around payments."""
        match what:
            case "deposit":
                self.deposit("ann", size)
            case "freeze":
                wallet_id = "bob" if size % 2 else "mill"
                command = UnfreezeWallet if wallet_id in self.frozen else FreezeWallet
                self.world.done(command(wallet_id, "checked"))
                self.frozen ^= {wallet_id}
            case _:  # What is awaited falls due; no money moves for that.
                self.world.book.pass_time(self.world.book.at_us + size * AN_HOUR_US)

    @precondition(lambda self: len(self.expected.plans) < PAYMENTS_MAX)
    @rule(
        data=st.data(),
        seller=st.sampled_from(SELLERS),
        amount_minor=st.integers(2, 200),
        commission=st.integers(0, 100),
    )
    def buy(self, data: st.DataObject, seller: str, *, amount_minor: int, commission: int) -> None:
        """An order and its first payment, confirmed if the wallets can pay it."""
        order = PlaceOrder(self.world.number("o"), "ann", seller, amount_minor, "CNY")
        self.world.done(order)
        self.orders[order.order_id] = order
        payment_id = self.plan(data, order, commission)
        if payment_id and not isinstance(self.ask(ConfirmPayment(payment_id)), Refused):
            self.expected.confirmed(payment_id)

    @precondition(lambda self: self.expected.plans)
    @rule(data=st.data(), what=STEPS)
    def go_on(self, data: st.DataObject, what: str) -> None:
        """Another step of a client, with a payment or order in whatever state that is."""
        match what:
            case "again":
                order = self.orders[data.draw(st.sampled_from(sorted(self.orders)))]
                self.plan(data, order, commission=10)
            case "confirm":
                payment_id, _ = self.any_plan(data, "created")
                if not isinstance(self.ask(ConfirmPayment(payment_id)), Refused):
                    self.expected.confirmed(payment_id)
            case "cancel":
                payment_id, plan = self.any_plan(data, "executing")
                if not isinstance(self.ask(CancelPayment(payment_id, "no")), Refused):
                    assert plan.state in {"created", "executing"}
                    plan.state = "ended"
            case "deliver" | "pay out":
                _, plan = self.any_plan(data, "succeeded")
                if not isinstance(self.ask(DeliverOrder(plan.command.order_id)), Refused):
                    self.expected.delivered(plan.command.order_id)
                    if what == "pay out":
                        self.pay_out(plan.command.seller_wallet_id)
            case _:
                self.ask(CancelOrder(data.draw(st.sampled_from(sorted(self.orders))), "no"))

    @precondition(lambda self: self.expected.charges)
    @rule(data=st.data(), outcome=OUTCOMES)
    def channel_answers(self, data: st.DataObject, outcome: str) -> None:
        """Never refused, whatever has happened since."""
        collection_id = data.draw(st.sampled_from(sorted(self.expected.charges)))
        assert not isinstance(self.world.charge(collection_id, outcome), Refused)
        self.expected.answered(collection_id, outcome)

    @precondition(lambda self: self.expected.paid())
    @rule(data=st.data(), part=st.integers(1, 120))
    def refund(self, data: st.DataObject, part: int) -> None:
        """A part in a hundred of what was paid, sometimes too much."""
        payment_id, plan = self.any_plan(data, "succeeded")
        amount_minor = max(1, plan.command.amount_minor * part // 100)
        refund_id = self.world.number("r")
        outcome = self.ask(RefundPayment(payment_id, refund_id, amount_minor, "CNY"))
        for event in () if isinstance(outcome, Refused) else outcome:
            if isinstance(event, RefundStarted):
                self.expected.refunding(event)

    @precondition(lambda self: self.expected.refunds)
    @rule(data=st.data(), outcome=OUTCOMES)
    def channel_answers_refund(self, data: st.DataObject, outcome: str) -> None:
        refund_id = data.draw(st.sampled_from(sorted(self.expected.refunds)))
        collection_id = self.expected.refunds[refund_id].collection_id
        answered = self.world.refund_outcome(collection_id, refund_id, outcome)
        assert not isinstance(answered, Refused)
        self.expected.refund_answered(refund_id, outcome)

    def deposit(self, wallet_id: str, amount_minor: int) -> None:
        self.world.deposit(wallet_id, amount_minor)
        self.expected.put_in[wallet_id] += amount_minor

    def pay_out(self, seller: str) -> None:
        """All that the seller has; a refund after that becomes a debt."""
        amount_minor = self.world.wallet(seller).available_minor
        if amount_minor > 0:
            payout = DebitWallet(seller, self.world.number("w"), amount_minor, "CNY", "bank")
            if not isinstance(self.ask(payout), Refused):
                self.expected.put_in[seller] -= amount_minor

    def ask(self, command: object) -> Outcome:
        outcome = self.world.do(command)
        assert not isinstance(outcome, Refused) or outcome.code in CODES, outcome
        return outcome

    def plan(self, data: st.DataObject, order: PlaceOrder, commission: int) -> str:
        """Any split over the buyers' wallets and perhaps the channel; sometimes a wrong sum."""
        payment_id, left_minor = self.world.number("p"), order.amount_minor
        items: list[PaymentItem] = []
        for buyer in data.draw(st.lists(st.sampled_from(BUYERS), max_size=3)):
            part_minor = data.draw(st.integers(1, max(1, left_minor)))
            items.append(balance(f"i{len(items)}", buyer, part_minor))
            left_minor -= part_minor
        if left_minor > 0:
            items.insert(0, channel("wx", f"of-{payment_id}", left_minor))
        whole_minor = sum(item.amount_minor for item in items)
        command = CreatePayment(
            payment_id,
            order.order_id,
            order.seller_wallet_id,
            whole_minor,
            whole_minor * commission // 100,
            "CNY",
            tuple(items),
        )
        if isinstance(self.ask(command), Refused):
            return ""
        self.expected.plans[payment_id] = Plan(command)
        return payment_id

    def any_plan(self, data: st.DataObject, state: str) -> tuple[str, Plan]:
        """Mostly a payment in this state, if there is one; now and then any."""
        plans = self.expected.plans
        fitting = [name for name, plan in plans.items() if plan.state == state]
        rather = fitting and data.draw(st.integers(0, 7)) > 0
        payment_id = data.draw(st.sampled_from(fitting if rather else list(plans)))
        return payment_id, plans[payment_id]

    @invariant()
    def all_is_as_expected(self) -> None:
        self.expected.check(self.world)


# Twice as many as elsewhere: most of what can go wrong needs a payment that has succeeded.
PaymentMachine.TestCase.settings = settings(
    max_examples=2 * settings().max_examples, stateful_step_count=60
)
TestPayments = PaymentMachine.TestCase
