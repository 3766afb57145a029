"""A transfer between two books, step by step: credited there and captured here, or given back."""

import pytest

from domain import transfer, wallet
from domain.decision import Refused
from domain.transfer import (
    ConfirmTransfer,
    FailTransfer,
    TransferCompleted,
    TransferDone,
    TransferFailed,
    TransferFunds,
    TransferReceived,
    TransferStarted,
    TransferUnderWay,
    TransferUndone,
)
from domain.wallet import (
    CloseWallet,
    CreditWallet,
    FreezeWallet,
    FundsCredited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    OpenWallet,
    Wallet,
)
from tests.unit.domain.memory_book import MemoryBook

ASK = TransferFunds("t", "a", "b", 40, "EUR", "north")


@pytest.fixture
def main() -> MemoryBook:
    book = MemoryBook("main", (wallet, transfer))
    book.execute(OpenWallet("a", "o", "buyer", "EUR"))
    book.execute(CreditWallet("a", "m", 100, "EUR", "bank"))
    return book


@pytest.fixture
def north() -> MemoryBook:
    book = MemoryBook("north", (wallet, transfer))
    book.execute(OpenWallet("b", "o", "seller", "EUR"))
    return book


def kinds(outcome: tuple[object, ...] | Refused) -> list[type]:
    assert not isinstance(outcome, Refused), outcome.code
    return [type(event) for event in outcome]


def money(book: MemoryBook, wallet_id: str) -> tuple[int, int]:
    """Balance and what is available of it."""
    state = book.state("wallet", wallet_id)
    assert isinstance(state, Wallet)
    return state.balance_minor, state.available_minor


def test_it_is_held_credited_and_captured(main: MemoryBook, north: MemoryBook) -> None:
    assert kinds(main.execute(ASK)) == [TransferStarted, FundsHeld]
    assert money(main, "a") == (100, 60)
    assert kinds(north.deliver(main.outbox[0])) == [TransferReceived, FundsCredited]
    assert money(north, "b") == (40, 40)
    assert kinds(main.deliver(north.outbox[0])) == [TransferCompleted, HoldCaptured]
    assert money(main, "a") == (60, 60)
    assert main.state("transfer", "t") == TransferDone("t")


def test_refused_there_it_is_given_back_here(main: MemoryBook, north: MemoryBook) -> None:
    north.execute(CloseWallet("b", "left"))
    main.execute(ASK)
    refused = north.deliver(main.outbox[0])
    assert isinstance(refused, Refused)
    assert refused.code == "wallet_closed"
    assert north.outbox[0].command == FailTransfer("t", "wallet_closed")
    assert kinds(main.deliver(north.outbox[0])) == [TransferFailed, HoldReleased]
    assert money(main, "a") == (100, 100)
    assert main.state("transfer", "t") == TransferUndone("t", "wallet_closed")


def test_once_refused_it_stays_refused(main: MemoryBook, north: MemoryBook) -> None:
    """The wallet opens later; the second copy must not credit what was given back."""
    main.execute(TransferFunds("t", "a", "late", 40, "EUR", "north"))
    assert north.deliver(main.outbox[0]) == Refused("wallet_unknown", "no wallet late in this book")
    north.execute(OpenWallet("late", "o", "buyer", "EUR"))
    assert isinstance(north.deliver(main.outbox[0]), Refused)
    assert money(north, "late") == (0, 0)
    assert len(north.outbox) == 1


def test_a_freeze_meanwhile_does_not_matter(main: MemoryBook, north: MemoryBook) -> None:
    main.execute(ASK)
    main.execute(FreezeWallet("a", "court"))
    north.execute(FreezeWallet("b", "court"))
    north.deliver(main.outbox[0])
    main.deliver(north.outbox[0])
    assert (money(main, "a"), money(north, "b")) == ((60, 60), (40, 40))


def test_every_message_may_come_again(main: MemoryBook, north: MemoryBook) -> None:
    main.execute(ASK)
    assert kinds(north.deliver(main.outbox[0])) != []
    assert kinds(north.deliver(main.outbox[0])) == []
    assert kinds(main.deliver(north.outbox[0])) != []
    assert kinds(main.deliver(north.outbox[0])) == []
    assert kinds(north.deliver(main.outbox[0])) == []
    assert (money(main, "a"), money(north, "b")) == ((60, 60), (40, 40))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (TransferFunds("t", "a", "b", 101, "EUR", "north"), "insufficient_funds"),
        (TransferFunds("t", "c", "b", 1, "EUR", "north"), "wallet_unknown"),
        (TransferFunds("t", "a", "b", 1, "USD", "north"), "currency_mismatch"),
    ],
)
def test_a_hold_refused_refuses_the_whole(
    main: MemoryBook, command: TransferFunds, code: str
) -> None:
    before = len(main.events)
    refused = main.execute(command)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert (len(main.events), main.outbox, main.state("transfer", "t")) == (before, [], None)
    assert kinds(main.execute(ASK)) == [TransferStarted, FundsHeld]


def test_a_name_is_used_once_inside_and_across(main: MemoryBook) -> None:
    main.execute(OpenWallet("b", "o", "buyer", "EUR"))
    assert not isinstance(main.execute(TransferFunds("in", "a", "b", 1, "EUR")), Refused)
    assert not isinstance(main.execute(ASK), Refused)
    for transfer_id in ("in", "t"):
        for book in ("", "north"):
            again = main.execute(TransferFunds(transfer_id, "a", "b", 1, "EUR", book))
            assert again == Refused("already_exists", f"transfer:{transfer_id}")


def test_what_no_correct_peer_says_stops(main: MemoryBook, north: MemoryBook) -> None:
    with pytest.raises(AssertionError, match="never started"):
        main.execute(ConfirmTransfer("t"), follow_on=True)
    main.execute(ASK)
    north.deliver(main.outbox[0])
    main.deliver(north.outbox[0])
    with pytest.raises(AssertionError, match="was confirmed"):
        main.execute(FailTransfer("t", "late"), follow_on=True)
    assert money(main, "a") == (60, 60)


def test_under_its_own_name_a_book_is_another_like_any_other(main: MemoryBook) -> None:
    """The writer takes the own name for none before it asks; it ends whole all the same."""
    main.execute(OpenWallet("b", "o", "buyer", "EUR"))
    main.execute(TransferFunds("t", "a", "b", 40, "EUR", "main"))
    assert (money(main, "a"), money(main, "b"), main.outbox) == ((60, 60), (40, 40), [])
    assert not isinstance(main.state("transfer", "t"), TransferUnderWay)
