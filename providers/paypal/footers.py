"""The totals and counts of a settlement or transaction detail report, beside what its rows say.

Units: digits as printed, hundredths of the currency; see providers.paypal.report for those of none.
Shape: Sums for each currency of a section, and of the report; parse_totals(cells) reads SF and RF;
compare(...) gives the controls. Balances come in pairs, opening and closing: available first, then
total, then payable; one of the first two has to close.
Source: docs/formats/paypal.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from providers.paypal.codes import CREDIT, DEBIT
from providers.settlement_file import Control, FileRefused, shown

FIGURES = ("gross_credits", "gross_debits", "fee_credits", "fee_debits")
DIGITS_MAX = 18  # A total of them fits 64 bits.
PROVING_PAIRS = 2  # Available and total; what is payable later moves by other rules.
ACCOUNTED, ALL = 0, 1


@dataclass(slots=True)
class Sums:
    """What the rows of one currency come to, in the order of FIGURES, and how many they are."""

    figures: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    idle: list[int] = field(default_factory=lambda: [0, 0, 0, 0])  # Of rows that moved nothing.
    count: int = 0
    idle_count: int = 0

    def add(self, gross: int, *, fee: int, moved: bool) -> None:
        """Add a row: gross above zero is a credit, a fee above zero a debit."""
        figures = self.figures if moved else self.idle
        figures[0 if gross > 0 else 1] += abs(gross)
        figures[3 if fee > 0 else 2] += abs(fee)
        if moved:
            self.count += 1
        else:
            self.idle_count += 1

    def join(self, other: "Sums") -> None:
        """Add the rows of a section."""
        self.figures = [one + more for one, more in zip(self.figures, other.figures, strict=True)]
        self.idle = [one + more for one, more in zip(self.idle, other.idle, strict=True)]
        self.count += other.count
        self.idle_count += other.idle_count


@dataclass(frozen=True, slots=True)
class Totals:
    """A line SF or RF, read."""

    currency: str
    figures: tuple[int, ...]
    balances: tuple[int, ...]  # Signed: opening, closing, opening, closing …
    count: int | None
    line: int

    @property
    def is_nothing(self) -> bool:
        """Whether it prints zeros only, which is nothing in any unit."""
        return not any(self.figures) and not any(self.balances)


def number_of(text: str) -> int | None:
    """An unsigned number of digits; None if it is none."""
    if text.isdigit() and text.isascii() and len(text) <= DIGITS_MAX:
        return int(text)
    return None


def parse_totals(cells: Sequence[str], line: int) -> Totals | FileRefused:
    """Read the cells of SF or RF: currency, four totals, balances with their marks, count."""
    values = [number_of(text) for text in cells[2 : 2 + len(FIGURES)]]
    rest = list(cells[2 + len(FIGURES) :])
    balances: list[int | None] = []
    while len(rest) > 1:
        mark, text, *rest = rest
        size = number_of(text)
        signed = -size if mark == DEBIT and size is not None else size
        balances.append(signed if mark in {CREDIT, DEBIT} else None)
    counts = [number_of(text) for text in rest]
    figures = tuple(value for value in values if value is not None)
    pairs = tuple(value for value in balances if value is not None)
    whole = len(figures) == len(FIGURES) and len(pairs) == len(balances) and not len(pairs) % 2
    if not whole or None in counts or (pairs and not counts):
        expected = "currency, four totals, balances with CR or DR, a count"
        message = f"line {line}: {shown(','.join(cells))!r} is not {expected}"
        return FileRefused("totals_not_understood", message, line, cells[0], "", expected)
    return Totals(cells[1], figures, pairs, counts[0] if counts else None, line)


def compare(totals: Totals, sums: Sums, label: str, *, rows_of_all: int | None) -> list[Control]:
    """The controls of one line of totals; `label` tells which: currency, and section or report.

    Some reports count the rows of the currency there, others those of all (`rows_of_all`).
    """
    figures, count = _counted(totals, sums)
    count = count if rows_of_all is None else rows_of_all
    found = [
        Control(f"{name} {label}", str(told), str(summed), told == summed, totals.line)
        for name, told, summed in zip(FIGURES, totals.figures, figures, strict=True)
    ]
    if totals.count is not None:
        name, told = f"count {label}", str(totals.count)
        found.append(Control(name, told, str(count), totals.count == count, totals.line))
    if totals.balances:
        found.append(_closing(totals, sums, label))
    return found


def _counted(totals: Totals, sums: Sums) -> tuple[list[int], int]:
    """What the rows come to. Whether the totals count what moved no money is not documented."""
    if not sums.idle_count or list(totals.figures) == sums.figures:
        count = sums.count if totals.count == sums.count else sums.count + sums.idle_count
        return sums.figures, count
    whole = [moved + idle for moved, idle in zip(sums.figures, sums.idle, strict=True)]
    return whole, sums.count + sums.idle_count


def _closing(totals: Totals, sums: Sums, label: str) -> Control:
    credits_, debits, fees_back, fees = sums.figures
    moved = credits_ - debits + fees_back - fees
    pairs = list(pairwise(totals.balances))[::2][:PROVING_PAIRS]
    opening, closing = next((one for one in pairs if one[0] + moved == one[1]), pairs[0])
    return Control(
        f"closing_balance {label}",
        str(closing),
        str(opening + moved),
        opening + moved == closing,
        totals.line,
    )
