"""Alipay's trade and fund bill: every row explained, round trips, whose bill and which day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats import FORMATS, recognise
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.alipay.writing import (
    ACCOUNT,
    FLOWS,
    TRADES,
    Flow,
    Trade,
    fund_lines,
    packed,
    trade_lines,
)
from tests.unit.providers.conftest import Prove, Read

DAY = [
    Trade("交易", 2_000, "order-1", fee_minor=-12, discount_minor=5),  # Paid, fee and all.
    Trade("退款", -500, "order-1", "refund-1", fee_minor=3),  # A part of it back, with its fee.
    Trade("退款", -100, "order-1", "refund-2"),  # Another part of the same trade.
    Trade("交易", 1_000, "order-2", share_minor=-50, trade="2026033122002"),  # Shared with others.
    Trade("退款", -1_000, "order-2", "", trade="2026033122002"),  # Without a request number.
    Trade("交易", 100, "order-3", fee_minor=1, trade="2026033122003"),  # A fee without its minus.
]
MOVES = [
    Flow("在线支付", 227_400, 1, "order-1"),
    Flow("收费", -137, 2, "order-1"),
    Flow("交易退款", -40_000, 3, "order-1"),
    Flow("提现", -100_001, 4, ""),
    Flow("转账", 500, 5, ""),
    Flow("其它", -7, 6, ""),
]


def test_the_rows_of_a_trade_bill(prove_bytes: Prove, read_bytes: Read) -> None:
    content = packed(trade_lines(DAY))
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.format, proof.variant) == ("alipay", "trade_bill")
    assert (proof.merchant_account, str(proof.business_day)) == (ACCOUNT, "2026-03-31")
    assert proof.kinds == {"charge": 3, "refund": 3}
    found = read_bytes(content)
    assert [(line.gross_minor, line.fee_minor, line.net_minor) for line in found] == [
        (2_000, 12, 1_988),
        (-500, -3, -497),
        (-100, 0, -100),
        (1_000, 50, 950),
        (-1_000, 0, -1_000),
        (100, 1, 99),
    ]
    assert [line.reference for line in found] == [
        "order-1", "refund-1", "refund-2", "order-2", "order-2", "order-3",
    ]  # fmt: skip
    assert found[0].provider_reference == found[1].provider_reference == "2026033122001"
    assert len({line.line_identity for line in found}) == 6
    assert found[4].line_identity.endswith("/2026-03-31 10:00:04")
    assert found[0].booked_at.isoformat() == "2026-03-31T10:00:00+08:00"
    assert [line.line_number for line in found] == list(range(6, 12))
    assert [line.raw for line in found] == trade_lines(DAY)[5:11]


def test_the_controls_of_a_trade_bill(prove_bytes: Prove) -> None:
    proof = prove_bytes(packed(trade_lines(DAY)))
    assert isinstance(proof, FileProof)
    figures = [(each.name, each.printed, each.computed) for each in proof.controls]
    assert figures == [
        ("交易合计笔数", "3", "3"),
        ("交易合计商家实收", "31.00", "31.00"),
        ("交易合计商家优惠", "0.05", "0.05"),
        ("退款合计笔数", "3", "3"),
        ("退款合计商家实收退款", "-16.00", "-16.00"),
        ("退款合计商家优惠退款", "0.00", "0.00"),
    ]
    assert tuple(each.name for each in proof.controls) == FORMATS["alipay"].variants[0].proves


@pytest.mark.parametrize("mark", ["", "-"])
def test_the_rows_of_a_fund_bill(prove_bytes: Prove, read_bytes: Read, mark: str) -> None:
    content = packed(fund_lines(MOVES, minus=bool(mark)))
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.unknown) == ("fund_bill", ("unknown:其它",))
    found = read_bytes(content)
    assert [(line.kind, line.gross_minor, line.fee_minor, line.net_minor) for line in found] == [
        ("charge", 227_400, 0, 227_400),
        ("fee", 0, 137, -137),
        ("refund", -40_000, 0, -40_000),
        ("payout", -100_001, 0, -100_001),
        ("transfer", 500, 0, 500),
        ("unknown:其它", -7, 0, -7),
    ]
    assert [line.reference for line in found] == ["order-1"] * 3 + ["4", "5", "6"]
    assert [line.provider_reference for line in found[:2]] == ["B1", "B2"]
    names = [each.name for each in proof.controls]
    assert names == ["支出合计笔数", "支出合计金额", "收入合计笔数", "收入合计金额"]


@given(TRADES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["gb18030", "utf-8", "utf-8-sig"]))
def test_a_trade_bill_is_read_as_it_was_written(
    prove_bytes: Prove, read_bytes: Read, trades: list[Trade], end: str, encoding: str
) -> None:
    content = packed(trade_lines(trades), end=end, encoding=encoding)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.variant == ("trade_bill" if encoding == "gb18030" else "trade_bill_utf8")
    assert all(control.holds for control in proof.controls)
    found = read_bytes(content)
    assert [line.gross_minor for line in found] == [each.received_minor for each in trades]
    printed_minor = [each.fee_minor + each.share_minor for each in trades]  # As Alipay signs it.
    for line, minor, trade in zip(found, printed_minor, trades, strict=True):
        assert line.net_minor == trade.received_minor + minor
        assert line.reference == (trade.refund or trade.order)


@given(FLOWS, st.sampled_from(["", "-"]), st.sampled_from(["gb18030", "utf-8"]))
def test_a_fund_bill_is_read_as_it_was_written(
    prove_bytes: Prove, read_bytes: Read, flows: list[Flow], mark: str, encoding: str
) -> None:
    content = packed(fund_lines(flows, minus=bool(mark)), encoding=encoding)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert all(control.holds for control in proof.controls)
    assert [line.net_minor for line in read_bytes(content)] == [each.net_minor for each in flows]


def test_a_day_without_business_is_a_good_bill(prove_bytes: Prove) -> None:
    proof = prove_bytes(packed(trade_lines([])))
    assert isinstance(proof, FileProof)
    assert (proof.lines, str(proof.business_day)) == (0, "2026-03-31")
    for lost in (1, 2):
        lines = trade_lines([])
        del lines[lost]
        outcome = prove_bytes(packed(lines))
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "no_lines"


def test_commas_of_a_spreadsheet_behind_comments_do_not_matter(prove_bytes: Prove) -> None:
    lines = [f"{line},,,,," if line[0] == "#" else line for line in trade_lines(DAY)]
    assert isinstance(prove_bytes(packed(lines)), FileProof)


def test_marks_of_ascii_are_as_good_as_chinese_ones(prove_bytes: Prove) -> None:
    marks = str.maketrans("：，（）", ":,()")
    lines = [line if line[0].isdigit() else line.translate(marks) for line in trade_lines(DAY)]
    proof, usual = prove_bytes(packed(lines)), prove_bytes(packed(trade_lines(DAY)))
    assert isinstance(proof, FileProof), proof
    assert isinstance(usual, FileProof)
    assert (proof.merchant_account, proof.controls) == (usual.merchant_account, usual.controls)
    assert proof.currencies == usual.currencies


def test_a_product_with_a_comma_is_read_when_it_is_quoted(
    prove_bytes: Prove, read_bytes: Read
) -> None:
    lines = trade_lines(DAY)
    lines[5] = lines[5].replace("耳机", '"耳机, 白色"', 1)
    assert read_bytes(packed(lines))[0].text == "耳机, 白色"
    lines[5] = lines[5].replace('"', "")
    outcome = prove_bytes(packed(lines))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "column_count"


@pytest.mark.parametrize(
    ("head", "words"),
    [("#支付宝业务汇总查询\n", "summary"), ("#支付宝账务汇总查询\n", "summary")],
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_look_alikes_are_refused_by_name(
    prove_bytes: Prove, head: str, words: str, encoding: str
) -> None:
    outcome = prove_bytes(head.encode(encoding))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "format_not_recognised"
    assert words in outcome.message


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_zip_is_to_be_unpacked(prove_bytes: Prove, encoding: str) -> None:
    name = "20880211096256330156_20260331_业务明细.csv".encode(encoding)
    outcome = prove_bytes(b"PK\x03\x04" + bytes(26) + name + b"\x01\x02\x03")
    assert isinstance(outcome, FileRefused)
    assert "unpack" in outcome.message
    assert recognise(b"PK\x03\x04" + bytes(40)) is None
