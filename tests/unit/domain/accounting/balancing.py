"""Balances of a few lines, and what they come to."""

from collections.abc import Iterable, Mapping

from domain.accounting.line import LedgerLine
from domain.accounting.trial import Balances, post


def balance(lines: Iterable[LedgerLine]) -> Balances:
    balances: Balances = {}
    post(balances, lines)
    return balances


def total(balances: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """By currency; of all accounts: zero."""
    totals: dict[str, int] = {}
    for (_, currency), amount_minor in balances.items():
        totals[currency] = totals.get(currency, 0) + amount_minor
    return totals
