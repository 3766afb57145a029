"""The rules of holds: a client's, which nobody owns and which expire, and an owner's.

Units: integer minor units; times in microseconds since 1970, UTC.
An owner is a payment or a transfer. It alone ends its hold, whole, by a follow-on that nothing can
refuse: the money was set aside, so a freeze or a passing time no longer matters. A hold that has
ended already is met with (): every hold begins once, so it was this owner who ended it.
Bounds: HOLDS_MAX holds of a wallet. Every hold, capture and release copies the mapping: at the
bound 10,000 entries, measured 0.1 ms, so that the fullest wallet still takes some thousand holds
a second. Its snapshot is 10,000 x 200 bytes = 2 MB with the longest ids there are, 0.7 MB usually.
"""

from domain.accounting.accounts import external
from domain.decision import ALREADY_EXISTS, Refused
from domain.wallet import checks
from domain.wallet.commands import (
    CaptureForOwner,
    CaptureHold,
    ExpireHold,
    HoldForOwner,
    HoldFunds,
    ReleaseForOwner,
    ReleaseHold,
)
from domain.wallet.events import Event, FundsHeld, HoldCaptured, HoldReleased
from domain.wallet.state import Hold, Wallet

HOLDS_MAX = 10_000
HOLD_TIME_MAX_US = 366 * 86_400 * 1_000_000  # A year, a leap year too.


def hold(command: HoldFunds, wallet: Wallet, at_us: int) -> tuple[FundsHeld] | Refused:
    refused = (
        _hold_refused_early(command, wallet)
        or _expiry_refused(command, at_us)
        or _hold_refused_late(command, wallet)
    )
    return refused or (_held(command, wallet, owner="", expires_at_us=command.expires_at_us),)


def hold_for_owner(command: HoldForOwner, wallet: Wallet) -> tuple[FundsHeld] | Refused:
    assert command.owner, "an owner has a name"
    refused = _hold_refused_early(command, wallet) or _hold_refused_late(command, wallet)
    return refused or (_held(command, wallet, owner=command.owner, expires_at_us=0),)


def _hold_refused_early(command: HoldFunds | HoldForOwner, wallet: Wallet) -> Refused | None:
    """Existence, status, currency, amount."""
    if command.hold_id in wallet.holds:
        return Refused(ALREADY_EXISTS, f"hold {command.hold_id} of {wallet.wallet_id} exists")
    return (
        checks.standing(wallet)
        or checks.currency(wallet, command.currency)
        or checks.amount(command.amount_minor)
    )


def _expiry_refused(command: HoldFunds, at_us: int) -> Refused | None:
    if command.expires_at_us <= at_us:
        return Refused("expiry_required", "a hold that nobody owns ends at a time to come")
    if command.expires_at_us > at_us + HOLD_TIME_MAX_US:
        return Refused("expiry_too_far", "a hold lasts 366 days at most")
    return None


def _hold_refused_late(command: HoldFunds | HoldForOwner, wallet: Wallet) -> Refused | None:
    """Number of holds, funds."""
    if len(wallet.holds) >= HOLDS_MAX:
        return Refused("too_many_holds", f"a wallet has at most {HOLDS_MAX} holds")
    return checks.funds(wallet, command.amount_minor)


def _held(
    command: HoldFunds | HoldForOwner, wallet: Wallet, *, owner: str, expires_at_us: int
) -> FundsHeld:
    return FundsHeld(
        wallet.wallet_id,
        command.hold_id,
        owner,
        command.amount_minor,
        wallet.currency,
        expires_at_us,
        wallet.balance_minor,
        wallet.reserved_minor + command.amount_minor,
    )


def capture(command: CaptureHold, wallet: Wallet, at_us: int) -> tuple[Event, ...] | Refused:
    found = _client_hold(command, wallet)
    if isinstance(found, Refused):
        return found
    if refused := (
        checks.standing(wallet)
        or _expired(command, found, at_us)
        or checks.currency(wallet, command.currency)
        or checks.amount(command.amount_minor)
    ):
        return refused
    if command.amount_minor > found.amount_minor:
        return Refused("amount_exceeds_hold", f"{found.amount_minor} is left of the hold")
    captured = HoldCaptured(
        wallet.wallet_id,
        command.hold_id,
        command.capture_id,
        command.amount_minor,
        wallet.currency,
        external(command.destination),
        found.amount_minor - command.amount_minor,
        wallet.balance_minor - command.amount_minor,
        wallet.reserved_minor - command.amount_minor,
    )
    if not command.release_rest or captured.remaining_minor == 0:
        return (captured,)
    return (captured, _rest_released(captured))


def release(command: ReleaseHold, wallet: Wallet, at_us: int) -> tuple[HoldReleased] | Refused:
    """A frozen wallet may: the money stays in it."""
    found = _client_hold(command, wallet)
    if isinstance(found, Refused):
        return found
    if refused := _expired(command, found, at_us):
        return refused
    return (_released(command, wallet, found, command.reason),)


def expire(command: ExpireHold, wallet: Wallet, at_us: int) -> tuple[()] | tuple[HoldReleased]:
    """The timer: it has nothing to say of a hold that is gone, is owned or is not yet due."""
    found = wallet.holds.get(command.hold_id)
    if found is None or found.owner or at_us < found.expires_at_us:
        return ()
    return (_released(command, wallet, found, "expired"),)


def capture_for_owner(
    command: CaptureForOwner, wallet: Wallet | None
) -> tuple[()] | tuple[HoldCaptured]:
    assert wallet is not None, "an owner's hold is in a wallet"
    found = wallet.holds.get(command.hold_id)
    if found is None:
        return ()
    assert found.owner == command.owner, "a hold is ended by its owner alone"
    return (
        HoldCaptured(
            wallet.wallet_id,
            command.hold_id,
            command.owner,
            found.amount_minor,
            wallet.currency,
            command.account,
            0,
            wallet.balance_minor - found.amount_minor,
            wallet.reserved_minor - found.amount_minor,
        ),
    )


def release_for_owner(
    command: ReleaseForOwner, wallet: Wallet | None
) -> tuple[()] | tuple[HoldReleased]:
    assert wallet is not None, "an owner's hold is in a wallet"
    found = wallet.holds.get(command.hold_id)
    if found is None:
        return ()
    assert found.owner == command.owner, "a hold is ended by its owner alone"
    return (_released(command, wallet, found, command.reason),)


def _client_hold(command: CaptureHold | ReleaseHold, wallet: Wallet) -> Hold | Refused:
    """The hold that a client may end, if there is one."""
    found = wallet.holds.get(command.hold_id)
    if found is None:
        return Refused("hold_unknown", f"no hold {command.hold_id} in {wallet.wallet_id}")
    if found.owner:
        return Refused("hold_owned", f"hold {command.hold_id} is ended by {found.owner} alone")
    return found


def _expired(command: CaptureHold | ReleaseHold, found: Hold, at_us: int) -> Refused | None:
    """Whether its time is over, though its timer may not have run yet."""
    if at_us >= found.expires_at_us:
        return Refused("hold_expired", f"hold {command.hold_id} ended at {found.expires_at_us}")
    return None


def _released(
    command: ReleaseHold | ExpireHold | ReleaseForOwner, wallet: Wallet, found: Hold, reason: str
) -> HoldReleased:
    return HoldReleased(
        wallet.wallet_id,
        command.hold_id,
        found.amount_minor,
        wallet.currency,
        reason,
        wallet.balance_minor,
        wallet.reserved_minor - found.amount_minor,
    )


def _rest_released(captured: HoldCaptured) -> HoldReleased:
    return HoldReleased(
        captured.wallet_id,
        captured.hold_id,
        captured.remaining_minor,
        captured.currency,
        "rest_of_capture",
        captured.balance_after_minor,
        captured.reserved_after_minor - captured.remaining_minor,
    )
