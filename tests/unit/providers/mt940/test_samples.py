"""The real statements of third parties: exactly the figures an independent script found in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from providers.amounts import exponent_of
from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused, SettlementLine
from tests.unit.providers.bills import SAMPLES

FOLDER = SAMPLES / "mt940"
FILES = sorted(FOLDER.iterdir())
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
UNNAMED = "?"  # The script did not look for the currency of an interim report.


def expected_of(path: Path) -> dict[str, Any]:
    return EXPECTED[f"mt940/{path.name}"]


def proof_of(path: Path) -> FileProof:
    outcome = prove(path)
    if isinstance(outcome, FileRefused):
        assert outcome.code == "control_failed", outcome
        assert outcome.proof is not None
        return outcome.proof
    return outcome


def lines_of(name: str) -> list[SettlementLine]:
    path = FOLDER / name
    return list(lines(path, proof_of(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_sum_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)
    assert (proof.format, proof.provider) == ("mt940", "mt940")
    assert proof.sha256 == expected["sha256"]
    assert proof.lines == expected["records"]
    assert proof.kinds == {"bank_entry": proof.lines}
    sums = {
        "PLN" if code == UNNAMED else code: one for code, one in expected["by_currency"].items()
    }
    assert set(proof.currencies) == set(sums)
    for code, one in sums.items():
        totals = proof.currencies[code]
        minor = Decimal(one["amount"]) * 10 ** (exponent_of(code) or 0)
        assert totals.net_minor == totals.gross_minor == minor
        assert totals.fee_minor == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_mark_and_type_comes_to_the_expected_sum(path: Path) -> None:
    found: dict[str, list[int]] = {}
    for line in lines(path, proof_of(path)):
        currency = UNNAMED if "mt942" in path.name else line.currency
        found.setdefault(f"{line.code}|{currency}", []).append(line.net_minor)
    expected = {
        name: (one["count"], Decimal(one["amount"]) * 100)
        for name, one in expected_of(path)["by_type"].items()
    }
    assert {name: (len(nets), sum(nets)) for name, nets in found.items()} == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_statement_closes_as_expected(path: Path) -> None:
    closing = [one for one in proof_of(path).controls if one.name.startswith("closing_balance")]
    expected = [one for one in expected_of(path)["statement_list"] if one["closing"] is not None]
    assert len(closing) == len(expected)
    for control, one in zip(closing, expected, strict=True):
        assert control.name == f"closing_balance {one['account']} {one['number']} {one['currency']}"
        assert Decimal(control.printed) == Decimal(one["closing"])
        assert Decimal(control.computed) == Decimal(one["opening"]) + Decimal(one["sum"])
        assert control.holds is one["opening_plus_sum_is_closing"]
    counted = expected_of(path)["controls"]
    assert sum(one.holds for one in closing) == counted["balanced"]
    assert sum(not one.holds for one in closing) == counted["unbalanced"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_does_not_close_is_refused_and_all_else_counts(path: Path) -> None:
    outcome = prove(path)
    if expected_of(path)["controls"]["unbalanced"]:
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "control_failed"
        assert outcome.proof is not None
    else:
        assert isinstance(outcome, FileProof), outcome
        assert all(control.holds for control in outcome.controls)


def test_each_statement_opens_with_what_the_one_before_closed_with() -> None:
    counts = {path.name: 0 for path in FILES}
    for path in FILES:
        opening = [one for one in proof_of(path).controls if one.name.startswith("opening_balance")]
        counts[path.name] = len(opening)
        assert all(one.holds for one in opening) or "abnamro" in path.name
    assert counts["svenstaro_mt940-rs__MT940_SE_Example.sta"] == 11
    assert counts["wolph_mt940__ASNB__mt940.txt"] == 30
    assert counts["wolph_mt940__betterplace__sepa_mt9401.sta"] == 6


def test_the_anonymised_statements_are_refused_by_line() -> None:
    refused = prove(FOLDER / "wolph_mt940__jejik__abnamro.sta")
    assert isinstance(refused, FileRefused)
    assert (refused.line_number, refused.printed, refused.expected) == (27, "876.84", "2914.84")
    assert refused.field == "closing_balance 517852257 19321/1 EUR"
    assert refused.proof is not None
    assert refused.proof.currencies["EUR"].net_minor == -34593


def test_the_interim_report_to_the_letter() -> None:
    proof = prove(FOLDER / "wolph_mt940__mBank__mt942.sta")
    assert isinstance(proof, FileProof)
    name = "PL29114010810000267002001002 1/1 PLN"
    assert (proof.variant, proof.merchant_account) == ("mt942", "PL29114010810000267002001002")
    assert proof.controls == (
        Control(f"debit_count {name}", "0", "0", holds=True, line_number=25),
        Control(f"debit_sum {name}", "0.00", "0.00", holds=True, line_number=25),
        Control(f"credit_count {name}", "3", "3", holds=True, line_number=26),
        Control(f"credit_sum {name}", "0.03", "0.03", holds=True, line_number=26),
    )


def test_a_reversed_credit_goes_away() -> None:
    found = lines_of("wolph_mt940__betterplace__sepa_mt9401.sta")
    reversed_credits = [line for line in found if line.code == "RC/NRTI"]
    assert [line.net_minor for line in reversed_credits] == [-20488, -20488]
    assert reversed_credits[0].raw == (
        ":61:0709040904RCR204,88NRTINONREF\n:86:079?00SAMMLER/STORNO?109800?200904059003"
    )


def test_keys_days_and_text_of_a_line() -> None:
    line = lines_of("wolph_mt940__betterplace__sepa_mt9401.sta")[0]
    assert (line.line_number, line.reference) == (5, "TFNr 40005 MSGID")
    assert line.provider_reference == "0724710345313905"
    assert line.booked_at.isoformat() == "2007-09-04T00:00:00+00:00"
    assert line.value_at == line.booked_at
    assert line.zone == ""
    assert (line.account, line.part) == ("50880050/0194774600888", "00004/00001")
    assert line.text.startswith("159?00RETOURE?100399?20EREF+TFNR 40005 00005")
    assert "nicht spezifizie?22rt" in line.text  # Cut after 65 characters, and joined again.


def test_the_entry_date_is_kept_apart_from_the_value_date() -> None:
    last = lines_of("svenstaro_mt940-rs__MT940_SE_Example.sta")[25]
    assert last.booked_at.date().isoformat() == "2009-09-30"
    assert last.value_at is not None
    assert last.value_at.date().isoformat() == "2009-10-01"
    assert (last.reference, last.provider_reference) == ("BGGIRERING", "12345678")


def test_supplementary_details_and_blank_entry_dates_are_read() -> None:
    first = lines_of("wolph_mt940__citi__mt940.txt")[0]
    assert first.text.split("\n")[0] == "/ABC/DEF/MISCELLANEOUS"
    assert (first.net_minor, first.reference) == (-21239, first.line_identity)
    asnb = lines_of("wolph_mt940__ASNB__mt940.txt")[0]
    assert asnb.text.startswith("hr gjlm paulissen\nNL47INGB9999999999 hr gjlm paulissen")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_identities_are_of_one_line_each_and_the_same_every_time(path: Path) -> None:
    found = [line.line_identity for line in lines(path, proof_of(path))]
    assert len(set(found)) == len(found)
    assert found == [line.line_identity for line in lines(path, proof_of(path))]
