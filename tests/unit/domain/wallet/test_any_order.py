"""Any commands to a wallet in any order, with time passing, against arithmetic of the test's own.

Shape: the model knows only which commands were accepted and adds them up from what they say; it
never looks at an event. It also foretells which are accepted, so that no rule refuses too much.
Checked after every step: the wallet is the model, the ledger's view of the events agrees, and
nothing below the overdraft limit was given away.
"""

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import wallet
from domain.decision import Refused
from domain.wallet import (
    CaptureForOwner,
    CaptureHold,
    CloseWallet,
    CreditWallet,
    DebitWallet,
    DebtRepaid,
    FreezeWallet,
    FundsCredited,
    FundsDebited,
    HoldCaptured,
    HoldForOwner,
    HoldFunds,
    OpenWallet,
    ReceiveFunds,
    ReclaimFunds,
    ReleaseForOwner,
    ReleaseHold,
    ReleasePending,
    UnfreezeWallet,
    Wallet,
)
from tests.unit.domain.memory_book import MemoryBook

SECOND_US = 1_000_000
AMOUNTS = st.integers(-1, 150)
CURRENCIES = st.sampled_from(["EUR"] * 9 + ["USD"])
MOVEMENTS = st.integers(0, 40).map("m{}".format)
HOLDS = st.integers(0, 30).map("h{}".format)  # A client's; an owner's are named `own:h3`.
CHOICES = st.integers(0, 11)
SELDOM = st.integers(0, 4)


@dataclass
class Model:
    """What a bookkeeper would have written down beside it."""

    limit: int = 0
    balance: int = 0
    pending: int = 0
    debt: int = 0
    status: str = "open"
    holds: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    used: set[str] = field(default_factory=set[str])  # Names of things that have begun.

    @property
    def available(self) -> int:
        return self.balance - self.pending - sum(left for left, _ in self.holds.values())

    def repay(self) -> None:
        repaid = max(0, min(self.debt, self.available))
        self.balance -= repaid
        self.debt -= repaid

    def covers(self, amount: int) -> bool:
        return 0 < amount <= self.available + self.limit


class AnyOrder(RuleBasedStateMachine):
    @initialize(limit=st.sampled_from([0, 100]), deposit=st.sampled_from([0, 1_000, 1_000]))
    def opens(self, limit: int, deposit: int) -> None:
        self.book = MemoryBook("main", (wallet,))
        self.model = Model(limit)
        self.told(OpenWallet("w", "o", "seller", "EUR", limit), accepted=True)
        if deposit:
            self.credits("first", deposit, "EUR")

    def told(self, command: object, *, accepted: bool, ours: bool = False) -> bool:
        """Tell the wallet; it does what the model foretells, and a refusal changes nothing."""
        before, events = self.book.state("wallet", "w"), len(self.book.events)
        outcome = self.book.execute(command, follow_on=ours)
        assert isinstance(outcome, Refused) != accepted, outcome
        if not accepted:
            assert self.book.state("wallet", "w") is before
            assert len(self.book.events) == events
        return accepted

    def chosen(self, choice: int, prefix: str) -> str:
        """A hold that is there, most of the time; else one that is not."""
        there = sorted(name for name in self.model.holds if name.startswith(prefix))
        return there[choice % len(there)] if there and choice else f"{prefix}0"

    def begins(self, name: str) -> bool:
        return name not in self.model.used

    @rule(name=MOVEMENTS, amount=st.integers(-1, 500), currency=CURRENCIES)
    def credits(self, name: str, amount: int, currency: str) -> None:
        model = self.model
        right = amount > 0 and currency == "EUR" and model.status != "closed"
        command = CreditWallet("w", name, amount, currency, "bank")
        if self.told(command, accepted=right and self.begins(name)):
            model.used.add(name)
            model.balance += amount

    @rule(name=MOVEMENTS, amount=AMOUNTS, currency=CURRENCIES)
    def debits(self, name: str, amount: int, currency: str) -> None:
        model = self.model
        right = model.covers(amount) and currency == "EUR" and model.status == "open"
        command = DebitWallet("w", name, amount, currency, "bank")
        if self.told(command, accepted=right and self.begins(name)):
            model.used.add(name)
            model.balance -= amount

    @rule(name=HOLDS, amount=AMOUNTS, seconds=st.integers(-1, 30), currency=CURRENCIES)
    def holds(self, name: str, amount: int, seconds: int, currency: str) -> None:
        model, expires_us = self.model, self.book.at_us + seconds * SECOND_US
        right = model.covers(amount) and currency == "EUR" and model.status == "open"
        right = right and seconds > 0 and self.begins(name)
        if self.told(HoldFunds("w", name, amount, currency, expires_us), accepted=right):
            model.used.add(name)
            model.holds[name] = amount, expires_us

    @rule(choice=CHOICES, capture=st.integers(0, 3), amount=st.integers(0, 60), whole=st.booleans())
    def captures(self, choice: int, capture: int, amount: int, *, whole: bool) -> None:
        hold = self.chosen(choice, "h")
        model, name = self.model, f"{hold}/c{capture}"
        left, _ = model.holds.get(hold, (0, 0))
        right = 0 < amount <= left and model.status == "open" and self.begins(name)
        command = CaptureHold("w", hold, f"c{capture}", amount, "EUR", "bank", whole)
        if self.told(command, accepted=right):
            model.used.add(name)
            model.balance -= amount
            self.leave(hold, 0 if whole else left - amount)

    def leave(self, hold: str, amount: int) -> None:
        _, expires_us = self.model.holds.pop(hold)
        if amount:
            self.model.holds[hold] = amount, expires_us

    @rule(choice=CHOICES)
    def releases(self, choice: int) -> None:
        hold = self.chosen(choice, "h")
        if self.told(ReleaseHold("w", hold), accepted=hold in self.model.holds):
            self.leave(hold, 0)

    @rule(hold=HOLDS, amount=AMOUNTS)
    def holds_for_an_owner(self, hold: str, amount: int) -> None:
        model, name = self.model, f"own:{hold}"
        known = not self.begins(name)  # Then accepted, and nothing happens.
        right = known or (model.covers(amount) and model.status == "open")
        command = HoldForOwner("w", name, "payment:p", amount, "EUR")
        if self.told(command, accepted=right, ours=True) and not known:
            model.used.add(name)
            model.holds[name] = amount, 0

    @rule(choice=CHOICES, capture=st.booleans())
    def ends_for_an_owner(self, choice: int, *, capture: bool) -> None:
        """Never refused, in any status; a hold that has ended stays as it is."""
        name = self.chosen(choice, "own:h")
        command = (
            CaptureForOwner("w", name, "payment:p", "liability:order:p")
            if capture
            else ReleaseForOwner("w", name, "payment:p", "cancelled")
        )
        self.told(command, accepted=True, ours=True)
        if name in self.model.holds:
            self.model.balance -= self.model.holds[name][0] if capture else 0
            self.leave(name, 0)

    @rule(name=MOVEMENTS, amount=st.integers(1, 200), pending=st.booleans())
    def receives(self, name: str, amount: int, *, pending: bool) -> None:
        model = self.model
        self.told(
            ReceiveFunds("w", name, amount, "EUR", "due:x", pending), accepted=True, ours=True
        )
        if self.begins(name):
            model.used.add(name)
            model.balance += amount
            model.pending += amount if pending else 0
            if not pending:
                model.repay()

    @rule(name=MOVEMENTS, share=st.integers(1, 200))
    def releases_pending(self, name: str, share: int) -> None:
        """Only ever what is pending: the payment sees to that."""
        model, amount = self.model, min(share, self.model.pending)
        if amount == 0:
            return
        self.told(ReleasePending("w", name, amount, "EUR"), accepted=True, ours=True)
        if self.begins(name):
            model.used.add(name)
            model.pending -= amount
            model.repay()

    @rule(name=MOVEMENTS, amount=st.integers(1, 200), pending=st.booleans())
    def reclaims(self, name: str, amount: int, *, pending: bool) -> None:
        model = self.model
        self.told(
            ReclaimFunds("w", name, amount, "EUR", "due:x", pending), accepted=True, ours=True
        )
        if self.begins(name):
            model.used.add(name)
            taken = min(amount, model.pending if pending else max(0, model.available))
            model.balance -= taken
            model.pending -= taken if pending else 0
            model.debt += amount - taken

    @rule(seldom=SELDOM)
    def freezes(self, seldom: int) -> None:
        if not seldom and self.told(FreezeWallet("w", ""), accepted=self.model.status == "open"):
            self.model.status = "frozen"

    @rule()
    def unfreezes(self) -> None:
        if self.told(UnfreezeWallet("w", ""), accepted=self.model.status == "frozen"):
            self.model.status = "open"

    @rule()
    def closes(self) -> None:
        model = self.model
        owes = model.balance or model.pending or model.debt or model.holds
        if self.told(CloseWallet("w", ""), accepted=not owes and model.status != "closed"):
            model.status = "closed"

    @rule(seconds=st.integers(0, 10))
    def time_passes(self, seconds: int) -> None:
        self.book.pass_time(self.book.at_us + seconds * SECOND_US)
        for hold, (_, expires_us) in list(self.model.holds.items()):
            if 0 < expires_us <= self.book.at_us:
                self.leave(hold, 0)

    @invariant()
    def is_what_the_model_says(self) -> None:
        found, model = self.book.state("wallet", "w"), self.model
        assert isinstance(found, Wallet)
        assert found.balance_minor == model.balance
        assert found.pending_minor == model.pending
        assert found.debt_minor == model.debt
        assert found.status == model.status
        assert found.available_minor == model.available
        held = {name: (hold.amount_minor, hold.expires_at_us) for name, hold in found.holds.items()}
        assert held == model.holds
        assert found.held_minor == sum(left for left, _ in held.values())

    @invariant()
    def never_gives_away_more_than_the_overdraft(self) -> None:
        assert self.model.available >= -self.model.limit
        assert self.model.pending >= 0
        assert self.model.debt >= 0

    @invariant()
    def every_cent_is_in_an_event(self) -> None:
        balance = 0
        for event in self.book.events:
            match event:
                case FundsCredited():
                    balance += event.amount_minor
                case FundsDebited() | HoldCaptured() | DebtRepaid():
                    balance -= event.amount_minor
                case _:
                    pass
        assert balance == self.model.balance


TestAnyOrder = AnyOrder.TestCase
