"""What a row of the accounting table is made of: an event, when, two accounts, an amount, words.

Shape: an account is a name of the chart with at most one field of the event in braces
(`liability:wallet:{wallet_id}`, `{account}`); an amount is a field, less other fields
(`cleared_minor - fee_minor`); conditions are about one field each, and all of them must hold.
Signs: an amount below zero swaps the two accounts, an amount of zero posts nothing.
Errors: AssertionError when a row names a field that its event does not have.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, cast

from domain.value import value


@value
class Condition:
    """Something that is true of one field; `words` says what."""

    words: str
    field: str
    holds: Callable[[Any], bool]


def is_one_of(field: str, *values: str) -> Condition:
    words = f"{field} is {' or '.join(value or 'empty' for value in values)}"
    return Condition(words, field, frozenset(values).__contains__)


def is_not(field: str, *, value: str) -> Condition:
    return Condition(f"{field} is not {value or 'empty'}", field, value.__ne__)


def is_set(field: str) -> Condition:
    return Condition(field, field, True.__eq__)


def is_clear(field: str) -> Condition:
    return Condition(f"not {field}", field, False.__eq__)


def is_under(field: str, *, account: str) -> Condition:
    words = f"{field} is a {account}…"
    return Condition(words, field, lambda found: str(found).startswith(account))


def is_not_under(field: str, *, account: str) -> Condition:
    words = f"{field} is no {account}…"
    return Condition(words, field, lambda found: not str(found).startswith(account))


@value
class Row:
    """One line of the table. Without accounts it says that the event posts nothing, and why."""

    event: type
    when: tuple[Condition, ...]
    debit: str
    credit: str
    amount: str
    words: str

    def __post_init__(self) -> None:
        assert is_dataclass(self.event), "a row is about an event"
        known = {each.name for each in fields(self.event)}
        assert self.needs() <= known, f"{self.event.__name__} has no {self.needs() - known}"
        assert bool(self.debit) == bool(self.credit) == bool(self.amount), "half a posting"

    def needs(self) -> set[str]:
        """The fields of the event that this row looks at."""
        named = {field_of(account) for account in (self.debit, self.credit)} - {""}
        plus, minus = amount_of(self.amount)
        moves = {plus, *minus, "currency"} if self.amount else set[str]()
        return named | moves | {each.field for each in self.when}


def posts(
    event: type,
    *when: Condition,
    debit: str,
    credit: str,
    words: str,
    amount: str = "amount_minor",
) -> Row:
    return Row(event, when, debit, credit, amount, words)


def posts_nothing(event: type, *when: Condition, words: str) -> Row:
    return Row(event, when, "", "", "", words)


def field_of(account: str) -> str:
    """The field in an account's braces, empty where there is none."""
    return account.partition("{")[2].partition("}")[0]


def account_of(account: str) -> Callable[[object], str]:
    """How an account's name is made from an event."""
    prefix, _, rest = account.partition("{")
    field, _, suffix = rest.partition("}")
    assert "{" not in suffix, "an account has at most one field"
    if not field:
        return lambda _: account
    if prefix or suffix:
        return lambda event: f"{prefix}{getattr(event, field)}{suffix}"
    return lambda event: cast("str", getattr(event, field))


def amount_of(amount: str) -> tuple[str, tuple[str, ...]]:
    """The field that an amount begins with, and those that are taken off."""
    first, *rest = amount.split(" - ")
    return first, tuple(rest)
