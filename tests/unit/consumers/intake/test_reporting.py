"""What is said of a file of several batches is what came of them now."""

from dataclasses import replace

import pytest

from consumers.intake.reporting import ImportReport, joined, known
from tests.unit.consumers.intake.test_acceptance import several

PROOF = several()
NEW = ImportReport("imported", "main", PROOF, fresh=3, absent=1, matched=2, breaks={"a": 1})
LATER = ImportReport("imported", "main", PROOF, fresh=2)
BEFORE = known("main", PROOF, because="")


@pytest.mark.parametrize(
    ("reports", "outcome", "absent", "matched"),
    [
        ([NEW, NEW], "imported", 2, 4),
        ([BEFORE, NEW], "imported", 1, 2),
        ([NEW, LATER], "imported", None, None),
        ([BEFORE, BEFORE], "already_imported", None, None),
        ([NEW, replace(NEW, outcome="stopped")], "stopped", 2, 4),
    ],
)
def test_reports_are_joined(
    reports: list[ImportReport], outcome: str, absent: int | None, matched: int | None
) -> None:
    found = joined(reports, PROOF)
    assert (found.outcome, found.absent, found.matched) == (outcome, absent, matched)
    assert len(found.batches) == len(reports)
    assert found.repeated == sum(each.repeated for each in reports)
