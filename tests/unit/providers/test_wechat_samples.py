"""The real files of third parties: exactly the figures an independent script found in them."""

import gzip
import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused
from providers.wechat.bill import REAL_BILL
from tests.unit.providers.bills import SAMPLES

OLD = SAMPLES / "wechat" / "binarywang_WxJava__pay_bill_result_all_content_1.csv"
SUCCESS = SAMPLES / "wechat" / "binarywang_WxJava__pay_bill_result_success_content.csv"
WALLET = SAMPLES / "wechat" / "deb-sig_double-entry-generator__example-wechat-records.csv"
FUND_FLOW = SAMPLES / "wechat" / "gunsluo_wechatpay-go__fundflow_20210201.csv.gz"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))


def expected_of(path: Path) -> dict[str, Any]:
    digest = sha256(path.read_bytes()).hexdigest()
    return next(each for each in EXPECTED.values() if each["sha256"] == digest)


def proof_of(path: Path) -> FileProof:
    outcome = prove(path)
    if isinstance(outcome, FileRefused):
        assert outcome.code == "control_failed"
        assert outcome.proof is not None
        return outcome.proof
    return outcome


@pytest.mark.parametrize("path", [REAL_BILL, OLD, SUCCESS], ids=lambda path: path.name)
def test_every_figure_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)
    assert proof.sha256 == expected["sha256"]
    assert proof.lines == expected["records"]
    by_type = {
        {"SUCCESS|CNY": "charge", "REFUND|CNY": "refund"}[name]: figures["count"]
        for name, figures in expected["by_type"].items()
    }
    assert proof.kinds == by_type
    assert set(proof.currencies) == {"CNY"}
    totals, sums = proof.currencies["CNY"], expected["by_currency"]["CNY"]
    gross = Decimal(sums["settle"]) - Decimal(sums["refund"])
    assert totals.gross_minor == gross * 100
    assert totals.fee_minor + totals.residue_minor == Decimal(sums["fee"]) * 100
    assert totals.net_minor == totals.gross_minor - totals.fee_minor
    assert proof.unknown == ()


@pytest.mark.parametrize("path", [REAL_BILL, OLD, SUCCESS], ids=lambda path: path.name)
def test_every_control_is_the_expected_one(path: Path) -> None:
    controls = {control.name: control for control in proof_of(path).controls}
    expected = expected_of(path)
    for name, figures in expected["controls"].items():
        found = controls[name]
        assert found.printed == figures["printed"]
        assert Decimal(found.computed) == Decimal(figures["computed"])
        assert found.holds is figures["equal"]
    printed = {"count" if k == "总交易单数" else k for k in expected["totals_as_printed"]}
    assert set(controls) == printed


def test_the_real_bill_to_the_letter() -> None:
    proof = prove(REAL_BILL)
    assert isinstance(proof, FileProof)
    assert proof.lines == 45
    assert proof.batch_id == "wechat-1921000401-2019-02-19-c71e8ef772b86097"
    assert proof.merchant_account == "1921000401"
    assert str(proof.business_day) == "2019-02-19"
    totals = proof.currencies["CNY"]
    assert (totals.gross_minor, totals.fee_minor, totals.net_minor) == (33, 8, 25)
    assert totals.residue_minor == 0
    assert proof.kinds == {"charge": 31, "refund": 14}
    assert proof.controls == (
        Control("count", "45.0", "45", holds=True, line_number=48),
        Control("应结订单总金额", "0.47", "0.47", holds=True, line_number=48),
        Control("退款总金额", "0.14", "0.14", holds=True, line_number=48),
        Control("充值券退款总金额", "0.0", "0.00", holds=True, line_number=48),
        Control("手续费总金额", "0.08", "0.08000", holds=True, line_number=48),
        Control("订单总金额", "0.47", "0.47", holds=True, line_number=48),
        Control("申请退款总金额", "0.14", "0.14", holds=True, line_number=48),
    )


def test_the_lines_of_the_real_bill() -> None:
    proof = proof_of(REAL_BILL)
    found = list(lines(REAL_BILL, proof))
    assert [line.line_number for line in found] == list(range(2, 47))
    first, paid = found[0], found[2]
    assert (first.kind, first.reference) == ("refund", "REF4200000263201902167700963919")
    assert first.provider_reference == "50000709672019011908420787722"
    assert (first.gross_minor, first.fee_minor, first.net_minor) == (-1, 0, -1)
    assert (paid.kind, paid.reference) == ("charge", "autotest_20190219015232_89201")
    assert paid.provider_reference == "4200000263201902167700134902"
    assert (paid.gross_minor, paid.fee_minor, paid.net_minor) == (3, 1, 2)
    assert paid.booked_at.isoformat() == "2019-02-19T01:52:32+08:00"
    text = REAL_BILL.read_text(encoding="utf-8-sig").splitlines()
    assert [line.raw for line in found] == text[1:46]
    assert {line.batch_id for line in found} == {proof.batch_id}


def test_references_are_unique_in_the_real_bill_and_wechat_order_numbers_are_not() -> None:
    found = list(lines(REAL_BILL, proof_of(REAL_BILL)))
    assert len({line.reference for line in found}) == 45
    assert len({line.line_identity for line in found}) == 45
    assert len({line.provider_reference for line in found}) < 45


def test_the_old_bill_holds_with_its_own_names() -> None:
    proof = prove(OLD)
    assert isinstance(proof, FileProof)
    assert proof.variant == "trade_bill_old"
    first = next(lines(OLD, proof))
    assert first.booked_at.isoformat() == "2014-11-10T16:33:45+08:00"


def test_the_excerpt_of_a_success_bill_is_refused_by_its_controls() -> None:
    refused = prove(SUCCESS)
    assert isinstance(refused, FileRefused)
    assert refused.code == "control_failed"
    assert (refused.field, refused.printed, refused.expected) == ("count", "31", "1")
    assert refused.line_number == 4
    assert refused.proof is not None
    failed = {control.name for control in refused.proof.controls if not control.holds}
    assert failed == {"count", "应结订单总金额", "手续费总金额", "订单总金额"}
    assert len(list(lines(SUCCESS, refused.proof))) == 1  # Accepted with a reason, it is read.


@pytest.mark.parametrize(
    ("path", "variant"), [(WALLET, "wallet_statement"), (FUND_FLOW, "fund_flow")]
)
def test_what_is_no_trade_bill_is_another_variant(path: Path, variant: str) -> None:
    refused = prove(path)
    assert isinstance(refused, FileRefused)
    assert refused.code == "control_failed"
    assert refused.proof is not None
    assert refused.proof.variant == variant
    assert prove(path, format_name="wechat") == refused


def test_the_same_bill_gzipped_is_the_same_batch(tmp_path: Path) -> None:
    packed = tmp_path / "whatever.bin"
    packed.write_bytes(gzip.compress(REAL_BILL.read_bytes()))
    assert prove(packed) == prove(REAL_BILL)
    assert list(lines(packed, proof_of(packed))) == list(lines(REAL_BILL, proof_of(REAL_BILL)))
