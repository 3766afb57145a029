"""What a wallet answers to a command; the rules themselves stand in status, movements and holds.

Units: integer minor units; `at_us` in microseconds since 1970, UTC.
Errors: Refused, a value. AssertionError where one of our own follow-ons contradicts itself.

Refusals, the first that applies is answered:
1. existence  already_exists, wallet_unknown, hold_unknown, hold_owned
2. status     wallet_closed, wallet_frozen, already_frozen, not_frozen, hold_expired
3. currency   currency_mismatch
4. amount     amount_not_positive, amount_too_large, amount_exceeds_hold, balance_limit_exceeded
5. limits     expiry_required, expiry_too_far, too_many_holds
              (of OpenWallet: type_unknown, overdraft_limit_out_of_range)
6. funds      insufficient_funds (of CloseWallet: balance_not_zero, funds_reserved, debt_open)

A frozen wallet refuses what takes money out or sets it aside (debit, hold, a client's capture),
nothing else. A closed one refuses every command of clients; money of ours may still arrive in it
(a late refund) or be taken back from it. Follow-ons that end an owner's hold, and the timer of a
hold, are never refused. A debt is repaid by our own flows alone (movements.py says why).
"""

from domain.decision import Refused, Stream
from domain.wallet import checks, holds, movements, status
from domain.wallet.commands import (
    CaptureForOwner,
    CaptureHold,
    CloseWallet,
    Command,
    CreditWallet,
    DebitWallet,
    ExpireHold,
    FreezeWallet,
    HoldForOwner,
    HoldFunds,
    OpenWallet,
    ReceiveFunds,
    ReclaimFunds,
    ReleaseForOwner,
    ReleaseHold,
    ReleasePending,
    UnfreezeWallet,
)
from domain.wallet.events import Event
from domain.wallet.state import Wallet


def reads(command: Command) -> tuple[Stream, ...]:
    return (("wallet", command.wallet_id),)


def begins(command: Command) -> str:
    """What this command begins once forever in its book; OpenWallet begins its own stream."""
    match command:
        case CreditWallet() | DebitWallet() | ReceiveFunds() | ReleasePending() | ReclaimFunds():
            return f"movement:{command.movement_id}"
        case HoldFunds() | HoldForOwner():
            return f"hold:{command.wallet_id}/{command.hold_id}"
        case CaptureHold():
            return f"capture:{command.wallet_id}/{command.hold_id}/{command.capture_id}"
        case _:
            return ""


def decide(command: Command, state: Wallet | None, at_us: int) -> tuple[Event, ...] | Refused:
    match command:
        case OpenWallet():
            return status.open_wallet(command, state)
        case CaptureForOwner():
            return holds.capture_for_owner(command, state)
        case ReleaseForOwner():
            return holds.release_for_owner(command, state)
        case ExpireHold():
            return () if state is None else holds.expire(command, state, at_us)
        case _ if state is None:
            return checks.unknown(command.wallet_id)
        case CreditWallet():
            return movements.credit(command, state)
        case DebitWallet():
            return movements.debit(command, state)
        case HoldFunds():
            return holds.hold(command, state, at_us)
        case CaptureHold():
            return holds.capture(command, state, at_us)
        case ReleaseHold():
            return holds.release(command, state, at_us)
        case HoldForOwner():
            return holds.hold_for_owner(command, state)
        case ReceiveFunds():
            return movements.receive(command, state)
        case ReleasePending():
            return movements.release_pending(command, state)
        case ReclaimFunds():
            return movements.reclaim(command, state)
        case FreezeWallet():
            return status.freeze(command, state)
        case UnfreezeWallet():
            return status.unfreeze(command, state)
        case CloseWallet():
            return status.close(command, state)
