"""The table: every event of every aggregate has its rows, and what they name exists."""

from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from itertools import product
from pkgutil import iter_modules
from types import ModuleType
from typing import get_args

import pytest

import domain
from domain.accounting.chart import CHART
from domain.accounting.posting import RULES, UnaccountedEventError, lines
from domain.accounting.rules import Row, field_of, is_set, posts, posts_nothing
from domain.accounting.table import ROWS, TABLE
from domain.settlement import BreakOpened, BreakResolved
from domain.wallet import FundsCredited, FundsDebited, WalletOpened


def event_modules() -> list[ModuleType]:
    names = [each.name for each in iter_modules(domain.__path__) if each.ispkg]
    with_events = [
        name
        for name in names
        if "events"
        in {each.name for each in iter_modules(import_module(f"domain.{name}").__path__)}
    ]
    return [import_module(f"domain.{name}.events") for name in with_events]


def events_of(module: ModuleType) -> set[type]:
    """Its dataclasses, but for those that are parts of others."""
    own = {
        each
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__
    }
    parts = {part for each in own for field in fields(each) for part in get_args(field.type)}
    return own - parts


EVENTS = set[type]().union(*map(events_of, event_modules()))


def test_every_event_is_in_the_table() -> None:
    assert len(event_modules()) >= 6
    assert len(EVENTS) > 50
    assert {row.event for row in ROWS} == EVENTS
    assert set(RULES) == EVENTS


def test_every_event_stands_in_one_chapter() -> None:
    chapters = [{row.event for row in rows} for rows in TABLE.values()]
    assert sum(map(len, chapters)) == len(EVENTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.event.__name__}: {row.words[:30]}")
def test_a_row_names_fields_of_the_right_type(row: Row) -> None:
    types = {each.name: each.type for each in fields(row.event)}
    for account in (row.debit, row.credit):
        if field := field_of(account):
            assert types[field] in {str, "str"}
    for field in row.amount.split(" - ") if row.amount else ():
        assert types[field] in {int, "int"}
    assert row.words.endswith(".")


def test_every_account_of_the_table_is_in_the_chart() -> None:
    chart = {entry.account.replace("<", "{").replace(">", "}") for entry in CHART}
    named = {account for row in ROWS for account in (row.debit, row.credit)} - {"", "{account}"}
    assert named <= chart
    assert len(chart) == len(CHART)


def credited(account: str, *, pending: bool) -> FundsCredited:
    return FundsCredited("alice", "m1", 5, "EUR", account, pending, 5, 0)


def opened(kind: str) -> BreakOpened:
    return BreakOpened("s", "s#1", kind, "wechat", "m", "r", "b1", 2, 5, "CNY", 5, 1, 4)


def resolved(kind: str, how: str) -> BreakResolved:
    return BreakResolved("s", "s#1", kind, how, "wechat", "expense:writeoff", 5, "CNY", "")


KINDS = (
    "amount_differs",
    "missing_in_events",
    "missing_in_file",
    "duplicate_line",
    "currency_differs",
)
SOURCES = ("external:x", "liability:wallet:b")
HOWS = ("arrived", "expected_later", "decided")
CONDITIONAL: list[object] = [
    *(credited(account, pending=pending) for account, pending in product(SOURCES, (True, False))),
    *map(opened, KINDS),
    *(resolved(kind, how) for kind, how in product(KINDS, HOWS)),
]


@pytest.mark.parametrize("event", CONDITIONAL)
def test_exactly_one_kind_of_row_answers(event: object) -> None:
    """Of the rows about an event, those that hold agree on their condition."""
    answering = [rule for rule in RULES[type(event)] if rule.holds(event)]
    assert answering
    conditions = [tuple(field for field, _ in rule.conditions) for rule in answering]
    assert len(set(conditions)) == 1
    assert sum(rule.accounts is None for rule in answering) in {0, len(answering)}


@dataclass(frozen=True, slots=True)
class CouponRedeemed:
    """An event of a later version."""

    coupon_id: str
    amount_minor: int
    currency: str


@pytest.mark.parametrize("event", [CouponRedeemed("c", 5, "EUR"), opened("lost")])
def test_what_the_table_does_not_know_stops_the_ledger(event: object) -> None:
    with pytest.raises(UnaccountedEventError, match="book main") as stopped:
        lines(event, "main")
    assert stopped.value.book == "main"
    assert stopped.value.event_type == type(event).__name__


def test_a_row_cannot_name_what_its_event_does_not_have() -> None:
    with pytest.raises(AssertionError, match="has no"):
        posts(FundsDebited, debit="{wallet}", credit="{account}", words="Wrong.")
    with pytest.raises(AssertionError, match="has no"):
        posts(FundsDebited, debit="a", credit="b", amount="fee_minor", words="Wrong.")
    with pytest.raises(AssertionError, match="has no"):
        posts_nothing(WalletOpened, is_set("pending"), words="Wrong.")
    with pytest.raises(AssertionError, match="half a posting"):
        posts(FundsDebited, debit="a", credit="", words="Wrong.")
