"""The export of a private Alipay wallet: the sample to the letter, made up, damaged."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

NAME = "deb-sig_double-entry-generator__example-alipay-records.csv"
SAMPLE = SAMPLES / "alipay" / NAME
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
HEADING = """--------------------------------
导出信息：
姓名：xx
支付宝账户：xx@example.com
共7笔记录
收入：1笔 228.50元
支出：3笔 {expense}元
不计收支：3笔 {neutral}元

------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------
"""
HEADER = (
    "交易时间            ,交易分类                ,交易对方  ,对方账号  ,商品说明    ,收/支     ,"
    "金额     ,收/付款方式   ,交易状态     ,交易订单号     ,商家订单号    ,备注      ,\n"
)
ROWS = (
    "2026-02-12 21:32:14 ,亲友代付 ,xx ,/ ,亲情卡 ,支出 ,49.74 ,银行(1) ,交易成功 ,T1\t,O1\t, ,\n"
    "2026-02-11 10:00:00 ,转账红包 ,xx ,/ ,转账 ,收入 ,228.50 ,余额 ,交易成功 ,T2\t, \t, ,\n"
    "2026-02-10 10:00:00,投资理财,xx,/,基金-卖出,不计收支,99.34,余额宝 ,交易成功,T3\t,O3\t,,\n"
    "2026-02-09 18:22:28,退款,一卡通,f@x,退款-充值,不计收支,50.00,余额宝,退款成功,T4_R1\t,O4\t,,\n"
    "2026-02-09 18:21:50,交通出行,一卡通,f@x,充值,支出,50.00,余额宝,交易关闭,T4\t,O4\t,,\n"
    "2026-02-08 13:10:16,日用百货,xx,/,未付,不计收支,82.00,,交易关闭,T5\t,O5\t,,\n"
    "2026-02-07 13:10:16,日用百货,xx,/,新,支出,1.00,余额,某种状态,T6\t,O6\t,,\n"
)
GOOD = HEADING.format(expense="50.74", neutral="149.34") + HEADER + ROWS


def packed(text: str) -> bytes:
    return text.encode("gb18030")


def refused(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    return outcome


def test_the_sample_has_every_row_and_every_fen() -> None:
    outcome, expected = refused(prove(SAMPLE)), EXPECTED[f"alipay/{NAME}"]
    proof = outcome.proof
    assert proof is not None
    assert (proof.variant, proof.lines) == ("wallet_statement", expected["records"])
    counts, sums = Counter[str](), dict[str, Decimal]()
    for line in lines(SAMPLE, proof):
        cells = [cell.strip() for cell in line.raw.split(",")]
        name, amount = f"{cells[5]}/{cells[8]}|CNY", Decimal(cells[6])
        counts[name] += 1
        sums[name] = sums.get(name, Decimal(0)) + amount
        assert line.code == cells[8]
        assert abs(line.net_minor) in {0, amount * 100}
        assert line.net_minor == line.gross_minor
    by_type = {name: {"amount": str(sums[name]), "count": counts[name]} for name in sums}
    assert by_type == expected["by_type"]
    assert sum(sums.values()) == Decimal(expected["by_currency"]["CNY"]["amount"])


def test_what_the_sample_comes_to_by_hand() -> None:
    proof = refused(prove(SAMPLE)).proof
    assert proof is not None
    income, spent, waiting = 22_222_850, 4_974 + 990 + 8_200, 2_000
    refunds, paid_and_closed = 1_603 + 5_000, 5_000
    assert proof.currencies["CNY"].net_minor == (
        income - spent - waiting + refunds - paid_and_closed
    )
    assert proof.kinds == {"bank_entry": 9, "transfer": 1}
    assert proof.unknown == ()


def test_the_printed_totals_of_the_sample_are_those_of_a_longer_file() -> None:
    outcome = refused(prove(SAMPLE))
    assert (outcome.code, outcome.field, outcome.printed) == ("control_failed", "count", "66")
    assert outcome.proof is not None
    expected = EXPECTED[f"alipay/{NAME}"]["printed_totals"]
    printed = {each.name: each.printed for each in outcome.proof.controls}
    again = [f"共{printed['count']}笔记录"] + [
        f"{name}：{printed[f'{name}笔数']}笔 {printed[f'{name}金额']}元"
        for name in ("收入", "支出", "不计收支")
    ]
    assert again == expected
    held = [each.name for each in outcome.proof.controls if each.holds]
    assert held == ["收入笔数"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_signs_of_a_whole_export(prove_bytes: Prove, read_bytes: Read, encoding: str) -> None:
    content = GOOD.encode(encoding)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    found = read_bytes(content)
    assert [(line.kind, line.net_minor, line.code) for line in found] == [
        ("bank_entry", -4_974, "交易成功"),
        ("bank_entry", 22_850, "交易成功"),
        ("transfer", 0, "交易成功"),  # From one pocket to another.
        ("bank_entry", 5_000, "退款成功"),  # Came back …
        ("bank_entry", -5_000, "交易关闭"),  # … of what had been paid.
        ("bank_entry", 0, "交易关闭"),  # Never paid.
        ("unknown:某种状态", -100, "某种状态"),
    ]
    assert found[2].text == "99.34 基金-卖出"
    assert found[5].text == "82.00 未付"
    assert (found[0].reference, found[0].provider_reference) == ("O1", "T1")
    assert found[1].reference == found[1].line_identity
    assert len({line.line_identity for line in found}) == 7


@pytest.mark.parametrize("expense", ["50.74", "100.74"])
@pytest.mark.parametrize("neutral", ["149.34", "231.34"])
def test_closed_trades_may_be_summed_or_not(prove_bytes: Prove, expense: str, neutral: str) -> None:
    text = HEADING.format(expense=expense, neutral=neutral) + HEADER + ROWS
    assert isinstance(prove_bytes(packed(text)), FileProof)
    other = HEADING.format(expense="51.74", neutral=neutral) + HEADER + ROWS
    outcome = refused(prove_bytes(packed(other)))
    assert (outcome.code, outcome.field) == ("control_failed", "支出金额")


@pytest.mark.parametrize("part", range(4))
def test_a_cut_is_refused_or_takes_nothing(prove_bytes: Prove, read_bytes: Read, part: int) -> None:
    whole = packed(GOOD)
    full = [(line.net_minor, line.line_identity) for line in read_bytes(whole)]
    for length in range(part, len(whole), 4):
        if isinstance(prove_bytes(whole[:length]), FileProof):
            found = read_bytes(whole[:length])
            assert [(line.net_minor, line.line_identity) for line in found] == full


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("2026-02-12 21:32:14", "2026/2/12 21:32", "time_wrong"), ("49.74", "-49.74", "amount_wrong"),
     (",支出 ,49.74", ",支 ,49.74", "state_wrong"), ("某种状态", "", "state_wrong"),
     ("T1\t", "1" * 300, "key_wrong"), ("亲情卡 ", "亲,情卡", "column_count"),
     ("共7笔", "共8笔", "control_failed"), ("共7笔记录\n", "", "totals_missing"),
     ("收入：1笔", "收入：一笔", "totals_not_understood"),
     ("交易状态", "状态", "column_missing"), ("对方账号", "金额", "column_twice")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    assert old in GOOD
    assert refused(prove_bytes(packed(GOOD.replace(old, new, 1)))).code == code


@settings(max_examples=300)
@given(st.integers(0, 5_000), st.binary(max_size=40))
def test_bytes_put_in_are_answered(prove_bytes: Prove, place: int, put_in: bytes) -> None:
    whole = packed(GOOD)
    at = place % len(whole)
    for content in (whole[:at] + put_in, whole[:at] + put_in + whole[at:]):
        outcome = prove_bytes(content)
        assert isinstance(outcome, FileProof) or outcome.message.isprintable()


@pytest.mark.parametrize("state", ["支付成功", "还款成功", "代付成功", "等待发货"])
def test_words_for_what_was_carried_out_are_no_unknown_ones(read_bytes: Read, state: str) -> None:
    line = read_bytes(packed(GOOD.replace("交易成功 ,T1", f"{state} ,T1")))[0]
    assert (line.kind, line.code, line.net_minor) == ("bank_entry", state, -4974)


def test_closed_has_two_words(read_bytes: Read) -> None:
    line = read_bytes(packed(GOOD.replace("交易关闭,T5", "已关闭,T5")))[5]
    assert (line.kind, line.net_minor) == ("bank_entry", 0)
