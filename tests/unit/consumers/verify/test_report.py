"""Findings: every invariant is in the report, the first offenders are named, all are counted."""

import re
from pathlib import Path
from typing import cast

import pytest

from consumers.verify.report import INVARIANTS, OFFENDERS_MAX, Findings, Name

PAGE = Path(__file__).parents[4] / "docs" / "integrity.md"


def test_nothing_found_is_everything_held() -> None:
    report = Findings().report()
    assert report.holds
    assert [(each.name, each.holds, each.detail) for each in report.invariants] == [
        (name, True, "") for name in INVARIANTS
    ]


def test_what_is_equal_is_no_finding_and_what_is_not_is() -> None:
    findings = Findings()
    findings.compare("trial_balance_zero", "main EUR", found=0, expected=0)
    assert findings.report().holds
    findings.compare("trial_balance_zero", "main EUR", found=1, expected=0)
    report = findings.report()
    assert not report.holds
    assert {each.name: each.detail for each in report.invariants if not each.holds} == {
        "trial_balance_zero": "main EUR: found 1, expected 0"
    }


def test_the_first_are_named_and_the_rest_counted() -> None:
    findings = Findings()
    for number in range(OFFENDERS_MAX + 2):
        findings.wrong("log_chain_unbroken", f"main/{number}")
    broken = next(each for each in findings.report().invariants if not each.holds)
    assert broken.detail == "main/0; main/1; main/2; main/3; main/4 and 2 more"


def test_a_name_that_is_no_invariant_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Findings().wrong(cast("Name", "everything_is_fine"), "main")


def test_the_page_lists_every_invariant_in_order() -> None:
    """docs/integrity.md says of each what it proves."""
    text = PAGE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert tuple(name for name, _ in listed) == INVARIANTS
    assert all(len(meaning) > 20 for _, meaning in listed)
