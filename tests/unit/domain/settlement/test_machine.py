"""Any commands in any order: what a batch counts, what a reference holds, what the ledger says.

The model is what went in: lines that were accepted, expectations that were new. Everything that
the aggregates and their ledger say is compared with sums over it.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import settlement
from domain.accounting.accounts import provider_fee, receivable, settling, suspense
from domain.accounting.posting import lines
from domain.accounting.trial import Balances, post, standing
from domain.decision import Refused
from domain.settlement import (
    ArrivingBatch,
    Awaited,
    BreakOpened,
    BreakResolved,
    CheckSettlement,
    CurrencyTotal,
    ExpectSettlement,
    FileLine,
    ReportSettlementLines,
    ResolveBreak,
    SealBatch,
    SealedBatch,
    SettlementExpected,
    SettlementLineReported,
    naming,
)
from tests.unit.domain.accounting.balancing import total
from tests.unit.domain.memory_book import MemoryBook
from tests.unit.domain.settlement.given import (
    DAY_US,
    PROVIDER,
    expectation,
    file,
    line,
    only,
    together,
)
from tests.unit.domain.settlement.test_order_of_arrival import owed

BATCHES = ("b1", "b2", "b3")
REFERENCES = ("order-1", "order-2", "order-3")
CURRENCIES = ("CNY", "USD")
pick = st.sampled_from
LINES = st.builds(
    line,
    st.integers(2, 9),
    pick([97, 100, -40]),
    st.integers(-1, 3),
    batch_id=pick(BATCHES),
    reference=pick(REFERENCES),
    currency=pick(["CNY", "CNY", "USD"]),
)
EXPECTATIONS = st.builds(
    expectation, pick([100, -40]), pick(["CNY", "CNY", "USD"]), reference=pick(REFERENCES)
)


def number_of(command: ReportSettlementLines) -> int:
    return only(command).line_number


class SettlementMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.book = MemoryBook("main", (settlement,))
        self.posted = 0
        self.balances: Balances = {}
        self.imported: set[str] = set()
        self.taken: dict[tuple[str, int, str], FileLine] = {}
        self.wanted: dict[str, ExpectSettlement] = {}

    @rule(batch_id=pick(BATCHES), lines=st.integers(0, 2))
    def import_file(self, batch_id: str, lines: int) -> None:
        totals = (CurrencyTotal("CNY", 100 * lines, 3 * lines, 97 * lines),)
        outcome = self.book.execute(file(lines, totals, batch_id=batch_id, sha256=batch_id))
        assert isinstance(outcome, Refused) is (batch_id in self.imported)
        self.imported.add(batch_id)

    @rule(batch_id=pick(BATCHES), number=st.integers(2, 3), reference=pick(REFERENCES))
    def report_a_line_as_printed(self, batch_id: str, number: int, reference: str) -> None:
        self.report(line(number, batch_id=batch_id, reference=reference))

    @rule(commands=st.lists(LINES, min_size=2, max_size=4, unique_by=number_of))
    def report_lines_together(self, commands: list[ReportSettlementLines]) -> None:
        """Of one batch, in its order; references may be there twice."""
        batch_id = commands[0].batch_id
        ordered = sorted(commands, key=number_of)
        self.report(together(*(replace(each, batch_id=batch_id) for each in ordered)))

    @rule(command=LINES)
    def report(self, command: ReportSettlementLines) -> None:
        keys = [
            (command.batch_id, printed.line_number, settlement_id)
            for printed, settlement_id in zip(
                command.lines, naming.settlement_ids(command), strict=True
            )
        ]
        new = [key for key in keys if key not in self.taken]
        batch = self.book.state("settlement_batch", command.batch_id)
        outcome = self.book.execute(command, follow_on=True)
        if batch is None:
            assert outcome == Refused(
                "batch_unknown", f"no batch {command.batch_id} has been imported"
            )
        elif not new:
            assert outcome == ()
        elif isinstance(batch, SealedBatch):
            assert isinstance(outcome, Refused)
            assert outcome.code == "batch_sealed"
        else:
            assert isinstance(outcome, tuple)
            assert sum(isinstance(each, SettlementLineReported) for each in outcome) == len(new)
            self.taken |= {
                key: printed for key, printed in zip(keys, command.lines, strict=True) if key in new
            }

    @rule(command=EXPECTATIONS)
    def expect(self, command: ExpectSettlement) -> None:
        outcome = self.book.execute(command, follow_on=True)
        assert isinstance(outcome, tuple), "expectations are never refused"
        assert bool(outcome) is (command.settlement_id not in self.wanted)
        self.wanted.setdefault(command.settlement_id, command)

    @rule(batch_id=pick(BATCHES), reference=pick(REFERENCES))
    def check(self, batch_id: str, reference: str) -> None:
        name = expectation(reference=reference).settlement_id
        outcome = self.book.execute(CheckSettlement(name, batch_id), follow_on=True)
        sealed = isinstance(self.book.state("settlement_batch", batch_id), SealedBatch)
        assert isinstance(outcome, tuple) is sealed

    @rule(days=st.integers(1, 4))
    def let_days_pass(self, days: int) -> None:
        self.book.pass_time(self.book.at_us + days * DAY_US)

    @rule(data=st.data(), account=pick(["writeoff", "rounding"]))
    def resolve(self, data: st.DataObject, account: str) -> None:
        opened = [event for event in self.book.events if isinstance(event, BreakOpened)]
        if not opened:
            return
        case = data.draw(pick(opened))
        open_before = case.break_id in self.open_breaks()
        command = ResolveBreak(case.settlement_id, case.break_id, account, "by chance")
        outcome = self.book.execute(command)
        allowed = account == "writeoff" or case.kind != "missing_in_file"
        assert isinstance(outcome, tuple) is (open_before and allowed)

    @rule(batch_id=pick(BATCHES))
    def seal(self, batch_id: str) -> None:
        batch = self.book.state("settlement_batch", batch_id)
        outcome = self.book.execute(SealBatch(batch_id))
        if not isinstance(batch, ArrivingBatch):
            assert (outcome == ()) is isinstance(batch, SealedBatch)
            return
        taken = [each for key, each in self.taken.items() if key[0] == batch_id]
        sums = Counter[tuple[str, str]]()
        for each in taken:
            sums[each.currency, "gross"] += each.gross_minor
            sums[each.currency, "fee"] += each.fee_minor
        for total_of in batch.file.totals:
            sums[total_of.currency, "gross"] -= total_of.gross_minor
            sums[total_of.currency, "fee"] -= total_of.fee_minor
        whole = len(taken) == batch.file.lines and not any(sums.values())
        assert isinstance(outcome, tuple) is whole

    def open_breaks(self) -> dict[str, BreakOpened]:
        opened: dict[str, BreakOpened] = {}
        for event in self.book.events:
            if isinstance(event, BreakOpened):
                assert event.break_id not in opened, "two breaks of one name"
                opened[event.break_id] = event
            if isinstance(event, BreakResolved):
                del opened[event.break_id]
        return opened

    @invariant()
    def every_line_counts_once(self) -> None:
        found = [e for e in self.book.events if isinstance(e, SettlementLineReported)]
        keys = [(each.batch_id, each.line_number, each.settlement_id) for each in found]
        assert Counter(keys) == Counter(list(self.taken))
        for batch_id in self.imported:
            batch = self.book.state("settlement_batch", batch_id)
            if isinstance(batch, ArrivingBatch):
                assert batch.lines == sum(key[0] == batch_id for key in keys)

    @invariant()
    def the_ledger_is_what_went_in(self) -> None:
        self.catch_up()
        assert set(total(self.balances).values()) <= {0}
        for currency in CURRENCIES:
            mine = [(*key, each) for key, each in self.taken.items() if each.currency == currency]
            fees = sum(each.fee_minor for *_, each in mine)
            assert self.at(provider_fee(PROVIDER), currency) == fees
            for batch_id in BATCHES:
                net = sum(each.net_minor for of, *_, each in mine if of == batch_id)
                assert self.at(settling(batch_id), currency) == net
            open_items = sum(each.amount_minor for each in self.awaited(currency))
            assert self.at(receivable(PROVIDER), currency) == open_items

    @invariant()
    def suspense_is_its_open_breaks(self) -> None:
        self.catch_up()
        opened = [each for each in self.open_breaks().values() if each.kind != "missing_in_file"]
        owing = {(suspense(each.break_id), each.currency): -each.amount_minor for each in opened}
        assert standing(self.balances, "suspense:") == owing

    def catch_up(self) -> None:
        """Post what has happened since; with an expectation what the collection has posted."""
        for event in self.book.events[self.posted :]:
            post(self.balances, lines(event, self.book.name))
            if isinstance(event, SettlementExpected):
                post(self.balances, (owed(event),))
        self.posted = len(self.book.events)

    def at(self, account: str, currency: str) -> int:
        return self.balances.get((account, currency), 0)

    def awaited(self, currency: str) -> list[ExpectSettlement]:
        """The expectations of a currency that no line has answered and nobody has given up."""
        found: list[ExpectSettlement] = []
        for name, command in self.wanted.items():
            if isinstance(self.book.state("settlement_reference", name), Awaited):
                found += [command] if command.currency == currency else []
        return found


TestSettlement = SettlementMachine.TestCase
