"""From an event to its ledger lines.

Shape: lines(event, book) -> ledger lines, by the rows of table.py. The two events of a transfer,
of which there are most, take a short cut that a test compares with the table.
Errors: UnaccountedEventError where the table has nothing to say about an event, or about a new
kind of it: a ledger that skipped it would be wrong, so whoever builds one stops.
Measured: docs/ledger.md.
"""

from collections.abc import Callable
from typing import cast

from domain.accounting.accounts import WALLET
from domain.accounting.line import LedgerLine
from domain.accounting.rules import Row, account_of, amount_of
from domain.accounting.table import ROWS
from domain.value import value
from domain.wallet.events import FundsCredited, FundsDebited


class UnaccountedEventError(Exception):
    """The table does not know this event. `book` is where it happened."""

    def __init__(self, event: object, book: str) -> None:
        self.event_type = type(event).__name__
        self.book = book
        super().__init__(f"book {book}: no accounting rule for {event!r}")


@value
class Rule:
    """A row, ready to be executed; `None` for accounts: it posts nothing."""

    conditions: tuple[tuple[str, Callable[[object], bool]], ...]
    accounts: tuple[Callable[[object], str], Callable[[object], str]] | None
    plus: str
    minus: tuple[str, ...]

    def holds(self, event: object) -> bool:
        for field, holds in self.conditions:  # noqa: SIM110  (all() of a generator: 0.4 us a row.)
            if not holds(getattr(event, field)):
                return False
        return True

    def line(self, event: object) -> LedgerLine | None:
        """The line that this row posts: none for zero, the other way round for less."""
        if self.accounts is None:
            return None
        amount_minor = cast("int", getattr(event, self.plus))
        for field in self.minus:
            amount_minor -= cast("int", getattr(event, field))
        if not amount_minor:
            return None
        debit, credit = self.accounts[0](event), self.accounts[1](event)
        currency = cast("str", getattr(event, "currency"))  # noqa: B009  (Of any event's.)
        if amount_minor < 0:
            return LedgerLine(credit, debit, -amount_minor, currency)
        return LedgerLine(debit, credit, amount_minor, currency)


def rule_of(row: Row) -> Rule:
    plus, minus = amount_of(row.amount)
    return Rule(
        tuple((condition.field, condition.holds) for condition in row.when),
        (account_of(row.debit), account_of(row.credit)) if row.amount else None,
        plus,
        minus,
    )


RULES: dict[type, tuple[Rule, ...]] = {
    event: tuple(rule_of(row) for row in ROWS if row.event is event)
    for event in dict.fromkeys(row.event for row in ROWS)
}


def lines(event: object, book: str) -> tuple[LedgerLine, ...]:
    """What an event does to the ledger of its book."""
    if type(event) is FundsDebited and event.amount_minor > 0 and not event.pending:
        debit = WALLET + event.wallet_id
        return (LedgerLine(debit, event.account, event.amount_minor, event.currency),)
    if type(event) is FundsCredited and event.amount_minor > 0 and not event.pending:
        if event.account.startswith(WALLET):
            return ()
        credit = WALLET + event.wallet_id
        return (LedgerLine(event.account, credit, event.amount_minor, event.currency),)
    return lines_by_table(event, book)


def lines_by_table(event: object, book: str) -> tuple[LedgerLine, ...]:
    """The same without the short cut: every row of the table that holds, in order."""
    answered = False
    posted: list[LedgerLine] = []
    for rule in RULES.get(type(event), ()):
        if rule.holds(event):
            answered = True
            if (line := rule.line(event)) is not None:
                posted.append(line)
    if not answered:
        raise UnaccountedEventError(event, book)
    return tuple(posted)
