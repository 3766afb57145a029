"""Reconciliations of payments, made by hand: every kind of entity, in JSON and as the report."""

import json
from typing import Any

import pytest

from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

# Amount, credit, debit and fee in paise. The fee of the third is billed later.
ENTITIES: tuple[dict[str, Any], ...] = (
    {"type": "payment", "entity_id": "pay_1", "amount": 100000, "credit": 97100, "fee": 2900},
    {"type": "refund", "entity_id": "rfnd_1", "amount": 5000, "debit": 5000},
    {"type": "payment", "entity_id": "pay_2", "amount": 1000, "credit": 1000, "fee": 20},
    {"type": "transfer", "entity_id": "trf_1", "amount": 100000, "debit": 100296, "fee": 296},
    {"type": "adjustment", "entity_id": "adj_1", "amount": 1012, "credit": 1012},
    {"type": "adjustment", "entity_id": "adj_2", "amount": 900, "debit": 900, "dispute_id": "d"},
    {"type": "gizmo", "entity_id": "giz_1", "amount": 7, "debit": 7},
)
KINDS = ["charge", "refund", "charge", "transfer", "adjustment", "chargeback", "unknown:gizmo"]
NETS = [97100, -5000, 1000, -100296, 1012, -900, -7]
FEES = [2900, 0, 0, 296, 0, 0, 0]


def answer(*entities: dict[str, Any]) -> bytes:
    items = [
        {
            "credit": 0, "debit": 0, "fee": 0, "tax": 0, "currency": "INR", "payment_id": None,
            "created_at": 1567674599, "settled_at": 1568176960, "settlement_id": "setl_1",
            "settlement_utr": "UTR1", "order_receipt": f"our-{number}", **entity,
        }
        for number, entity in enumerate(entities, 1)
    ]  # fmt: skip
    return json.dumps({"entity": "collection", "count": len(items), "items": items}).encode()


HEADER = (
    "transaction_entity,entity_id,amount,currency,fee (exclusive tax),tax,debit,credit,"
    "entity_created_at,order_receipt,dispute_id,settlement_id,settled_at,settlement_utr,settled_by\n"
)


def report(*entities: dict[str, Any], at: str = "2022-06-07T13:33:57") -> str:
    """The same as CSV, in rupees; the tax is a hundredth of a rupee of each fee."""
    texts: list[str] = []
    for number, entity in enumerate(entities, 1):
        whole: dict[str, Any] = {"credit": 0, "debit": 0, "fee": 0, "dispute_id": ""} | entity
        tax = 1 if whole["fee"] else 0
        cells = (
            whole["type"], whole["entity_id"], whole["amount"] / 100, "INR",
            (whole["fee"] - tax) / 100, tax / 100, whole["debit"] / 100, whole["credit"] / 100,
            at, f"our-{number}", whole["dispute_id"], "setl_1", at, "UTR1", "Razorpay",
        )  # fmt: skip
        texts.append(",".join(str(cell) for cell in cells) + "\n")
    return HEADER + "".join(texts)


def test_the_answer_of_the_api(prove_bytes: Prove, read_bytes: Read) -> None:
    found = read_bytes(answer(*ENTITIES))
    assert [line.kind for line in found] == KINDS
    assert [line.net_minor for line in found] == NETS
    assert [line.fee_minor for line in found] == FEES
    assert all(line.gross_minor - line.fee_minor == line.net_minor for line in found)
    assert [line.reference for line in found[:2]] == ["our-1", "our-2"]
    assert (found[0].line_identity, found[0].part, found[0].text) == ("pay_1", "setl_1", "UTR1")
    proof = prove_bytes(answer(*ENTITIES))
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.unknown) == ("reconciliation", ("unknown:gizmo",))
    assert [control.name for control in proof.controls] == ["count"]


@pytest.mark.parametrize("at", ["2022-06-07T13:33:57", "07/06/2022 13:33:57"])
def test_the_report(prove_bytes: Prove, read_bytes: Read, at: str) -> None:
    content = report(*ENTITIES, at=at).encode()
    found = read_bytes(content)
    assert [line.kind for line in found] == KINDS
    assert [line.net_minor for line in found] == NETS
    assert [line.fee_minor for line in found] == FEES
    assert found[0].booked_at.isoformat() == "2022-06-07T13:33:57+00:00"
    assert (found[0].reference, found[0].part, found[0].text) == ("our-1", "setl_1", "UTR1")
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.controls) == ("reconciliation_report", ())


@pytest.mark.parametrize(
    ("change", "code"),
    [({"credit": 97101}, "amount_contradicts_state"), ({"debit": 1}, "amount_contradicts_state"),
     ({"amount": 100001}, "amount_contradicts_state"), ({"amount": 1.5}, "amount_wrong"),
     ({"type": "a b"}, "state_wrong"), ({"entity_id": ""}, "key_wrong"),
     ({"created_at": 0}, "time_wrong"), ({"currency": "XYZ"}, "currency_unknown")],
)  # fmt: skip
def test_what_is_wrong_in_an_answer(prove_bytes: Prove, change: dict[str, Any], code: str) -> None:
    outcome = prove_bytes(answer({**ENTITIES[0], **change}))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("971.0", "971.01", "amount_contradicts_state"), ("971.0", "971.001", "amount_wrong"),
     ("INR", "XYZ", "currency_unknown"), ("2022-06", "2022-13", "time_wrong"),
     ("payment,pay_1", "pay ment,pay_1", "state_wrong"), ("pay_1", "", "key_wrong"),
     ("pay_1", "pay_1,x", "column_count"), ("debit", "tax", "column_twice"),
     ("debit", "lost", "column_missing")],
)  # fmt: skip
def test_what_is_wrong_in_a_report(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    content = report(ENTITIES[0])
    assert old in content
    outcome = prove_bytes(content.replace(old, new, 1).encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()
