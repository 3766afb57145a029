"""What was written is what is read: amounts, days, keys, text and controls, in any dress."""

from datetime import UTC, date, datetime
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from providers.mt940.grammar import NO_REFERENCE
from providers.mt940.synthetic import write_statements
from providers.settlement_file import FileProof, SettlementLine
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.mt940.writing import Moved, Written, files, write_file

CASES = 80


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def check(line: SettlementLine, moved: Moved, of: Written) -> None:
    assert (line.net_minor, line.currency) == (moved.net_minor, of.currency)
    assert line.value_at == midnight(moved.value)
    assert line.booked_at == midnight(moved.entry or moved.value)
    assert (line.account, line.part) == (of.account, of.number)
    assert line.code == f"{moved.mark}/{moved.code}"
    ours = moved.ours.strip()
    assert line.reference == (line.line_identity if ours in NO_REFERENCE else ours)
    assert line.provider_reference == moved.theirs
    pieces = [moved.details, *moved.text]
    assert "".join(line.text.split()) == "".join("".join(pieces).split())


@settings(max_examples=CASES)
@given(
    written=files(),
    line_end=st.sampled_from(["\r\n", "\n"]),
    encoding=st.sampled_from(["utf-8", "latin-1"]),
)
def test_statements(
    read_bytes: Read, prove_bytes: Prove, written: list[Written], line_end: str, encoding: str
) -> None:
    texts = "".join(piece for one in written for m in one.moved for piece in (m.details, *m.text))
    if any(ord(letter) > 0xFF for letter in texts):
        encoding = "utf-8"
    content = write_file(written, line_end=line_end, encoding=encoding)
    found = read_bytes(content)
    expected = [(moved, one) for one in written for moved in one.moved]
    assert len(found) == len(expected)
    for line, (moved, one) in zip(found, expected, strict=True):
        check(line, moved, one)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    closing = [one for one in proof.controls if one.name.startswith("closing_balance")]
    assert len(closing) == len(written)
    assert all(control.holds for control in proof.controls)


@settings(max_examples=CASES)
@given(written=files())
def test_interim_reports(read_bytes: Read, prove_bytes: Prove, written: list[Written]) -> None:
    reports = [
        Written(one.account, one.number, 0, one.day, interim=True, moved=one.moved)
        for one in written
    ]
    found = read_bytes(write_file(reports))
    expected = [(moved, one) for one in reports for moved in one.moved]
    for line, (moved, one) in zip(found, expected, strict=True):
        check(line, moved, one)
    proof = prove_bytes(write_file(reports))
    assert isinstance(proof, FileProof)
    assert proof.variant == "mt942"
    assert len(proof.controls) >= 4 * len(reports)


@settings(max_examples=CASES)
@given(written=files(), place=st.integers(0, 3), minor=st.integers(1, 10**9))
def test_a_movement_more_does_not_close(
    prove_bytes: Prove, written: list[Written], place: int, minor: int
) -> None:
    content = write_file(written).decode().split(":62F:")
    at = place % (len(content) - 1)
    content[at] += f":61:260101C{minor // 100},{minor % 100:02d}NTRFNONREF\r\n"
    outcome = prove_bytes(":62F:".join(content).encode())
    assert not isinstance(outcome, FileProof)
    assert outcome.code == "control_failed"


def test_many_statements_of_one_account(prove_bytes: Prove) -> None:
    out = BytesIO()
    write_statements(out, 501)
    proof = prove_bytes(out.getvalue())
    assert isinstance(proof, FileProof)
    assert proof.lines == 501
    assert len(proof.controls) == 11 + 10
