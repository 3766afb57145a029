"""Lines, expectation, checks and repeats in any order end in the same ledger.

Shape: a story is what happens around one reference in two batches; it is told twice, shuffled
anew, and each time the ledger must be what the story says, whatever came first. The books' side
of an expectation (receivable against the order) is posted with it.
"""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from domain import settlement
from domain.accounting.accounts import order, receivable
from domain.accounting.line import LedgerLine
from domain.accounting.posting import lines
from domain.accounting.trial import Balances, standing
from domain.decision import Refused
from domain.settlement import (
    Command,
    ExpectSettlement,
    ReportSettlementLines,
    SealBatch,
    SettlementExpected,
)
from tests.unit.domain.accounting.balancing import balance, total
from tests.unit.domain.memory_book import MemoryBook
from tests.unit.domain.settlement.given import (
    check,
    expectation,
    file,
    line,
    only,
    resolve,
    together,
)

AMOUNTS = st.sampled_from([1, 97, 100, 103])
FEES = st.integers(-2, 3)
CURRENCIES = st.sampled_from(["CNY", "CNY", "CNY", "USD"])
EMPTY = "empty"  # A sealed batch without a line, which a check may name.


@dataclass(frozen=True)
class Story:
    """What happens, in no order."""

    expected: ExpectSettlement | None
    reported: tuple[ReportSettlementLines, ...]
    repeats: tuple[ReportSettlementLines, ...]
    checks: int

    def commands(self) -> list[Command]:
        expected = [] if self.expected is None else [self.expected]
        return [*expected, *self.reported, *self.repeats, *[check(EMPTY)] * self.checks]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    sign = draw(st.sampled_from([1, -1]))
    drawn = draw(
        st.lists(st.tuples(AMOUNTS, FEES, CURRENCIES, st.sampled_from(["b1", "b2"])), max_size=4)
    )
    reported = tuple(
        line(number, sign * amount, fee, currency=currency, batch_id=batch_id)
        for number, (amount, fee, currency, batch_id) in enumerate(drawn, start=2)
    )
    expected = expectation(sign * 100) if draw(st.booleans()) else None
    repeats = draw(st.lists(st.sampled_from(reported), max_size=2)) if reported else []
    return Story(expected, reported, tuple(repeats), draw(st.integers(0, 2)))


def told(commands: list[Command]) -> MemoryBook:
    book = MemoryBook("main", (settlement,))
    for batch_id in ("b1", "b2"):
        book.execute(file(batch_id=batch_id, sha256=batch_id))
    book.execute(file(0, (), batch_id=EMPTY, sha256=EMPTY))
    book.execute(SealBatch(EMPTY))
    for command in commands:
        outcome = book.execute(command, follow_on=True)
        assert not isinstance(outcome, Refused), outcome
    return book


def ledger(book: MemoryBook) -> Balances:
    """All that settlement posts, and with an expectation what the collection has posted."""
    posted = [each for event in book.events for each in lines(event, book.name)]
    posted += [owed(event) for event in book.events if isinstance(event, SettlementExpected)]
    return balance(posted)


def owed(event: SettlementExpected) -> LedgerLine:
    ours, theirs = receivable(event.provider), order("payment-1")
    if event.amount_minor < 0:
        return LedgerLine(theirs, ours, -event.amount_minor, event.currency)
    return LedgerLine(ours, theirs, event.amount_minor, event.currency)


def by_purpose(balances: Balances) -> dict[tuple[str, str], int]:
    """Suspense in one sum a currency: which break holds what depends on who came first."""
    sums = Counter[tuple[str, str]]()
    for (account, currency), amount_minor in balances.items():
        sums["suspense" if account.startswith("suspense:") else account, currency] += amount_minor
    return {key: minor for key, minor in sums.items() if minor}


def said(story: Story) -> dict[tuple[str, str], int]:
    """What the ledger must be: by arithmetic on the story, without any rule of matching."""
    sums = Counter[tuple[str, str]]()
    printed = [(command.batch_id, only(command)) for command in story.reported]
    for batch_id, each in printed:
        sums[f"asset:settling:{batch_id}", each.currency] += each.net_minor
        sums["expense:fee:wechat", each.currency] += each.fee_minor
        sums["suspense", each.currency] -= each.gross_minor
    if story.expected is not None:
        amount_minor = story.expected.amount_minor
        sums["liability:order:payment-1", "CNY"] -= amount_minor
        answered = any(each.currency == "CNY" for _, each in printed)
        sums["suspense" if answered else "asset:receivable:wechat", "CNY"] += amount_minor
    return {key: minor for key, minor in sums.items() if minor}


@given(stories(), st.data())
def test_the_order_of_arrival_does_not_matter(story: Story, data: st.DataObject) -> None:
    for _ in range(2):
        book = told(data.draw(st.permutations(story.commands())))
        assert by_purpose(ledger(book)) == said(story)


@given(stories(), st.data())
def test_lines_in_one_command_mean_what_they_mean_one_by_one(
    story: Story, data: st.DataObject
) -> None:
    """Also where the first of them have come before."""
    mine = [each for each in story.reported if each.batch_id == "b1"]
    before: list[Command] = [] if story.expected is None else [story.expected]
    again = mine[: data.draw(st.integers(0, len(mine)))]
    at_once = told([*before, *again, *([together(*mine)] if mine else [])])
    assert at_once.events == told([*before, *mine]).events


@given(stories(), st.data())
def test_resolving_every_break_empties_suspense(story: Story, data: st.DataObject) -> None:
    book = told(data.draw(st.permutations(story.commands())))
    for case in (1, 2, 3, 4, 5, 6):
        book.execute(resolve(case))
    book.pass_time(book.at_us + 10 * 86_400_000_000)  # The promise is over: missing at the latest.
    for case in (1, 2, 3, 4, 5, 6):
        book.execute(resolve(case))
    balances = ledger(book)
    assert standing(balances, "suspense:") == {}
    assert standing(balances, "asset:receivable:") == {}
    assert set(total(balances).values()) <= {0}


def test_writing_off_a_line_and_then_its_expectation_comes_to_nothing() -> None:
    """A person gave up the line before our event came: the second write-off undoes the first."""
    book = told([line(2, 100, 3), resolve(1), expectation(100), check(EMPTY), resolve(2)])
    assert by_purpose(ledger(book)) == {
        ("asset:settling:b1", "CNY"): 97,
        ("expense:fee:wechat", "CNY"): 3,
        ("liability:order:payment-1", "CNY"): -100,
    }


def test_writing_off_an_expectation_and_then_its_line_comes_to_nothing() -> None:
    book = told([expectation(100), check(EMPTY), resolve(1), line(2, 100, 3), resolve(2)])
    assert by_purpose(ledger(book)) == {
        ("asset:settling:b1", "CNY"): 97,
        ("expense:fee:wechat", "CNY"): 3,
        ("liability:order:payment-1", "CNY"): -100,
    }
