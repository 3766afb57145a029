"""Nothing of the domain is missing in the catalogue, and nothing there is open by mistake."""

from typing import get_args

import pytest

from commands.catalogue import (
    AGGREGATES,
    CLIENT_COMMANDS,
    COMMANDS,
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
    "ReportSettlementLines", "ExpectSettlement", "CheckSettlement",
}  # fmt: skip


def test_every_command_and_event_of_every_aggregate_is_known() -> None:
    commands = {cls for module in AGGREGATES for cls in get_args(module.Command)}
    events = {cls for module in AGGREGATES for cls in get_args(module.Event)}
    assert set(COMMANDS) == commands
    assert set(EVENTS) == events


def test_names_are_those_of_the_schemas() -> None:
    assert dict(names.COMMANDS) == {rule.type_name: cls for cls, rule in COMMANDS.items()}
    assert dict(names.EVENTS) == EVENTS_BY_NAME


@pytest.mark.parametrize(
    ("full_name", "aggregate"),
    [
        ("tally.wallet.v1.FundsHeld", "wallet"),
        ("tally.transfer.v1.TransferStarted", "transfer"),
        ("tally.transfer.v1.TransferReceived", "incoming_transfer"),
        ("tally.settlement.v1.SettlementLineReported", "settlement_batch"),
        ("tally.settlement.v1.BatchSealed", "settlement_batch"),
        ("tally.settlement.v1.SettlementMatched", "settlement_reference"),
        ("tally.settlement.v1.BreakResolved", "settlement_reference"),
        ("tally.payment.v1.RefundStarted", "payment"),
        ("tally.collection.v1.CollectionStarted", "collection"),
        ("tally.order.v1.OrderPlaced", "order"),
    ],
)
def test_an_event_belongs_to_its_aggregate(full_name: str, aggregate: str) -> None:
    assert EVENTS[EVENTS_BY_NAME[full_name]].aggregate == aggregate


def test_these_are_the_aggregates() -> None:
    assert {rule.aggregate for rule in EVENTS.values()} == {
        "wallet",
        "transfer",
        "incoming_transfer",
        "order",
        "payment",
        "collection",
        "settlement_batch",
        "settlement_reference",
    }


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
