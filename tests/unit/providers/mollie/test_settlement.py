"""Mollie's answers: the figures of the samples, the rule of the amount, and damage."""

import json
from decimal import Decimal
from typing import Any

import pytest

from providers.formats import recognise
from providers.settlement_file import Control, FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

FOLDER = SAMPLES / "mollie"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
SINGLE = "mollie_mollie-api-python__settlement_single.json"
CHARGEBACKS = "mollie_mollie-api-python__settlement_chargebacks_list.json"
SETTLEMENT = (FOLDER / SINGLE).read_bytes()
CHARGED_BACK = (FOLDER / CHARGEBACKS).read_bytes()


def listed(*settlements: dict[str, Any], count: int | None = None) -> bytes:
    count = len(settlements) if count is None else count
    return json.dumps({"count": count, "_embedded": {"settlements": settlements}}).encode()


def settlement(**changes: object) -> dict[str, Any]:
    return {**json.loads(SETTLEMENT), **changes}


def month(document: dict[str, Any]) -> dict[str, Any]:
    return document["periods"]["2018"]["4"]


def refusal(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
    return outcome


def test_the_settlement_has_the_expected_figures(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(SETTLEMENT)
    assert isinstance(proof, FileProof)
    expected = EXPECTED[f"mollie/{SINGLE}"]
    figures = expected["settlements"][0]
    assert (proof.variant, proof.lines) == ("settlement", expected["records"])
    totals = proof.currencies[figures["currency"]]
    assert totals.gross_minor == Decimal(figures["revenue_net"]) * 100
    assert totals.fee_minor + totals.residue_minor == Decimal(figures["costs_gross"]) * 100
    assert totals.net_minor == Decimal(figures["amount"]) * 100
    exact = totals.net_minor - totals.residue_minor
    assert exact - totals.net_minor == Decimal(figures["difference_unrounded"]) * 100
    assert proof.controls == (Control("amount", "39.75", "39.7540", holds=True, line_number=1),)
    (line,) = read_bytes(SETTLEMENT)
    assert (line.kind, line.code) == ("payout", "open")
    assert (line.line_identity, line.provider_reference) == (figures["id"], "1234567.1804.03")
    assert line.booked_at.isoformat() == "2018-04-06T06:00:01+00:00"
    assert line.value_at is not None
    assert line.value_at.isoformat() == "2018-04-06T09:41:44+00:00"
    assert line.raw == SETTLEMENT.decode().strip()


def test_the_chargeback_has_the_expected_figures(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(CHARGED_BACK)
    assert isinstance(proof, FileProof)
    expected = EXPECTED[f"mollie/{CHARGEBACKS}"]
    assert (proof.variant, proof.lines) == ("chargebacks", expected["records"])
    figures = expected["by_currency"]["USD"]
    (line,) = read_bytes(CHARGED_BACK)
    assert (line.kind, line.currency, line.original_currency) == ("chargeback", "EUR", "USD")
    assert line.net_minor == line.gross_minor == -Decimal(figures["settlement"]) * 100
    assert line.original_minor == -Decimal(figures["amount"]) * 100
    assert (line.line_identity, line.provider_reference) == ("chb_n9z0tp", "tr_7UhSN1zuXS")


def test_a_list_has_a_line_for_each_settlement(prove_bytes: Prove, read_bytes: Read) -> None:
    content = listed(settlement(), settlement(id="stl_2", reference=None, status="failed"))
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.variant == "settlements"
    assert proof.kinds == {"payout": 1, "unknown:failed": 1}
    names = [(control.name, control.line_number) for control in proof.controls]
    assert names == [("count", 1), ("amount stl_jDk30akdN", 1), ("amount stl_2", 2)]
    first, second = read_bytes(content)
    assert [first.line_number, second.line_number] == [1, 2]
    assert (second.reference, second.provider_reference) == ("stl_2", "stl_2")


def test_a_wrong_count_or_a_settlement_twice_is_seen(prove_bytes: Prove) -> None:
    assert refusal(prove_bytes(listed(settlement(), count=2))).field == "count"
    assert refusal(prove_bytes(listed(settlement(), settlement(), count=1))).field == "count"


def test_a_settlement_without_its_details_does_not_come_to_its_amount(prove_bytes: Prove) -> None:
    bare = settlement(periods={"2018": {"4": {"revenue": [], "costs": []}}})
    refused = refusal(prove_bytes(listed(bare)))
    assert (refused.code, refused.printed, refused.expected) == (
        "control_failed", "39.75", "0.0000"
    )  # fmt: skip
    assert refused.proof is not None
    assert refused.proof.currencies["EUR"].net_minor == 3975


@pytest.mark.parametrize(
    ("revenue", "holds"),
    [("86.1000", True), ("86.1009", True), ("86.1010", False), ("86.0911", True),
     ("86.0910", False), ("86.2", False), ("86.0920", True)],
)  # fmt: skip
def test_less_than_half_a_cent_is_allowed(prove_bytes: Prove, revenue: str, *, holds: bool) -> None:
    changed = settlement()
    month(changed)["revenue"][0]["amountNet"]["value"] = revenue
    outcome = prove_bytes(json.dumps(changed).encode())
    if holds:
        assert isinstance(outcome, FileProof)
        assert outcome.currencies["EUR"].net_minor == 3975
    else:
        assert refusal(outcome).code == "control_failed"


def test_what_is_under_way_has_no_name_of_its_own(read_bytes: Read) -> None:
    (line,) = read_bytes(json.dumps(settlement(id="next", reference=None, settledAt=None)).encode())
    assert line.line_identity.startswith("next/")
    assert line.value_at is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("amount", {"currency": "EUR", "value": 39.75}, "element_wrong"),
     ("amount", {"currency": "EUR", "value": "39.754"}, "amount_wrong"),
     ("amount", {"currency": "EUX", "value": "39.75"}, "currency_unknown"),
     ("amount", {"currency": "EUR", "value": "1" * 19}, "amount_wrong"),
     ("amount", {"value": "39.75"}, "element_wrong"), ("amount", "39.75", "element_wrong"),
     ("id", 7, "element_wrong"), ("id", "", "key_wrong"), ("id", "a\nb", "key_wrong"),
     ("createdAt", "2018-13-06T06:00:01Z", "time_wrong"), ("createdAt", None, "element_wrong"),
     ("createdAt", "2018-04-06T06:00:01", "time_wrong"), ("settledAt", "soon", "time_wrong"),
     ("status", "a/b", "state_wrong"), ("status", ["open"], "element_wrong"),
     ("periods", {"2018": []}, "element_wrong"), ("periods", {"2018": {"4": {}}}, "element_wrong"),
     ("periods", {"2018": {"4": {"revenue": [1], "costs": []}}}, "element_wrong")],
)  # fmt: skip
def test_a_member_that_is_not_right_is_named(
    prove_bytes: Prove, name: str, value: object, code: str
) -> None:
    refused = refusal(prove_bytes(json.dumps(settlement(**{name: value})).encode()))
    assert (refused.code, refused.line_number) == (code, 1)
    assert refused.field.startswith(name)


@pytest.mark.parametrize(
    ("value", "currency", "code"),
    [("86.10000", "EUR", "amount_wrong"), ("8e1", "EUR", "amount_wrong"),
     ("86,1", "EUR", "amount_wrong"), ("86.1", "USD", "element_wrong"),
     ("", "EUR", "amount_wrong")],
)  # fmt: skip
def test_a_part_that_is_not_right_is_named(
    prove_bytes: Prove, value: str, currency: str, code: str
) -> None:
    changed = settlement()
    month(changed)["costs"][1]["amountGross"] = {"currency": currency, "value": value}
    refused = refusal(prove_bytes(json.dumps(changed).encode()))
    assert refused.code == code
    assert refused.field.startswith("periods.2018.4.costs[1].amountGross.")


def chargeback(**changes: object) -> bytes:
    document = json.loads(CHARGED_BACK)
    document["_embedded"]["chargebacks"][0].update(changes)
    return json.dumps(document).encode()


def test_the_sign_of_a_settled_chargeback_does_not_matter(read_bytes: Read) -> None:
    (line,) = read_bytes(chargeback(settlementAmount={"currency": "EUR", "value": "-35.07"}))
    assert line.net_minor == -3507


def test_a_chargeback_without_a_settled_amount_is_in_its_own_currency(read_bytes: Read) -> None:
    (line,) = read_bytes(chargeback(settlementAmount=None))
    assert (line.net_minor, line.currency, line.original_minor) == (-4338, "USD", None)


def test_a_reversed_chargeback_is_left_to_a_person(read_bytes: Read) -> None:
    (line,) = read_bytes(chargeback(reversedAt="2018-03-20T17:00:52.0Z"))
    assert (line.kind, line.net_minor) == ("unknown:chargeback_reversed", -3507)
    assert line.text == "reversed 2018-03-20T17:00:52+00:00"


def test_a_negative_chargeback_is_refused(prove_bytes: Prove) -> None:
    content = chargeback(amount={"currency": "USD", "value": "-43.38"})
    assert refusal(prove_bytes(content)).code == "amount_wrong"


def test_an_empty_list_and_other_answers_are_refused(prove_bytes: Prove) -> None:
    assert refusal(prove_bytes(b'{"count": 0, "_embedded": {"settlements": []}}')).code == (
        "format_not_recognised"
    )
    refused = refusal(prove_bytes(b'{"_links": {"self": "https://api.mollie.com/v2/payments"}}'))
    assert "another answer of Mollie" in refused.message


@pytest.mark.parametrize("content", [SETTLEMENT, CHARGED_BACK], ids=["settlement", "chargebacks"])
@pytest.mark.parametrize("part", range(4))
def test_every_cut_is_refused(prove_bytes: Prove, content: bytes, part: int) -> None:
    for length in range(part, len(content.rstrip()), 4):
        assert refusal(prove_bytes(content[:length])).code in {
            "file_cut_off", "format_not_recognised"
        }  # fmt: skip


def test_every_digit_of_every_amount_that_counts_is_seen(prove_bytes: Prove) -> None:
    text = SETTLEMENT.decode()
    seen = 0
    for value in ('"39.75"', '"-43.2000"', '"2.5410"', '"0.6050"'):
        at = text.index(value)
        for place in range(at, at + len(value)):
            if text[place].isdigit() and text[place - 3] != ".":  # The last two of four: no cent.
                changed = f"{text[:place]}{(int(text[place]) + 2) % 10}{text[place + 1 :]}"
                seen += isinstance(prove_bytes(changed.encode()), FileRefused)
    assert seen >= 12


def test_it_is_recognised_by_content() -> None:
    for content, name in ((SETTLEMENT, "settlement"), (CHARGED_BACK, "chargebacks")):
        found = recognise(content)
        assert found is not None
        assert (found[0].name, found[1].name) == ("mollie", name)
