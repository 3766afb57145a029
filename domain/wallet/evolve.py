"""What a wallet is after an event. Every event is checked against the state that it meets.

Units: integer minor units.
Errors: AssertionError on a history that cannot be, before it pays anybody.
Speed: credits and debits are most of a book, so they stand first; states are built by place,
which is twice as quick as dataclasses.replace.
"""

from dataclasses import replace

from domain.wallet.events import (
    DebtRecorded,
    DebtRepaid,
    Event,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    WalletUnfrozen,
)
from domain.wallet.state import CLOSED, FROZEN, OPEN, Account, Hold, Reserved, Wallet

STORED_MAX = 2**63 - 1  # A column's largest number; only money of ours may pass BALANCE_MAX.
NOTHING = Reserved({}, 0, 0)


def evolve(state: Wallet | None, event: Event) -> Wallet:
    if state is None:
        assert isinstance(event, WalletOpened), "a wallet begins by being opened"
        return _opened(event)
    assert event.wallet_id == state.account.wallet_id, "an event of another wallet"
    match event:
        case FundsCredited():
            return _credited(state, event)
        case FundsDebited():
            return _debited(state, event)
        case FundsHeld():
            return _held(state, event)
        case HoldCaptured():
            return _captured(state, event)
        case HoldReleased():
            return _released(state, event)
        case PendingReleased():
            return _pending_released(state, event)
        case DebtRecorded():
            assert event.amount_minor > 0, "a debt of nothing"
            return replace(state, debt_minor=state.debt_minor + event.amount_minor)
        case DebtRepaid():
            return _debt_repaid(state, event)
        case WalletFrozen():
            assert state.status == OPEN, "only an open wallet freezes"
            return replace(state, status=FROZEN)
        case WalletUnfrozen():
            assert state.status == FROZEN, "only a frozen wallet thaws"
            return replace(state, status=OPEN)
        case WalletClosed():
            return _closed(state)
        case WalletOpened():
            raise AssertionError("a wallet is opened once")


def _opened(event: WalletOpened) -> Wallet:
    assert event.overdraft_limit_minor >= 0, "an overdraft limit below nothing"
    account = Account(
        event.wallet_id, event.owner_id, event.type, event.currency, event.overdraft_limit_minor
    )
    return Wallet(account, OPEN, 0, NOTHING, 0)


def _credited(state: Wallet, event: FundsCredited) -> Wallet:
    reserved = state.reserved
    if event.pending:
        pending_minor = reserved.pending_minor + event.amount_minor
        reserved = Reserved(reserved.holds, reserved.held_minor, pending_minor)
    balance_minor = state.balance_minor + event.amount_minor
    reserved_minor = reserved.held_minor + reserved.pending_minor
    assert event.amount_minor > 0, "a credit of nothing"
    assert event.currency == state.account.currency, "a wallet has one currency"
    assert balance_minor <= STORED_MAX, "the balance fits its column"
    assert event.balance_after_minor == balance_minor, "the balance in the log is wrong"
    assert event.reserved_after_minor == reserved_minor, "the reserved part in the log is wrong"
    return Wallet(state.account, state.status, balance_minor, reserved, state.debt_minor)


def _debited(state: Wallet, event: FundsDebited) -> Wallet:
    reserved = state.reserved
    if event.pending:
        pending_minor = reserved.pending_minor - event.amount_minor
        assert pending_minor >= 0, "more was taken than was pending"
        reserved = Reserved(reserved.holds, reserved.held_minor, pending_minor)
    balance_minor = state.balance_minor - event.amount_minor
    reserved_minor = reserved.held_minor + reserved.pending_minor
    account = state.account
    assert event.amount_minor > 0, "a debit of nothing"
    assert event.currency == account.currency, "a wallet has one currency"
    assert balance_minor - reserved_minor >= -account.overdraft_limit_minor, "more than was there"
    assert event.balance_after_minor == balance_minor, "the balance in the log is wrong"
    assert event.reserved_after_minor == reserved_minor, "the reserved part in the log is wrong"
    return Wallet(account, state.status, balance_minor, reserved, state.debt_minor)


def _held(state: Wallet, event: FundsHeld) -> Wallet:
    there_minor = state.available_minor + state.overdraft_limit_minor
    assert event.amount_minor > 0, "a hold of nothing"
    assert event.amount_minor <= there_minor, "more is held than was there"
    assert event.hold_id not in state.holds, "a hold begins once"
    assert bool(event.owner) == (event.expires_at_us == 0), "a hold has an owner or an expiry"
    hold = Hold(event.amount_minor, event.owner, event.expires_at_us)
    holds = {**state.holds, event.hold_id: hold}
    held_minor = state.held_minor + event.amount_minor
    reserved = Reserved(holds, held_minor, state.pending_minor)
    return _agrees(_with(state, state.balance_minor, reserved), event)


def _captured(state: Wallet, event: HoldCaptured) -> Wallet:
    hold = state.holds.get(event.hold_id)
    assert hold is not None, "what is captured was held"
    assert event.amount_minor > 0, "a capture of nothing"
    assert event.remaining_minor >= 0, "more is captured than was held"
    assert event.remaining_minor == hold.amount_minor - event.amount_minor, "the rest is wrong"
    holds = dict(state.holds)
    if event.remaining_minor == 0:
        del holds[event.hold_id]
    else:
        holds[event.hold_id] = Hold(event.remaining_minor, hold.owner, hold.expires_at_us)
    reserved = Reserved(holds, state.held_minor - event.amount_minor, state.pending_minor)
    balance_minor = state.balance_minor - event.amount_minor
    return _agrees(_with(state, balance_minor, reserved), event)


def _released(state: Wallet, event: HoldReleased) -> Wallet:
    holds = dict(state.holds)
    hold = holds.pop(event.hold_id, None)
    assert hold is not None, "what is released was held"
    assert event.amount_minor == hold.amount_minor, "a release gives back all that is left"
    reserved = Reserved(holds, state.held_minor - hold.amount_minor, state.pending_minor)
    return _agrees(_with(state, state.balance_minor, reserved), event)


def _pending_released(state: Wallet, event: PendingReleased) -> Wallet:
    assert event.amount_minor > 0, "a release of nothing"
    assert event.amount_minor <= state.pending_minor, "more is released than was pending"
    pending_minor = state.pending_minor - event.amount_minor
    reserved = Reserved(state.holds, state.held_minor, pending_minor)
    return _agrees(_with(state, state.balance_minor, reserved), event)


def _debt_repaid(state: Wallet, event: DebtRepaid) -> Wallet:
    assert event.amount_minor > 0, "a repayment of nothing"
    assert event.amount_minor <= state.debt_minor, "more is repaid than was owed"
    assert event.amount_minor <= state.available_minor, "more is repaid than was there"
    repaid = replace(
        state,
        balance_minor=state.balance_minor - event.amount_minor,
        debt_minor=state.debt_minor - event.amount_minor,
    )
    return _agrees(repaid, event)


def _closed(state: Wallet) -> Wallet:
    assert state.status != CLOSED, "a wallet closes once"
    assert state.balance_minor == 0, "a closed wallet held money"
    assert not state.holds, "a closed wallet had holds"
    assert state.pending_minor == 0, "a closed wallet had money pending"
    assert state.debt_minor == 0, "a closed wallet had a debt"
    return replace(state, status=CLOSED)


def _with(state: Wallet, balance_minor: int, reserved: Reserved) -> Wallet:
    return Wallet(state.account, state.status, balance_minor, reserved, state.debt_minor)


def _agrees(
    state: Wallet, event: FundsHeld | HoldCaptured | HoldReleased | PendingReleased | DebtRepaid
) -> Wallet:
    assert event.currency == state.currency, "a wallet has one currency"
    assert event.balance_after_minor == state.balance_minor, "the balance in the log is wrong"
    assert event.reserved_after_minor == state.reserved_minor, (
        "the reserved part in the log is wrong"
    )
    return state
