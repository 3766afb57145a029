"""Payoneer's exports: the figures of the sample, the running balance, dates, and damage."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.settlement_file import Control, FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

NAME = "reubano_csv2ofx__payoneer.csv"
EXPORT = (SAMPLES / "payoneer" / NAME).read_bytes()
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
HEADER, FIRST, SECOND = EXPORT.splitlines(keepends=True)


def changed(old: bytes, new: bytes) -> bytes:
    """The sample with its first row changed."""
    assert old in FIRST
    return HEADER + FIRST.replace(old, new, 1) + SECOND


def refusal(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
    return outcome


def test_every_figure_is_the_expected_one(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(EXPORT)
    assert isinstance(proof, FileProof)
    expected = EXPECTED[f"payoneer/{NAME}"]
    figures = expected["by_currency"]["USD"]
    assert (proof.format, proof.lines) == ("payoneer", expected["records"])
    assert proof.kinds == {"bank_entry": figures["count"]}
    nets = [line.net_minor for line in read_bytes(EXPORT)]
    assert sum(net for net in nets if net > 0) == int(figures["credit"]) * 100
    assert -sum(net for net in nets if net < 0) == int(figures["debit"]) * 100
    assert proof.currencies["USD"].net_minor == 2000
    assert proof.controls == (Control("running_balance USD", "1", "1", holds=True, line_number=3),)


def test_the_lines(read_bytes: Read) -> None:
    first, second = read_bytes(EXPORT)
    assert (first.line_number, second.line_number) == (2, 3)
    assert (first.gross_minor, first.fee_minor, first.net_minor) == (-10000, 0, -10000)
    assert (first.provider_reference, first.line_identity) == ("123", "123/USD/-10000")
    assert first.booked_at.isoformat() == "2021-05-03T12:31:46+00:00"
    assert (first.code, first.zone) == ("Completed", "UTC")
    assert first.text == "Transaction description Payoneer additional description"
    assert first.raw.encode() == FIRST.strip()


@pytest.mark.parametrize("digit", range(3))
def test_a_balance_that_does_not_follow_is_refused(prove_bytes: Prove, digit: int) -> None:
    at = SECOND.index(b"300") + digit
    broken = HEADER + FIRST + SECOND[:at] + b"7" + SECOND[at + 1 :]
    refused = refusal(prove_bytes(broken))
    assert (refused.code, refused.printed, refused.expected) == ("control_failed", "1", "0")
    assert refused.line_number == 3
    assert refused.proof is not None


def test_the_oldest_row_may_stand_first(prove_bytes: Prove) -> None:
    assert isinstance(prove_bytes(HEADER + SECOND + FIRST), FileProof)


ROW = "05/03/2021,12:00:00,UTC,{number},words,{credit},{debit},USD,,,Completed,{balance},,,,,\n"


def export(movements: list[int], *, newest_first: bool) -> bytes:
    """An export of these movements of whole dollars, from a balance of 1000 on."""
    balance, found = 1000, list[str]()
    for number, movement in enumerate(movements):
        balance += movement
        credit, debit = (movement, "") if movement > 0 else ("", -movement)
        found.append(ROW.format(number=number, credit=credit, debit=debit, balance=balance))
    return HEADER + "".join(reversed(found) if newest_first else found).encode()


MOVEMENTS = st.lists(st.integers(-500, 500).filter(bool), min_size=2, max_size=12)


@given(MOVEMENTS, st.booleans(), st.data())
def test_the_balance_proves_every_row_between_its_neighbours(
    prove_bytes: Prove,
    movements: list[int],
    newest_first: bool,  # noqa: FBT001 - drawn.
    data: st.DataObject,
) -> None:
    content = export(movements, newest_first=newest_first)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.currencies["USD"].net_minor == 100 * sum(movements)
    rows = content.splitlines(keepends=True)
    if len(rows) > 4:
        lost = data.draw(st.integers(2, len(rows) - 2))
        refused = refusal(prove_bytes(b"".join([*rows[:lost], *rows[lost + 1 :]])))
        assert refused.code == "control_failed"


def test_each_currency_has_a_balance_of_its_own(prove_bytes: Prove) -> None:
    euros = SECOND.replace(b"USD", b"EUR").replace(b",300,", b",120,")
    proof = prove_bytes(HEADER + FIRST + euros + SECOND)
    assert isinstance(proof, FileProof)
    assert [control.name for control in proof.controls] == ["running_balance USD"]
    assert {code: sums.net_minor for code, sums in proof.currencies.items()} == {
        "EUR": 12000, "USD": 2000
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [(b"05/03/2021", b"13/05/2021", "time_wrong", "Transaction Date"),
     (b"05/03/2021", b"02/30/2021", "time_wrong", "Transaction Date"),
     (b"05/03/2021", b"5/3/2021", "time_wrong", "Transaction Date"),
     (b"05/03/2021", b"2021-05-03", "time_wrong", "Transaction Date"),
     (b"12:31:46", b"25:31:46", "time_wrong", "Transaction Time"),
     (b"UTC", b"Mars", "time_wrong", "Time Zone"),
     (b"USD", b"USX", "currency_unknown", "Currency"),
     (b",,100,", b",,100.001,", "amount_wrong", "Debit Amount"),
     (b",,100,", b",,-100,", "amount_wrong", "Debit Amount"),
     (b",,100,", b",1,100,", "amount_wrong", "Credit Amount"),
     (b",,100,", b",,,", "amount_wrong", "Debit Amount"),
     (b",,100,", b',,"1,00",', "amount_wrong", "Debit Amount"),
     (b",200,", b",,", "amount_wrong", "Running Balance"),
     (b",200,", b",2x0,", "amount_wrong", "Running Balance"),
     (b"Completed", b"", "state_wrong", "Status"),
     (b",123,", b",1\t23,", "key_wrong", "Transaction ID"),
     (b"USD,,,", b"USD,5,,", "amount_wrong", "Transfer Amount"),
     (b"USD,,,", b"USD,5.001,EUR,", "amount_wrong", "Transfer Amount"),
     (b"payer,", b"", "column_count", "")],
)  # fmt: skip
def test_a_cell_that_is_not_right_is_named(
    prove_bytes: Prove, old: bytes, new: bytes, *, code: str, field: str
) -> None:
    refused = refusal(prove_bytes(changed(old, new)))
    assert (refused.code, refused.line_number, refused.field) == (code, 2, field)


def test_a_day_in_the_place_of_the_month_is_explained(prove_bytes: Prove) -> None:
    refused = refusal(prove_bytes(changed(b"05/03/2021", b"31/05/2021")))
    assert "the day may stand first" in refused.message


def test_groups_of_three_are_taken(read_bytes: Read) -> None:
    content = changed(b",,100,", b',,"1,100.50",').replace(b",300,", b',"1,300.5",')
    assert read_bytes(content)[0].net_minor == -110_050


def test_what_is_not_completed_is_kept_and_may_have_no_balance(prove_bytes: Prove) -> None:
    pending = FIRST.replace(b"Completed,200", b"On hold,")
    proof = prove_bytes(HEADER + pending + FIRST + SECOND)
    assert isinstance(proof, FileProof)
    assert proof.unknown == ("unknown:On_hold",)
    assert proof.currencies["USD"].net_minor == -8000


def test_another_currency_is_the_original_amount(read_bytes: Read) -> None:
    line = read_bytes(changed(b"USD,,,", b"USD,90,EUR,"))[0]
    assert (line.original_minor, line.original_currency) == (-9000, "EUR")
    assert read_bytes(changed(b"USD,,,", b"USD,100,USD,"))[0].original_minor is None


def test_rows_without_an_id_are_told_apart_by_what_they_say(read_bytes: Read) -> None:
    first, second = read_bytes(
        HEADER + FIRST.replace(b",123,", b",,") + SECOND.replace(b",1234,", b",,")
    )
    assert first.line_identity != second.line_identity
    assert len(first.provider_reference) == 64


def test_columns_may_stand_in_any_order(read_bytes: Read) -> None:
    rows = [line.decode().rstrip("\n").split(",") for line in (HEADER, FIRST, SECOND)]
    content = "\n".join(",".join(reversed(row)) for row in rows) + "\n"
    assert [line.net_minor for line in read_bytes(content.encode())] == [-10000, 12000]


@pytest.mark.parametrize(
    ("content", "code"),
    [(HEADER, "no_lines"), (HEADER.replace(b"Status", b"State") + FIRST, "column_missing"),
     (HEADER.replace(b"Source", b"Status") + FIRST, "column_twice"),
     (HEADER + FIRST + b'"', "quote_wrong")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    assert refusal(prove_bytes(content)).code == code


def test_a_cut_gives_the_first_lines_or_is_refused(prove_bytes: Prove, read_bytes: Read) -> None:
    """The balance cannot see that the last rows are missing; what is read is right all the same."""
    whole = [line.net_minor for line in read_bytes(EXPORT)]
    ends = {len(HEADER + FIRST) - 1, len(HEADER + FIRST), len(EXPORT) - 1}
    for length in range(len(EXPORT)):
        outcome = prove_bytes(EXPORT[:length])
        if isinstance(outcome, FileProof):
            assert length in ends
            nets = [line.net_minor for line in read_bytes(EXPORT[:length])]
            assert nets == whole[: len(nets)]


@pytest.mark.parametrize(("column", "matters"), [(11, True), (3, True), (4, False)])
def test_a_last_cell_that_may_be_cut_is_refused_if_it_matters(
    prove_bytes: Prove, column: int, *, matters: bool
) -> None:
    """The balance, the transaction id, or words in the last column."""
    rows = [line.decode().rstrip("\n").split(",") for line in (HEADER, FIRST, SECOND)]
    moved = [",".join([*row[:column], *row[column + 1 :], row[column]]) for row in rows]
    content = "\n".join(moved).encode()
    assert isinstance(prove_bytes(content + b"\n"), FileProof)
    outcome = prove_bytes(content)
    if matters:
        assert refusal(outcome).code == "file_cut_off"
    else:
        assert isinstance(outcome, FileProof)
