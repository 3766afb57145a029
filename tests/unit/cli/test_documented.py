"""docs/formats/README.md on JSON: its example is what comes, and no member goes without a word."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from providers.settlement_file import (
    AccountTotals,
    Control,
    CurrencyTotals,
    FileProof,
    FileRefused,
    SettlementLine,
)
from tests.unit.cli.calling import tally

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "formats" / "README.md").read_text(encoding="utf-8")
WITH_LINES = PAGE.partition("## What a file becomes")[2].partition("## What the answer is")[0]
JSON = WITH_LINES.partition("## The same as JSON")[2]
SAMPLE = ROOT / "tests/unit/providers/samples/payoneer/reubano_csv2ofx__payoneer.csv"


def test_the_example_is_what_comes() -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```$", JSON, re.DOTALL | re.MULTILINE)
    assert tally("settlement", "parse", str(SAMPLE), "--lines", "--json").stdout == example


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (FileProof, JSON),
        (Control, JSON),
        (CurrencyTotals, JSON),
        (AccountTotals, JSON),
        (FileRefused, JSON),
        (SettlementLine, WITH_LINES),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_every_member_is_named(record: type, text: str) -> None:
    named = set(re.findall(r"`([a-z_0-9]+)`", text))
    members = {each.name for each in fields(record)}
    assert members - named - {"proof"} == set()  # The proof stands around its refusal.
