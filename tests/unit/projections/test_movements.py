"""Every event that moves money of a wallet becomes a movement of its kind, with what was left."""

from typing import get_args

import pytest

from domain.wallet import (
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
)
from domain.wallet import events as wallet
from projections.copying import EPOCH_US
from projections.wallet_movements import COPY, MOVES, MOVING, TYPES, rows_of
from projections.wallet_relations import KINDS
from projections.wallets import PROFILE_EVENTS
from tests.unit.projections.records import record

TO_BOB, ORDER, REFUND = "liability:wallet:bob", "liability:order:p1", "liability:refund:r1"
HELD, DEBT = "liability:wallet:ann:held", "asset:receivable:seller:ann"


def credited(account: str, *, pending: bool = False) -> FundsCredited:
    return FundsCredited("ann", "m1", 70, "CNY", account, pending, 170, 20)


def debited(account: str, *, pending: bool = False) -> FundsDebited:
    return FundsDebited("ann", "m1", 70, "CNY", account, pending, 170, 20)


def captured(account: str) -> HoldCaptured:
    return HoldCaptured("ann", "h1", "m1", 70, "CNY", account, 5, 170, 20)


CASES = [
    (credited("external:bank"), "deposit", "posted", 1, "external:bank"),
    (credited(TO_BOB), "transfer_in", "posted", 1, TO_BOB),
    (credited("due:asia"), "transfer_in", "posted", 1, "due:asia"),
    (credited(ORDER), "sale", "posted", 1, ORDER),
    (credited(ORDER, pending=True), "sale", "pending", 1, ORDER),
    (credited(REFUND), "refund_received", "posted", 1, REFUND),
    (credited("suspense:break:x"), "credit", "posted", 1, "suspense:break:x"),
    (credited("suspense:break:x", pending=True), "credit", "pending", 1, "suspense:break:x"),
    (debited("external:bank"), "withdrawal", "posted", -1, "external:bank"),
    (debited(TO_BOB), "transfer_out", "posted", -1, TO_BOB),
    (debited(REFUND), "refund_paid", "posted", -1, REFUND),
    (debited(REFUND, pending=True), "refund_paid", "posted", -1, REFUND),
    (debited("expense:writeoff"), "debit", "posted", -1, "expense:writeoff"),
    (captured(ORDER), "payment", "posted", -1, ORDER),
    (captured("due:asia"), "transfer_out", "posted", -1, "due:asia"),
    (captured("external:taxi"), "withdrawal", "posted", -1, "external:taxi"),
    (FundsHeld("ann", "m1", "", 70, "CNY", 9, 170, 20), "hold", "held", 0, HELD),
    (HoldReleased("ann", "m1", 70, "CNY", "", 170, 20), "hold_released", "released", 0, HELD),
    (PendingReleased("ann", "m1", 70, "CNY", 170, 20), "sale_released", "posted", 0, HELD),
    (DebtRepaid("ann", "m1", 70, "CNY", 170, 20), "debt_repaid", "posted", -1, DEBT),
]


@pytest.mark.parametrize(("event", "name", "status", "sign", "account"), CASES)
def test_an_event_becomes_a_movement(
    event: object, name: str, status: str, sign: int, account: str
) -> None:
    (recorded,) = record([event])
    ((*numbers, at_us, kind, movement, other),) = rows_of([recorded], {"ann": 12})
    assert isinstance(kind, int)
    made = KINDS[kind - 1]
    assert (made.name, made.status, int(made.sign)) == (name, status, sign)
    assert numbers == [12, 1, 70, 170, 20]
    assert at_us == recorded.recorded_at_us - EPOCH_US
    assert (movement, other) == ("m1", account)


def test_a_row_has_a_field_for_each_type() -> None:
    (row,) = rows_of(record([credited("external:bank")]), {"ann": 12})
    assert len(row) == len(TYPES) == COPY.partition(")")[0].count(",") + 1


def test_every_kind_is_made_by_some_event() -> None:
    assert {(name, status) for _, name, status, _, _ in CASES} == {
        (kind.name, kind.status) for kind in KINDS
    }


def test_every_event_of_a_wallet_is_told_somewhere() -> None:
    assert set(get_args(wallet.Event)) == MOVING | PROFILE_EVENTS
    assert {type(event) for event, *_ in CASES} == set(MOVES)
