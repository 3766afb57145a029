"""Damaged and hostile files: a refusal that says where, or a correct reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.nacha import batch, settlement
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.nacha.test_samples import FILES
from tests.unit.providers.nacha.writing import Batch, Entry, File, remittance, returned, write

SMALL = write(
    File(
        (
            Batch((Entry("22", 1_250), Entry("27", 33, trace="121042880000002"))),
            Batch((Entry("26", 99, addenda=(returned("R01", "1" * 15),)),), number="0000002"),
        )
    )
)
RECORDS = SMALL.decode().splitlines()
FILLING = ("9" * 94 + "\n").encode()


def joined(records: list[str]) -> bytes:
    return ("\n".join(records) + "\n").encode("latin-1")


def refused(outcome: FileProof | FileRefused, code: str) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code, outcome
    return outcome


@pytest.mark.parametrize("part", range(4))  # So that processes can share the work.
def test_every_cut_of_every_sample_is_refused_or_cuts_filling_only(
    prove_bytes: Prove, part: int
) -> None:
    for path in FILES:
        content = path.read_bytes()
        whole = prove_bytes(content)
        # Up to the last digit that the file control prints; blanks and filling may go.
        end = content.index(b"\n9", content.rindex(b"\n8")) + 1
        last = end + len(content[end:].split(b"\n")[0].rstrip())
        for length in range(part, len(content), 4):
            outcome = prove_bytes(content[:length])
            if length < last:
                assert isinstance(outcome, FileRefused), (path.name, length)
            elif isinstance(whole, FileProof):
                assert isinstance(outcome, FileProof), (path.name, length)
                assert outcome.currencies == whole.currencies


def test_every_digit_of_every_figure_counts(prove_bytes: Prove) -> None:
    for number, record in enumerate(RECORDS):
        places = {"6": range(3, 11), "8": range(4, 44), "9": range(1, 55)}.get(record[0], range(0))
        amount = range(29, 39) if record[0] == "6" else range(0)
        for at in (*places, *amount):
            flipped = f"{(int(record[at]) + 1) % 10}"
            changed = [*RECORDS]
            changed[number] = record[:at] + flipped + record[at + 1 :]
            outcome = refused(prove_bytes(joined(changed)), "control_failed")
            assert outcome.proof is not None


def test_a_record_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    for at in range(len(RECORDS)):
        for changed in ([*RECORDS[: at + 1], *RECORDS[at:]], [*RECORDS[:at], *RECORDS[at + 1 :]]):
            assert isinstance(prove_bytes(joined(changed)), FileRefused), at


@pytest.mark.parametrize(
    ("at", "column", "text", "code"),
    [
        (2, 30, " ", "amount_wrong"),
        (2, 30, "-", "amount_wrong"),
        (2, 30, "²", "amount_wrong"),  # A digit to Python, not to a bank.
        (2, 4, "X", "record_wrong"),
        (2, 2, "X", "record_wrong"),
        (2, 90, " ", "key_wrong"),
        (7, 8, "X", "key_wrong"),
        (7, 4, "-", "record_wrong"),
        (0, 26, "99", "time_wrong"),  # The month.
        (2, 1, "7", "record_order"),
        (2, 1, "3", "record_order"),
        (4, 1, "5", "record_order"),
        (1, 1, "6", "record_order"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    prove_bytes: Prove, at: int, column: int, text: str, code: str
) -> None:
    changed, record = [*RECORDS], RECORDS[at]
    changed[at] = record[: column - 1] + text + record[column - 1 + len(text) :]
    outcome = refused(prove_bytes(joined(changed)), code)
    assert outcome.line_number == at + 1
    assert f"line {at + 1}" in outcome.message


def test_a_record_that_says_more_than_its_columns_is_refused(prove_bytes: Prove) -> None:
    changed = [*RECORDS]
    changed[2] += "1"
    refused(prove_bytes(joined(changed)), "record_wrong")
    changed[2] = RECORDS[2] + "   "
    assert isinstance(prove_bytes(joined(changed)), FileProof)


def test_two_files_one_behind_the_other_are_refused(prove_bytes: Prove) -> None:
    refused(prove_bytes(SMALL + SMALL), "record_order")
    refused(prove_bytes(SMALL + b"5200\n"), "record_order")


def test_filling_blank_lines_and_the_old_mark_of_an_end_are_passed_over(
    prove_bytes: Prove,
) -> None:
    plain = SMALL.replace(FILLING, b"")
    for end in (b"", FILLING * 3, b"\n\n", b"\x1a", FILLING.rstrip()):
        assert isinstance(prove_bytes(plain + end), FileProof)
    assert isinstance(prove_bytes(plain.rstrip()), FileProof)


def test_filling_before_the_control_is_no_filling(prove_bytes: Prove) -> None:
    records = [*RECORDS]
    records.insert(9, "9" * 94)
    assert isinstance(prove_bytes(joined(records)), FileRefused)


def test_a_file_without_entries_is_refused(prove_bytes: Prove) -> None:
    refused(prove_bytes(write(File(()))), "no_lines")


def test_no_control_character_gets_into_words(prove_bytes: Prove) -> None:
    batch_of = Batch(
        (Entry("22", 5),), number="00\x8f0001", company="a\x1b[1m", entry_class="P\x9bD"
    )
    proof = prove_bytes(write(File((batch_of,))))
    assert isinstance(proof, FileProof)
    assert all(each.name.isprintable() for each in proof.controls)
    assert proof.batch_id.isprintable()


def test_two_returns_of_one_entry_are_refused(prove_bytes: Prove) -> None:
    twice = (returned("R01", "1" * 15), returned("R02", "1" * 15))
    content = write(File((Batch((Entry("26", 5, addenda=twice),)),)))
    refused(prove_bytes(content), "record_wrong")


def test_addenda_and_batches_are_bounded(
    prove_bytes: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "ADDENDA_MAX", 3)
    monkeypatch.setattr(settlement, "BATCHES_MAX", 3)
    for count, good in ((3, True), (4, False)):
        entry = Entry("22", 5, addenda=(remittance("x"),) * count)
        assert isinstance(prove_bytes(write(File((Batch((entry,)),)))), FileProof) is good
        batches = (Batch((Entry("22", 5),)),) * count
        assert isinstance(prove_bytes(write(File(batches))), FileProof) is good


@settings(max_examples=200, deadline=None)
@given(tail=st.binary(max_size=400))
def test_anything_behind_a_good_header_is_answered(prove_bytes: Prove, tail: bytes) -> None:
    assert isinstance(prove_bytes(RECORDS[0].encode() + b"\n" + tail), FileRefused)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(SMALL) - 1), byte=st.integers(0, 255))
def test_any_byte_changed_never_changes_the_money(
    prove_bytes: Prove, read_bytes: Read, at: int, byte: int
) -> None:
    content = SMALL[:at] + bytes([byte]) + SMALL[at + 1 :]
    outcome = prove_bytes(content)
    if isinstance(outcome, FileProof):
        cents = [abs(line.net_minor) for line in read_bytes(content)]
        assert cents == [1_250, 33, 99]
