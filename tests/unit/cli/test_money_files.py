"""`tally settlement parse` and `formats`: what a file proves, or why it does not count."""

import json
import os
from pathlib import Path

import pytest

from cli.money_files import NAMES, controls, difference
from cli.printing import NUMBER, money
from providers.formats import FORMATS
from providers.settlement_file import Control
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


@pytest.mark.parametrize("words", [["parse"], ["parse", "--json"], ["import", "--json"]])
def test_what_is_no_regular_file_is_a_wrong_call_at_once(tmp_path: Path, words: list[str]) -> None:
    """A pipe that nobody writes into would be waited for without end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path, what in (
        (tmp_path / "pipe", "a pipe"),
        (tmp_path / "link", "a pipe"),
        (tmp_path, "a folder"),
        (Path("/dev/null"), "a device"),
    ):
        called = tally("settlement", *words, str(path), env={"TALLY_DATA": str(tmp_path)})
        assert (called.exit_code, called.stdout) == (2, "")
        assert called.stderr == f"tally: {path}: expected a regular file, found {what}\n"


def test_help_names_every_format() -> None:
    assert list(NAMES) == sorted(FORMATS)
    shown = tally("settlement", "parse", "--help", env={"COLUMNS": "1000"}).stdout
    assert f"Its format: {', '.join(sorted(FORMATS))}. " in shown


@pytest.mark.parametrize(
    ("printed", "computed", "holds", "said"),
    [
        ("100.00", "99.50", False, "-0.50"),
        ("-3", "4", False, "7"),
        ("0.00", "0.0000001", False, "0.0000001"),
        ("100.00", "100.00", True, ""),
        ("nothing", "4", False, ""),
        ("4", "1E+3", False, ""),
    ],
)
def test_how_far_a_broken_control_is_off(
    printed: str, computed: str, *, holds: bool, said: str
) -> None:
    control = Control("net", printed, computed, holds, 1)
    assert difference(control) == said
    shown = controls([control])
    assert (("difference", NUMBER) in shown[0]) != holds
    assert (said in shown[1][0]) or holds


def test_a_line_for_people_has_its_fee_its_code_and_whose_it_is() -> None:
    shown = tally("settlement", "parse", str(GOOD), "--lines").stdout
    as_json = tally("settlement", "parse", str(GOOD), "--lines", "--json").stdout.splitlines()
    for each in map(json.loads, as_json[1:]):
        amounts = [f"{n} {money(each[f'{n}_minor'], 'USD')}" for n in ("gross", "fee", "net")]
        assert each["code"]
        assert "  ".join([each["reference"], *amounts, f"code {each['code']}"]) in shown
    file = SAMPLES / "camt" / "moov-io_iso20022__FI_camt_053_sample.xml.xml"
    assert (
        "  account FI7433010001222090" in tally("settlement", "parse", str(file), "--lines").stdout
    )


def test_what_is_pending_is_told_apart() -> None:
    file = SAMPLES / "camt" / "moov-io_iso20022__FI_camt_052_sample.xml.xml"
    shown = tally("settlement", "parse", str(file), "--lines").stdout
    assert "1 line, 1 pending left out, as a book does" in shown
    lines = [each for each in shown.splitlines() if "  bank_entry  " in each]
    assert [each.endswith("  pending") for each in lines] == [True, False]
