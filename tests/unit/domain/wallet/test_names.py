"""What a wallet's command reads, and which thing it begins once forever."""

from typing import cast, get_args

import pytest

from domain.wallet import (
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
    begins,
    reads,
)

NAMES: list[tuple[Command, str]] = [
    (OpenWallet("w", "o", "buyer", "EUR"), ""),
    (CreditWallet("w", "m", 1, "EUR", "bank"), "movement:m"),
    (DebitWallet("w", "m", 1, "EUR", "bank"), "movement:m"),
    (HoldFunds("w", "h", 1, "EUR", 1), "hold:w/h"),
    (CaptureHold("w", "h", "c", 1, "EUR", "bank"), "capture:w/h/c"),
    (ReleaseHold("w", "h"), ""),
    (FreezeWallet("w", ""), ""),
    (UnfreezeWallet("w", ""), ""),
    (CloseWallet("w", ""), ""),
    (HoldForOwner("w", "h", "payment:p", 1, "EUR"), "hold:w/h"),
    (CaptureForOwner("w", "h", "payment:p", "due:north"), ""),
    (ReleaseForOwner("w", "h", "payment:p", ""), ""),
    (ExpireHold("w", "h"), ""),
    (ReceiveFunds("w", "m", 1, "EUR", "due:north"), "movement:m"),
    (ReleasePending("w", "m", 1, "EUR"), "movement:m"),
    (ReclaimFunds("w", "m", 1, "EUR", "due:north"), "movement:m"),
]


@pytest.mark.parametrize(("command", "name"), NAMES)
def test_what_begins_once(command: Command, name: str) -> None:
    assert begins(command) == name
    assert reads(command) == (("wallet", "w"),)


def test_no_command_is_left_out() -> None:
    assert [type(command) for command, _ in NAMES] == list(
        cast("tuple[type, ...]", get_args(Command))
    )
