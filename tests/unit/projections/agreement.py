"""What rows must say, given the states of the aggregates that they are about.

Shape: assert_agreement(book, records) folds everything and compares. The states come from the write
side's own evolve: the two have nothing in common but the events.
"""

from collections.abc import Sequence
from typing import TypeVar

from domain import collection, order, payment, settlement, wallet
from domain.payment.state import UNDONE
from domain.settlement.state import breaks_of
from projections.charges import ChannelRefund, Charge, Collections
from projections.orders import Order, Orders
from projections.payment_items import Item
from projections.payments import Payment, Payments
from projections.recorded import Recorded
from projections.refunds import Refund, RefundItem
from projections.rows import Key
from projections.settlement import Break, Reference, Settlement
from projections.settlement_files import File, Line
from projections.wallets import Profile
from tests.unit.domain.memory_book import MemoryBook
from tests.unit.projections.folding import of_model, profiles

Row = TypeVar("Row")
ORDER: dict[type, str] = {
    order.OpenOrder: "placed",
    order.ClaimedOrder: "being_paid",
    order.PaidOrder: "paid",
    order.DeliveredOrder: "delivered",
    order.CancelledOrder: "cancelled",
}
PAYMENT: dict[type, str] = {
    payment.CreatedPayment: "created",
    payment.ExecutingPayment: "executing",
    payment.SucceededPayment: "succeeded",
    payment.FailedPayment: "failed",
    payment.UndonePayment: "undone",
    payment.LateChargedPayment: "late_charged",
}
COLLECTION: dict[type, str] = {
    collection.StartedCollection: "started",
    collection.UnknownCollection: "unknown",
    collection.RefusedCollection: "refused",
    collection.SucceededCollection: "succeeded",
}
REFERENCE: dict[type, str] = {
    settlement.Unexpected: "unexpected",
    settlement.Awaited: "expected",
    settlement.Settled: "matched",
    settlement.WrittenOff: "written_off",
}


def assert_agreement(book: MemoryBook, records: Sequence[Recorded]) -> None:
    tables = (
        of_model(Orders, records)
        | of_model(Payments, records)
        | of_model(Collections, records)
        | of_model(Settlement, records)
    )
    states = {kind: _states(book, kind) for kind, _ in book.states}
    _wallets(states.get("wallet", {}), profiles(records))
    _orders(states.get("order", {}), tables["orders"])
    _payments(states.get("payment", {}), tables)
    _collections(states.get("collection", {}), tables)
    _settlement(states, tables)
    journal = [each for each in records if each.aggregate == "payment"]
    assert len(tables["payment_journal"]) == len(journal)


def _states(book: MemoryBook, aggregate: str) -> dict[str, object]:
    return {name: state for (kind, name), state in book.states.items() if kind == aggregate}


def row(rows: dict[Key, object], of: type[Row], *key: object) -> Row:
    found = rows[key]
    assert isinstance(found, of)
    return found


def _wallets(states: dict[str, object], rows: dict[Key, object]) -> None:
    assert rows.keys() == {(name,) for name in states}
    for name, state in states.items():
        profile = row(rows, Profile, name)
        assert isinstance(state, wallet.Wallet)
        assert (profile.status, profile.debt) == (state.status, state.debt_minor)
        assert profile.currency == state.currency


def _orders(states: dict[str, object], rows: dict[Key, object]) -> None:
    assert rows.keys() == {(name,) for name in states}
    for name, state in states.items():
        found = row(rows, Order, name)
        assert found.status == ORDER[type(state)]
        assert found.payment_id == getattr(state, "payment_id", "")
        assert (found.paid_at is not None) == (found.status in {"paid", "delivered"})


def _payments(states: dict[str, object], tables: dict[str, dict[Key, object]]) -> None:
    assert tables["payments"].keys() == {(name,) for name in states}
    items = tables["payment_items"]
    for name, state in states.items():
        found = row(tables["payments"], Payment, name)
        assert found.status == PAYMENT[type(state)]
        match state:
            case payment.ExecutingPayment(_, journal):
                for item_id, word in journal.items():
                    assert row(items, Item, name, item_id).status == word
            case payment.SucceededPayment():
                assert found.refunded == state.refunded_minor
                assert (found.share_released_at is not None) == state.share_released
                _refunds(name, dict(state.refunds), tables)
            case payment.LateChargedPayment():
                assert found.refunded == state.refund.amount_minor
                _refunds(name, {state.refund_id: state.refund}, tables)
            case payment.UndonePayment() | payment.FailedPayment():
                words = {each.status for key, each in _items(items) if key[0] == name}
                assert words <= {UNDONE, "refused", "planned"}
            case _:
                assert isinstance(state, payment.CreatedPayment)


def _items(rows: dict[Key, object]) -> list[tuple[Key, Item]]:
    return [(key, each) for key, each in rows.items() if isinstance(each, Item)]


def _refunds(
    name: str, refunds: dict[str, payment.Refund], tables: dict[str, dict[Key, object]]
) -> None:
    assert {key[1] for key in tables["refunds"] if key[0] == name} == set(refunds)
    for refund_id, refund in refunds.items():
        found = row(tables["refunds"], Refund, name, refund_id)
        words = set(refund.journal.values())
        assert found.amount == refund.amount_minor
        assert (found.status == "succeeded") == (words == {"succeeded"})
        assert "refused" not in words or found.status == "refused"
        for item_id, word in refund.journal.items():
            item = row(tables["refund_items"], RefundItem, name, refund_id, item_id)
            assert item.status == word


def _collections(states: dict[str, object], tables: dict[str, dict[Key, object]]) -> None:
    assert tables["collections"].keys() == {(name,) for name in states}
    for name, state in states.items():
        found = row(tables["collections"], Charge, name)
        assert found.status == COLLECTION[type(state)]
        if not isinstance(state, collection.SucceededCollection):
            continue
        assert (found.contradiction != "") == bool(state.contradicted)
        assert found.provider_reference == state.provider_reference
        given_back = 0
        for refund_id, refund in state.refunds.items():
            refunded = row(tables["collection_refunds"], ChannelRefund, name, refund_id)
            assert refunded.status == refund.outcome
            assert refunded.amount == refund.amount_minor
            assert (refunded.contradiction != "") == bool(refund.contradicted)
            given_back += refund.amount_minor if refund.outcome == "succeeded" else 0
        assert found.refunded == given_back


def _settlement(states: dict[str, dict[str, object]], tables: dict[str, dict[Key, object]]) -> None:
    for name, state in states.get("settlement_reference", {}).items():
        assert isinstance(
            state,
            settlement.Unexpected | settlement.Awaited | settlement.Settled | settlement.WrittenOff,
        )
        found = row(tables["settlement_references"], Reference, name)
        breaks = breaks_of(state)
        assert found.status == REFERENCE[type(state)]
        assert found.breaks_open == sum(not each.resolved for each in breaks)
        for each in breaks:
            case = row(tables["breaks"], Break, each.break_id)
            assert (case.kind, case.status) == (each.kind, "resolved" if each.resolved else "open")
            assert case.amount == each.amount_minor
            if each.line_number:
                line = row(tables["settlement_lines"], Line, each.batch_id, each.line_number)
                assert line.break_id == each.break_id or line.status == "matched"
        if isinstance(state, settlement.Settled):
            line = row(tables["settlement_lines"], Line, state.batch_id, state.line_number)
            assert (line.status, line.settlement_id) == ("matched", name)
            assert (found.batch_id, found.line_number) == (state.batch_id, state.line_number)
    for name, state in states.get("settlement_batch", {}).items():
        file = row(tables["settlement_files"], File, name)
        if isinstance(state, settlement.ArrivingBatch):
            assert (file.status, file.lines_reported) == ("arriving", state.lines)
        else:
            assert (file.status, file.lines_reported) == ("sealed", file.lines)
