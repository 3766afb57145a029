"""Damaged and hostile bills: a clear refusal or a correct reading, never anything between."""

import gzip
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from providers.settlement_file import FileProof, FileRefused
from providers.wechat.bill import HEADER, REAL_BILL, read_rows
from tests.unit.providers.bills import BILLS, REFUND, ROW, bill, read_naively
from tests.unit.providers.conftest import Prove

REAL = REAL_BILL.read_bytes()
REAL_TEXT = REAL.decode("utf-8-sig")
AMOUNT_COLUMNS = (12, 16, 17, 22, 24, 25)  # Of the new layout: all that a total sums.


@pytest.mark.parametrize("part", range(4))  # So that processes can share the work.
def test_every_cut_of_the_real_bill_is_refused(prove_bytes: Prove, part: int) -> None:
    for length in range(part, len(REAL) - len(b"\r\n"), 4):
        outcome = prove_bytes(REAL[:length])
        assert isinstance(outcome, FileRefused), length
        assert outcome.message


@pytest.mark.parametrize("end", [b"", b"\r", b"\r\n"])
def test_the_last_line_end_may_be_missing(prove_bytes: Prove, end: bytes) -> None:
    outcome = prove_bytes(REAL.removesuffix(b"\r\n") + end)
    assert isinstance(outcome, FileProof)
    assert outcome.currencies["CNY"].net_minor == 25


def test_every_cut_of_the_gzipped_bill_is_refused(prove_bytes: Prove) -> None:
    packed = gzip.compress(REAL)
    for length in range(len(packed)):
        outcome = prove_bytes(packed[:length])
        assert isinstance(outcome, FileRefused), length
    assert isinstance(prove_bytes(packed), FileProof)


@pytest.mark.parametrize("place", range(45))
def test_every_digit_of_every_amount_counts(prove_bytes: Prove, place: int) -> None:
    texts = REAL_TEXT.split("\r\n")
    cells = texts[1 + place][1:].split(",`")
    for column in AMOUNT_COLUMNS:
        for at, digit in enumerate(cells[column]):
            if not digit.isdigit():
                continue
            changed = [*cells]
            flipped = f"{(int(digit) + 1) % 10}"
            changed[column] = cells[column][:at] + flipped + cells[column][at + 1 :]
            lines = [*texts]
            lines[1 + place] = "`" + ",`".join(changed)
            outcome = prove_bytes("\r\n".join(lines).encode())
            assert isinstance(outcome, FileRefused), (place, column, at)


def test_every_digit_of_every_total_counts(prove_bytes: Prove) -> None:
    start = REAL_TEXT.rindex("`45.0")
    for found in re.finditer("[0-9]", REAL_TEXT[start:]):
        at = start + found.start()
        flipped = f"{(int(found.group()) + 1) % 10}"
        outcome = prove_bytes((REAL_TEXT[:at] + flipped + REAL_TEXT[at + 1 :]).encode())
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "control_failed"
        assert outcome.line_number == 48


def test_a_line_doubled_or_lost_without_new_totals_is_refused(prove_bytes: Prove) -> None:
    texts = REAL_TEXT.split("\r\n")
    for place in range(1, 46):
        for changed in (
            [*texts[:place], texts[place], *texts[place:]],
            [*texts[:place], *texts[place + 1 :]],
        ):
            outcome = prove_bytes("\r\n".join(changed).encode())
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"
            assert outcome.field == "count"
            assert outcome.proof is not None


def test_lines_swapped_are_the_same_money(prove_bytes: Prove) -> None:
    rows = list(read_rows(REAL_BILL))
    outcome = prove_bytes(bill(*reversed(rows)))
    assert isinstance(outcome, FileProof)
    assert outcome.currencies["CNY"].net_minor == 25


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "END", "END END"])
def test_bom_and_line_ends_do_not_matter(prove_bytes: Prove, end: str, bom: str, last: str) -> None:
    text = (
        bom
        + end.join(REAL_TEXT.rstrip("\r\n").split("\r\n"))
        + last.replace(" ", "").replace("END", end)
    )
    outcome = prove_bytes(text.encode())
    assert isinstance(outcome, FileProof)
    assert outcome.lines == 45
    assert all(control.holds for control in outcome.controls)


def test_blank_lines_and_backticks_before_names_change_nothing(prove_bytes: Prove) -> None:
    first, *others = REAL_TEXT.split("\r\n")
    names = [f"`{first}".replace(",", ",`"), *others]
    total_names = next(place for place, line in enumerate(names) if line.startswith("总交易单数"))
    names[total_names] = f"`{names[total_names]}".replace(",", ",`")
    for lines in (names, "\r\n".join(names).replace("\r\n", "\r\n\r\n").split("\r\n")):
        outcome = prove_bytes("\r\n".join(lines).encode())
        assert isinstance(outcome, FileProof), outcome
        assert (outcome.lines, outcome.variant) == (45, "trade_bill")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "format_not_recognised"), (b"\n", "format_not_recognised"),
     (HEADER.encode(), "totals_missing"),
     (REAL + b"`1,`2\r\n", "text_after_totals"), (REAL + REAL, "text_after_totals"),
     (REAL.replace(b"`CNY", b"`C\0Y", 1), "zero_byte"),
     (REAL.replace(b"`CNY", b"`C\xffY", 1), "encoding_wrong"),
     (REAL.replace(b"\r\n`", b"\r\n", 1), "totals_not_understood"),
     (REAL.replace(b"autotest,`", b"auto,`test,`", 1), "column_count"),
     (REAL.replace(b"autotest,`", b"x" * 20_000 + b",`", 1), "line_too_long"),
     (REAL_TEXT.encode("gb18030"), "format_not_recognised"),
     (REAL_TEXT.encode("utf-16"), "format_not_recognised"),
     (b"<xml><return_code><![CDATA[FAIL]]></return_code></xml>", "format_not_recognised")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good bill with a few bytes put in, taken out or changed."""
    content = bytearray(bill(*draw(BILLS)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 6)))
        content[start:end] = draw(
            st.binary(max_size=6) | st.sampled_from([b",`", b"\n", b"0", b"-"])
        )
    return bytes(content)


@settings(max_examples=500)
@given(damaged())
@example(bill(ROW, REFUND))
def test_a_damaged_bill_is_refused_or_its_totals_are_true(
    prove_bytes: Prove, content: bytes
) -> None:
    outcome = prove_bytes(content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
        return
    naive = read_naively(content)
    assert naive.computed == naive.printed
    totals = outcome.currencies["CNY"]
    assert (totals.net_minor - totals.residue_minor) / 100 == naive.net


@settings(max_examples=500)
@given(st.sampled_from([b"", HEADER.encode() + b"\n"]), st.binary(max_size=400))
def test_any_bytes_are_answered(prove_bytes: Prove, header: bytes, content: bytes) -> None:
    for whole in (header + content, gzip.compress(header + content)):
        outcome = prove_bytes(whole)
        assert isinstance(outcome, FileRefused)
        assert outcome.message.isprintable()


@given(st.binary(max_size=200))
def test_any_gzip_is_answered(prove_bytes: Prove, content: bytes) -> None:
    assert isinstance(prove_bytes(b"\x1f\x8b\x08\x00" + content), FileRefused)
