"""docs/formats/adding.md: the whole reader on the page reads the file on the page, and no less."""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from providers.formats import FORMATS, lines, prove
from providers.settlement_file import FileProof, FileRefused
from tests.test_tree import LINES_FUNCTION_MAX, alike, functions

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "adding.md"


def block(language: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return found


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The reader, among all the others."""
    source = tmp_path / "settlement.py"
    source.write_text(block("python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("coffeepay", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(FORMATS, module.FORMAT.name, module.FORMAT)
    return module


def answer(path: Path, text: str) -> FileProof | FileRefused:
    path.write_text(text, encoding="utf-8")
    return prove(path)


def test_it_reads_its_file(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    proof = answer(file, block("csv"))
    assert isinstance(proof, FileProof), proof
    assert (proof.format, proof.lines, proof.business_day.isoformat()) == (
        "coffeepay",
        4,
        "2026-03-02",
    )
    assert {code: each.net_minor for code, each in proof.currencies.items()} == {
        "EUR": 100,
        "JPY": 388,
    }
    assert [each.name for each in proof.controls] == [
        f"{name} {code}" for code in ("EUR", "JPY") for name in ("total_gross", "total_fee")
    ]
    assert proof.unknown == ("unknown:bonus",)
    assert sum(each.net_minor for each in lines(file, proof)) == 488


def test_cut_anywhere_it_is_refused(tmp_path: Path) -> None:
    text = block("csv").rstrip("\n")
    for length in range(len(text)):
        assert isinstance(answer(tmp_path / "days.csv", text[:length]), FileRefused), length


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("sale,10.00", "sale,10.01", "control_failed"),
        ("-0.30", "-0.31", "control_failed"),
        ("10.00,0.30", "10.001,0.30", "amount_wrong"),
        ("400,12,JPY\np3", "400,1.2,JPY\np3", "amount_wrong"),
        ("0.30,EUR\np2", "0.30,EUX\np2", "currency_unknown"),
        ("2026-03-01 09:00", "2026-13-01 09:00", "time_wrong"),
        ("p1,A-1", "p1,", "key_wrong"),
        ("total,,,,400", "p5,A-5,2026-03-02 11:00:00,sale,400", "text_after_totals"),
        ("total,,,,400,12,JPY", "total,,,,1.00,0.00,EUR", "total_wrong"),
        ("total,,,,400,12,JPY\n", "", "totals_missing"),
        (",bonus", ",bonus,more", "column_count"),
        ("id,order", "id,id,order", "column_twice"),
    ],
)
def test_what_is_wrong_refuses_it(tmp_path: Path, old: str, new: str, code: str) -> None:
    text = block("csv")
    assert text.count(old) == 1
    refused = answer(tmp_path / "days.csv", text.replace(old, new))
    assert isinstance(refused, FileRefused)
    assert refused.code == code


def test_it_keeps_the_limits_that_are_kept_of_all() -> None:
    tree = ast.parse(block("python"))
    assert max(map(len, block("python").splitlines())) <= 100
    for each in functions(tree):
        assert (each.end_lineno or 0) - each.lineno < LINES_FUNCTION_MAX
        assert alike(each) == set()
