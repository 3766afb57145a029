"""Damaged and hostile bills of Alipay: a clear refusal or a correct reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.alipay.test_bills import DAY, MOVES
from tests.unit.providers.alipay.writing import fund_lines, packed, trade_lines
from tests.unit.providers.conftest import Prove, Read

TRADE, FUND = packed(trade_lines(DAY)), packed(fund_lines(MOVES))


def refused(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
    return outcome


@pytest.mark.parametrize("whole", [TRADE, FUND], ids=["trade", "fund"])
@pytest.mark.parametrize("part", range(4))
def test_a_cut_is_refused_until_the_totals_are_there(
    prove_bytes: Prove, read_bytes: Read, whole: bytes, part: int
) -> None:
    proven_from = whole.index("#导出时间".encode("gb18030")) - 1
    full = [line.raw for line in read_bytes(whole)]
    for length in range(part, len(whole), 4):
        outcome = prove_bytes(whole[:length])
        if length < proven_from:
            assert isinstance(outcome, FileRefused), length
        elif isinstance(outcome, FileProof):  # Every figure had been printed.
            assert [line.raw for line in read_bytes(whole[:length])] == full


@pytest.mark.parametrize(
    ("lines", "columns"), [(trade_lines(DAY), (12, 16)), (fund_lines(MOVES), (6, 7))]
)
def test_every_digit_of_every_amount_counts(
    prove_bytes: Prove, lines: list[str], columns: tuple[int, int]
) -> None:
    for place in range(5, 11):
        cells = lines[place].split(",")
        for column in columns:
            for at, digit in enumerate(cells[column]):
                if not digit.isdigit():
                    continue
                changed, other = [*cells], [*lines]
                flipped = f"{(int(digit) + 1) % 10}"
                changed[column] = cells[column][:at] + flipped + cells[column][at + 1 :]
                other[place] = ",".join(changed)
                refused(prove_bytes(packed(other)))


@pytest.mark.parametrize("lines", [trade_lines(DAY), fund_lines(MOVES)], ids=["trade", "fund"])
def test_a_row_doubled_or_lost_is_refused(prove_bytes: Prove, lines: list[str]) -> None:
    for place in range(5, 11):
        for changed in (
            [*lines[:place], lines[place], *lines[place:]],
            [*lines[:place], *lines[place + 1 :]],
        ):
            outcome = refused(prove_bytes(packed(changed)))
            assert outcome.code == "control_failed"
            assert outcome.proof is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("2026-03-31 10:00:01", "2026-03-31", "time_wrong"),
     (",20.00,20.00", ",20.00,2O", "amount_wrong"),
     (",20.00,20.00", ",20.00,20.001", "amount_wrong"), (",20.00,20.00", ",20.00,", "amount_wrong"),
     (",20.00,20.00", ",20.00,-20.00", "amount_contradicts_state"),
     ("-0.12", "0.1x", "amount_wrong"),
     ("-5.00,-5.00", "5.00,5.00", "amount_contradicts_state"), ("交易\t", "\t", "state_wrong"),
     ("refund-1", "r" * 300, "key_wrong"), ("耳机", "耳,机", "column_count"),
     ("耳机", '"耳机', None), ("商家实收（元）", "实收", "column_missing"),
     ("门店编号", "业务类型", "column_twice"), ("明细列表结束", "明细", "totals_not_understood"),
     ("#交易合计", "#合计", "totals_not_understood"),
     ("#退款合计", "#交易合计", "totals_not_understood"),
     ("3笔", "三笔", "totals_not_understood"), ("共31.00元", "共31.00", "totals_not_understood"),
     ("，商家优惠共0.05元", "", "totals_not_understood"),
     ("共31.00元", "共31.0.0元", "total_wrong"),
     ("共31.00元", "共30.00元", "control_failed"), ("共-16.00元", "共16.00元", "control_failed"),
     ("#导出时间", "导出时间", "text_after_totals")],
)  # fmt: skip
def test_damage_to_a_trade_bill_has_a_name(
    prove_bytes: Prove, old: str, new: str, code: str | None
) -> None:
    text = "\n".join(trade_lines(DAY))
    assert old in text
    outcome = prove_bytes(text.replace(old, new, 1).encode("gb18030"))
    if code is None:
        assert isinstance(outcome, FileProof)
    else:
        assert refused(outcome).code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("2026-03-31 10:00:01", "x", "time_wrong"),
     ("2274.00,0.00", "2274.00,1.00", "amount_contradicts_state"),
     ("2274.00,0.00", "-2274.00,0.00", "amount_contradicts_state"), ("在线支付", "", "state_wrong"),
     ("2274.00,0.00", "2274.000,0.00", "amount_wrong"), ("0.00,1.37", "0.00,1,37", "column_count"),
     ("\n1\t,B1", "\n\t,B1", "key_wrong"), ("共2279.00元", "共2278.00元", "control_failed"),
     ("2笔", "1笔", "control_failed"), ("账务流水号,", "流水号,", "column_missing")],
)  # fmt: skip
def test_damage_to_a_fund_bill_has_a_name(
    prove_bytes: Prove, old: str, new: str, code: str
) -> None:
    text = "\n".join(fund_lines(MOVES))
    assert old in text
    assert refused(prove_bytes(text.replace(old, new, 1).encode("gb18030"))).code == code


@pytest.mark.parametrize("whole", [TRADE, FUND], ids=["trade", "fund"])
def test_the_ends_of_a_bill(prove_bytes: Prove, whole: bytes) -> None:
    assert refused(prove_bytes(whole + whole)).code == "text_after_totals"
    assert refused(prove_bytes(whole[: whole.index(b"\n") + 1])).code == "totals_missing"
    title = whole[: whole.index(b"\n") + 1]
    assert refused(prove_bytes(title + b"#x\n" * 30)).code == "column_missing"


@settings(max_examples=300)
@given(st.sampled_from([TRADE, FUND]), st.integers(0, 5_000), st.binary(max_size=40))
def test_bytes_put_in_are_answered(
    prove_bytes: Prove, whole: bytes, place: int, put_in: bytes
) -> None:
    at = place % len(whole)
    for content in (whole[:at] + put_in, whole[:at] + put_in + whole[at:]):
        outcome = prove_bytes(content)
        if isinstance(outcome, FileRefused):
            assert outcome.message.isprintable()
        else:
            assert all(control.holds for control in outcome.controls)
