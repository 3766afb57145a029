"""Whatever a business does, the ledger of its events agrees with what its aggregates know."""

from collections import Counter

from hypothesis import settings
from hypothesis.stateful import initialize, invariant

from domain.accounting import accounts
from domain.accounting.posting import lines
from domain.accounting.trial import Balances, post, standing
from domain.collection import CollectionRefundSucceeded
from domain.payment import LateChargeReceived, RefundItemSucceeded, RefundStarted
from domain.settlement import Awaited, BreakOpened, BreakResolved, SettlementLineReported
from domain.wallet import Wallet
from tests.unit.domain.accounting.balancing import total
from tests.unit.domain.accounting.business import Business
from tests.unit.domain.memory_book import MemoryBook


class BalancedBusiness(Business):
    @initialize()
    def begin_ledgers(self) -> None:
        self.ledgers: dict[str, Balances] = {"main": {}, "asia": {}}
        self.posted = Counter[str]()

    def ledger(self, book: MemoryBook) -> Balances:
        balances = self.ledgers[book.name]
        for event in book.events[self.posted[book.name] :]:
            post(balances, lines(event, book.name))
        self.posted[book.name] = len(book.events)
        return balances

    @invariant()
    def every_trial_balance_is_zero(self) -> None:
        for book in (self.main, self.asia):
            assert set(total(self.ledger(book)).values()) <= {0}

    @invariant()
    def a_wallet_is_its_ledger_accounts(self) -> None:
        for book in (self.main, self.asia):
            known: dict[tuple[str, str], int] = {}
            owed: dict[tuple[str, str], int] = {}
            for state in book.states.values():
                if isinstance(state, Wallet):
                    currency, name = state.account.currency, state.account.wallet_id
                    known[accounts.wallet(name), currency] = -state.available_minor
                    known[accounts.wallet_held(name), currency] = -state.reserved_minor
                    owed[accounts.seller_debt(name), currency] = state.debt_minor
            balances = self.ledger(book)
            assert standing(balances, accounts.WALLET) == standing(known)
            assert standing(balances, "asset:receivable:seller:") == standing(owed)

    @invariant()
    def an_order_account_is_at_zero(self) -> None:
        assert standing(self.ledger(self.main), "liability:order:") == {}

    @invariant()
    def a_refund_account_is_what_is_on_its_way(self) -> None:
        on_its_way = Counter[tuple[str, str]]()
        parts: dict[tuple[str, str], int] = {}
        late: set[str] = set()
        for event in self.main.events:
            match event:
                case RefundStarted():
                    on_its_way[accounts.refund(event.refund_id), "CNY"] -= event.amount_minor
                    for item in event.items:
                        parts[event.refund_id, item.item_id] = item.amount_minor
                case RefundItemSucceeded() if event.refund_id not in late:
                    arrived = parts[event.refund_id, event.item_id]
                    on_its_way[accounts.refund(event.refund_id), "CNY"] += arrived
                case LateChargeReceived():
                    late.add(event.refund_id)
                    on_its_way[accounts.refund(event.refund_id), "CNY"] -= event.amount_minor
                case CollectionRefundSucceeded() if event.refund_id in late:
                    on_its_way[accounts.refund(event.refund_id), "CNY"] += event.amount_minor
                case _:
                    pass
        assert standing(self.ledger(self.main), "liability:refund:") == standing(on_its_way)

    @invariant()
    def the_receivable_is_its_open_items(self) -> None:
        open_items = sum(
            state.expectation.amount_minor
            for state in self.main.states.values()
            if isinstance(state, Awaited)
        )
        balances = self.ledger(self.main)
        assert balances.get((accounts.receivable("wechat"), "CNY"), 0) == open_items

    @invariant()
    def suspense_is_its_open_breaks(self) -> None:
        in_suspense: Balances = {}
        for event in self.main.events:
            match event:
                case BreakOpened() if event.kind != "missing_in_file":
                    name = accounts.suspense(event.break_id)
                    in_suspense[name, event.currency] = -event.amount_minor
                case BreakResolved():
                    in_suspense.pop((accounts.suspense(event.break_id), event.currency), None)
                case _:
                    pass
        assert standing(self.ledger(self.main), "suspense:") == in_suspense

    @invariant()
    def settling_is_the_net_of_the_lines(self) -> None:
        nets, fees = Counter[tuple[str, str]](), 0
        for event in self.main.events:
            if isinstance(event, SettlementLineReported):
                nets[accounts.settling(event.batch_id), event.currency] += event.net_minor
                fees += event.fee_minor
        balances = self.ledger(self.main)
        assert standing(balances, "asset:settling:") == standing(nets)
        assert balances.get((accounts.provider_fee("wechat"), "CNY"), 0) == fees

    @invariant()
    def what_two_books_owe_each_other_is_on_its_way(self) -> None:
        """Here it is held until the other book has credited it: no cent is in both or neither."""
        here = self.ledger(self.main).get((accounts.due("asia"), "CNY"), 0)
        there = self.ledger(self.asia).get((accounts.due("main"), "CNY"), 0)
        assert here <= 0 <= there
        if not self.main.outbox and not self.asia.outbox:
            assert here + there == 0


BalancedBusiness.TestCase.settings = settings(max_examples=100, stateful_step_count=60)
TestBusiness = BalancedBusiness.TestCase
