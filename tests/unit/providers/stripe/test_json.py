"""JSON of the API, built by hand from what is documented of it."""

import json
from typing import Any

import pytest

from providers.settlement_file import FileProof
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.stripe.test_layouts import money, refused

TRANSACTION: dict[str, Any] = {
    "id": "txn_1", "object": "balance_transaction", "amount": 1000, "available_on": 1700100000,
    "created": 1700000000, "currency": "usd", "description": "Order", "exchange_rate": None,
    "fee": 59, "fee_details": [{"amount": 59, "currency": "usd", "type": "stripe_fee"}],
    "net": 941, "reporting_category": "charge", "source": "ch_1", "status": "available",
    "type": "charge",
}  # fmt: skip


def as_json(**changed: object) -> bytes:
    return json.dumps({**TRANSACTION, **changed}).encode()


def test_an_object_of_the_api(read_bytes: Read) -> None:
    (line,) = read_bytes(as_json())
    assert money(line) == ("charge", 1000, 59, 941)
    assert (line.line_identity, line.provider_reference, line.reference) == (
        "txn_1",
        "ch_1",
        "txn_1",
    )
    assert (line.currency, line.zone, line.code) == ("USD", "UTC", "charge")
    assert line.booked_at.isoformat() == "2023-11-14T22:13:20+00:00"
    assert json.loads(line.raw) == TRANSACTION


def test_an_expanded_source_names_our_order(read_bytes: Read) -> None:
    source = {"id": "ch_9", "metadata": {"order_id": "A-1"}, "payment_intent": "pi_1"}
    (line,) = read_bytes(as_json(source=source))
    assert (line.reference, line.provider_reference) == ("A-1", "ch_9")
    (line,) = read_bytes(as_json(source={**source, "metadata": {}}))
    assert line.reference == "pi_1"


def test_a_rate_keeps_its_digits(read_bytes: Read) -> None:
    content = as_json().replace(b'"exchange_rate": null', b'"exchange_rate": 0.9100')
    (line,) = read_bytes(content)
    assert str(line.exchange_rate) == "0.9100"
    assert '"exchange_rate":0.9100' in line.raw


def test_a_list_that_goes_on_is_not_the_whole(prove_bytes: Prove) -> None:
    listed = {"object": "list", "data": [TRANSACTION], "has_more": True}
    outcome = refused(prove_bytes(json.dumps(listed).encode()))
    assert (outcome.code, outcome.field) == ("control_failed", "has_more")
    pages = json.dumps(listed) + json.dumps({**listed, "has_more": False})
    proof = prove_bytes(pages.encode())
    assert isinstance(proof, FileProof)
    assert proof.lines == 2


def test_fewer_objects_than_counted_are_not_the_whole(prove_bytes: Prove) -> None:
    listed = {"object": "list", "data": [TRANSACTION], "has_more": False, "total_count": 2}
    outcome = refused(prove_bytes(json.dumps(listed).encode()))
    assert (outcome.code, outcome.field) == ("control_failed", "total_count")


def test_parts_of_a_fee_that_do_not_come_to_it(prove_bytes: Prove) -> None:
    outcome = refused(prove_bytes(as_json(fee=60, net=940)))
    assert (outcome.code, outcome.field) == ("control_failed", "fee_details")


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"amount": 1000.5}, "amount_wrong"), ({"amount": 1000.0}, "amount_wrong"),
     ({"amount": "1000"}, "amount_wrong"), ({"amount": True}, "amount_wrong"),
     ({"amount": None}, "amount_wrong"), ({"amount": 10**30}, "amount_wrong"),
     ({"net": 942}, "amount_wrong"), ({"currency": "us"}, "currency_unknown"),
     ({"currency": "ugx"}, "currency_unknown"), ({"currency": 5}, "currency_unknown"),
     ({"created": "2021"}, "time_wrong"), ({"created": -1}, "time_wrong"),
     ({"created": 10**15}, "time_wrong"), ({"id": ""}, "key_wrong"), ({"id": 7}, "key_wrong"),
     ({"source": {"id": 7}}, "key_wrong"), ({"object": "charge"}, "json_wrong"),
     ({"type": "", "reporting_category": ""}, "state_wrong"),
     ({"type": ["x"], "reporting_category": None}, "state_wrong"),
     ({"reporting_category": "refund"}, "amount_contradicts_state"),
     ({"description": "x" * 20_000}, "json_wrong"), ({"more": [0] * 5_000}, "too_many_parts"),
     ({"more": json.loads("[" * 40 + "]" * 40)}, "too_deep"),
     ({"more": 10**2_000}, "json_wrong")],
)  # fmt: skip
def test_one_wrong_value_refuses_the_json(
    prove_bytes: Prove, changed: dict[str, object], code: str
) -> None:
    good = json.dumps(TRANSACTION).encode() + b"\n"
    outcome = refused(prove_bytes(good + as_json(**changed)))
    assert (outcome.code, outcome.line_number) == (code, 2)


@pytest.mark.parametrize(
    "content",
    [as_json()[:-1], as_json() + b"}", b"[" + as_json(), b"[" + as_json() + b",1]",
     b"[[" + as_json() + b"]]", as_json() + b"7", as_json().replace(b"1000", b"1000\xff"),
     as_json().replace(b'"fee":', b'"amount":'), as_json().replace(b"1000", b"NaN"),
     as_json().replace(b"1000", b"1e3"), b'{"data": [' + as_json() + b"]}",
     b'{"object": "list", "data": [' + as_json() + b'], "data": []}',
     b'{"object": "list", "data": [' + as_json() + b"], " + b'"x' + b"y" * 400_000],
)  # fmt: skip
def test_what_is_no_such_json_is_refused(prove_bytes: Prove, content: bytes) -> None:
    assert refused(prove_bytes(content)).code in {"json_wrong", "amount_wrong"}


def test_a_list_without_objects_does_not_say_what_it_is(prove_bytes: Prove) -> None:
    assert refused(prove_bytes(b'{"object": "list", "data": []}')).code == "format_not_recognised"
    content = b'{"object": "list", "data": [], "of": {"object": "balance_transaction"}}'
    assert refused(prove_bytes(content)).code == "no_lines"


def test_a_search_result_is_a_list(prove_bytes: Prove) -> None:
    found = {"object": "search_result", "has_more": False, "total_count": 1, "data": [TRANSACTION]}
    proof = prove_bytes(json.dumps(found).encode())
    assert isinstance(proof, FileProof), proof
    assert {control.name for control in proof.controls} >= {"has_more", "total_count"}


def test_lists_of_other_objects_are_refused_by_name(prove_bytes: Prove) -> None:
    other = b'{"object": "list", "data": [{"id": "po_1", "object": "payout", "livemode": true}]}'
    outcome = prove_bytes(other)
    assert refused(outcome).code == "format_not_recognised"
    assert "(payout)" in refused(outcome).message
