"""The ledger's rows: lines as accounting has them, and the balances after each.

Shape: the fold in memory, with accounts numbered by hand where a table would.
"""

from collections import Counter

import pytest

from domain.accounting import chart, posting, trial
from domain.settlement import BreakOpened
from domain.wallet import FundsCredited, FundsDebited, WalletFrozen
from projections.batches import batch_of
from projections.copying import EPOCH_DAYS, EPOCH_US
from projections.ledger import (
    BALANCE_MAX,
    COPY,
    TYPES,
    Account,
    Posted,
    category,
    entries,
    post,
)
from projections.model import UnknownEvent
from projections.names import Names
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

NAMES_MAX = 1_000


def test_balances_after_the_lines_are_their_sums() -> None:
    records = record(Story().events)
    names, fresh = Names[tuple[str, str], Account](NAMES_MAX), dict[tuple[str, str], Account]()
    posted, unknown = post(batch_of("main", records), names, fresh)
    for place, account in enumerate(fresh.values(), start=1):
        account.number = place
    by_number: dict[object, object] = {account.number: key for key, account in fresh.items()}
    balances: trial.Balances = {}
    lines = [(each, line) for each in records for line in posting.lines(each.event, "main")]
    rows, beyond = entries("main", posted)
    assert beyond is None
    assert unknown is None
    assert len(rows) == len(lines)
    places = Counter[object]()
    for row, (recorded, line) in zip(rows, lines, strict=True):
        sequence, amount, at_us, debit_after, credit_after, debit, credit, day, place, book = row
        places[sequence] += 1
        trial.post(balances, [line])
        keys = (line.debit_account, line.currency), (line.credit_account, line.currency)
        assert (by_number[debit], by_number[credit]) == keys
        assert (debit_after, credit_after) == (balances[keys[0]], balances[keys[1]])
        assert (sequence, amount) == (recorded.sequence, line.amount_minor)
        assert at_us == recorded.recorded_at_us - EPOCH_US
        assert day == recorded.effective_on - EPOCH_DAYS
        assert (place, book) == (places[sequence], "main")
    assert max(places.values()) > 1
    assert len(rows[0]) == len(TYPES) == COPY.partition(")")[0].count(",") + 1


def test_it_stops_before_what_accounting_does_not_know() -> None:
    """A known event of a kind that no row of the accounting table is about."""
    strange = BreakOpened(
        "w/m/c/r", "w/m/c/r#1", "haunted", "w", "m", "r", "", 0, 1, "CNY", 0, 0, 0
    )
    credited = FundsCredited("ann", "m1", 5, "CNY", "external:bank", False, 5, 0)  # noqa: FBT003
    records = record([credited, strange, credited])
    posted, unknown = post(batch_of("main", records), Names(NAMES_MAX), {})
    assert [recorded.sequence for recorded, *_ in posted] == [1]
    assert unknown == UnknownEvent("ledger", "main", 2, records[1].type_name)


def test_an_account_has_a_balance_in_each_currency() -> None:
    events = [
        FundsCredited("ann", "m1", 5, "CNY", "external:bank", False, 5, 0),  # noqa: FBT003
        FundsCredited("ben", "m2", 7, "USD", "external:bank", False, 7, 0),  # noqa: FBT003
        FundsDebited("ann", "m3", 2, "CNY", "external:bank", False, 3, 0),  # noqa: FBT003
    ]
    fresh: dict[tuple[str, str], Account] = {}
    posted, _ = post(batch_of("main", record(events)), Names(NAMES_MAX), fresh)
    entries("main", posted)
    assert {key: account.balance_minor for key, account in fresh.items()} == {
        ("external:bank", "CNY"): 3,
        ("liability:wallet:ann", "CNY"): -3,
        ("external:bank", "USD"): 7,
        ("liability:wallet:ben", "USD"): -7,
    }


@pytest.mark.parametrize("too_much", [BALANCE_MAX - 8, BALANCE_MAX])
def test_it_stops_before_a_balance_that_does_not_fit(too_much: int) -> None:
    """What fits exactly is written; of an event that does not, no line is, and nothing moves."""

    def credited(amount: int) -> object:
        return FundsCredited("ann", "m", amount, "CNY", "external:bank", False, 0, 0)  # noqa: FBT003

    records = record([credited(9), credited(BALANCE_MAX - 9), credited(1), credited(too_much)])
    fresh: dict[tuple[str, str], Account] = {}
    names = Names[tuple[str, str], Account](NAMES_MAX)
    posted, _ = post(batch_of("main", records[:2]), names, fresh)
    rows, beyond = entries("main", posted)
    assert ([row[3] for row in rows], beyond) == ([9, BALANCE_MAX], None)
    for refused in (records[2], records[3]):
        posted, _ = post(batch_of("main", [refused]), names, fresh)
        assert entries("main", posted) == ([], refused)
        assert {account.balance_minor for account in fresh.values()} == {BALANCE_MAX, -BALANCE_MAX}


def test_an_event_whose_second_line_does_not_fit_is_not_written_in_part() -> None:
    (line,) = posting.lines(FundsCredited("a", "m", 5, "CNY", "b", False, 5, 0), "main")  # noqa: FBT003
    first, second = record([WalletFrozen("a", "lost")] * 2)
    bank, wallet, full = Account(1, 0), Account(2, 0), Account(3, BALANCE_MAX - 4)
    posted: list[Posted] = [
        (first, 1, line, bank, wallet),
        (second, 1, line, bank, wallet),
        (second, 2, line, full, wallet),
        (second, 3, line, bank, wallet),
    ]
    rows, beyond = entries("main", posted)
    assert ([row[0] for row in rows], beyond) == ([first.sequence], second)
    balances = [bank.balance_minor, wallet.balance_minor, full.balance_minor]
    assert balances == [5, -5, BALANCE_MAX - 4]


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("liability:wallet:ann", "liability:wallet"),
        ("liability:wallet:ann:held", "liability:wallet:held"),
        ("liability:order:p1", "liability:order"),
        ("liability:refund:late@N1", "liability:refund"),
        ("asset:receivable:seller:shop", "asset:receivable:seller"),
        ("asset:receivable:wechat", "asset:receivable:wechat"),
        ("asset:settling:bill-1", "asset:settling"),
        ("suspense:break:wechat/1/charge/N1#1", "suspense:break"),
        ("external:bank", "external:bank"),
        ("due:asia", "due:asia"),
        ("income:commission", "income:commission"),
        ("expense:fee:wechat", "expense:fee:wechat"),
    ],
)
def test_categories_leave_out_the_one_thing(account: str, expected: str) -> None:
    assert category(account) == expected


def test_accounts_of_one_thing_of_the_chart_have_few_categories() -> None:
    """Whatever stands in <> of these is one of very many."""
    many = ("<wallet_id>", "<payment_id>", "<refund_id>", "<batch_id>", "<break_id>")
    named = [each.account for each in chart.CHART if each.account.find("<") >= 0]
    kept = {category(name) for name in named if "<" in category(name)}
    assert not any(one in name for name in kept for one in many)
