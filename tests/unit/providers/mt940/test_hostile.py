"""Damaged and hostile statements: a clear refusal or a correct reading, never anything between."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import lines, prove
from providers.mt940.fields import FIELD_LINES_MAX
from providers.mt940.settlement import STATEMENTS_MAX
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove
from tests.unit.providers.mt940.test_samples import FILES, FOLDER, proof_of

HEAD = b":20:R\n:25:A\n:28C:1/1\n:60F:C260101EUR0,\n"
SMALL = [path for path in FILES if path.stat().st_size < 2_000]
LARGE = [path for path in FILES if path not in SMALL]


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_a_cut_gives_the_first_lines_or_none(path: Path, file: Path) -> None:
    check_cuts(path, file, step=1 if path.stat().st_size < 1_000 else 3)


@pytest.mark.parametrize("path", LARGE, ids=lambda path: path.name)
def test_a_cut_of_a_long_file_too(path: Path, file: Path) -> None:
    check_cuts(path, file, step=97)


def check_cuts(path: Path, file: Path, *, step: int) -> None:
    content = path.read_bytes()
    whole = [(one.line_identity, one.net_minor) for one in lines(path, proof_of(path))]
    for length in range(0, len(content), step):
        file.write_bytes(content[:length])
        outcome = prove(file)
        if isinstance(outcome, FileProof):
            found = [(one.line_identity, one.net_minor) for one in lines(file, outcome)]
            assert found == whole[: len(found)], length
        else:
            assert outcome.message.isprintable()


def test_every_digit_of_every_amount_counts(prove_bytes: Prove) -> None:
    content = (FOLDER / "wolph_mt940__citi__mt940.txt").read_bytes().split(b"\n")
    for number, line in enumerate(content):
        if not line.startswith((b":61:", b":60F:", b":62F:")):
            continue
        begin = line.index(b"D", 5) if line.startswith(b":61:") and b"DD" in line else 14
        for at in range(begin, len(line)):
            if not line[at : at + 1].isdigit() or (line.startswith(b":61:") and b"CD" in line):
                continue
            changed = line[:at] + b"%d" % ((int(line[at : at + 1]) + 1) % 10) + line[at + 1 :]
            outcome = prove_bytes(b"\n".join([*content[:number], changed, *content[number + 1 :]]))
            assert isinstance(outcome, FileRefused), changed


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_a_doubled_movement_does_not_close(path: Path, prove_bytes: Prove) -> None:
    texts = path.read_bytes().split(b"\n")
    for number, line in enumerate(texts):
        if line.startswith(b":61:") and b"0,00" not in line:
            outcome = prove_bytes(b"\n".join([*texts[:number], line, *texts[number:]]))
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"


def test_a_file_behind_itself_is_known_though_every_balance_holds(prove_bytes: Prove) -> None:
    content = (FOLDER / "wolph_mt940__betterplace__sepa_mt9401.sta").read_bytes()
    assert isinstance(prove_bytes(content), FileProof)
    outcome = prove_bytes(content + content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "control_failed"
    assert outcome.proof is not None
    failed = [each.name for each in outcome.proof.controls if not each.holds]
    assert all(name.startswith("statement_once 50880050/") for name in failed)
    assert len(failed) == 26


@settings(max_examples=300)
@given(garbage=st.binary(max_size=300))
def test_arbitrary_bytes_behind_a_good_head(prove_bytes: Prove, garbage: bytes) -> None:
    outcome = prove_bytes(HEAD + garbage)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()


@settings(max_examples=300)
@given(
    texts=st.lists(
        st.sampled_from(
            [":61:260102C1,NTRFX", ":86:text", ":62F:C260101EUR1,", ":20:R", ":25:A", ":28C:1/1",
             "-", ":60F:C260101EUR0,", ":60M:C260101EUR1,", ":64:C260101EUR0,", ":90C:1EUR1,",
             "{1:}{4:", ":34F:EUR0,", ":13D:2601010101", "-}{1:}{4::20:X", "text", ":61:"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_fields_in_any_order(prove_bytes: Prove, texts: list[str]) -> None:
    outcome = prove_bytes(HEAD + "\n".join(texts).encode())
    proof = outcome.proof if isinstance(outcome, FileRefused) else outcome
    if proof is not None:  # Nothing that looks like a movement was lost.
        assert proof.lines == texts.count(":61:260102C1,NTRFX")
        assert ":61:" not in texts


def test_a_field_without_an_end_is_refused(prove_bytes: Prove) -> None:
    refused = prove_bytes(HEAD + b":61:260102C1,NTRFX\n" + b"x\n" * (FIELD_LINES_MAX + 1))
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.line_number) == ("record_wrong", 5)


def test_more_statements_than_anybody_has_are_refused(prove_bytes: Prove) -> None:
    refused = prove_bytes((HEAD + b":62F:C260101EUR0,\n") * (STATEMENTS_MAX + 1))
    assert isinstance(refused, FileRefused)
    assert refused.code == "too_many_parts"
