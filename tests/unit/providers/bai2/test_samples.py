"""The real reports of third parties: exactly the figures an independent script found in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused, SettlementLine
from tests.unit.providers.bills import SAMPLES

FOLDER = SAMPLES / "bai2"
FILES = sorted(FOLDER.iterdir())
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
DIRECTIONS = {"credit": 1, "debit": -1}


def expected_of(path: Path) -> dict[str, Any]:
    return EXPECTED[f"bai2/{path.name}"]


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


def controls_of(proof: FileProof, name: str) -> list[Control]:
    return [control for control in proof.controls if control.name.split(" ")[0] == name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_count_and_sum_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)
    assert (proof.format, proof.provider) == ("bai2", "bai2")
    assert proof.sha256 == expected["sha256"]
    assert proof.lines == expected["records"]
    assert proof.kinds == {"bank_entry": proof.lines}
    found: dict[str, list[int]] = {}
    for line in lines(path, proof):
        found.setdefault(f"{line.code}|{line.currency}", []).append(line.net_minor)
    wanted: dict[str, tuple[int, int]] = {}
    for name, one in expected["by_type"].items():
        record, _, rest = name.partition(":")
        if record == "16":
            code, _, (direction, _, currency) = (*rest.partition(":")[:2], rest[4:].partition("|"))
            wanted[f"{code}|{currency}"] = one["count"], int(one["minor"]) * DIRECTIONS[direction]
    assert {name: (len(nets), sum(nets)) for name, nets in found.items()} == wanted
    net = sum(minor for _, minor in wanted.values())
    assert sum(totals.net_minor for totals in proof.currencies.values()) == net


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_control_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)["controls"]
    for name in ("account_control", "group_control", "file_control"):
        found = [[one.printed, one.computed, one.holds] for one in controls_of(proof, name)]
        assert found == [one[:3] for one in expected[name]]
    records = [[one.printed, int(one.computed)] for one in controls_of(proof, "file_records")]
    assert records == [one[4:] for one in expected["file_control"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_does_not_hold_is_refused_with_its_proof(path: Path) -> None:
    outcome = prove(path)
    if expected_of(path)["controls"]["all_equal"]:
        assert isinstance(outcome, FileProof), outcome
        assert all(control.holds for control in outcome.controls)
    else:
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "control_failed"
        assert outcome.field.startswith("account_control")


def test_a_checksum_off_by_one_is_named() -> None:
    refused = prove(FOLDER / "venturehacks_bai2__invalid_checksum_eod.bai2")
    assert isinstance(refused, FileRefused)
    assert (refused.printed, refused.expected, refused.line_number) == ("8325983", "8325982", 15)
    assert refused.proof is not None
    failed = [control.name for control in refused.proof.controls if not control.holds]
    assert failed == ["account_control 1/1 3333333333", "group_control 1", "file_control"]


def test_the_lines_of_sample1() -> None:
    found = lines_of("moov-io_bai2__sample1.txt")
    first = found[0]
    assert (first.line_number, first.net_minor, first.currency) == (5, -2500, "CAD")
    assert (first.code, first.account, first.part) == ("409", "10200123456", "1/1")
    assert first.text == "RETURNED CHEQUE"
    assert first.reference == first.line_identity
    assert first.booked_at.isoformat() == "2006-03-17T00:00:00+00:00"
    assert first.value_at is not None
    assert first.value_at.date().isoformat() == "2006-03-16"
    assert first.raw == "16,409,000000000002500,V,060316,,,,RETURNED CHEQUE     /"
    assert [line.part for line in found] == ["1/1"] * 11 + ["1/2"] * 6


def test_funds_types_and_keys_of_sample2() -> None:
    found = lines_of("moov-io_bai2__sample2.txt")
    assert [line.net_minor for line in found] == [450000, 500000, 20000000, 10000000]
    assert found[1].text == "LOCK BOX NO.68751"
    letter = found[2]
    assert (letter.provider_reference, letter.reference) == ("SP4738", "YRC065321")
    assert letter.text == "PROCEEDS OF LETTER OF CREDIT FROM THE ARAMCO OIL CO"
    assert letter.value_at is not None
    assert letter.value_at.date().isoformat() == "2004-06-22"
    assert [line.part for line in found] == ["1/1", "1/2", "2/1", "2/1"]
    assert {line.currency for line in found} == {"USD"}


def test_text_keeps_its_commas_and_slashes() -> None:
    text = lines_of("venturehacks_bai2__eod_with_slash_in_text.bai2")[0].text
    assert text.split("\n")[4:6] == [
        "ORG ADDRESS:=2/AV MAIN 2/AVENUE DE ANGELLIST 3/MX", "/MEXICO ;"
    ]  # fmt: skip
    wire = lines_of("moov-io_bai2__sample4-continuations-newline-delimited.txt")[0]
    assert (wire.provider_reference, wire.reference) == ("SPB2322984714570", "1111")
    assert wire.text.startswith("ACH Credit Payment,Entry Description: EXP; -, SEC: CCD")
    assert wire.text.endswith("CACT: ACHCONTROLOUTUSD01")
    assert wire.raw.count("\n") == 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_identities_are_of_one_line_each_and_the_same_every_time(path: Path) -> None:
    found = [line.line_identity for line in lines(path, proof_of(path))]
    assert len(set(found)) == len(found)
    assert found == [line.line_identity for line in lines(path, proof_of(path))]
