"""Nothing of the domain is missing in the catalogue, and nothing there is open by mistake."""

from typing import get_args

import pytest

from commands.catalogue import (
    AGGREGATES,
    CLIENT_COMMANDS,
    COMMANDS,
    COMMANDS_BY_NAME,
    EVENTS,
    EVENTS_BY_NAME,
)
from schemas import names

OURS_ALONE = {
    "HoldForOwner", "CaptureForOwner", "ReleaseForOwner", "ExpireHold", "ReceiveFunds",
    "ReleasePending", "ReclaimFunds", "ReceiveTransfer", "ConfirmTransfer", "FailTransfer",
    "AttachPayment", "DetachPayment", "RecordOrderPaid", "RecordItemOutcome",
    "RecordRefundItemOutcome", "ReleaseSellerShare", "StartCollection", "RecordChargeOutcome",
    "StartRefund", "RecordRefundOutcome", "ImportSettlementFile", "SealBatch",
    "ReportSettlementLine", "ExpectSettlement", "CheckSettlement",
}  # fmt: skip


def test_every_command_and_event_of_every_aggregate_is_known() -> None:
    commands = {cls for module in AGGREGATES for cls in get_args(module.Command)}
    events = {cls for module in AGGREGATES for cls in get_args(module.Event)}
    assert set(COMMANDS) == commands
    assert set(EVENTS) == events


def test_names_are_those_of_the_schemas() -> None:
    assert dict(names.COMMANDS) == COMMANDS_BY_NAME
    assert dict(names.EVENTS) == EVENTS_BY_NAME
    assert {cls: rule.aggregate for cls, rule in EVENTS.items()} == dict(names.AGGREGATES)


def test_only_these_are_not_for_clients() -> None:
    assert {cls.__name__ for cls in COMMANDS if cls not in CLIENT_COMMANDS} == OURS_ALONE
    assert all(rule.from_clients == (cls in CLIENT_COMMANDS) for cls, rule in COMMANDS.items())


@pytest.mark.parametrize("cls", list(EVENTS))
def test_an_event_finds_its_stream_by_its_first_field(cls: type) -> None:
    rule = EVENTS[cls]
    first = next(iter(cls.__annotations__))

    class Named:
        pass

    setattr(Named, first, "the-id")
    assert rule.id_of(Named) == "the-id"
