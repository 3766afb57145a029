"""What happened to a wallet. The first field of an event is the id of its stream.

Units: integer minor units; `balance_after_minor` includes what is reserved, so
available = balance - reserved. `account` is the ledger account on the other side.
"""

from domain.value import value


@value
class WalletOpened:
    """An account exists."""

    wallet_id: str
    owner_id: str
    type: str
    currency: str
    overdraft_limit_minor: int


@value
class FundsCredited:
    """Money came in; `pending` money counts as reserved until PendingReleased."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    account: str
    pending: bool
    balance_after_minor: int
    reserved_after_minor: int


@value
class FundsDebited:
    """Money went out; `pending`: out of the pending part."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    account: str
    pending: bool
    balance_after_minor: int
    reserved_after_minor: int


@value
class FundsHeld:
    """Money was set aside. `owner` empty: `expires_at_us` is set; owned: it is 0."""

    wallet_id: str
    hold_id: str
    owner: str
    amount_minor: int
    currency: str
    expires_at_us: int
    balance_after_minor: int
    reserved_after_minor: int


@value
class HoldCaptured:
    """Held money went to `account`; `remaining_minor` is still held."""

    wallet_id: str
    hold_id: str
    capture_id: str
    amount_minor: int
    currency: str
    account: str
    remaining_minor: int
    balance_after_minor: int
    reserved_after_minor: int


@value
class HoldReleased:
    """What was left of a hold is available again."""

    wallet_id: str
    hold_id: str
    amount_minor: int
    currency: str
    reason: str
    balance_after_minor: int
    reserved_after_minor: int


@value
class PendingReleased:
    """Pending money is available."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    balance_after_minor: int
    reserved_after_minor: int


@value
class DebtRecorded:
    """The owner owes us what could not be taken back; `account` is where it was due."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    account: str


@value
class DebtRepaid:
    """A debt was paid out of what arrived."""

    wallet_id: str
    movement_id: str
    amount_minor: int
    currency: str
    balance_after_minor: int
    reserved_after_minor: int


@value
class WalletFrozen:
    """Money no longer leaves."""

    wallet_id: str
    reason: str


@value
class WalletUnfrozen:
    """The freeze ended."""

    wallet_id: str
    reason: str


@value
class WalletClosed:
    """The account ended, empty."""

    wallet_id: str
    reason: str


Event = (
    WalletOpened
    | FundsCredited
    | FundsDebited
    | FundsHeld
    | HoldCaptured
    | HoldReleased
    | PendingReleased
    | DebtRecorded
    | DebtRepaid
    | WalletFrozen
    | WalletUnfrozen
    | WalletClosed
)
