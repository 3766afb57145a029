"""A ledger line: one amount, from one account to another. It cannot be unbalanced.

Units: `amount_minor` is above zero, minor units of `currency`.
Sign of balances: debit - credit, so assets and expenses are positive, liabilities negative.
Source: docs/ledger.md; the chart of accounts is in accounts.py.
"""

from domain.value import value


@value
class LedgerLine:
    """Debit one account, credit another."""

    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
