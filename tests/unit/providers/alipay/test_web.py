"""The older export of a private Alipay wallet, by a file made up as the web site prints it."""

import pytest

from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

HEADING = """支付宝交易记录明细查询
账号:[xx@example.com]
起始日期:[2026-01-01 00:00:00]    终止日期:[2026-02-28 00:00:00]
---------------------------------交易记录明细列表------------------------------------
"""
HEADER = (
    "交易号       ,商家订单号     ,交易创建时间     ,付款时间       ,最近修改时间   ,"
    "交易来源地  ,类型       ,交易对方      ,商品名称      ,金额（元）   ,收/支     ,"
    "交易状态    ,服务费（元）   ,成功退款（元）  ,备注        ,资金状态     ,\n"
)
AT = "2026-02-10 10:00:00 ,2026-02-10 10:00:01 ,2026-02-10 10:00:01 ,其他 ,即时到账交易 ,xx ,"
ROWS = (
    f"T1\t,O1\t,{AT}茶叶 ,114.00  ,支出      ,交易成功    ,0.00     ,0.00     ,    ,已支出      ,\n"
    "T2\t,  \t,2026-02-09 05:39:17 , ,2026-02-09 05:39:17 ,网站 ,即时到账交易 ,基金 ,收益发放 ,"
    "2.83    ,        ,交易成功    ,0.00     ,0.00     ,    ,已收入      ,\n"
    f"T3\t,O3\t,{AT}收款 ,50.00   ,收入      ,交易成功    ,0.30     ,0.00     ,    ,已收入      ,\n"
    f"T4\t,O4\t,{AT}转入余额宝 ,500.00 ,      ,交易成功 ,0.00 ,0.00 , ,资金转移  ,\n"
    f"T5\t,O5\t,{AT}未付 ,20.00   ,支出      ,交易关闭    ,0.00     ,0.00     ,    ,        ,\n"
    f"T6\t,O6\t,{AT}花呗 ,7.00    ,支出      ,交易成功    ,0.00     ,0.00     ,    ,        ,\n"
    f"T7\t,O7\t,{AT}待收货 ,9.00    ,支出      ,等待确认收货 ,0.00   ,0.00   ,    ,待支出    ,\n"
    f"T8\t,O8\t,{AT}新 ,1.00    ,收入      ,交易成功 ,0.00     ,0.00     ,    ,某状态    ,\n"
)
RULE = "-" * 84 + "\n"
TOTALS = (
    "共8笔记录\n已收入:2笔,52.83元\n待收入:0笔,0.00元\n已支出:1笔,114.00元\n待支出:1笔,9.00元\n"
    "导出时间:[2026-03-01 19:20:37]    用户:xx\n"
)
GOOD = HEADING + HEADER + ROWS + RULE + TOTALS


def packed(text: str) -> bytes:
    return text.encode("gb18030")


def test_every_row_counts_what_its_money_did(read_bytes: Read) -> None:
    found = read_bytes(packed(GOOD))
    assert [(x.kind, x.gross_minor, x.fee_minor, x.net_minor) for x in found] == [
        ("bank_entry", -11400, 0, -11400), ("bank_entry", 283, 0, 283),
        ("bank_entry", 5000, 30, 4970), ("transfer", 0, 0, 0), ("bank_entry", 0, 0, 0),
        ("bank_entry", -700, 0, -700), ("transfer", 0, 0, 0), ("unknown:某状态", 100, 0, 100),
    ]  # fmt: skip
    assert [(x.reference, x.provider_reference) for x in found[:2]] == [
        ("O1", "T1"), ("T2/2026-02-09 05:39:17/已收入/", "T2"),
    ]  # fmt: skip
    assert (found[3].text, found[4].code) == ("500.00 转入余额宝", "交易关闭")
    assert found[1].booked_at.isoformat() == "2026-02-09T05:39:17+08:00"


@pytest.mark.parametrize(
    ("content", "variant"),
    [(packed(GOOD), "wallet_web"), (GOOD.encode(), "wallet_web_utf8"),
     (packed(GOOD.replace("\n", "\r\n")), "wallet_web")],
)  # fmt: skip
def test_the_whole_export_is_proven(prove_bytes: Prove, content: bytes, variant: str) -> None:
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof), proof
    assert (proof.variant, proof.lines, proof.merchant_account) == (variant, 8, "")
    assert [(x.name, x.printed, x.holds) for x in proof.controls] == [
        ("count", "8", True), ("已收入笔数", "2", True), ("已收入金额", "52.83", True),
        ("待收入笔数", "0", True), ("待收入金额", "0.00", True), ("已支出笔数", "1", True),
        ("已支出金额", "114.00", True), ("待支出笔数", "1", True), ("待支出金额", "9.00", True),
    ]  # fmt: skip


def test_totals_may_be_those_of_the_direction(prove_bytes: Prove) -> None:
    other = GOOD.replace("已收入:2笔,52.83", "已收入:2笔,51.00")
    assert isinstance(prove_bytes(packed(other)), FileProof)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("共8笔", "共9笔", "control_failed"), ("114.00元", "114.01元", "control_failed"),
     ("待收入:0笔", "待收入:1笔", "control_failed"), ("共8笔记录\n", "", "totals_missing"),
     ("待收入:0", "另收入:0", "totals_not_understood"), (RULE, "", "column_count"),
     ("待收入:0笔,0.00", "已收入:0笔,0.00", "totals_not_understood"),
     ("114.00  ,", "-114.00  ,", "amount_wrong"), ("0.30     ,", "0.3x     ,", "amount_wrong"),
     ("2026-02-09 05:39:17 , ,", "2026-02-30 05:39:17 , ,", "time_wrong"),
     ("T1\t,", " \t,", "key_wrong"), ("茶叶 ,", "茶,叶 ,", "column_count"),
     ("资金状态     ,", "资金     ,", "column_missing")],
)  # fmt: skip
def test_what_is_wrong_refuses_it(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    assert GOOD.count(old)
    outcome = prove_bytes(packed(GOOD.replace(old, new, 1)))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code


def test_a_cut_export_is_never_a_whole_one(prove_bytes: Prove) -> None:
    whole = packed(GOOD)
    end = whole.index(packed("共8笔"))
    for length in range(len(packed(HEADING)) // 2, end + 8, 3):
        outcome = prove_bytes(whole[:length])
        assert isinstance(outcome, FileRefused), length
