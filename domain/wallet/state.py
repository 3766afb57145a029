"""What is known of a wallet: its money, what is reserved of it and what its owner owes.

Units: integer minor units of its one currency; times in microseconds since 1970, UTC.
Shape: one class, since every status (open, frozen, closed) holds the same things. What seldom
changes lies in parts that successive states share: a value costs some 0.04 us a field to make, and
a book makes tens of thousands of wallets a second.
Rule: available = balance - held - pending, never below -overdraft limit. `held_minor` is the sum
of the holds, kept as a number so that no decision ever adds them up.
"""

from collections.abc import Mapping

from domain.value import value

OPEN, FROZEN, CLOSED = "open", "frozen", "closed"


@value
class Account:
    """What a wallet was opened as; none of it ever changes."""

    wallet_id: str
    owner_id: str
    type: str
    currency: str
    overdraft_limit_minor: int


@value
class Hold:
    """Money set aside. `owner` empty: it ends by itself at `expires_at_us`; owned, that is 0."""

    amount_minor: int  # What is left of it after captures in part.
    owner: str
    expires_at_us: int


@value
class Reserved:
    """The part of a balance that is not available."""

    holds: Mapping[str, Hold]  # By the hold's id. Never changed in place: states share it.
    held_minor: int
    pending_minor: int


@value
class Wallet:
    """An account and its money. `balance_minor` includes what is reserved."""

    account: Account
    status: str
    balance_minor: int
    reserved: Reserved
    debt_minor: int

    @property
    def wallet_id(self) -> str:
        return self.account.wallet_id

    @property
    def currency(self) -> str:
        return self.account.currency

    @property
    def overdraft_limit_minor(self) -> int:
        return self.account.overdraft_limit_minor

    @property
    def holds(self) -> Mapping[str, Hold]:
        return self.reserved.holds

    @property
    def held_minor(self) -> int:
        return self.reserved.held_minor

    @property
    def pending_minor(self) -> int:
        return self.reserved.pending_minor

    @property
    def reserved_minor(self) -> int:
        return self.reserved.held_minor + self.reserved.pending_minor

    @property
    def available_minor(self) -> int:
        return self.balance_minor - self.reserved.held_minor - self.reserved.pending_minor


STATES: tuple[type, ...] = (Wallet,)
