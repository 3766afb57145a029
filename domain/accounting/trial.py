"""Balances: a fold of ledger lines.

Units: integer minor units; a balance is debit - credit, so that all of a currency sum to zero.
Shape: post(balances, lines) adds to balances in place, which is how millions of lines are folded.
Accounts that are at zero stay: they have moved.
Bound: one entry an account and currency.
"""

from collections.abc import Iterable, Mapping

from domain.accounting.line import LedgerLine

Balances = dict[tuple[str, str], int]  # By account and currency.


def post(balances: Balances, lines: Iterable[LedgerLine]) -> None:
    for line in lines:
        assert line.amount_minor > 0, "a line moves something"
        debit = (line.debit_account, line.currency)
        credit = (line.credit_account, line.currency)
        balances[debit] = balances.get(debit, 0) + line.amount_minor
        balances[credit] = balances.get(credit, 0) - line.amount_minor


def standing(balances: Mapping[tuple[str, str], int], prefix: str = "") -> Balances:
    """The accounts under a prefix that are not at zero."""
    return {key: minor for key, minor in balances.items() if minor and key[0].startswith(prefix)}
