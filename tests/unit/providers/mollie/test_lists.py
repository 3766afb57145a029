"""Mollie's lists of payments and refunds, and its settlement export, made by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from providers.mollie.elements import PAID, REFUNDED, STATES
from providers.mollie.export import MOVED
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

AT = "2026-03-14T17:09:02.0Z"


def euros(value: str, currency: str = "EUR") -> dict[str, str]:
    return {"currency": currency, "value": value}


def listed(name: str, *elements: dict[str, Any]) -> bytes:
    return json.dumps({"count": len(elements), "_embedded": {name: elements}}).encode()


def payment(status: str = "paid", **more: object) -> dict[str, Any]:
    return {
        "resource": "payment", "id": "tr_1", "createdAt": AT, "status": status,
        "amount": euros("12.50"), **more,
    }  # fmt: skip


def refund(status: str, **more: object) -> dict[str, Any]:
    return {**payment(status), "resource": "refund", "id": "re_1", "paymentId": "tr_1", **more}


def test_payments(prove_bytes: Prove, read_bytes: Read) -> None:
    abroad: dict[str, Any] = {"amount": euros("10.00", "USD"), "settlementAmount": euros("9.10")}
    content = listed("payments", payment(settlementId="stl_1"), payment(**abroad), payment("open"))
    found = read_bytes(content)
    assert [(line.kind, line.net_minor) for line in found] == [
        ("charge", 1250), ("charge", 910), ("charge", 0),
    ]  # fmt: skip
    assert [line.original_minor for line in found] == [None, 1000, 1250]
    assert (found[0].reference, found[0].part, found[1].original_currency) == (
        "tr_1",
        "stl_1",
        "USD",
    )
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.variant, [one.name for one in proof.controls]) == ("payments", ["count"])


def test_refunds(read_bytes: Read) -> None:
    settled = refund("refunded", settlementAmount=euros("-12.50"))
    found = read_bytes(listed("refunds", settled, refund("pending"), refund("failed")))
    assert [(line.kind, line.net_minor) for line in found] == [
        ("refund", -1250), ("refund", 0), ("refund", 0),
    ]  # fmt: skip
    assert (found[1].original_minor, found[0].provider_reference) == (-1250, "tr_1")


EXPORT = """\
Date,Payment method,Currency,Amount,Status,ID,Description,Consumer name,Consumer bank account,\
Consumer BIC,Settlement currency,Settlement amount,Settlement reference,Amount refunded
2026-10-01 10:12:00,ideal,EUR,100.00,paidout,tr_a,Order 1001,A B,,,EUR,100.00,123.2610.01,20.00
2026-10-01 10:13:00,creditcard,USD,50.00,paidout,tr_b,"Order 1002, blue",,,,EUR,45.50,123.2610.01,
2026-10-03 09:00:00,ideal,EUR,-20.00,refunded,re_c,Refund,,,,EUR,-20.00,123.2610.01,
2026-10-03 09:01:00,creditcard,EUR,-5.00,charged_back,chb_d,Dispute,,,,EUR,-5.00,123.2610.01,
2026-10-03 09:02:00,ideal,EUR,7.00,expired,tr_e,Order 1003,,,,,,,
2026-10-04 00:00:00,,EUR,-2.88,paidout,,Withheld fees MOL-1,,,,EUR,-2.88,123.2610.01,
2026-10-04 00:00:00,,EUR,-1.00,paidout,,Gizmo,,,,EUR,-1.00,123.2610.01,
"""


def test_the_export(prove_bytes: Prove, read_bytes: Read) -> None:
    found = read_bytes(EXPORT.encode())
    assert [line.kind for line in found] == [
        "charge", "charge", "refund", "chargeback", "charge", "fee", "unknown:paidout",
    ]  # fmt: skip
    assert [line.net_minor for line in found] == [10000, 4550, -2000, -500, 0, -288, -100]
    assert (found[5].gross_minor, found[5].fee_minor) == (0, 288)
    assert (found[1].original_minor, found[1].original_currency) == (5000, "USD")
    assert (found[4].original_minor, found[4].line_identity) == (700, "tr_e/")
    assert (found[0].reference, found[0].part, found[0].zone) == ("tr_a", "123.2610.01", "")
    proof = prove_bytes(EXPORT.encode())
    assert isinstance(proof, FileProof)
    assert (proof.format, proof.variant, proof.controls) == ("mollie", "export", ())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("100.00,paidout", "100,00,paidout", "column_count"), ("45.50", "45.505", "amount_wrong"),
     ("2026-10-01 10:12", "2026-13-01 10:12", "time_wrong"), ("EUR,45.50", "XYZ,45.50",
     "currency_unknown"), ("tr_a", "t" * 300, "key_wrong"), ("ideal", "i" * 50, "state_wrong"),
     ("Settlement currency", "Currency", "column_twice"), ("Status", "State", "column_missing")],
)  # fmt: skip
def test_what_is_wrong_has_a_name(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    assert old in EXPORT
    outcome = prove_bytes(EXPORT.replace(old, new, 1).encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


def test_cuts_of_the_export_give_whole_rows_only(prove_bytes: Prove) -> None:
    whole = EXPORT.encode()
    counts = {
        outcome.lines
        for length in range(len(whole))
        if isinstance(outcome := prove_bytes(whole[:length]), FileProof)
    }
    assert counts <= set(range(1, 8))


def test_the_page_lists_every_status_that_moves_money() -> None:
    page = (Path(__file__).parents[4] / "docs" / "formats" / "mollie.md").read_text("utf-8")
    lines = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    rows = {cells[1].strip(): cells[2] for cells in lines}
    for row, states in (
        ("kind", STATES), ("payment", PAID), ("refund", REFUNDED), ("row of the export", MOVED),
    ):  # fmt: skip
        assert all(f"`{state}`" in rows[row] for state in states if state), row
