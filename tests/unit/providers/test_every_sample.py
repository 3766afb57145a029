"""Every money file of third parties: recognised as what it is, and as nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from providers.formats import FORMATS, lines, prove
from providers.settlement_file import FileRefused
from tests.unit.providers.fuzzing import SAMPLES, case, proof_of, samples, whole, wrong

EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
CASES_EACH = 40


def expected_of(path: Path) -> dict[str, Any]:
    return EXPECTED[f"{path.parent.name}/{path.name}"]


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_it_is_recognised_and_counted(path: Path) -> None:
    answer = prove(path)
    proof = proof_of(answer)
    expected = expected_of(path)
    if not expected["records"]:  # The one movement of an OFX file says `$120`.
        assert isinstance(answer, FileRefused)
        assert answer.code == "amount_wrong"
        return
    assert proof is not None, answer
    assert proof.format == expected["format"]
    assert proof.lines == expected["records"]
    found = list(lines(path, proof))
    assert [each.line_number for each in found] == sorted(each.line_number for each in found)
    assert all(each.gross_minor - each.fee_minor == each.net_minor for each in found)
    assert all(each.reference and each.line_identity and each.raw for each in found)
    assert all(each.provider == proof.provider for each in found)


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_no_other_format_claims_it(path: Path) -> None:
    head = path.read_bytes()[:65_536]
    claimed = {
        (each.name, variant.name)
        for each in FORMATS.values()
        for variant in each.variants
        if variant.recognises(head)
    }
    assert len({name for name, _ in claimed}) <= 1


@pytest.mark.parametrize("place", range(len(samples())))
def test_damaged_it_is_refused_or_read_rightly(place: int, tmp_path: Path) -> None:
    among = samples()
    of = whole(among[place])
    for number in range(place, len(among) * CASES_EACH, len(among)):
        each = case(number, among)
        assert wrong(each, of, tmp_path / "file") == "", each.damage
