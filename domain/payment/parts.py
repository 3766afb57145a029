"""Who bears a refund, and where it goes: parts of all refunds so far, and of one.

Units: integer minor units.
Shape: a part is a function of the sum of all refunds so far; one refund gets the difference. So
however refunds are cut, all of them together give exactly the whole.
Proof for two parts a and b of W: of R, the first bears floor(R*a/W), the second the rest, which is
ceil(R*b/W). R one higher lifts the first by 0 or 1 (a <= W) and the second by 1 or 0: both only
rise, both are 0 at R = 0 and whole at R = W, so no part is ever negative or above its whole. More
parts are cut one after the other from the rest of the rest, each a case of two parts.
Not by largest remainder: of a rising sum one part of that may fall (the Alabama paradox).
"""

from collections.abc import Sequence

from domain.money import share
from domain.payment.commands import PaymentItem
from domain.payment.events import RefundItem
from domain.payment.names import collection
from domain.payment.state import CHANNEL, PaymentTerms


def seller_part(terms: PaymentTerms, refunded_minor: int) -> int:
    """What the seller bears of all refunds so far; rounded down, the commission bears the rest."""
    return share(terms.share_minor, part_minor=refunded_minor, whole_minor=terms.amount_minor)


def item_parts(amounts_minor: Sequence[int], refunded_minor: int) -> tuple[int, ...]:
    """What has gone back to each item, in the order of the items; the amounts are above zero."""
    whole_minor, left_minor = sum(amounts_minor), refunded_minor
    parts: list[int] = []
    for amount_minor in amounts_minor:
        parts.append(share(amount_minor, part_minor=left_minor, whole_minor=whole_minor))
        left_minor -= parts[-1]
        whole_minor -= amount_minor
    assert sum(parts) == refunded_minor, "a refund lost money"
    return tuple(parts)


def refund_items(
    terms: PaymentTerms, *, before_minor: int, after_minor: int
) -> tuple[RefundItem, ...]:
    """Where a refund goes that lifts the sum of refunds; items that get nothing are left out."""
    amounts_minor = [item.amount_minor for item in terms.items]
    before = item_parts(amounts_minor, before_minor)
    after = item_parts(amounts_minor, after_minor)
    return tuple(
        _part(terms, item, new - old)
        for item, old, new in zip(terms.items, before, after, strict=True)
        if new > old
    )


def _part(terms: PaymentTerms, item: PaymentItem, amount_minor: int) -> RefundItem:
    channel = item.tool == CHANNEL
    return RefundItem(
        item.item_id,
        item.tool,
        amount_minor,
        item.wallet_id,
        collection(terms.payment_id, item_id=item.item_id) if channel else "",
    )
