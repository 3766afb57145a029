"""What may be asked of a wallet.

Units: integer minor units of the wallet's one currency; times in microseconds since 1970, UTC.
Origin: the first nine are commands of clients; those after them are follow-ons, ours alone.
"""

from domain.value import value


@value
class OpenWallet:
    """Open an account. `type`: buyer, seller, platform or promotion."""

    wallet_id: str
    owner_id: str  # An opaque id; personal data never enters an event.
    type: str
    currency: str
    overdraft_limit_minor: int = 0


@value
class CreditWallet:
    """Money comes in from outside: from the account `external:<source>`."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    source: str


@value
class DebitWallet:
    """Money goes out: to the account `external:<destination>`."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    destination: str


@value
class HoldFunds:
    """Set money aside until captured, released or expired. Nobody owns it, so it must expire."""

    wallet_id: str
    hold_id: str
    amount_minor: int
    currency: str
    expires_at_us: int


@value
class CaptureHold:
    """Take held money, in part or whole, to `external:<destination>`."""

    wallet_id: str
    hold_id: str
    capture_id: str
    amount_minor: int
    currency: str
    destination: str
    release_rest: bool = False


@value
class ReleaseHold:
    """Give back what is left of a hold."""

    wallet_id: str
    hold_id: str
    reason: str = ""


@value
class FreezeWallet:
    """Stop money from leaving. Money that arrives is never turned away."""

    wallet_id: str
    reason: str


@value
class UnfreezeWallet:
    """End a freeze."""

    wallet_id: str
    reason: str


@value
class CloseWallet:
    """End an account that holds nothing, reserves nothing and owes nothing."""

    wallet_id: str
    reason: str


@value
class HoldForOwner:
    """Set money aside for a payment or transfer, which alone ends it; it never expires."""

    wallet_id: str
    hold_id: str
    owner: str
    amount_minor: int
    currency: str


@value
class CaptureForOwner:
    """The owner takes the whole hold to a ledger account. A freeze does not matter."""

    wallet_id: str
    hold_id: str
    owner: str
    account: str


@value
class ReleaseForOwner:
    """The owner gives the whole hold back."""

    wallet_id: str
    hold_id: str
    owner: str
    reason: str


@value
class ExpireHold:
    """The timer of a hold that nobody owns; nothing happens if it has ended already."""

    wallet_id: str
    hold_id: str


@value
class ReceiveFunds:
    """Money of ours arrives from a ledger account, in any status of the wallet.

    `pending`: it counts as reserved until ReleasePending (a seller's undelivered share).
    """

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    account: str
    pending: bool = False


@value
class ReleasePending:
    """Pending money becomes available."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str


@value
class ReclaimFunds:
    """Take money back to a ledger account: what is there, the rest becomes the owner's debt.

    `from_pending`: out of what is pending (a refund before delivery), else out of available.
    """

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    account: str
    from_pending: bool = False


Command = (
    OpenWallet
    | CreditWallet
    | DebitWallet
    | HoldFunds
    | CaptureHold
    | ReleaseHold
    | FreezeWallet
    | UnfreezeWallet
    | CloseWallet
    | HoldForOwner
    | CaptureForOwner
    | ReleaseForOwner
    | ExpireHold
    | ReceiveFunds
    | ReleasePending
    | ReclaimFunds
)
