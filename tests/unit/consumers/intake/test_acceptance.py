"""A person may answer for failed controls and for an account, and for nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from consumers.intake.acceptance import Acceptance, Taken, rising, taken
from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused

SAMPLES = Path(__file__).parents[2] / "providers" / "samples" / "nacha"
UNBALANCED = SAMPLES / "moov-io_ach__20110805A.ach"
GOOD = SAMPLES / "moov-io_ach__return-WEB.ach"
NOTHING = Acceptance()
REASON = Acceptance("agreed with the bank on the phone")


def proof() -> FileProof:
    found = prove(GOOD)
    assert isinstance(found, FileProof)
    return found


def nameless() -> FileProof:
    whole = proof()
    named = f"nacha-{whole.merchant_account}-"
    return replace(
        whole, merchant_account="", batch_id=f"nacha--{whole.batch_id.removeprefix(named)}"
    )


def test_failed_controls_need_a_reason_and_keep_it() -> None:
    refused = prove(UNBALANCED)
    assert taken(refused, NOTHING) is refused
    found = taken(refused, REASON)
    assert isinstance(found, Taken)
    assert found.because == REASON.because
    assert len(list(lines(UNBALANCED, found.proof))) == 48


def test_a_reason_without_need_is_not_kept() -> None:
    assert taken(proof(), REASON) == Taken(proof(), "")


@pytest.mark.parametrize("code", ["record_missing", "total_too_large", "control_failed"])
def test_a_reason_helps_nothing_else(code: str) -> None:
    refused = FileRefused(code, "without a proof")
    assert taken(refused, REASON) is refused


def test_a_file_that_does_not_say_whose_it_is_is_told() -> None:
    unknown = taken(nameless(), NOTHING)
    assert isinstance(unknown, FileRefused)
    assert unknown.code == "account_unknown"
    found = taken(nameless(), Acceptance(account="123456789"))
    assert found == Taken(proof(), "")


def test_a_file_that_says_so_is_not_told_otherwise() -> None:
    assert taken(proof(), Acceptance(account="123456789")) == Taken(proof(), "")
    refused = taken(proof(), Acceptance(account="other"))
    assert isinstance(refused, FileRefused)
    assert refused.code == "account_contradicted"


def test_a_slash_in_an_account_parts_no_names() -> None:
    found = taken(replace(proof(), merchant_account="70050000/123"), NOTHING)
    assert isinstance(found, Taken)
    assert found.proof.merchant_account == "70050000-123"
    again = taken(replace(proof(), merchant_account="70050000/123"), Acceptance("", "70050000-123"))
    assert again == found


def test_every_line_has_a_number_of_its_own() -> None:
    first, second = lines(GOOD, proof())
    one = [replace(each, line_number=1) for each in (first, second, first)]
    assert [each.line_number for each in rising([*one, replace(second, line_number=9)])] == [
        1, 2, 3, 9,
    ]  # fmt: skip
    assert list(rising([first, second])) == [first, second]
