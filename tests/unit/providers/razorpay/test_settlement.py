"""Razorpay's collections: the figures of the sample, members that are not right, and damage."""

import json
from typing import Any

import pytest

from providers.settlement_file import Control, FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

NAME = "razorpay_razorpay-python__settlement_collection.json"
COLLECTION = (SAMPLES / "razorpay" / NAME).read_bytes()
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))


def changed(**changes: object) -> bytes:
    """The sample with members of its second item changed; None takes one out."""
    document = json.loads(COLLECTION)
    item = document["items"][1]
    item.update(changes)
    document["items"][1] = {name: each for name, each in item.items() if each is not None}
    return json.dumps(document).encode()


def refusal(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
    return outcome


def test_every_figure_is_the_expected_one(prove_bytes: Prove) -> None:
    proof = prove_bytes(COLLECTION)
    assert isinstance(proof, FileProof)
    expected = EXPECTED[f"razorpay/{NAME}"]
    figures = expected["by_currency"]["INR"]
    assert (proof.format, proof.lines) == ("razorpay", expected["records"])
    totals = proof.currencies["INR"]
    assert totals.net_minor == int(figures["amount"])
    assert totals.fee_minor == int(figures["fees"])
    assert totals.gross_minor == totals.net_minor + totals.fee_minor
    tax = sum(item["tax"] for item in json.loads(COLLECTION)["items"])
    assert tax == int(figures["tax"])
    assert proof.kinds == {"payout": figures["count"]}
    assert proof.controls == (Control("count", "3", "3", holds=True, line_number=1),)


def test_the_lines(read_bytes: Read) -> None:
    first, *_, last = read_bytes(COLLECTION)
    assert (first.line_number, last.line_number) == (1, 3)
    assert (first.line_identity, first.provider_reference) == (
        "setl_7IZKKI4Pnt2kEe", "RZRP173069230703"
    )  # fmt: skip
    assert (first.gross_minor, first.fee_minor, first.net_minor) == (50123, 123, 50000)
    assert first.booked_at.isoformat() == "2017-11-02T11:31:47+00:00"
    assert (first.code, first.zone) == ("processed", "UTC")
    assert json.loads(first.raw)["id"] == first.line_identity
    assert first.raw in COLLECTION.decode()


def test_what_is_not_processed_is_kept_and_named(prove_bytes: Prove) -> None:
    proof = prove_bytes(changed(status="failed"))
    assert isinstance(proof, FileProof)
    assert proof.kinds == {"payout": 2, "unknown:failed": 1}
    assert proof.unknown == ("unknown:failed",)
    assert proof.currencies["INR"].net_minor == 110_000


def test_a_settlement_that_has_no_utr_yet_is_named_by_its_id(read_bytes: Read) -> None:
    assert read_bytes(changed(utr=None))[1].provider_reference == "setl_4xbSwsPABDJ8oK"


@pytest.mark.parametrize("count", [0, 2, 4])
def test_the_count_must_hold(prove_bytes: Prove, count: int) -> None:
    refused = refusal(prove_bytes(COLLECTION.replace(b'"count": 3', b'"count": %d' % count)))
    assert (refused.code, refused.printed, refused.expected) == ("control_failed", str(count), "3")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("amount", 500.0, "amount_wrong"), ("amount", 1e5, "amount_wrong"),
     ("amount", "50000", "amount_wrong"), ("amount", True, "amount_wrong"),
     ("amount", 10**15 + 1, "amount_wrong"), ("amount", None, "amount_wrong"),
     ("fees", 1.5, "amount_wrong"), ("fees", None, "amount_wrong"), ("tax", "x", "amount_wrong"),
     ("status", "a b", "state_wrong"), ("status", None, "element_wrong"),
     ("id", None, "element_wrong"), ("id", "a" * 129, "key_wrong"), ("utr", 5, "element_wrong"),
     ("entity", "refund", "element_wrong"), ("created_at", "2017-11-02", "time_wrong"),
     ("created_at", -1, "time_wrong"), ("created_at", 10**13, "time_wrong"),
     ("currency", "XXX", "currency_unknown"), ("currency", 1, "element_wrong")],
)  # fmt: skip
def test_a_member_that_is_not_right_is_named(
    prove_bytes: Prove, name: str, value: object, code: str
) -> None:
    refused = refusal(prove_bytes(changed(**{name: value})))
    assert (refused.code, refused.line_number) == (code, 2)
    assert refused.field == f"items[1].{name}"


def test_another_currency_is_taken_where_it_is_said(read_bytes: Read) -> None:
    assert [line.currency for line in read_bytes(changed(currency="USD"))] == ["INR", "USD", "INR"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(COLLECTION.replace(b'"count": 3,', b""), "element_wrong"),
     (COLLECTION.replace(b'"amount": 10000', b'"amount": NaN'), "json_wrong"),
     (COLLECTION.replace(b'"tax": 12', b'"tax": 12, "tax": 12', 1), "json_wrong"),
     (COLLECTION + COLLECTION, "json_wrong"),
     (COLLECTION.replace(b'"items"', b'"lines"'), "element_wrong")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    assert refusal(prove_bytes(content)).code == code


@pytest.mark.parametrize(
    ("content", "words"),
    [(b'{"entity": "collection", "items": [{"id": "pay_1"}]}', "another collection"),
     (b"entity_id,type,debit,credit,settlement_id\n", "unit is not told")],
)  # fmt: skip
def test_look_alikes_are_named(prove_bytes: Prove, content: bytes, words: str) -> None:
    refused = refusal(prove_bytes(content))
    assert refused.code == "format_not_recognised"
    assert words in refused.message


def test_a_settlement_alone(prove_bytes: Prove) -> None:
    alone = json.dumps(json.loads(COLLECTION)["items"][0]).encode()
    proof = prove_bytes(alone)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.controls) == ("settlement", ())
    assert proof.currencies["INR"].net_minor == 50000


def test_every_cut_is_refused(prove_bytes: Prove) -> None:
    for length in range(len(COLLECTION.rstrip())):
        refusal(prove_bytes(COLLECTION[:length]))
