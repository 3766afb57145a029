"""What must be, from what was asked and what the channel said; nothing is read from balances.

Units: integer minor units.
Shape: the machine notes what happened; check(world) compares everything that follows from it:
wallets, pending shares, refunds at the channel, accounts, awaited settlement.
"""

from collections import Counter
from dataclasses import dataclass, field

from domain.collection import CollectionRefundStarted
from domain.payment import CreatePayment, PaymentItem, RefundStarted
from domain.settlement import Awaited
from tests.unit.domain.payment.world import World

BUYERS, SELLERS = ("ann", "bob"), ("shop", "mill")


@dataclass(slots=True)
class Plan:
    """A payment. `state`: created, executing, succeeded or ended."""

    command: CreatePayment
    state: str = "created"
    delivered: bool = False
    late: bool = False
    refunded_minor: int = 0

    @property
    def share_minor(self) -> int:
        return self.command.amount_minor - self.command.commission_minor

    @property
    def pending_minor(self) -> int:
        """The share, less its part of all refunds, rounded down."""
        part_minor = self.share_minor * self.refunded_minor // self.command.amount_minor
        return self.share_minor - part_minor

    @property
    def charged(self) -> PaymentItem | None:
        return next((item for item in self.command.items if item.tool == "channel"), None)

    def by_wallet(self) -> Counter[str]:
        paying = Counter[str]()
        for item in self.command.items:
            if item.tool == "balance":
                paying[item.wallet_id] += item.amount_minor
        return paying


@dataclass(slots=True)
class AtChannel:
    """A refund that the channel was asked for."""

    collection_id: str
    amount_minor: int
    done: bool = False


@dataclass(slots=True)
class Expected:
    plans: dict[str, Plan] = field(default_factory=dict[str, Plan])
    charges: dict[str, str] = field(default_factory=dict[str, str])  # Payment by collection.
    refunds: dict[str, AtChannel] = field(default_factory=dict[str, AtChannel])
    put_in: Counter[str] = field(default_factory=Counter[str])
    spent: Counter[str] = field(default_factory=Counter[str])
    earned: Counter[str] = field(default_factory=Counter[str])
    commission_minor: int = 0
    charged_minor: int = 0
    given_back_minor: int = 0

    def paid(self) -> list[Plan]:
        return [plan for plan in self.plans.values() if plan.state == "succeeded"]

    def confirmed(self, payment_id: str) -> None:
        plan = self.plans[payment_id]
        assert plan.state == "created"
        plan.state = "executing"
        if plan.charged is None:
            self._succeeded(plan)
        else:
            self.charges[f"{payment_id}.wx"] = payment_id

    def answered(self, collection_id: str, outcome: str) -> None:
        """The first success counts; after the end of the payment it is given back."""
        plan = self.plans[self.charges[collection_id]]
        assert plan.charged is not None
        if outcome == "refused" and plan.state == "executing":
            plan.state = "ended"
        if outcome != "succeeded" or plan.state == "succeeded" or plan.late:
            return
        self.charged_minor += plan.charged.amount_minor
        if plan.state == "executing":
            self._succeeded(plan)
            return
        plan.late = True
        late = AtChannel(collection_id, plan.charged.amount_minor)
        self.refunds[f"late@{plan.charged.reference}"] = late

    def delivered(self, order_id: str) -> None:
        (plan,) = (plan for plan in self.paid() if plan.command.order_id == order_id)
        plan.delivered = True

    def refunding(self, started: RefundStarted) -> None:
        plan = self.plans[started.payment_id]
        assert started.seller_pending is not plan.delivered
        plan.refunded_minor += started.amount_minor
        self.earned[plan.command.seller_wallet_id] -= started.seller_minor
        self.commission_minor -= started.commission_minor
        for item in started.items:
            if item.tool == "balance":
                self.spent[item.wallet_id] -= item.amount_minor
            else:
                asked = AtChannel(item.collection_id, item.amount_minor)
                self.refunds[started.refund_id] = asked

    def refund_answered(self, refund_id: str, outcome: str) -> None:
        refund = self.refunds[refund_id]
        if outcome == "succeeded" and not refund.done:
            refund.done = True
            self.given_back_minor += refund.amount_minor

    def _succeeded(self, plan: Plan) -> None:
        plan.state = "succeeded"
        self.earned[plan.command.seller_wallet_id] += plan.share_minor
        self.commission_minor += plan.command.commission_minor
        self.spent.update(plan.by_wallet())

    def check(self, world: World) -> None:
        world.check_ledgers()
        self._check_buyers(world)
        self._check_sellers(world)
        self._check_channel(world)
        self._check_once()

    def _check_buyers(self, world: World) -> None:
        held = Counter[str]()
        for plan in self.plans.values():
            if plan.state == "executing":
                held.update(plan.by_wallet())
        for buyer in BUYERS:
            wallet = world.wallet(buyer)
            assert wallet.held_minor == held[buyer]
            assert wallet.balance_minor == self.put_in[buyer] - self.spent[buyer]
            assert wallet.available_minor >= 0

    def _check_sellers(self, world: World) -> None:
        pending = Counter[str]()
        for plan in self.paid():
            if not plan.delivered:
                pending[plan.command.seller_wallet_id] += plan.pending_minor
        for seller in SELLERS:
            wallet = world.wallet(seller)
            assert wallet.pending_minor == pending[seller]
            assert wallet.available_minor >= 0
            owned_minor = self.put_in[seller] + self.earned[seller]
            assert wallet.balance_minor - wallet.debt_minor == owned_minor

    def _check_channel(self, world: World) -> None:
        """Every refund was sent once, and accounts are what is under way."""
        sent = Counter[tuple[str, int]]()
        for event in world.book.events:
            if isinstance(event, CollectionRefundStarted):
                sent[event.refund_id, event.amount_minor] += 1
        asked = {(name, refund.amount_minor): 1 for name, refund in self.refunds.items()}
        assert sent == asked
        under_way = {
            f"liability:refund:{refund_id}": -refund.amount_minor
            for refund_id, refund in self.refunds.items()
            if not refund.done
        }
        assert world.under("liability:refund:") == under_way
        owed_minor = self.charged_minor - self.given_back_minor
        assert world.accounts["asset:receivable:wechat"] == owed_minor
        assert world.accounts["income:commission"] == -self.commission_minor
        awaited = (state for state in world.book.states.values() if isinstance(state, Awaited))
        assert sum(state.expectation.amount_minor for state in awaited) == owed_minor

    def _check_once(self) -> None:
        """The buyer pays once, and gets back no more than that."""
        orders = [plan.command.order_id for plan in self.paid()]
        assert len(orders) == len(set(orders))
        assert self.commission_minor >= 0
        for plan in self.plans.values():
            assert plan.refunded_minor <= plan.command.amount_minor
        for collection_id, payment_id in self.charges.items():
            charged = self.plans[payment_id].charged
            assert charged is not None
            back = [r for r in self.refunds.values() if r.collection_id == collection_id]
            assert sum(refund.amount_minor for refund in back) <= charged.amount_minor
