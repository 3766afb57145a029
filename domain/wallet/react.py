"""What must happen after a wallet's event: a hold that nobody owns ends by itself."""

from domain.decision import At, FollowOn
from domain.wallet.commands import ExpireHold
from domain.wallet.events import Event, FundsHeld


def react(event: Event, book: str) -> tuple[FollowOn, ...]:
    del book  # All of it stays in the book where it happened.
    if isinstance(event, FundsHeld) and not event.owner:
        command = ExpireHold(event.wallet_id, event.hold_id)
        return (At("expire", event.expires_at_us, command),)
    return ()
