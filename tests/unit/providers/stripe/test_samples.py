"""The real files of third parties: exactly the figures an independent script found in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from providers.formats import FORMATS, lines, prove, recognise
from providers.settlement_file import Control, FileProof, SettlementLine

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED: dict[str, dict[str, Any]] = {
    name.partition("/")[2]: figures
    for name, figures in json.loads((SAMPLES / "expected.json").read_text("utf-8")).items()
    if figures["format"] == "stripe"
}
ONE_PAYOUT = "navfa_stripe-payout-reconciler__single-payout.csv"
TRANSACTIONS = "fivetran_dbt_stripe__balance_transaction_data.csv"
EXPORT = "reubano_csv2ofx__stripe-default.csv"
VARIANTS = {
    TRANSACTIONS: "balance_transactions", ONE_PAYOUT: "payout_transactions",
    EXPORT: "payments_export", "fivetran_dbt_stripe__dispute_data.csv": "disputes",
    "fivetran_dbt_stripe__fee_data.csv": "fees", "fivetran_dbt_stripe__payout_data.csv": "payouts",
    "fivetran_dbt_stripe__refund_data.csv": "refunds",
}  # fmt: skip


def proof_of(name: str) -> FileProof:
    proof = prove(SAMPLES / "stripe" / name)
    assert isinstance(proof, FileProof), proof
    return proof


def lines_of(name: str) -> list[SettlementLine]:
    return list(lines(SAMPLES / "stripe" / name, proof_of(name)))


def in_minor(text: str, figures: dict[str, Any]) -> int:
    """An expected sum as minor units; all samples have currencies of two digits."""
    return int(Decimal(text) * (100 if figures.get("units") == "major" else 1))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_figure_is_the_expected_one(name: str) -> None:
    proof, figures = proof_of(name), EXPECTED[name]
    assert (proof.format, proof.variant) == ("stripe", VARIANTS[name])
    assert proof.sha256 == figures["sha256"]
    assert proof.lines == figures["records"]
    assert set(proof.currencies) == {code.upper() for code in figures["by_currency"]}
    for code, sums in figures["by_currency"].items():
        totals = proof.currencies[code.upper()]
        if "amount" in sums:  # A table of objects says no direction: it leaves the account.
            assert -totals.net_minor == in_minor(sums["amount"], figures)
            continue
        units = {"units": "major"} if name == EXPORT else figures
        assert totals.gross_minor == in_minor(sums["gross"], units)
        assert totals.fee_minor == in_minor(sums["fee"], units)
        assert totals.net_minor == totals.gross_minor - totals.fee_minor
        if "net" in sums:
            assert totals.net_minor == in_minor(sums["net"], units)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_word_has_the_expected_count_and_sum(name: str) -> None:
    found, figures = lines_of(name), EXPECTED[name]
    units = {"units": "major"} if name == EXPORT else figures
    words: dict[str, list[SettlementLine]] = {}
    for line in found:
        words.setdefault(f"{line.code}|{line.currency.lower()}", []).append(line)
    assert set(words) == set(figures["by_type"])
    for word, sums in figures["by_type"].items():
        assert len(words[word]) == sums["count"]
        gross = sum(line.gross_minor for line in words[word])
        net = sum(line.net_minor for line in words[word])
        if "amount" in sums:
            assert -net == in_minor(sums["amount"], units)
        else:
            assert gross == in_minor(sums["gross"], units)
            assert gross - net == in_minor(sums["fee"], units)


@pytest.mark.parametrize("name", [ONE_PAYOUT, TRANSACTIONS])
def test_every_payout_comes_to_the_expected_sum(name: str) -> None:
    figures = EXPECTED[name]
    assert figures["controls"]["lines_where_gross_minus_fee_differs_from_net"] == []
    sums: dict[str, int] = {}
    for line in lines_of(name):
        if line.part:
            key = f"{line.part}|{line.currency.lower()}"
            sums[key] = sums.get(key, 0) + line.net_minor
    expected = figures["controls"]["net_sum_per_payout"]
    assert sums == {key: in_minor(text, figures) for key, text in expected.items()}


def test_a_whole_payout_is_proven() -> None:
    name = "payout_net po_1N2xR3yT4zA USD"
    assert proof_of(ONE_PAYOUT).controls == (Control(name, "448.91", "448.91", True, 7),)  # noqa: FBT003 - as its fields stand.


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - {ONE_PAYOUT}))
def test_what_proves_nothing_claims_nothing(name: str) -> None:
    assert proof_of(name).controls == ()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sample_is_known_by_its_content_alone(name: str) -> None:
    head = (SAMPLES / "stripe" / name).read_bytes()
    found = recognise(head)
    assert found is not None
    assert (found[0].name, found[1].name) == ("stripe", VARIANTS[name])
    variants = FORMATS["stripe"].variants
    assert [each.name for each in variants if each.recognises(head)] == [VARIANTS[name]]


def test_kinds() -> None:
    assert proof_of(ONE_PAYOUT).kinds == {"charge": 3, "fee": 1, "payout": 1, "refund": 1}
    assert proof_of(TRANSACTIONS).kinds == {"charge": 8, "payout": 1}
    disputes = proof_of("fivetran_dbt_stripe__dispute_data.csv")
    assert disputes.kinds == {"chargeback": 11, "unknown:warning_needs_response": 1}
    assert disputes.unknown == ("unknown:warning_needs_response",)


def test_the_lines_of_one_payout() -> None:
    found = lines_of(ONE_PAYOUT)
    text = (SAMPLES / "stripe" / ONE_PAYOUT).read_text("utf-8").splitlines()
    assert [line.raw for line in found] == text[1:]
    assert [line.line_number for line in found] == [2, 3, 4, 5, 6, 7]
    assert [line.part for line in found] == ["po_1N2xR3yT4zA"] * 6
    fee = found[4]
    assert (fee.kind, fee.code) == ("fee", "stripe_fee")
    assert (fee.gross_minor, fee.fee_minor, fee.net_minor) == (0, 25, -25)
    assert fee.line_identity == fee.reference == "txn_1D2eF3gH4iJ"
    assert fee.booked_at.isoformat() == "2024-01-15T00:00:00+00:00"
    assert (fee.zone, fee.text) == ("UTC", "Stripe payout fee")


def test_a_line_of_a_table_of_transactions() -> None:
    line = lines_of(TRANSACTIONS)[1]
    assert line.line_identity == "xyz_0IDYgiig6peNXzgDuNvLeoLR"
    assert line.provider_reference == "ch_0IDYghig6peNXzgDhuOFKdTS"
    assert (line.gross_minor, line.fee_minor, line.net_minor) == (2040000, 59190, 1980810)
    assert line.part == "po_0IFUKBig6peNXzgDZQM7WPAo"
    assert line.booked_at.isoformat() == "2021-01-25T17:17:15+00:00"
    assert line.value_at is not None
    assert line.value_at.isoformat() == "2021-02-01T00:00:00+00:00"


def test_identities_are_unique() -> None:
    for name in EXPECTED:
        found = lines_of(name)
        assert len({line.line_identity for line in found}) == len(found), name
