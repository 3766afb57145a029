"""Transfers between two books whose messages come late, twice and in any order.

Shape: two books in memory; nothing is ever taken out of an outbox, so any message may be delivered
at any time, again after a crash or long after its effect. Wallets open, freeze and close meanwhile.
Checked after every step: no cent appears or vanishes in either book, and no transfer is both given
back and received. In the end, once every message has come at least once: each transfer has ended
whole or not at all, nothing is held any more, and what the books owe each other is the same.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import transfer, wallet
from domain.decision import Refused
from domain.transfer import TransferDone, TransferFunds, TransferUnderWay, TransferUndone
from domain.wallet import (
    CloseWallet,
    CreditWallet,
    FreezeWallet,
    FundsCredited,
    HoldCaptured,
    OpenWallet,
    UnfreezeWallet,
    Wallet,
)
from tests.unit.domain.memory_book import MemoryBook, Message

OTHER = {"main": "north", "north": "main"}
BOOKS = st.sampled_from(sorted(OTHER))
WALLETS = st.sampled_from(["a", "b", "late", "dollars"])  # `late` opens late or never.
AMOUNTS = st.integers(1, 120)
TRANSFERS = st.integers(0, 25).map("t{}".format)


def moved(book: MemoryBook) -> int:
    """What has gone to other books less what has come from them, by the events alone."""
    total_minor = 0
    for event in book.events:
        match event:
            case HoldCaptured():
                total_minor += event.amount_minor
            case FundsCredited(account=account) if account.startswith("due:"):
                total_minor -= event.amount_minor
            case _:
                pass
    return total_minor


class TwoBooks(RuleBasedStateMachine):
    @initialize(deposits=st.lists(st.integers(1, 200), min_size=4, max_size=4))
    def opens(self, deposits: list[int]) -> None:
        self.books = {name: MemoryBook(name, (wallet, transfer)) for name in OTHER}
        self.deposited = dict.fromkeys(OTHER, 0)
        self.delivered: set[str] = set()
        self.movements = 0
        for index, (name, book) in enumerate(self.books.items()):
            book.execute(OpenWallet("dollars", "o", "buyer", "USD"))
            for wallet_id, amount_minor in zip("ab", deposits[index * 2 :], strict=False):
                book.execute(OpenWallet(wallet_id, "o", "buyer", "EUR", 30))
                self.deposits(name, wallet_id, amount_minor)

    @property
    def messages(self) -> list[Message]:
        return [message for book in self.books.values() for message in book.outbox]

    @rule(name=BOOKS, wallet_id=WALLETS, amount_minor=AMOUNTS)
    def deposits(self, name: str, wallet_id: str, amount_minor: int) -> None:
        self.movements += 1
        command = CreditWallet(wallet_id, f"m{self.movements}", amount_minor, "EUR", "bank")
        if not isinstance(self.books[name].execute(command), Refused):
            self.deposited[name] += amount_minor

    @rule(name=BOOKS)
    def opens_late(self, name: str) -> None:
        self.books[name].execute(OpenWallet("late", "o", "buyer", "EUR"))

    @rule(name=BOOKS, wallet_id=WALLETS, make=st.sampled_from([FreezeWallet, UnfreezeWallet]))
    def freezes(self, name: str, wallet_id: str, make: type[FreezeWallet | UnfreezeWallet]) -> None:
        self.books[name].execute(make(wallet_id, ""))

    @rule(name=BOOKS, wallet_id=WALLETS)
    def closes(self, name: str, wallet_id: str) -> None:
        self.books[name].execute(CloseWallet(wallet_id, ""))

    @rule(name=BOOKS, key=TRANSFERS, route=st.tuples(WALLETS, WALLETS), amount_minor=AMOUNTS)
    def sends(self, name: str, key: str, route: tuple[str, str], amount_minor: int) -> None:
        """Under a name of either book's own; the same name twice moves nothing twice."""
        self.books[name].execute(TransferFunds(key, *route, amount_minor, "EUR", OTHER[name]))

    @rule(name=BOOKS, key=TRANSFERS, amount_minor=AMOUNTS)
    def moves_inside(self, name: str, key: str, amount_minor: int) -> None:
        self.books[name].execute(TransferFunds(key, "a", "b", amount_minor, "EUR"))

    @rule(choice=st.integers(0, 1_000))
    def delivers(self, choice: int) -> None:
        """Any message that was ever sent: the first time, or once more."""
        if self.messages:
            self.deliver(self.messages[choice % len(self.messages)])

    def deliver(self, message: Message) -> None:
        self.books[message.destination].deliver(message)
        self.delivered.add(message.identity)

    @invariant()
    def no_cent_appears_or_vanishes(self) -> None:
        for name, book in self.books.items():
            assert self.wallets_minor(book) + moved(book) == self.deposited[name]

    def wallets_minor(self, book: MemoryBook) -> int:
        wallets = [state for state in book.states.values() if isinstance(state, Wallet)]
        return sum(each.balance_minor for each in wallets)

    @invariant()
    def none_is_both_given_back_and_received(self) -> None:
        for name, book in self.books.items():
            for (aggregate, key), state in book.states.items():
                if aggregate == "transfer":
                    self.one(name, key, state)

    def one(self, name: str, key: str, state: object) -> None:
        received = self.books[OTHER[name]].state("incoming_transfer", f"{name}/{key}")
        source = self.books[name]
        held = any(
            f"transfer:{key}" in each.holds
            for each in source.states.values()
            if isinstance(each, Wallet)
        )
        match state:
            case TransferUnderWay():
                assert held
            case TransferDone():
                assert received is not None
                assert not held
            case TransferUndone():
                assert received is None
                assert state.code in {"wallet_unknown", "wallet_closed", "currency_mismatch"}
                assert not held
            case _:
                raise AssertionError(state)

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        while late := [each for each in self.messages if each.identity not in self.delivered]:
            for message in reversed(late):
                self.deliver(message)
        self.ended()
        counts = [len(book.events) for book in self.books.values()]
        for message in self.messages:  # All of it once more: nothing is new to anybody.
            self.deliver(message)
        assert counts == [len(book.events) for book in self.books.values()]
        self.ended()

    def ended(self) -> None:
        books = self.books.values()
        for book in books:
            for state in book.states.values():
                assert not isinstance(state, TransferUnderWay)
                assert not isinstance(state, Wallet) or state.reserved_minor == 0
        assert sum(moved(book) for book in books) == 0
        deposited_minor = sum(self.deposited.values())
        assert sum(self.wallets_minor(book) for book in books) == deposited_minor


TestTwoBooks = TwoBooks.TestCase
