"""Damaged and hostile reports: a clear refusal or a correct reading, never anything between."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.bai2.records import CONTINUATIONS_MAX
from providers.bai2.report import PARTS_MAX
from providers.formats import prove
from providers.settlement_file import FileRefused
from tests.unit.providers.bai2.test_grammar import DETAIL, report
from tests.unit.providers.bai2.test_samples import FILES
from tests.unit.providers.conftest import Prove

HOLD = [path for path in FILES if "sample4" not in path.name and "invalid" not in path.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_cut_at_every_byte_is_refused(path: Path, file: Path) -> None:
    content = path.read_bytes().rstrip().removesuffix(b"/")
    for length in range(0, len(content), 1 if len(content) < 1_200 else 7):
        file.write_bytes(content[:length])
        outcome = prove(file)
        assert isinstance(outcome, FileRefused), length
        assert outcome.message.isprintable()


@pytest.mark.parametrize("path", HOLD, ids=lambda path: path.name)
def test_every_digit_of_every_detail_amount_counts(path: Path, prove_bytes: Prove) -> None:
    texts = path.read_bytes().split(b"\n")
    for number, line in enumerate(texts):
        if not line.startswith(b"16,"):
            continue
        amount = line.split(b",")[2]
        for at in range(7, 7 + len(amount)):
            flipped = b"%d" % ((int(line[at : at + 1]) + 1) % 10)
            changed = line[:at] + flipped + line[at + 1 :]
            outcome = prove_bytes(b"\n".join([*texts[:number], changed, *texts[number + 1 :]]))
            assert isinstance(outcome, FileRefused), changed


@pytest.mark.parametrize("path", HOLD, ids=lambda path: path.name)
@pytest.mark.parametrize("times", [0, 2])
def test_every_line_counts_once(path: Path, times: int, prove_bytes: Prove) -> None:
    texts = path.read_bytes().split(b"\n")
    for number, line in enumerate(texts):
        if line:
            again = [*texts[:number], *[line] * times, *texts[number + 1 :]]
            assert isinstance(prove_bytes(b"\n".join(again)), FileRefused), line


@pytest.mark.parametrize("path", HOLD, ids=lambda path: path.name)
def test_a_file_behind_itself_is_known_though_every_total_holds(
    path: Path, prove_bytes: Prove
) -> None:
    content = path.read_bytes().rstrip() + b"\n"
    assert not isinstance(prove_bytes(content), FileRefused)
    outcome = prove_bytes(content + content)
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("control_failed", "file_once 2")


@settings(max_examples=200)
@given(garbage=st.binary(max_size=300))
def test_arbitrary_bytes_behind_a_good_head(prove_bytes: Prove, garbage: bytes) -> None:
    outcome = prove_bytes(report(DETAIL).encode() + b"01," + garbage)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()


@settings(max_examples=200)
@given(
    texts=st.lists(
        st.sampled_from(
            [DETAIL, "88,text/", "49,1500,3/", "98,1500,1,5/", "99,1500,1,7/", "03,123,,,,,/",
             "02,US,BANK,1,260101,,USD,2/", "16,409,5,D,1,0,5,,,x/88,y", "88,", "/", "16,,/"]
        ),
        max_size=9,
    )
)  # fmt: skip
def test_records_in_any_order(prove_bytes: Prove, texts: list[str]) -> None:
    head = "\n".join(report(DETAIL).split("\n")[:3])
    outcome = prove_bytes("\n".join([head, *texts]).encode())
    proof = outcome.proof if isinstance(outcome, FileRefused) else outcome
    if proof is not None:
        assert proof.lines == sum(text.startswith("16") for text in texts)


def test_a_record_without_an_end_is_refused(prove_bytes: Prove) -> None:
    refused = prove_bytes(report(DETAIL, *["88,x"] * (CONTINUATIONS_MAX + 1)).encode())
    assert isinstance(refused, FileRefused)
    assert refused.code == "record_order"


def test_more_groups_than_anybody_has_are_refused(prove_bytes: Prove) -> None:
    head, group = report(DETAIL).split("\n")[:2]
    content = "\n".join([head, *[f"{group}\n98,0,0,2/"] * PARTS_MAX])
    refused = prove_bytes(content.encode())
    assert isinstance(refused, FileRefused)
    assert refused.code == "too_many_parts"
