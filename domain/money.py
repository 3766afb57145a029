"""Money as integers of minor units, and how it is split.

Units: minor units (cents, fen) of one ISO 4217 currency; never a float.
Bounds: one amount is at most AMOUNT_MAX, a balance at most BALANCE_MAX in size. A book with every
balance at its bound still sums 9 accounts in a signed 64-bit integer; sums over all are numeric.
Source: largest remainder (Hamilton's method).
"""

from collections.abc import Sequence

AMOUNT_MAX = 10**15  # Ten trillion in a currency of two digits.
BALANCE_MAX = 10**18  # A thousand such amounts; below 2^63 - 1 = 9.2 * 10^18.


def split(amount_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split an amount by weights so that the parts sum to it exactly.

    Each part is within one minor unit of its exact share; what is left over goes to the largest
    remainders, the earlier first. Weights are not negative and not all zero.
    """
    total = sum(weights)
    assert amount_minor >= 0, "a negative amount is not split"
    assert total > 0, "weights sum to nothing"
    assert min(weights) >= 0, "a negative weight"
    parts = [amount_minor * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(amount_minor * weights[index] % total), index)
    )
    for index in by_remainder[: amount_minor - sum(parts)]:
        parts[index] += 1
    assert sum(parts) == amount_minor, "a split lost money"
    return tuple(parts)


def share(amount_minor: int, *, part_minor: int, whole_minor: int) -> int:
    """The part of an amount that has part/whole of it, rounded down: never more than is there."""
    assert 0 <= part_minor <= whole_minor, "a part is not larger than the whole"
    assert whole_minor > 0, "a share of nothing"
    return amount_minor * part_minor // whole_minor
