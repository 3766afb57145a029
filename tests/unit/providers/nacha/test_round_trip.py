"""What was written is what is read, controls included; and the layouts without a real file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.settlement_file import FileProof
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.nacha.writing import Batch, Entry, File, remittance, returned, write

ORIGINAL = "091400600000001"
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=22)
SIGNS = {"0": -1, "1": 1, "2": -1, "3": -1, "4": -1, "5": 1, "6": -1, "7": 1, "8": 1, "9": 1}
ENTRIES = st.builds(
    Entry,
    transaction=st.builds("{}{}".format, st.sampled_from("2345"), st.sampled_from("0123456789")),
    cents=st.integers(0, 10**10 - 1),
    routing=st.integers(0, 10**8 - 1).map("{:08}".format),
    trace=st.integers(0, 10**15 - 1).map("{:015}".format),
    name=TEXT,
    addenda=st.lists(TEXT.map(remittance), max_size=3).map(tuple),
)
BATCHES = st.builds(
    Batch,
    entries=st.lists(ENTRIES, min_size=1, max_size=6).map(tuple),
    entry_class=st.sampled_from(("PPD", "CCD", "WEB", "TEL", "CTX", "ARC", "POS")),
    number=st.integers(0, 10**7 - 1).map("{:07}".format),
)
FILES = st.builds(File, batches=st.lists(BATCHES, min_size=1, max_size=4).map(tuple))


@settings(max_examples=150, deadline=None)
@given(file=FILES, line_end=st.sampled_from(("\n", "\r\n")), filled=st.booleans())
def test_what_is_written_is_read(
    prove_bytes: Prove, read_bytes: Read, file: File, line_end: str, *, filled: bool
) -> None:
    content = write(file, line_end=line_end, filled=filled)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert len(proof.controls) == 5 * len(file.batches) + 6
    found = read_bytes(content)
    entries = [(batch, entry) for batch in file.batches for entry in batch.entries]
    assert len(found) == len(entries)
    for line, (batch, entry) in zip(found, entries, strict=True):
        assert line.net_minor == line.gross_minor == SIGNS[entry.transaction[1]] * entry.cents
        side = "credit" if entry.credit else "debit"
        assert line.code == f"{batch.entry_class}:{entry.transaction}:{side}"
        assert line.provider_reference == line.reference == entry.trace
        assert line.raw.split("\n")[1:] == list(entry.addenda)
        assert line.part.endswith(batch.number)
    assert proof.currencies["USD"].net_minor == sum(line.net_minor for line in found)


def one(entry: Entry, **of_batch: str) -> bytes:
    return write(File((Batch((entry,), **of_batch),)))


@pytest.mark.parametrize(
    ("transaction", "reason", "net"),
    [
        ("26", "R01", -500),  # A debit comes back.
        ("21", "R03", 500),
        ("26", "R61", 500),  # The return was not right: the debit stands.
        ("26", "R68", 500),
        ("21", "R70", -500),
        ("26", "R71", -500),  # The return was right after all.
        ("21", "R72", 500),
        ("31", "R77", 500),
        ("27", "R02", -500),  # A return, whatever the code says.
    ],
)
def test_a_return_goes_back_as_often_as_it_is_returned(
    read_bytes: Read, transaction: str, reason: str, net: int
) -> None:
    (line,) = read_bytes(one(Entry(transaction, 500, addenda=(returned(reason, ORIGINAL),))))
    assert line.net_minor == net
    assert line.reference == ORIGINAL
    assert line.provider_reference == "121042880000001"
    assert line.code.endswith(f":{reason}")


def test_an_advice_has_wide_amounts_and_its_own_controls(read_bytes: Read) -> None:
    entries = (Entry("81", 123_456_789_012), Entry("82", 5, trace="121042880000002"))
    credit, debit = read_bytes(write(File((Batch(entries, entry_class="ADV"),))))
    assert (credit.code, credit.net_minor) == ("ADV:81:credit", 123_456_789_012)
    assert (debit.code, debit.net_minor) == ("ADV:82:debit", -5)
    assert credit.kind == "bank_entry"


def test_a_code_of_no_known_account_is_kept_with_its_money(prove_bytes: Prove) -> None:
    proof = prove_bytes(one(Entry("92", 700)))
    assert isinstance(proof, FileProof)
    assert proof.unknown == ("unknown:92",)
    assert proof.currencies["USD"].net_minor == -700


def test_an_entry_without_trace_is_named_by_its_place(read_bytes: Read) -> None:
    entries = (Entry("22", 1, trace=" " * 15), Entry("22", 2, trace=" " * 15))
    first, second = read_bytes(write(File((Batch(entries),))))
    assert first.line_identity == first.reference == "190624A-121042880000001-#1"
    assert second.line_identity != first.line_identity
    assert first.provider_reference == ""


@pytest.mark.parametrize(
    ("settlement", "effective", "value"),
    [
        ("176", "190626", "2019-06-25"),  # The operator's day counts.
        ("   ", "190626", "2019-06-26"),
        ("366", "190626", "2020-12-31"),  # The only near year that has it.
        ("   ", "000000", None),
        ("   ", "      ", None),
    ],
)
def test_the_day_that_counts(
    read_bytes: Read, settlement: str, effective: str, value: str | None
) -> None:
    (line,) = read_bytes(one(Entry("22", 1), settlement=settlement, effective=effective))
    found = line.value_at and line.value_at.date().isoformat()
    assert found == value


def test_batches_of_several_companies_belong_to_the_sender(prove_bytes: Prove) -> None:
    batches = (Batch((Entry("22", 1),)), Batch((Entry("22", 1),), company="999"))
    proof = prove_bytes(write(File(batches)))
    assert isinstance(proof, FileProof)
    assert proof.merchant_account == "121042882"


@pytest.mark.parametrize("name", ["Zoë Müller", "Ünal Öz"])
def test_a_record_laid_out_in_characters_is_read(read_bytes: Read, name: str) -> None:
    content = one(Entry("22", 1, name=name))
    latin, wide = read_bytes(content), read_bytes(content.decode("latin-1").encode())
    assert latin[0].text == wide[0].text
    assert name in wide[0].text
    assert latin[0].reference == wide[0].reference
