"""Every real file of moov-io: figures and controls to the letter of expected.json."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted((SAMPLES / "nacha").iterdir())
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
BATCH_FIGURES = ("count", "hash", "debit", "credit")
FILE_FIGURES = ("batches", "blocks", "count", "hash", "debit", "credit")


def expected_of(path: Path) -> dict[str, Any]:
    return EXPECTED[f"nacha/{path.name}"]


def proof_of(path: Path) -> FileProof:
    outcome = prove(path)
    if isinstance(outcome, FileProof):
        return outcome
    assert outcome.code == "control_failed"
    assert outcome.proof is not None
    return outcome.proof


def lines_of(name: str) -> list[SettlementLine]:
    path = SAMPLES / "nacha" / f"moov-io_ach__{name}.ach"
    return list(lines(path, proof_of(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_total_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)
    found = list(lines(path, proof))
    assert proof.lines == len(found) == expected["records"]
    assert proof.sha256 == expected["sha256"]
    count: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for line in found:
        of_type = ":".join(line.code.split(":")[:3]) + f"|{line.currency}"
        count[of_type] += 1
        cents[of_type] += abs(line.net_minor)
    assert expected["by_type"] == {
        name: {"count": count[name], "minor": str(cents[name])} for name in count
    }
    assert str(sum(cents.values())) == expected["by_currency"]["USD"]["minor"]
    assert proof.currencies["USD"].net_minor == sum(line.net_minor for line in found)
    assert proof.kinds == {"bank_entry": len(found)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_control_of_a_batch_is_the_expected_one(path: Path) -> None:
    controls = {each.name: each for each in proof_of(path).controls}
    batches = expected_of(path)["controls"]["batches"]
    for ordinal, batch in enumerate(batches, 1):
        of_batch = {
            name.split(" ")[0]: each
            for name, each in controls.items()
            if name.partition(" ")[2].startswith(f"{ordinal}/")
        }
        assert set(of_batch) == {*BATCH_FIGURES, "batch_number"}
        for name in BATCH_FIGURES:
            assert of_batch[name].printed == batch["printed"][name]
            if name in batch:
                assert of_batch[name].computed == str(batch[name])
        assert all(each.holds for each in of_batch.values()) is batch["equal"]
    assert len(controls) == 5 * len(batches) + len(FILE_FIGURES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_control_of_the_file_is_the_expected_one(path: Path) -> None:
    controls = {each.name: each for each in proof_of(path).controls}
    expected = expected_of(path)["controls"]["file"]
    for name in FILE_FIGURES:
        assert controls[f"file_{name}"].printed == expected[name]
    for name, holds in expected["checks"].items():
        assert controls[f"file_{name}"].holds is holds
    assert isinstance(prove(path), FileProof) is expected["equal"]


def test_a_wrong_batch_count_refuses_the_file_with_its_proof() -> None:
    refused = prove(SAMPLES / "nacha" / "moov-io_ach__20110805A.ach")
    assert isinstance(refused, FileRefused)
    assert refused.proof is not None
    assert [each for each in refused.proof.controls if not each.holds] == [
        Control("file_batches", "000005", "4", holds=False, line_number=93)
    ]
    assert (refused.line_number, refused.printed, refused.expected) == (93, "000005", "4")


def test_a_file_that_counts_one_entry_for_thirteen_is_refused() -> None:
    refused = prove(SAMPLES / "nacha" / "moov-io_ach__nonascii.ach")
    assert isinstance(refused, FileRefused)
    assert refused.proof is not None
    failed = {each.name: each.computed for each in refused.proof.controls if not each.holds}
    assert failed == {"file_blocks": "2", "file_count": "13"}  # 17 records are no block of ten.


def test_a_return_names_the_entry_that_we_sent() -> None:
    debit, credit = lines_of("return-WEB")
    assert (debit.code, debit.net_minor) == ("WEB:26:debit:R01", -12_354)
    assert (debit.reference, debit.provider_reference) == ("091400600000001", "091000017611242")
    assert (credit.code, credit.net_minor) == ("WEB:21:credit:R03", 4_565)
    assert (credit.reference, credit.provider_reference) == ("091400600000003", "021000029461242")
    assert debit.booked_at.isoformat() == "2018-10-17T03:06:00+00:00"
    assert debit.zone == ""


def test_a_change_has_no_money_and_names_the_entry() -> None:
    (change,) = lines_of("cor-example")
    assert (change.code, change.net_minor) == ("COR:21:credit:C01", 0)
    assert change.reference == "121042880000001"
    assert change.value_at is None


def test_a_reversal_says_so() -> None:
    assert [(line.code, line.net_minor) for line in lines_of("NACHA_SAMPLE_TEL_REVERSAL")] == [
        ("TEL:22:credit:REVERSAL", -685_100),
        ("TEL:27:debit:REVERSAL", 685_100),
    ]


def test_an_international_entry_tells_the_receiver_but_not_the_account() -> None:
    credit, debit = lines_of("20180716-IAT-A17-A18")
    assert credit.text == "TRADEPAYMT BEK Enterprises"
    assert (credit.line_number, debit.line_number) == (3, 20)
    assert len(credit.raw.split("\n")) == 15


def test_traces_repeat_but_identities_do_not() -> None:
    found = lines_of("20110805A")
    assert len({line.reference for line in found}) < len(found)
    assert len({line.line_identity for line in found}) == len(found)


def test_bytes_that_are_not_ascii_are_kept() -> None:
    (line,) = lines_of("nonascii")
    path = SAMPLES / "nacha" / "moov-io_ach__nonascii.ach"
    raw = path.read_bytes().decode("latin-1").split("\n")
    assert line.raw == "\n".join(raw[2:15])
    assert len(line.text) <= 1_000
