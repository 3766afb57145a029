"""What the rows of each payout come to: a payout and all that it pays out sum to nothing.

Units: integer minor units.
Shape: Payouts.see(...) for every row, then controls().
The rule holds where a file was chosen by payout: every row names its payout, and every payout has
its own row. A report over a span of time cuts through payouts at both its ends, and a file without
the payouts' rows has nothing to compare with; neither proves anything.
Bounds: PAYOUTS_MAX payouts are remembered; a file over time stops being looked at by its first row
that names none.
"""

from providers.amounts import exponent_of, printed
from providers.settlement_file import Control

PAYOUTS_MAX = 20_000  # 54 years of daily payouts; about 8 MB.
NET = "payout_net"


class Payouts:
    """Sums by payout and currency."""

    __slots__ = ("_by_payout", "_sums")

    def __init__(self, *, named: bool) -> None:
        """Begin; `named` says whether the file has a column for payouts at all."""
        self._by_payout = named
        # Of each: what was paid out, what the other rows come to, the line of the payout's row.
        self._sums: dict[tuple[str, str], list[int]] = {}

    def see(
        self, key: tuple[str, str], net_minor: int, *, is_payout: bool, line_number: int
    ) -> bool:
        """Add a row by its payout and currency; whether there is room for it."""
        if not self._by_payout:
            return True
        if not key[0]:
            self._by_payout = False
            self._sums.clear()
            return True
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) == PAYOUTS_MAX:
                return False
            sums = self._sums[key] = [0, 0, 0]
        if is_payout:
            sums[0] -= net_minor
            sums[2] = line_number
        else:
            sums[1] += net_minor
        return True

    def controls(self) -> tuple[Control, ...]:
        """One for every payout, where the file holds whole payouts; else none."""
        if not all(line_number for _, _, line_number in self._sums.values()):
            return ()
        return tuple(_control(key, sums) for key, sums in self._sums.items())


def _control(key: tuple[str, str], sums: list[int]) -> Control:
    payout, currency = key
    paid, others, line_number = sums
    decimals = exponent_of(currency) or 0
    return Control(
        name=f"{NET} {payout} {currency}",
        printed=printed(paid, decimals=decimals),
        computed=printed(others, decimals=decimals),
        holds=paid == others,
        line_number=line_number,
    )
