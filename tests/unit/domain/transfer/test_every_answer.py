"""Every state that a transfer's command meets has an answer: exactly these events or this code.

Shape: inside one book a row is the source's status and a column the destination's; across books a
row is a command and a column the transfer's state. BUG is an assertion: no correct peer asks.
"""

from typing import cast, get_args

import pytest

from domain.decision import Refused
from domain.transfer import (
    Command,
    IncomingTransfer,
    Transfer,
    TransferCompleted,
    TransferFailed,
    TransferFunds,
    TransferReceived,
    TransferStarted,
    begins,
    decide,
    reads,
)
from domain.wallet import FundsCredited, FundsDebited, Wallet
from tests.unit.domain.transfer.given import (
    ACROSS,
    AT_US,
    CONFIRM,
    DONE,
    FAIL,
    RECEIVE,
    RECEIVED,
    UNDER_WAY,
    UNDONE,
    closed,
    empty,
    frozen,
    full,
)

BUG = AssertionError
Answer = str | type[AssertionError] | tuple[object, ...]
Given = (
    Transfer | tuple[Wallet | None, Wallet | None] | tuple[IncomingTransfer | None, Wallet | None]
)
INSIDE = TransferFunds("t", "a", "b", 40, "EUR")


def debited(balance_minor: int, reserved_minor: int) -> FundsDebited:
    return FundsDebited(
        "a",
        "t",
        40,
        "EUR",
        "liability:wallet:b",
        pending=False,
        balance_after_minor=balance_minor,
        reserved_after_minor=reserved_minor,
    )


def credited(name: str, account: str, *after: int) -> FundsCredited:
    balance_minor, reserved_minor = after
    return FundsCredited(
        "b",
        name,
        40,
        "EUR",
        account,
        pending=False,
        balance_after_minor=balance_minor,
        reserved_after_minor=reserved_minor,
    )


def moved(source: FundsDebited, *after: int) -> tuple[object, ...]:
    return (source, credited("t", "liability:wallet:a", *after))


def received(*after: int) -> tuple[object, ...]:
    event = TransferReceived("main/t", "t", "main", "a", "b", 40, "EUR")
    return (event, credited("transfer:main/t", "due:main", *after))


SOURCES = {
    "unopened": None,
    "empty": empty("a"),
    "full": full("a"),
    "frozen": frozen("a"),
    "closed": closed("a"),
}
DESTINATIONS = {
    "unopened": None,
    "empty": empty("b"),
    "full": full("b"),
    "frozen": frozen("b"),
    "closed": closed("b"),
}
NONE, FROZE, SHUT = "wallet_unknown", "wallet_frozen", "wallet_closed"
OUT_OF_EMPTY, OUT_OF_FULL = debited(-40, 0), debited(60, 30)
INSIDE_TABLE: dict[str, list[Answer]] = {
    "unopened": [NONE, NONE, NONE, NONE, NONE],
    "empty": [
        NONE,
        moved(OUT_OF_EMPTY, 40, 0),
        moved(OUT_OF_EMPTY, 140, 30),
        moved(OUT_OF_EMPTY, 140, 30),
        SHUT,
    ],
    "full": [
        NONE,
        moved(OUT_OF_FULL, 40, 0),
        moved(OUT_OF_FULL, 140, 30),
        moved(OUT_OF_FULL, 140, 30),
        SHUT,
    ],
    "frozen": [NONE, FROZE, FROZE, FROZE, FROZE],
    "closed": [NONE, SHUT, SHUT, SHUT, SHUT],
}
STARTED = (TransferStarted("t", "a", "north", "b", 40, "EUR"),)
COMPLETED = (TransferCompleted("t", "a", "north"),)
FAILED = (TransferFailed("t", "a", "wallet_closed"),)
EXISTS = "already_exists"
ACROSS_TABLE: list[tuple[Command, list[Answer]]] = [
    (ACROSS, [STARTED, EXISTS, EXISTS, EXISTS]),
    (CONFIRM, [BUG, COMPLETED, (), BUG]),
    (FAIL, [BUG, FAILED, BUG, ()]),
]
INCOMING_TABLE: dict[IncomingTransfer | None, list[Answer]] = {
    None: [NONE, received(40, 0), received(140, 30), received(140, 30), SHUT],
    RECEIVED: [EXISTS, EXISTS, EXISTS, EXISTS, EXISTS],
}

CELLS: list[tuple[Command, Given | None, Answer]] = [
    *(
        (INSIDE, (source, destination), answer)
        for name, source in SOURCES.items()
        for destination, answer in zip(DESTINATIONS.values(), INSIDE_TABLE[name], strict=True)
    ),
    *(
        (command, state, answer)
        for command, answers in ACROSS_TABLE
        for state, answer in zip((None, UNDER_WAY, DONE, UNDONE), answers, strict=True)
    ),
    *(
        (RECEIVE, (state, destination), answer)
        for state, answers in INCOMING_TABLE.items()
        for destination, answer in zip(DESTINATIONS.values(), answers, strict=True)
    ),
]


@pytest.mark.parametrize(("command", "state", "answer"), CELLS)
def test_answers(command: Command, state: Given | None, answer: Answer) -> None:
    if answer is BUG:
        with pytest.raises(AssertionError):
            decide(command, state, AT_US)
        return
    outcome = decide(command, state, AT_US)
    assert (outcome.code if isinstance(outcome, Refused) else outcome) == answer


def test_no_command_is_left_out() -> None:
    commands = cast("tuple[type, ...]", get_args(Command))
    assert {type(command) for command, _, _ in CELLS} == set(commands)


@pytest.mark.parametrize(
    ("command", "streams", "name"),
    [
        (INSIDE, (("wallet", "a"), ("wallet", "b")), "transfer:t"),
        (ACROSS, (("transfer", "t"),), "transfer:t"),
        (RECEIVE, (("incoming_transfer", "main/t"), ("wallet", "b")), ""),
        (CONFIRM, (("transfer", "t"),), ""),
        (FAIL, (("transfer", "t"),), ""),
    ],
)
def test_what_it_reads_and_begins(
    command: Command, streams: tuple[tuple[str, str], ...], name: str
) -> None:
    assert reads(command) == streams
    assert begins(command) == name
