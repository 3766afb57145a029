"""Histories of transfers that cannot be stop; follow-ons and snapshots of those that can."""

import pytest
from pydantic import TypeAdapter

from domain.decision import Do, Refused, Try
from domain.money import AMOUNT_MAX
from domain.transfer import (
    STATES,
    ConfirmTransfer,
    Event,
    FailTransfer,
    IncomingTransfer,
    ReceiveTransfer,
    Transfer,
    TransferCompleted,
    TransferFailed,
    TransferFunds,
    TransferReceived,
    TransferStarted,
    decide,
    evolve,
    react,
)
from domain.wallet import CaptureForOwner, HoldForOwner, ReleaseForOwner
from tests.unit.domain.transfer.given import (
    AT_US,
    DONE,
    RECEIVE,
    RECEIVED,
    UNDER_WAY,
    UNDONE,
    empty,
    rich,
)

STARTED = TransferStarted("t", "a", "north", "b", 40, "EUR")
COMPLETED = TransferCompleted("t", "a", "north")
FAILED = TransferFailed("t", "a", "wallet_closed")
ARRIVED = TransferReceived("main/t", "t", "main", "a", "b", 40, "EUR")
State = Transfer | IncomingTransfer


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        (None, STARTED, UNDER_WAY),
        (UNDER_WAY, COMPLETED, DONE),
        (UNDER_WAY, FAILED, UNDONE),
        (None, ARRIVED, RECEIVED),
    ],
)
def test_what_can_be(state: State | None, event: Event, after: State) -> None:
    assert evolve(state, event) == after


@pytest.mark.parametrize(
    ("state", "event", "words"),
    [
        (UNDER_WAY, STARTED, "starts once"),
        (UNDONE, STARTED, "starts once"),
        (None, TransferStarted("t", "a", "north", "b", 0, "EUR"), "a transfer of nothing"),
        (None, TransferStarted("t", "a", "", "b", 40, "EUR"), "has no stream"),
        (None, COMPLETED, "only a transfer under way"),
        (DONE, COMPLETED, "only a transfer under way"),
        (UNDONE, COMPLETED, "only a transfer under way"),
        (None, FAILED, "only a transfer under way"),
        (DONE, FAILED, "only a transfer under way"),
        (UNDONE, FAILED, "only a transfer under way"),
        (RECEIVED, FAILED, "only a transfer under way"),
        (UNDER_WAY, TransferCompleted("u", "a", "north"), "another transfer"),
        (UNDER_WAY, TransferFailed("t", "c", ""), "another wallet"),
        (RECEIVED, ARRIVED, "received once"),
        (None, TransferReceived("main/t", "t", "main", "a", "b", 0, "EUR"), "of nothing"),
    ],
)
def test_what_cannot_be(state: State | None, event: Event, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        evolve(state, event)


def test_a_cent_is_something() -> None:
    assert evolve(None, TransferStarted("t", "a", "north", "b", 1, "EUR"))
    assert evolve(None, TransferReceived("main/t", "t", "main", "a", "b", 1, "EUR"))


@pytest.mark.parametrize("state", [UNDER_WAY, DONE, UNDONE, RECEIVED])
def test_a_snapshot_brings_back_the_same_state(state: State) -> None:
    assert type(state) in STATES
    adapter: TypeAdapter[State] = TypeAdapter(type(state))
    assert adapter.validate_json(adapter.dump_json(state)) == state


def test_a_start_holds_here_and_tries_there() -> None:
    assert react(STARTED, "main") == (
        Do("hold", HoldForOwner("a", "transfer:t", "transfer:t", 40, "EUR")),
        Try("receive", RECEIVE, book="north", on_refusal=FailTransfer("t", "")),
    )


def test_what_follows_in_the_end() -> None:
    hold = "transfer:t"
    assert react(ARRIVED, "north") == (Try("confirm", ConfirmTransfer("t"), book="main"),)
    assert react(COMPLETED, "main") == (
        Do("capture", CaptureForOwner("a", hold, hold, "due:north")),
    )
    assert react(FAILED, "main") == (
        Do("release", ReleaseForOwner("a", hold, hold, "wallet_closed")),
    )


@pytest.mark.parametrize(
    ("amount_minor", "expected"),
    [(0, "amount_not_positive"), (AMOUNT_MAX + 1, "amount_too_large"), (AMOUNT_MAX, "")],
)
def test_an_amount_has_bounds_across_books_too(amount_minor: int, expected: str) -> None:
    outcome = decide(TransferFunds("t", "a", "b", amount_minor, "EUR", "north"), None, AT_US)
    assert (outcome.code if isinstance(outcome, Refused) else "") == expected


@pytest.mark.parametrize(
    ("amount_minor", "currency", "expected"),
    [
        (1, "USD", "currency_mismatch"),
        (0, "EUR", "amount_not_positive"),
        (2, "EUR", "balance_limit_exceeded"),
        (1, "EUR", ""),
    ],
)
def test_the_destination_refuses_for_itself(
    amount_minor: int, currency: str, expected: str
) -> None:
    command = ReceiveTransfer("main/t", "t", "main", "a", "b", amount_minor, currency)
    outcome = decide(command, (None, rich("b", 10**18 - 1)), AT_US)
    assert (outcome.code if isinstance(outcome, Refused) else "") == expected


def test_a_transfer_comes_under_the_name_of_its_origin() -> None:
    command = ReceiveTransfer("main/u", "t", "main", "a", "b", 1, "EUR")
    with pytest.raises(AssertionError, match="the name of its origin"):
        decide(command, (None, empty("b")), AT_US)


def test_a_state_of_another_shape_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="reads two streams"):
        decide(RECEIVE, None, AT_US)
    with pytest.raises(AssertionError, match="reads one stream"):
        decide(ConfirmTransfer("t"), (None, None), AT_US)
