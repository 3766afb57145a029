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


def test_a_batch_without_entries_says_that_there_is_nothing(prove_bytes: Prove) -> None:
    proof = prove_bytes(write(File((Batch(()),))))
    assert isinstance(proof, FileProof)
    assert (proof.lines, len(proof.controls)) == (0, 11)


@pytest.mark.parametrize(
    ("blocks", "filling", "good"),
    [(1, 0, True), (2, 10, True), (1, 10, True), (2, 0, False), (3, 10, False), (2, 1, True)],
)
def test_a_block_of_filling_only_may_be_counted(
    prove_bytes: Prove, blocks: int, filling: int, *, good: bool
) -> None:
    entries = tuple(Entry("22", 5) for _ in range(6))  # With header and controls: ten records.
    control = f"9000001{blocks:06}"
    content = write(File((Batch(entries),), changes={"9000001": (1, control)})) + FILLING * filling
    assert isinstance(prove_bytes(content), FileProof) is good


def test_a_figure_filled_with_blanks_is_the_same_figure(prove_bytes: Prove) -> None:
    assert b"000000001250" in SMALL
    assert isinstance(prove_bytes(SMALL.replace(b"000000001250", b"        1250")), FileProof)
    for other in (b"        1251", b"1250        ", b"            "):
        refused(prove_bytes(SMALL.replace(b"000000001250", other)), "control_failed")


def test_a_file_without_batches_says_that_there_is_nothing(prove_bytes: Prove) -> None:
    nothing = write(File((), modifier=" "))
    cut = nothing.splitlines()[0] + b"\n" + nothing.splitlines()[1].rstrip() + b"\n"
    for content in (nothing, cut, nothing.replace(b"\n", b"")):
        proof = prove_bytes(content)
        assert isinstance(proof, FileProof)
        assert (proof.lines, proof.merchant_account) == (0, "121042882")
    refused(prove_bytes(nothing.replace(b"\n9000000", b"\n9000001")), "control_failed")
    refused(prove_bytes(nothing.splitlines()[0] + b"\n" + FILLING), "control_failed")


def test_records_without_line_ends_are_the_same(prove_bytes: Prove, read_bytes: Read) -> None:
    unbroken = SMALL.replace(b"\n", b"")
    for content in (
        unbroken,
        b"\xef\xbb\xbf" + unbroken,
        unbroken + b"\r\n",
        SMALL.replace(b"\n", b"\r"),
    ):
        proof = prove_bytes(content)
        assert isinstance(proof, FileProof)
        assert proof.variant == "ach_unbroken"
        lines = read_bytes(content)
        assert [line.raw for line in lines] == [line.raw for line in read_bytes(SMALL)]
        assert [line.line_number for line in lines] == [3, 4, 7]
    end = unbroken.rindex(b"9000002") + 55  # Blanks and filling behind that say nothing.
    for length in range(0, end, 7):
        assert isinstance(prove_bytes(unbroken[:length]), FileRefused), length
    for at in range(94, end, 31):
        shifted = prove_bytes(unbroken[:at] + b" " + unbroken[at:])
        assert isinstance(shifted, FileRefused), at
        assert isinstance(prove_bytes(unbroken[:at] + b"\0" + unbroken[at + 1 :]), FileRefused)


def test_no_control_character_gets_into_words(prove_bytes: Prove) -> None:
    batch_of = Batch(
        (Entry("22", 5),), number="00\x8f0001", company="a\x1b[1m", entry_class="P\x9bD"
    )
    proof = prove_bytes(write(File((batch_of,))))
    assert isinstance(proof, FileProof)
    assert all(each.name.isprintable() for each in proof.controls)
    assert proof.batch_id.isprintable()


@pytest.mark.parametrize(
    ("reasons", "cents"),
    [(("R07",), 5), (("R07", "R68"), -5), (("R07", "R68", "R71"), 5)],
)
def test_what_answers_a_return_counts_instead_of_it(
    read_bytes: Read, reasons: tuple[str, ...], cents: int
) -> None:
    addenda = tuple(returned(each, f"{i + 1}" * 15) for i, each in enumerate(reasons))
    line = read_bytes(write(File((Batch((Entry("21", 5, addenda=addenda),)),))))[0]
    assert (line.net_minor, line.reference) == (cents, "1" * 15)
    assert line.code == f"PPD:21:credit:{reasons[-1]}"


def test_a_change_that_has_money_is_for_a_person_to_look_at(read_bytes: Read) -> None:
    change = Entry("21", 5, addenda=(returned("C01", "1" * 15, kind="98"),))
    line = read_bytes(write(File((Batch((change,), entry_class="COR"),))))[0]
    assert (line.kind, line.net_minor, line.reference) == ("unknown:21", 5, "1" * 15)


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
