"""From a wallet's event to its movement: which kind it is, and the row of it.

Shape: rows_of(events, numbers) -> rows for COPY, one an event that moves money. Pure.
Rules: balances are those that the event carries.
Units: minor units of the wallet's one currency.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from domain.accounting import accounts
from domain.wallet import events as wallet
from projections.copying import EPOCH_US, NUMBER, SMALL, TEXT, TIME
from projections.recorded import Recorded
from projections.wallet_relations import KINDS

COPY: Final = """COPY wallet_movements (wallet_number, book_sequence, amount, balance_after,
reserved_after, recorded_at, kind, movement_id, counter_account) FROM STDIN (FORMAT BINARY)"""
TYPES: Final = (NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, TIME, SMALL, TEXT, TEXT)

WALLET = accounts.WALLET
POSTED, PENDING = "posted", "pending"
PLACES = {(kind.name, kind.status): place for place, kind in enumerate(KINDS, start=1)}
TRANSFER_IN, TRANSFER_OUT = PLACES["transfer_in", POSTED], PLACES["transfer_out", POSTED]
HOLD, HOLD_RELEASED = PLACES["hold", "held"], PLACES["hold_released", "released"]
SALE_RELEASED, DEBT_REPAID = PLACES["sale_released", POSTED], PLACES["debt_repaid", POSTED]
# What a movement is called, by the account on the other side.
CREDITS = (
    (WALLET, "transfer_in"),
    (accounts.due(""), "transfer_in"),
    (accounts.external(""), "deposit"),
    (accounts.order(""), "sale"),
    (accounts.refund(""), "refund_received"),
    ("", "credit"),
)
PENDING_CREDITS = ((accounts.order(""), "sale"), ("", "credit"))
DEBITS = (
    (WALLET, "transfer_out"),
    (accounts.due(""), "transfer_out"),
    (accounts.external(""), "withdrawal"),
    (accounts.order(""), "payment"),
    (accounts.refund(""), "refund_paid"),
    ("", "debit"),
)
# Wallet, movement, amount, balance after, reserved after, account on the other side, kind.
Movement = tuple[str, str, int, int, int, str, int]


def kind_of(account: str, kinds: Iterable[tuple[str, str]], *, status: str = POSTED) -> int:
    """By the first prefix of the account; the last is of everything."""
    name = next(name for prefix, name in kinds if account.startswith(prefix))
    return PLACES[name, status]


def credited(event: wallet.FundsCredited) -> Movement:
    account = event.account
    if event.pending:
        kind = kind_of(account, PENDING_CREDITS, status=PENDING)
    else:
        kind = TRANSFER_IN if account.startswith(WALLET) else kind_of(account, CREDITS)
    return (
        event.wallet_id,
        event.movement_id,
        event.amount_minor,
        event.balance_after_minor,
        event.reserved_after_minor,
        account,
        kind,
    )


def debited(event: wallet.FundsDebited) -> Movement:
    """Money that is gone is not pending, wherever it was taken from."""
    account = event.account
    kind = TRANSFER_OUT if account.startswith(WALLET) else kind_of(account, DEBITS)
    return (
        event.wallet_id,
        event.movement_id,
        event.amount_minor,
        event.balance_after_minor,
        event.reserved_after_minor,
        account,
        kind,
    )


def captured(event: wallet.HoldCaptured) -> Movement:
    return (
        event.wallet_id,
        event.capture_id,
        event.amount_minor,
        event.balance_after_minor,
        event.reserved_after_minor,
        event.account,
        kind_of(event.account, DEBITS),
    )


def held(event: wallet.FundsHeld | wallet.HoldReleased) -> Movement:
    kind = HOLD if isinstance(event, wallet.FundsHeld) else HOLD_RELEASED
    return (
        event.wallet_id,
        event.hold_id,
        event.amount_minor,
        event.balance_after_minor,
        event.reserved_after_minor,
        accounts.wallet_held(event.wallet_id),
        kind,
    )


def settled(event: wallet.PendingReleased | wallet.DebtRepaid) -> Movement:
    released = isinstance(event, wallet.PendingReleased)
    account = accounts.wallet_held if released else accounts.seller_debt
    return (
        event.wallet_id,
        event.movement_id,
        event.amount_minor,
        event.balance_after_minor,
        event.reserved_after_minor,
        account(event.wallet_id),
        SALE_RELEASED if released else DEBT_REPAID,
    )


MOVES: dict[type, Callable[[Any], Movement]] = {
    wallet.FundsDebited: debited,
    wallet.FundsCredited: credited,
    wallet.HoldCaptured: captured,
    wallet.FundsHeld: held,
    wallet.HoldReleased: held,
    wallet.PendingReleased: settled,
    wallet.DebtRepaid: settled,
}
MOVING = frozenset(MOVES)


def rows_of(moving: Sequence[Recorded], numbers: Mapping[str, int]) -> list[tuple[object, ...]]:
    """A row an event, in order: every event is of a type in MOVES."""
    rows: list[tuple[object, ...]] = []
    for recorded in moving:
        event = recorded.event
        wallet_id, name, amount_minor, balance_minor, reserved_minor, account, kind = MOVES[
            type(event)
        ](event)
        rows.append(
            (
                numbers[wallet_id],
                recorded.sequence,
                amount_minor,
                balance_minor,
                reserved_minor,
                recorded.recorded_at_us - EPOCH_US,
                kind,
                name,
                account,
            )
        )
    return rows
