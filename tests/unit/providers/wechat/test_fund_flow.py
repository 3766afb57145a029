"""The fund flow bill: the file of a third party to the letter, made-up bills, damaged ones."""

import gzip
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.wechat.writing import HEADER, MOVEMENTS, Movement, fund_flow

NAME = "gunsluo_wechatpay-go__fundflow_20210201.csv.gz"
SAMPLE = SAMPLES / "wechat" / NAME
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
DAY = [
    Movement("交易", 1_000, 1),
    Movement("扣除交易手续费", -6, 2),
    Movement("退款", -400, 3, "refund-1"),
    Movement("充值", 5_000, 4, "0"),
    Movement("提现", -5_493, 5, ""),
    Movement("分账", -94, 6),
]
GOOD = fund_flow(DAY)


def refused(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    return outcome


def test_the_sample_lacks_the_row_that_its_author_cut_out() -> None:
    outcome, expected = refused(prove(SAMPLE)), EXPECTED[f"wechat/{NAME}"]
    proof = outcome.proof
    assert outcome.code == "control_failed"
    assert proof is not None
    assert proof.lines == expected["records"] == 2
    assert (
        proof.currencies["CNY"].net_minor == Decimal(expected["by_currency"]["CNY"]["amount"]) * 100
    )
    assert expected["by_type"] == {"退款/支出|CNY": {"amount": "-0.02", "count": 2}}
    assert proof.kinds == {"refund": 2}
    printed = {control.name: control.printed for control in proof.controls}
    totals = expected["totals_as_printed"]
    assert printed == {
        "count": totals.pop("资金流水总笔数"), **totals, "running_balance": "1",
    }  # fmt: skip
    assert proof.controls[0] == Control("count", "3", "2", holds=False, line_number=5)
    assert [control.holds for control in proof.controls] == [False, False, False, True, True, True]


def test_the_lines_of_the_sample() -> None:
    proof = refused(prove(SAMPLE)).proof
    assert proof is not None
    first, second = lines(SAMPLE, proof)
    assert (first.line_number, second.line_number) == (2, 3)
    assert (first.kind, first.code) == ("refund", "退款")
    assert (first.gross_minor, first.fee_minor, first.net_minor) == (-1, 0, -1)
    assert first.reference == "S20210201135356381941"
    assert first.provider_reference == "50300806962021020105978994968"
    assert "4200000920202101197964319284" in first.line_identity
    assert first.booked_at.isoformat() == "2021-02-01T13:54:01+08:00"
    assert first.text == "退款总金额0.01元;含手续费0.00元"
    text = gzip.decompress(SAMPLE.read_bytes()).decode()
    assert [first.raw, second.raw] == text.split("\n")[1:3]


def test_kinds_and_signs(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(GOOD)
    assert isinstance(proof, FileProof)
    found = read_bytes(GOOD)
    assert [(line.kind, line.gross_minor, line.fee_minor, line.net_minor) for line in found] == [
        ("charge", 1_000, 0, 1_000),
        ("fee", 0, 6, -6),
        ("refund", -400, 0, -400),
        ("transfer", 5_000, 0, 5_000),
        ("payout", -5_493, 0, -5_493),
        ("unknown:分账", -94, 0, -94),
    ]
    assert proof.unknown == ("unknown:分账",)
    assert proof.currencies["CNY"].net_minor == 7
    assert [line.reference for line in found[:3]] == ["order-1", "order-1", "refund-1"]
    assert all(line.reference == line.line_identity for line in found[3:5])  # No voucher.
    assert len({line.line_identity for line in found}) == 6


@given(MOVEMENTS, st.integers(-(10**9), 10**9), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_is_what_is_read(
    prove_bytes: Prove, read_bytes: Read, moves: list[Movement], opening: int, end: str
) -> None:
    content = fund_flow(moves, opening_minor=opening, end=end)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert [line.net_minor for line in read_bytes(content)] == [move.net_minor for move in moves]
    assert proof.currencies["CNY"].net_minor == sum(move.net_minor for move in moves)
    assert all(control.holds for control in proof.controls)


def test_newest_first_is_a_running_balance_too(prove_bytes: Prove) -> None:
    text = GOOD.decode().rstrip("\n").split("\n")
    turned = [text[0], *reversed(text[1:-2]), *text[-2:]]
    assert isinstance(prove_bytes("\n".join(turned).encode()), FileProof)


def test_two_rows_swapped_break_the_running_balance(prove_bytes: Prove) -> None:
    text = GOOD.decode().split("\n")
    text[2], text[4] = text[4], text[2]
    outcome = refused(prove_bytes("\n".join(text).encode()))
    assert (outcome.code, outcome.field) == ("control_failed", "running_balance")
    assert (outcome.printed, outcome.line_number) == ("5", 7)


@pytest.mark.parametrize("part", range(4))
def test_every_cut_is_refused(prove_bytes: Prove, part: int) -> None:
    whole = GOOD.rstrip(b"\n")
    for length in range(part, len(whole), 4):
        assert isinstance(prove_bytes(whole[:length]), FileRefused), length
    assert isinstance(prove_bytes(whole), FileProof)


def test_every_digit_of_every_amount_counts(prove_bytes: Prove) -> None:
    texts = GOOD.decode().split("\n")
    for place in range(1, len(texts) - 3):
        cells = texts[place][1:].split(",`")
        for column in (6, 7):
            for at, digit in enumerate(cells[column]):
                if not digit.isdigit():
                    continue
                changed = [*cells]
                flipped = f"{(int(digit) + 1) % 10}"
                changed[column] = cells[column][:at] + flipped + cells[column][at + 1 :]
                other = [*texts]
                other[place] = "`" + ",`".join(changed)
                outcome = prove_bytes("\n".join(other).encode())
                assert isinstance(outcome, FileRefused), (place, column, at)


def test_a_row_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    texts = GOOD.decode().split("\n")
    for place in range(1, len(texts) - 3):
        for changed in (
            [*texts[:place], *texts[place - 1 :]],
            [*texts[:place], *texts[place + 1 :]],
        ):
            assert isinstance(prove_bytes("\n".join(changed).encode()), FileRefused), place


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("2026-03-31 10:00:00", "2026-03-31", "time_wrong"), ("`10.00", "`-10.00", "amount_wrong"),
     ("`10.00", "`10.001", "amount_wrong"), ("`9.94", "`9,94", "amount_wrong"),
     ("`收入", "`进", "state_wrong"),
     ("`分账,`支出", "`,`支出", "state_wrong"), ("`flow1", "`" + "f" * 300, "key_wrong"),
     ("`交易,`交易", "`交易", "column_count"), ("支出金额\n", "支出\n", "totals_not_understood"),
     ("`6,`2", "`6", "totals_not_understood"), ("`6,`2", "`六,`2", "total_wrong"),
     ("账户结余(元),", "", "column_missing"), ("备注,", "记账时间,", "column_twice")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, old: str, new: str, code: str) -> None:
    text = GOOD.decode()
    assert old in text
    assert refused(prove_bytes(text.replace(old, new, 1).encode())).code == code


def test_what_follows_and_what_is_empty(prove_bytes: Prove) -> None:
    assert refused(prove_bytes(GOOD + b"more\n")).code == "text_after_totals"
    assert refused(prove_bytes(fund_flow([]))).code == "no_lines"


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(prove_bytes: Prove, content: bytes) -> None:
    for whole in (HEADER.encode() + b"\n" + content, GOOD[:400] + content):
        assert isinstance(prove_bytes(whole), FileRefused)


def test_a_fee_that_is_given_back_is_a_fee_below_zero(read_bytes: Read) -> None:
    found = read_bytes(
        fund_flow([Movement("扣除交易手续费", -60, 1), Movement("退回交易手续费", 60, 2)])
    )
    assert [(x.kind, x.gross_minor, x.fee_minor, x.net_minor) for x in found] == [
        ("fee", 0, 60, -60), ("fee", 0, -60, 60),
    ]  # fmt: skip
