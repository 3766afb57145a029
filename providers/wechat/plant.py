"""Discrepancies put into a bill on purpose, so that reconciliation has something to find.

Units: integer minor units; a discrepancy's amount is what the file says less what we say.
Shape: plant(rows, seed) -> (rows, what was planted). The same seed plants the same. Written with
write_bill the rows have recomputed totals: the bill still proves, only we do not agree with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from providers.amounts import exponent_of, printed, scale
from providers.wechat.bill import BillRow

AMOUNTS_OFF = 2


@dataclass(frozen=True, slots=True)
class Planted:
    """A break that reconciliation must open."""

    kind: str
    reference: str
    amount_minor: int
    currency: str


def plant(rows: Sequence[BillRow], seed: int) -> tuple[tuple[BillRow, ...], tuple[Planted, ...]]:
    """Change some amounts by a cent, take a row out, put a stranger's in, double one."""
    chance = Random(seed)  # noqa: S311 - a choice that can be repeated, not a secret.
    charges = [row for row in rows if row.state == "SUCCESS"]
    off = chance.sample([row for row in charges if _settle_minor(row) > 1], AMOUNTS_OFF)
    taken, doubled, model = chance.sample([row for row in charges if row not in off], 3)
    stranger = _stranger(model, chance)
    changed = {row: _another_amount(row, chance.choice((-1, 1))) for row in off}
    planted = [
        *(_planted("amount_differs", old, _difference(old, new)) for old, new in changed.items()),
        _planted("missing_in_file", taken, -_settle_minor(taken)),
        _planted("missing_in_events", stranger, _settle_minor(stranger)),
        _planted("duplicate_line", doubled, _settle_minor(doubled)),
    ]
    kept = [changed.get(row, row) for row in rows if row != taken]
    kept.insert(chance.randrange(len(kept)), stranger)
    kept.insert(chance.randrange(kept.index(doubled) + 1, len(kept) + 1), doubled)
    return tuple(kept), tuple(planted)


def _settle_minor(row: BillRow) -> int:
    exponent = exponent_of(row.currency)
    assert exponent is not None, f"no currency: {row.currency}"
    minor = scale(row.settle_amount, exponent)
    assert minor is not None, f"a bad amount in {row}"
    return minor


def _difference(ours: BillRow, theirs: BillRow) -> int:
    return _settle_minor(theirs) - _settle_minor(ours)


def _planted(kind: str, row: BillRow, amount_minor: int) -> Planted:
    return Planted(kind, row.order, amount_minor, row.currency)


def _another_amount(row: BillRow, difference_minor: int) -> BillRow:
    exponent = exponent_of(row.currency) or 0
    amount = printed(_settle_minor(row) + difference_minor, decimals=exponent)
    return row._replace(settle_amount=amount, order_amount=amount)


def _stranger(model: BillRow, chance: Random) -> BillRow:
    """Make a payment that we know nothing of, otherwise like one of ours."""
    digits = f"{chance.randrange(10**9):09d}"
    return model._replace(
        wechat_order=f"{model.wechat_order[:-9]}{digits}",
        order=f"stranger_{digits}",
        user=f"stranger{digits}",
    )
