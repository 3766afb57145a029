"""The statement of a private WeChat wallet: the sample to the letter, made up, damaged."""

import csv
import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

NAME = "deb-sig_double-entry-generator__example-wechat-records.csv"
SAMPLE = SAMPLES / "wechat" / NAME
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
HEADING = """微信支付账单明细,,,,,,,,
微信昵称：[测试],,,,,,,,
起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59],,,,,,,,
共3笔记录,,,,,,,,
收入：1笔 23.00元,,,,,,,,
支出：1笔 1028.16元,,,,,,,,
中性交易：1笔 100.10元,,,,,,,,
,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,
"""
HEADER = "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
ROWS = (
    '2026-03-26 12:45:27,"商户消费","店","米线, 大份","支出","¥1,028.16","银行","支付成功",'
    '"39857"\t,"129"\t,"/"\n'
    "2026-03-20 19:29:00,二维码收款,用户A,收款,收入,¥23.0,零钱,已收钱,39858,/\t,/\n"
    '2026-03-15 16:29:37,零钱提现,招商银行(),"/",/,¥100.10,银行,提现已到账,207	,/	,"服务费¥0.10"\n'
)
GOOD = HEADING + HEADER + ROWS


def refused(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    return outcome


def raw_cells(line: SettlementLine) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line.raw]))]


def test_the_sample_has_every_row_and_every_fen() -> None:
    outcome, expected = refused(prove(SAMPLE)), EXPECTED[f"wechat/{NAME}"]
    assert outcome.code == "control_failed"
    proof = outcome.proof
    assert proof is not None
    found = list(lines(SAMPLE, proof))
    assert proof.lines == len(found) == expected["records"] == 27
    counts, sums = Counter[str](), dict[str, Decimal]()
    for line in found:
        cells = raw_cells(line)
        name = f"{cells[4]}/{cells[1]}|CNY"
        amount = Decimal(cells[5].removeprefix("¥"))
        counts[name] += 1
        sums[name] = sums.get(name, Decimal(0)) + amount
        sign = {"收入": 1, "支出": -1, "/": 0}[cells[4]]
        assert line.net_minor == line.gross_minor == sign * amount * 100
        assert line.kind == ("bank_entry" if sign else "transfer")
        assert (line.code, line.fee_minor) == (cells[1], 0)
        assert cells[5] in line.text or sign
    by_type = {
        name: {"amount": str(amount.quantize(Decimal("0.01"))), "count": counts[name]}
        for name, amount in sums.items()
    }
    assert by_type == expected["by_type"]
    assert sum(sums.values()) == Decimal(expected["by_currency"]["CNY"]["amount"])
    assert proof.currencies["CNY"].net_minor == 2849 - 290453


def test_the_printed_totals_of_the_sample_are_those_of_a_longer_file() -> None:
    outcome = refused(prove(SAMPLE))
    assert (outcome.field, outcome.printed, outcome.expected) == ("count", "43", "27")
    assert outcome.proof is not None
    figures = [(each.name, each.printed, each.computed) for each in outcome.proof.controls]
    assert figures == [
        ("count", "43", "27"),
        ("收入笔数", "1", "5"),
        ("收入金额", "0.35", "28.49"),
        ("支出笔数", "1", "11"),
        ("支出金额", "28.16", "2904.53"),
        ("中性交易笔数", "0", "11"),
        ("中性交易金额", "0.00", "26100.89"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_whole_statement_holds(prove_bytes: Prove, read_bytes: Read, bom: str, end: str) -> None:
    content = (bom + GOOD.replace("\n", end)).encode()
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.lines) == ("wallet_statement", 3)
    assert all(control.holds for control in proof.controls)
    assert len(proof.controls) == 7
    spent, got, moved = read_bytes(content)
    assert (spent.net_minor, got.net_minor, moved.net_minor) == (-102_816, 2_300, 0)
    assert (spent.reference, spent.provider_reference) == ("129", "39857")
    assert got.reference == got.line_identity
    assert (moved.kind, moved.text) == ("transfer", "¥100.10 /")
    assert spent.raw == ROWS.splitlines()[0]
    assert str(proof.business_day) == "2026-03-26"


@pytest.mark.parametrize("part", range(4))
def test_a_cut_is_refused_or_only_takes_a_remark(
    prove_bytes: Prove, read_bytes: Read, part: int
) -> None:
    whole = GOOD.encode()
    full = [(line.net_minor, line.line_identity) for line in read_bytes(whole)]
    for length in range(part, len(whole), 4):
        outcome = prove_bytes(whole[:length])
        if isinstance(outcome, FileProof):
            assert length > len(whole) - len('"服务费¥0.10"\n'.encode()) - 1
            found = read_bytes(whole[:length])
            assert [(line.net_minor, line.line_identity) for line in found] == full


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("2026-03-26 12:45:27", "2026/3/26 12:45", "time_wrong"), ("¥23.0", "¥-23.0", "amount_wrong"),
     ("¥23.0", "¥23.005", "amount_wrong"), ("¥23.0", "$23.0", "amount_wrong"),
     ("收款,收入", "收款,进", "state_wrong"), ("39858", "3" * 300, "key_wrong"),
     (",已收钱", "", "column_count"), ("共3笔记录", "共三笔记录", "totals_missing"),
     ("收入：1笔 23.00元", "收入：1笔", "totals_not_understood"),
     ("支出：1笔", "收入：1笔", "totals_not_understood"), ("明细列表", "列表", "totals_missing"),
     ("金额(元)", "数额", "column_missing"), ("支付方式", "商品", "column_twice"),
     ("共3笔", "共4笔", "control_failed"), ("23.00元", "23.01元", "control_failed"),
     ("1028.16元", "1,028.17元", "control_failed")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    assert old in GOOD
    assert refused(prove_bytes(GOOD.replace(old, new, 1).encode())).code == code


def test_a_statement_without_rows_or_totals_is_refused(prove_bytes: Prove) -> None:
    assert refused(prove_bytes((HEADING + HEADER).encode())).code == "no_lines"
    assert refused(prove_bytes((HEADING.replace("共3", "3") + HEADER).encode())).code == (
        "totals_missing"
    )
    assert refused(prove_bytes(("微信支付账单明细\n" + "x\n" * 100).encode())).code == (
        "totals_missing"
    )


def test_a_row_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    rows = ROWS.splitlines(keepends=True)
    for place in range(3):
        for changed in (rows[:place] + rows[place + 1 :], [*rows, rows[place]]):
            outcome = refused(prove_bytes((HEADING + HEADER + "".join(changed)).encode()))
            assert (outcome.code, outcome.field) == ("control_failed", "count")


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(prove_bytes: Prove, content: bytes) -> None:
    for whole in (HEADING.encode() + content, (HEADING + HEADER).encode() + content):
        outcome = prove_bytes(whole)
        assert isinstance(outcome, FileRefused)
        assert outcome.message
