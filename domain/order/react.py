"""What must happen after an order's event: delivery makes the seller's share available."""

from domain.decision import Do, FollowOn
from domain.order.events import Event, OrderDelivered
from domain.payment.commands import ReleaseSellerShare


def react(event: Event, book: str) -> tuple[FollowOn, ...]:
    del book  # An order and its payment are in one book.
    if isinstance(event, OrderDelivered):
        return (Do("release_share", ReleaseSellerShare(event.payment_id)),)
    return ()
