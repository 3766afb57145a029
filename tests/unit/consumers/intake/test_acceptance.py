"""A file is a batch of each account; a person answers for failed controls and for an account."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from consumers.intake.acceptance import LINES_READ_MAX, Acceptance, Taken, rising, taken
from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused

SAMPLES = Path(__file__).parents[2] / "providers" / "samples" / "nacha"
UNBALANCED = SAMPLES / "moov-io_ach__20110805A.ach"
GOOD = SAMPLES / "moov-io_ach__return-WEB.ach"
PENDING = SAMPLES.parent / "camt" / "moov-io_iso20022__FI_camt_052_sample.xml.xml"
SEVERAL = SAMPLES.parent / "mt940" / "wolph_mt940__cmxl__mt940.sta"
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
        whole,
        merchant_account="",
        batch_id=f"nacha--{whole.batch_id.removeprefix(named)}",
        accounts={},
    )


def several() -> FileProof:
    found = prove(SEVERAL)
    assert isinstance(found, FileProof)
    return found


def of(answer: FileProof | FileRefused, said: Acceptance) -> tuple[Taken, ...]:
    found = taken(answer, said)
    assert isinstance(found, tuple), found
    return found


def test_failed_controls_need_a_reason_and_keep_it() -> None:
    refused = prove(UNBALANCED)
    assert taken(refused, NOTHING) is refused
    (found,) = of(refused, REASON)
    assert found.because == REASON.because
    assert len(list(lines(UNBALANCED, found.proof))) == 48


def test_a_reason_without_need_is_not_kept() -> None:
    assert of(proof(), REASON) == (Taken(proof(), ""),)


@pytest.mark.parametrize("code", ["record_missing", "total_too_large", "control_failed"])
def test_a_reason_helps_nothing_else(code: str) -> None:
    refused = FileRefused(code, "without a proof")
    assert taken(refused, REASON) is refused


def test_a_file_that_does_not_say_whose_it_is_is_told() -> None:
    unknown = taken(nameless(), NOTHING)
    assert isinstance(unknown, FileRefused)
    assert unknown.code == "account_unknown"
    (found,) = of(nameless(), Acceptance(account="123456789"))
    assert found == Taken(replace(proof(), accounts={}), "")


def test_a_file_that_says_so_is_not_told_otherwise() -> None:
    assert of(proof(), Acceptance(account="123456789")) == (Taken(proof(), ""),)
    refused = taken(proof(), Acceptance(account="other"))
    assert isinstance(refused, FileRefused)
    assert refused.code == "account_contradicted"


def test_a_slash_in_an_account_parts_no_names() -> None:
    (found,) = of(replace(proof(), merchant_account="70050000/123"), NOTHING)
    assert found.proof.merchant_account == "70050000-123"
    again = of(replace(proof(), merchant_account="70050000/123"), Acceptance("", "70050000-123"))
    assert again == (found,)


def test_a_file_of_several_accounts_is_a_batch_of_each() -> None:
    whole = several()
    found = of(whole, NOTHING)
    accounts = [each.proof.merchant_account for each in found]
    assert accounts == ["10020030-1234567", "45050050-76198810", "BPHKPLPK-320000546101"]
    assert len({each.proof.batch_id for each in found}) == len(found)
    own = [list(each.lines(lines(SEVERAL, each.proof))) for each in found]
    assert [len(each) for each in own] == [2, 11, 3] == [each.proof.lines for each in found]
    for taken_, of_it in zip(found, own, strict=True):
        assert {line.batch_id for line in of_it} == {taken_.proof.batch_id}
        assert max(line.booked_at.date() for line in of_it) == taken_.proof.business_day
        for code, totals in taken_.proof.currencies.items():
            nets = [line.net_minor for line in of_it if line.currency == code]
            assert totals.net_minor == sum(nets)
    nets = [sums.net_minor for each in found for sums in each.proof.currencies.values()]
    assert sum(nets) == sum(sums.net_minor for sums in whole.currencies.values())


def test_one_account_of_several_may_be_taken_alone() -> None:
    whole = several()
    everything = of(whole, NOTHING)
    assert of(whole, Acceptance(account="45050050-76198810")) == everything[1:2]
    refused = taken(whole, Acceptance(account="4711"))
    assert isinstance(refused, FileRefused)
    assert refused.code == "account_contradicted"
    assert "10020030-1234567" in refused.message


def test_what_is_pending_is_in_no_batch() -> None:
    found = prove(PENDING)
    assert isinstance(found, FileProof)
    assert (found.lines, found.currencies["EUR"].net_minor) == (2, 222_000)
    (batch,) = of(found, NOTHING)
    assert (batch.proof.lines, batch.proof.currencies["EUR"].net_minor) == (1, 10_000)
    assert (found.business_day, batch.proof.business_day) == (date(2009, 11, 2), date(2009, 10, 30))
    assert "-2009-10-30-" in batch.proof.batch_id
    (line,) = batch.lines(lines(PENDING, batch.proof))
    assert line.net_minor == 10_000


def test_lines_that_are_nobodys_leave_it_to_a_person_whose_the_file_is() -> None:
    whole = several()
    accounts = dict(list(whole.accounts.items())[1:])
    unknown = taken(replace(whole, accounts=accounts), NOTHING)
    assert isinstance(unknown, FileRefused)
    assert unknown.code == "account_unknown"
    (found,) = of(replace(whole, accounts=accounts), Acceptance(account="all-of-it"))
    assert (found.account, found.proof.lines) == ("", whole.lines)
    assert found.accounts == ["all-of-it"], "it is under no other name"


def test_what_is_gone_on_with_is_the_batch_that_began() -> None:
    (batch,) = of(several(), Acceptance(account="45050050-76198810"))
    again = Acceptance(account="45050050-76198810", again=True, batch_id=batch.proof.batch_id)
    assert of(several(), again) == (batch,)
    other = taken(several(), replace(again, batch_id="mt940-all-of-it"))
    assert isinstance(other, FileRefused)
    assert other.code == "batch_differs"


def test_so_many_accounts_are_not_read_one_after_another() -> None:
    whole = replace(several(), lines=LINES_READ_MAX // 3 + 1)
    accounts = {name: replace(each, lines=0) for name, each in whole.accounts.items()}
    first = next(iter(accounts))
    accounts[first] = replace(accounts[first], lines=whole.lines)
    refused = taken(replace(whole, accounts=accounts), NOTHING)
    assert isinstance(refused, FileRefused)
    assert refused.code == "too_many_accounts"


def test_every_line_has_a_number_of_its_own() -> None:
    first, second = lines(GOOD, proof())
    one = [replace(each, line_number=1) for each in (first, second, first)]
    assert [each.line_number for each in rising([*one, replace(second, line_number=9)])] == [
        1, 2, 3, 9,
    ]  # fmt: skip
    assert list(rising([first, second])) == [first, second]
