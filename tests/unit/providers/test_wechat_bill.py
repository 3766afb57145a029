"""Writing bills: byte for byte what was read, read back as written, and planted with breaks."""

from collections import Counter
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given

from providers.formats import lines, prove
from providers.settlement_file import FileProof, SettlementLine
from providers.wechat.bill import REAL_BILL, BillRow, read_rows, write_bill
from providers.wechat.plant import plant
from providers.wechat.synthetic import Charge, charge_rows, synthetic_rows
from tests.unit.providers.bills import BILLS, ROW, bill, read_naively
from tests.unit.providers.conftest import Prove, Read

REAL_ROWS = tuple(read_rows(REAL_BILL))


def test_the_real_bill_is_written_back_byte_for_byte() -> None:
    assert len(REAL_ROWS) == 45
    assert bill(*REAL_ROWS) == REAL_BILL.read_bytes()


@given(BILLS)
def test_what_was_written_is_what_is_read(
    prove_bytes: Prove, read_bytes: Read, rows: list[BillRow]
) -> None:
    content = bill(*rows)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert all(control.holds for control in proof.controls)
    naive = read_naively(content)
    assert naive.computed == naive.printed
    assert tuple(Decimal(control.computed) for control in proof.controls) == naive.computed
    totals = proof.currencies["CNY"]
    assert (totals.net_minor - totals.residue_minor) / 100 == naive.net
    found = read_bytes(content)
    assert [line.raw for line in found] == ["`" + ",`".join(row) for row in rows]
    for row, line in zip(rows, found, strict=True):
        assert_line_is_row(line, row)


def assert_line_is_row(line: SettlementLine, row: BillRow) -> None:
    paid = row.state == "SUCCESS"
    assert line.kind == ("charge" if paid else "refund")
    assert line.reference == (row.order if paid else row.refund)
    assert line.provider_reference == (row.wechat_order if paid else row.wechat_refund)
    gross = Decimal(row.settle_amount) - Decimal(row.refund_amount)
    assert line.gross_minor == gross * 100
    fee = Decimal(row.fee) * 100
    assert line.fee_minor == fee.quantize(Decimal(1), ROUND_HALF_UP)
    assert line.fee_minor + line.residue_minor == fee
    assert line.net_minor == line.gross_minor - line.fee_minor
    assert line.booked_at.strftime("%Y-%m-%d %H:%M:%S%z") == f"{row.time}+0800"


def test_a_row_that_is_no_row_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="bad amount"):
        bill(ROW._replace(fee="1,5"))
    with pytest.raises(AssertionError, match="no currency"):
        bill(ROW._replace(currency="RMB"))


@pytest.mark.parametrize("seed", range(50))
def test_planted_breaks_are_the_whole_difference(
    prove_bytes: Prove, read_bytes: Read, seed: int
) -> None:
    changed, planted = plant(REAL_ROWS, seed)
    assert plant(REAL_ROWS, seed) == (changed, planted)
    assert isinstance(prove_bytes(bill(*changed)), FileProof)
    ours = {line.reference: line for line in read_bytes(bill(*REAL_ROWS))}
    breaks: Counter[tuple[str, str, int]] = Counter()
    seen: set[str] = set()
    for line in read_bytes(bill(*changed)):
        key, known = line.reference, ours.get(line.reference)
        if key in seen:
            breaks["duplicate_line", key, line.gross_minor] += 1
        elif known is None:
            breaks["missing_in_events", key, line.gross_minor] += 1
        elif known.gross_minor != line.gross_minor:
            breaks["amount_differs", key, line.gross_minor - known.gross_minor] += 1
        seen.add(key)
    for key in ours.keys() - seen:
        breaks["missing_in_file", key, -ours[key].gross_minor] += 1
    assert breaks == Counter((each.kind, each.reference, each.amount_minor) for each in planted)
    assert Counter(each.kind for each in planted) == {
        "amount_differs": 2, "missing_in_file": 1, "missing_in_events": 1, "duplicate_line": 1,
    }  # fmt: skip
    off = [each for each in planted if each.kind == "amount_differs"]
    assert {ours[each.reference].gross_minor for each in off} == {3}
    assert {abs(each.amount_minor) for each in off} == {1}


def test_seeds_differ() -> None:
    assert len({plant(REAL_ROWS, seed)[1] for seed in range(20)}) > 10


def test_a_synthetic_bill_proves_and_can_be_made_again(
    prove_bytes: Prove, read_bytes: Read
) -> None:
    rows = tuple(synthetic_rows(2_000, seed=1))
    assert rows == tuple(synthetic_rows(2_000, seed=1))
    assert rows != tuple(synthetic_rows(2_000, seed=2))
    proof = prove_bytes(bill(*rows))
    assert isinstance(proof, FileProof)
    assert proof.kinds == {"charge": 1_800, "refund": 200}
    found = read_bytes(bill(*rows))
    assert len({line.line_identity for line in found}) == 2_000
    assert any(line.fee_minor < 0 for line in found)
    assert {line.booked_at.date() for line in found} == {proof.business_day}


def test_a_bill_for_given_charges(tmp_path: Path) -> None:
    moment = datetime(2019, 2, 15, 20, 0, tzinfo=UTC)
    charges = [Charge(f"order-{n}", f"4200{n}", n, moment) for n in range(1, 15)]
    path = tmp_path / "bill.csv"
    with path.open("wb") as out:
        write_bill(charge_rows(charges, merchant="1921000401"), out)
    proof = prove(path)
    assert isinstance(proof, FileProof)
    assert proof.merchant_account == "1921000401"
    assert str(proof.business_day) == "2019-02-16"
    found = list(lines(path, proof))
    assert [(line.reference, line.gross_minor) for line in found] == [
        (charge.order, charge.amount_minor) for charge in charges
    ]
    assert {line.booked_at for line in found} == {moment}


def test_writing_streams() -> None:
    class Counting(BytesIO):
        writes = 0

        def write(self, content: object, /) -> int:
            assert isinstance(content, bytes)
            self.writes += 1
            return len(content)

    out = Counting()
    write_bill(synthetic_rows(5_000, seed=3), out)
    assert out.writes >= 5
