"""The running balance of an activity export, followed row by row for each currency.

Units: integer minor units.
Shape: Chain.take(net, balance) for every row that moved money; controls(chains) at the end.
A file runs forwards, or newest first; whichever holds, holds for all rows of a currency. A row
without a printed balance is carried on to the next one that has it.
Source: docs/formats/paypal.md.
"""

from collections.abc import Mapping

from providers.amounts import printed
from providers.settlement_file import Control


class Chain:
    """What the rows of one currency come to, and where their balances break."""

    __slots__ = (
        "_back", "back_breaks", "back_line", "balance", "breaks", "exponent", "line",
        "line_last", "opening", "rows", "since", "sum",
    )  # fmt: skip

    def __init__(self, exponent: int) -> None:
        """Begin before the first row."""
        self.exponent = exponent
        self.balance: int | None = None  # The last that was printed.
        self.opening = self.sum = self.rows = 0
        self.since = 0  # What was moved since it.
        self._back = 0  # The same, seen from the row behind.
        self.breaks = self.back_breaks = 0
        self.line = self.back_line = self.line_last = 0

    def stands_still(self, balance: int) -> bool:
        """Whether a row with this balance behind it has moved nothing."""
        return balance == self.balance

    def take(self, net: int, balance: int | None, *, number: int) -> None:
        """Follow one row."""
        before, self.since, carried = self.balance, self.since + net, self._back
        self.sum += net
        if balance is None:
            self._back += net
            return
        self.rows += 1
        self.line_last = number
        if before is None:
            self.opening = balance - self.sum
        else:
            if balance != before + self.since:
                self.breaks += 1
                self.line = self.line or number
            if before != balance + carried:
                self.back_breaks += 1
                self.back_line = self.back_line or number
        self.balance, self.since, self._back = balance, 0, net


def controls(chains: Mapping[str, Chain]) -> tuple[Control, ...]:
    """Two for each currency with balances: every step of it, and its last balance."""
    found: list[Control] = []
    for currency, chain in chains.items():
        if chain.balance is None:
            continue
        backwards = chain.back_breaks < chain.breaks
        breaks = chain.back_breaks if backwards else chain.breaks
        line = (chain.back_line if backwards else chain.line) or chain.line_last
        steps = str(chain.rows - breaks)
        found.append(
            Control(f"running_balance {currency}", str(chain.rows), steps, not breaks, line)
        )
        if not backwards:
            last = printed(chain.balance, decimals=chain.exponent)
            sum_ = printed(chain.opening + chain.sum - chain.since, decimals=chain.exponent)
            name = f"closing_balance {currency}"
            found.append(Control(name, last, sum_, last == sum_, chain.line_last))
    return tuple(found)
