"""Damaged and hostile files: a clear refusal or a correct reading, never anything between."""

import csv
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import lines
from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.conftest import Prove
from tests.unit.providers.stripe.test_json import TRANSACTION
from tests.unit.providers.stripe.test_layouts import REPORT
from tests.unit.providers.stripe.test_samples import EXPECTED, ONE_PAYOUT, SAMPLES
from tests.unit.providers.stripe.writing import (
    Transaction,
    api_array,
    api_lines,
    api_list,
    payouts,
    report,
    table,
    transactions,
)

LISTED = {
    "object": "list",
    "data": [TRANSACTION, {**TRANSACTION, "id": "txn_2"}],
    "has_more": False,
}
FILES = {
    **{name: (SAMPLES / "stripe" / name).read_bytes() for name in EXPECTED},
    "report": REPORT.encode(),
    "list": json.dumps(LISTED).encode(),
    "lines": (json.dumps(TRANSACTION) + "\n" + json.dumps(TRANSACTION) + "\n").encode(),
}


def facts(line: SettlementLine) -> tuple[object, ...]:
    """What a cut may not change. Words are not among them: a description may be cut."""
    return (
        line.line_number, line.kind, line.reference, line.provider_reference, line.line_identity,
        line.gross_minor, line.fee_minor, line.net_minor, line.currency, line.booked_at,
    )  # fmt: skip


def facts_of(file: Path, proof: FileProof) -> list[tuple[object, ...]]:
    return [facts(line) for line in lines(file, proof)]


@pytest.mark.parametrize("part", range(4))  # So that processes can share the work.
@pytest.mark.parametrize("name", sorted(FILES))
def test_every_cut_is_refused_or_gives_the_first_lines(
    prove_bytes: Prove, file: Path, name: str, part: int
) -> None:
    content = FILES[name]
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    whole = facts_of(file, proof)
    for length in range(part, len(content), 4):
        outcome = prove_bytes(content[:length])
        if isinstance(outcome, FileRefused):
            assert outcome.message.isprintable()
            continue
        found = facts_of(file, outcome)
        assert found == whole[: len(found)], length


def test_a_cut_payout_id_is_refused(prove_bytes: Prove) -> None:
    content = b"\n".join(FILES["report"].splitlines()[:3])
    header, *rows = content.decode().split("\n")
    cells = [row.split(",") for row in (header, *rows)]
    ids = [row.pop(11) for row in cells]
    moved = "\n".join(",".join([*row, at]) for row, at in zip(cells, ids, strict=True)).encode()
    assert isinstance(prove_bytes(moved), FileProof)
    for length in range(1, len("po_1")):
        outcome = prove_bytes(moved[:-length])
        assert isinstance(outcome, FileRefused)
        assert (outcome.code, outcome.field) == ("file_cut_off", "automatic_payout_id")
    assert isinstance(prove_bytes(moved[:-1] + b"\n"), FileProof)  # A line end says: it is whole.


def prove_whole(prove_bytes: Prove, content: bytes) -> FileProof:
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof), proof
    return proof


@pytest.mark.parametrize("name", [ONE_PAYOUT, "report"])
def test_every_digit_of_every_amount_of_a_payout_counts(prove_bytes: Prove, name: str) -> None:
    rows = list(csv.reader(StringIO(FILES[name].decode())))
    columns = [rows[0].index(n) for n in ("amount", "gross", "fee", "net") if n in rows[0]]
    for place, row in enumerate(rows[1:], 1):
        for column in columns:
            for at, digit in enumerate(row[column]):
                if not digit.isdigit():
                    continue
                cell = f"{row[column][:at]}{(int(digit) + 1) % 10}{row[column][at + 1 :]}"
                changed = [*rows[:place], [*row[:column], cell, *row[column + 1 :]]]
                text = "\n".join(",".join(each) for each in [*changed, *rows[place + 1 :]])
                outcome = prove_bytes(text.encode() + b"\n")
                assert isinstance(outcome, FileRefused), (place, column, at)


def test_a_doubled_or_lost_row_of_a_payout_is_refused(prove_bytes: Prove) -> None:
    texts = FILES[ONE_PAYOUT].splitlines(keepends=True)
    for place in range(1, len(texts)):
        doubled = b"".join([*texts[:place], texts[place], *texts[place:]])
        outcome = prove_bytes(doubled)
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "control_failed"
        lost = prove_bytes(b"".join([*texts[:place], *texts[place + 1 :]]))
        if b",payout," in texts[place]:  # Nothing is left that says what it came to.
            assert isinstance(lost, FileProof)
            assert lost.controls == ()
        else:
            assert isinstance(lost, FileRefused)


def naive_net(content: bytes) -> Decimal:
    """What a spreadsheet makes of the net column; blank lines above the names mean nothing."""
    text = content.decode("utf-8-sig").lstrip("\r\n")
    rows = csv.DictReader(StringIO(text, newline=""))
    return sum((Decimal(row["net"]) for row in rows), Decimal(0))


@st.composite
def damaged(draw: st.DrawFn, write: Callable[[list[Transaction]], bytes]) -> bytes:
    made = draw(payouts() if write is report else transactions())
    content = bytearray(write(made))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 5)))
        content[start:end] = draw(
            st.binary(max_size=5) | st.sampled_from([b",", b"\n", b"0", b"-", b'"', b"}", b"["])
        )
    return bytes(content)


@settings(max_examples=100)
@given(damaged(table))
def test_a_damaged_table_is_refused_or_its_net_is_true(prove_bytes: Prove, content: bytes) -> None:
    outcome = prove_bytes(content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
        return
    try:
        net = naive_net(content)
    except (InvalidOperation, KeyError, TypeError):
        pytest.fail("a spreadsheet would not read what we read")
    assert sum(totals.net_minor for totals in outcome.currencies.values()) == net


@settings(max_examples=80)
@given(damaged(report))
def test_a_damaged_report_is_answered(prove_bytes: Prove, content: bytes) -> None:
    outcome = prove_bytes(content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
    else:
        assert all(control.holds for control in outcome.controls)


@settings(max_examples=80)
@given(st.sampled_from([api_list, api_array, api_lines]).flatmap(damaged))
def test_damaged_json_is_answered(prove_bytes: Prove, content: bytes) -> None:
    outcome = prove_bytes(content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
    else:
        for totals in outcome.currencies.values():
            assert totals.gross_minor - totals.fee_minor == totals.net_minor


@settings(max_examples=150)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_behind_a_good_beginning_are_answered(
    prove_bytes: Prove, name: str, garbage: bytes, length: int
) -> None:
    outcome = prove_bytes(FILES[name][:length] + garbage)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()


def test_columns_in_any_order_are_the_same_money(prove_bytes: Prove, file: Path) -> None:
    rows = list(csv.reader(StringIO(REPORT)))
    order = list(range(len(rows[0])))
    whole = facts_of(file, prove_whole(prove_bytes, REPORT.encode()))
    for seed in range(20):
        Random(seed).shuffle(order)
        text = "".join(",".join(row[at] for at in order) + "\r\n" for row in rows)
        proof = prove_whole(prove_bytes, ("\ufeff" + text).encode())
        assert facts_of(file, proof) == whole
        assert len(proof.controls) == 1


def test_more_payouts_than_are_remembered_are_refused(
    prove_bytes: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.stripe.payouts.PAYOUTS_MAX", 3)
    header, row = REPORT.splitlines()[:2]
    rows = [row.replace("txn_1", f"txn_{n}").replace("po_1", f"po_{n}") for n in range(4)]
    outcome = prove_bytes("\n".join([header, *rows, ""]).encode())
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.line_number) == ("too_many_parts", 5)
    over_time = row.replace("po_1", "")
    proof = prove_bytes("\n".join([header, over_time, *rows, ""]).encode())
    assert isinstance(proof, FileProof)
