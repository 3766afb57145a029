"""`tally settlement parse` and `formats`: what a file proves, or why it does not count."""

import json
from pathlib import Path

import pytest

from providers.formats import FORMATS
from tests.unit.cli.calling import tally

SAMPLES = Path(__file__).parents[1] / "providers" / "samples"
GOOD = SAMPLES / "nacha" / "moov-io_ach__return-WEB.ach"
UNBALANCED = SAMPLES / "nacha" / "moov-io_ach__20110805A.ach"


def test_a_good_file_is_one_document() -> None:
    called = tally("settlement", "parse", str(GOOD), "--json")
    assert (called.exit_code, called.stderr) == (0, "")
    found = json.loads(called.stdout)
    assert (found["format"], found["lines"]) == ("nacha", 2)
    assert found["kinds"] == {"bank_entry": 2}
    assert found["unknown"] == []
    totals = found["currencies"]["USD"]
    assert (totals["gross_minor"], totals["fee_minor"], totals["net_minor"]) == (-7_789, 0, -7_789)
    assert {"name", "printed", "computed", "holds"} <= set(found["controls"][0])
    assert "refused" not in found


def test_a_file_whose_control_fails_is_printed_all_the_same() -> None:
    called = tally("settlement", "parse", str(UNBALANCED), "--json")
    assert called.exit_code == 1
    found = json.loads(called.stdout)
    assert (found["format"], found["lines"]) == ("nacha", 48)
    assert [each["name"] for each in found["controls"] if not each["holds"]] == ["file_batches"]
    assert found["refused"]["code"] == "control_failed"
    assert "5" in found["refused"]["printed"]
    people = tally("settlement", "parse", str(UNBALANCED))
    assert people.exit_code == 1
    assert "BROKEN" in people.stdout
    assert people.stderr.count("line 93") == 1


def test_the_lines_follow_the_document_one_a_line() -> None:
    for file, count, code in ((GOOD, 2, 0), (UNBALANCED, 48, 1)):
        called = tally("settlement", "parse", str(file), "--json", "--lines")
        whole, *lines = [json.loads(each) for each in called.stdout.splitlines()]
        assert (called.exit_code, len(lines), whole["lines"]) == (code, count, count)
        net = sum(each["net_minor"] for each in lines)
        assert net == whole["currencies"]["USD"]["net_minor"]
        assert tally("settlement", "parse", str(file), "--lines").exit_code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "format_not_recognised"), (GOOD.read_bytes()[:500], "record_missing")],
)
def test_what_cannot_be_read_is_a_document_too(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    for words in ((), ("--lines",)):
        called = tally("settlement", "parse", str(file), "--json", *words)
        assert called.exit_code == 1
        found = json.loads(called.stdout)
        assert set(found) == {"refused"}
        assert found["refused"]["code"] == code


def test_every_format_says_what_it_proves() -> None:
    found = json.loads(tally("settlement", "formats", "--json").stdout)
    assert [each["format"] for each in found] == sorted(FORMATS)
    for each in found:
        variants = {one.name: list(one.proves) for one in FORMATS[each["format"]].variants}
        assert {one["name"]: one["proves"] for one in each["variants"]} == variants
    people = tally("settlement", "formats").stdout
    unproven = [one for each in FORMATS.values() for one in each.variants if not one.proves]
    assert people.count("nothing in the file proves it complete") == len(unproven)


def test_a_file_that_proves_nothing_says_so() -> None:
    file = SAMPLES / "camt" / "viafintech_camt_parser__054__valid_example.xml"
    called = tally("settlement", "parse", str(file))
    assert called.exit_code == 0
    assert "this file prints nothing that proves it complete" in called.stdout
