"""Wallets: what is in them and every movement, by what their own events say.

Shape: Wallets.apply changes profiles by a fold over their rows, and writes a row a movement
(wallet_movements.py). Pure: evolve.
Rules: money. Nothing here adds up: balances are those that the events carry, so that the ledger,
which adds up, can be compared with them.
Units: minor units of the wallet's one currency.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from psycopg import Cursor

from domain.wallet import events as wallet
from projections.batches import Batch
from projections.copying import copy
from projections.model import Model
from projections.names import NAMES_MAX, Names
from projections.recorded import Recorded, event_of
from projections.rows import Change, Key, Rows
from projections.wallet_movements import COPY, MOVING, TYPES, rows_of
from projections.wallet_relations import PROFILES, RELATIONS

FIND = """SELECT wanted.wallet_id, p.wallet_number FROM unnest(%b::text[]) AS wanted (wallet_id)
CROSS JOIN LATERAL (
  SELECT wallet_number FROM wallet_profiles AS found
  WHERE found.wallet_id = wanted.wallet_id AND found.book = %s LIMIT 1
) AS p"""
PROFILE_EVENTS = frozenset(
    {
        wallet.WalletOpened,
        wallet.WalletFrozen,
        wallet.WalletUnfrozen,
        wallet.WalletClosed,
        wallet.DebtRecorded,
        wallet.DebtRepaid,
    }
)


wallet_of: Callable[[object], str] = attrgetter("wallet_id")


class Profile(NamedTuple):
    wallet_id: str
    book: str
    owner_id: str
    type: str
    currency: str
    overdraft_limit: int
    status: str
    debt: int
    opened_at: datetime
    changed_at: datetime
    book_sequence: int


def profile_keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.aggregate_id,),) if type(recorded.event) in PROFILE_EVENTS else ()


def evolve(row: Profile | None, change: Change) -> Profile:
    event, at, sequence = change.recorded.event, change.at, change.recorded.sequence
    if isinstance(event, wallet.WalletOpened):
        assert row is None, "a wallet opens twice"
        return Profile(
            event.wallet_id,
            change.book,
            event.owner_id,
            event.type,
            event.currency,
            event.overdraft_limit_minor,
            "open",
            0,
            at,
            at,
            sequence,
        )
    assert row is not None, "a wallet that was never opened"
    row = row._replace(changed_at=at, book_sequence=sequence)
    match event:
        case wallet.WalletFrozen():
            return row._replace(status="frozen")
        case wallet.WalletUnfrozen():
            return row._replace(status="open")
        case wallet.WalletClosed():
            return row._replace(status="closed")
        case wallet.DebtRecorded():
            return row._replace(debt=row.debt + event.amount_minor)
        case wallet.DebtRepaid():
            return row._replace(debt=row.debt - event.amount_minor)
        case _:
            raise AssertionError("an event that changes no profile")


PROFILE_ROWS = Rows(PROFILES, Profile, profile_keys, evolve)


class Wallets(Model):
    name = "wallets"
    version = 1
    relations = RELATIONS
    aggregates = frozenset({"wallet"})

    def __init__(self, names_max: int = NAMES_MAX) -> None:
        super().__init__()
        self.numbers: Names[str, int] = Names(names_max)

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        changing = batch.of(PROFILE_EVENTS)
        if changing:
            PROFILE_ROWS.apply(cursor, batch.book, changing)
        moving = batch.of(MOVING)
        if moving:
            self.numbers.begin()
            numbers = self._numbers(cursor, batch.book, moving)
            copy(cursor, COPY, TYPES, rows_of(moving, numbers))

    def _numbers(self, cursor: Cursor, book: str, moving: Sequence[Recorded]) -> dict[str, int]:
        """The numbers of all wallets that move, remembered or looked up."""
        numbers = self.numbers.scope(book)
        wanted = set(map(wallet_of, map(event_of, moving))).difference(numbers)
        missing = [name for name in wanted if self.numbers.promote(book, name) is None]
        if missing:
            numbers.update(find(cursor, book, sorted(missing)))
        return numbers

    def forget(self) -> None:
        super().forget()
        self.numbers.forget()


def find(cursor: Cursor, book: str, ids: list[str]) -> dict[str, int]:
    """The numbers of wallets: every wallet that moves money was opened before."""
    found: list[tuple[str, int]] = cursor.execute(FIND, (ids, book)).fetchall()
    assert len(found) == len(ids), "money moves in a wallet that was never opened"
    return dict(found)
