"""The running balance of a Payoneer export: every row's balance follows from its neighbour's.

Units: integer minor units; each currency has a balance of its own.
Order: files with the newest row first were seen. Which way a file runs is told by the balances
themselves: they hold all the way in one direction, or the control does not hold.
What it cannot see: rows missing at the top or at the bottom.
Source: docs/formats/payoneer.md.
"""

from dataclasses import dataclass

from providers.settlement_file import Control

NAME = "running_balance"


@dataclass(slots=True)
class Chain:
    """The balances of one currency, row by row."""

    movement_minor: int
    balance_minor: int
    line_number: int  # Of the last row; of the control if it holds.
    steps: int = 0
    # How many steps hold if the file runs downwards from the newest row, or upwards to it, and the
    # first line at which one does not.
    newest_first: int = 0
    oldest_first: int = 0
    broken_newest_first: int = 0
    broken_oldest_first: int = 0

    def follow(self, *, movement_minor: int, balance_minor: int, line_number: int) -> None:
        """Compare a row with the one before it in the file."""
        self.steps += 1
        if self.balance_minor == balance_minor + self.movement_minor:
            self.newest_first += 1
        elif not self.broken_newest_first:
            self.broken_newest_first = line_number
        if balance_minor == self.balance_minor + movement_minor:
            self.oldest_first += 1
        elif not self.broken_oldest_first:
            self.broken_oldest_first = line_number
        self.movement_minor, self.balance_minor = movement_minor, balance_minor
        self.line_number = line_number


class Balances:
    """The chains of a file; flat in memory, for there are few currencies."""

    def __init__(self) -> None:
        """Begin before the first row."""
        self._chains: dict[str, Chain] = {}

    def add(self, currency: str, *, movement: int, balance: int, line_number: int) -> None:
        """Take a row with its balance."""
        chain = self._chains.get(currency)
        if chain is None:
            self._chains[currency] = Chain(movement, balance, line_number)
        else:
            chain.follow(movement_minor=movement, balance_minor=balance, line_number=line_number)

    def controls(self) -> tuple[Control, ...]:
        """One a currency with two rows or more: the steps, and those that hold."""
        return tuple(
            _control(currency, chain) for currency, chain in self._chains.items() if chain.steps
        )


def _control(currency: str, chain: Chain) -> Control:
    if chain.newest_first >= chain.oldest_first:
        held, broken = chain.newest_first, chain.broken_newest_first
    else:
        held, broken = chain.oldest_first, chain.broken_oldest_first
    return Control(
        f"{NAME} {currency}",
        str(chain.steps),
        str(held),
        held == chain.steps,
        broken or chain.line_number,
    )
