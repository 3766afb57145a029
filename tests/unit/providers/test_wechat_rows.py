"""What each kind of row means, and every reason to refuse one."""

from datetime import date

import pytest

from providers.formats import FORMATS, lines, prove
from providers.settlement_file import FileChangedError, FileProof, FileRefused
from providers.wechat.bill import BillRow
from tests.unit.providers.bills import REFUND, ROW, bill
from tests.unit.providers.conftest import Prove, Read


def refused(prove_bytes: Prove, content: bytes) -> FileRefused:
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused), outcome
    return outcome


def test_a_refund_is_money_away_and_its_fee_comes_back(read_bytes: Read) -> None:
    paid, back = read_bytes(bill(ROW, REFUND))
    assert (paid.gross_minor, paid.fee_minor, paid.net_minor) == (1000, 6, 994)
    assert (back.gross_minor, back.fee_minor, back.net_minor) == (-400, -2, -398)
    assert (back.reference, back.provider_reference) == ("refund-1", "50300001")
    assert back.line_identity == "refund/refund-1/50300001"


def test_fees_beyond_cents_are_rounded_once_a_line_with_their_residue(
    prove_bytes: Prove, read_bytes: Read
) -> None:
    fees = ("0.00500", "0.00499", "-0.00500", "0.01234")
    rows = [ROW._replace(fee=fee, order=f"o{n}") for n, fee in enumerate(fees)]
    found = read_bytes(bill(*rows))
    assert [line.fee_minor for line in found] == [1, 0, -1, 1]
    assert [str(line.residue_minor) for line in found] == ["-0.5", "0.499", "0.5", "0.234"]
    proof = prove_bytes(bill(*rows))
    assert isinstance(proof, FileProof)
    totals = proof.currencies["CNY"]
    assert (totals.fee_minor, str(totals.residue_minor)) == (1, "0.733")
    assert {c.name: c.computed for c in proof.controls}["手续费总金额"] == "0.01733"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"state": "REVOKED"}, ("refund", "refund-1")),
        ({"state": "REVOKED", "refund": "0", "wechat_refund": "0"}, ("refund", "order-0")),
        ({"refund_state": "PROCESSING"}, ("refund", "refund-1")),
        ({"refund_state": ""}, ("refund", "refund-1")),
        ({"refund_state": "FAIL"}, ("unknown:REFUND-FAIL", "refund-1")),
    ],
)
def test_states_nobody_listed_are_kept_and_reported(
    prove_bytes: Prove, read_bytes: Read, changes: dict[str, str], found: tuple[str, str]
) -> None:
    kind, reference = found
    content = bill(ROW, REFUND._replace(**changes))
    line = read_bytes(content)[1]
    assert (line.kind, line.reference, line.gross_minor) == (kind, reference, -400)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.kinds == {"charge": 1, kind: 1}
    assert proof.unknown == ((kind,) if kind.startswith("unknown:") else ())
    assert proof.currencies["CNY"].gross_minor == 600


def test_a_row_without_keys_is_named_by_its_content(read_bytes: Read) -> None:
    nameless = ROW._replace(order="0", wechat_order="")
    one, two, other = read_bytes(bill(nameless, nameless, nameless._replace(product="tea")))
    assert one.line_identity == two.line_identity != other.line_identity
    assert one.reference == one.line_identity
    assert one.provider_reference == ""
    half, theirs = read_bytes(bill(ROW._replace(wechat_order="0"), ROW._replace(order="")))
    assert (half.reference, half.provider_reference) == ("order-1", "")
    assert theirs.reference == theirs.line_identity == "charge//42000001"


def test_a_double_row_is_no_refusal_but_shows(read_bytes: Read) -> None:
    one, two = read_bytes(bill(ROW, ROW))
    assert one.line_identity == two.line_identity
    assert one.line_number != two.line_number


def test_currencies_are_kept_apart(prove_bytes: Prove) -> None:
    yen = {"currency": "JPY", "settle_amount": "1000", "order_amount": "1000", "fee": "6.4"}
    zeros = {"refund_amount": "0", "coupon_refund_amount": "0", "refund_requested_amount": "0"}
    proof = prove_bytes(bill(ROW, ROW._replace(**yen, **zeros)))
    assert isinstance(proof, FileProof)
    assert proof.currencies["JPY"].gross_minor == 1000
    assert proof.currencies["JPY"].fee_minor == 6
    assert str(proof.currencies["JPY"].residue_minor) == "0.4"
    assert proof.currencies["CNY"].gross_minor == 1000
    assert {c.name: c.computed for c in proof.controls}["应结订单总金额"] == "1010.00"
    half = bill(ROW._replace(**yen, **zeros)).replace(b"`1000,", b"`1000.5,")
    outcome = prove_bytes(half)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "amount_wrong"


@pytest.mark.parametrize(
    ("time", "read_as"),
    [("2014-11-10 16\uff1a33\uff1a45", "2014-11-10 16:33:45"),
     ("2016-05-04  02:18:18", "2016-05-04 02:18:18"),
     ("2014-11-1016\uff1a33\uff1a45", "2014-11-10 16:33:45")],
)  # fmt: skip
def test_older_ways_to_print_a_time(read_bytes: Read, time: str, read_as: str) -> None:
    (line,) = read_bytes(bill(ROW._replace(time=time)))
    assert f"{line.booked_at:%Y-%m-%d %H:%M:%S}" == read_as
    assert f"{line.booked_at:%z}" == "+0800"


def test_the_business_day_is_the_last_of_the_rows(prove_bytes: Prove) -> None:
    proof = prove_bytes(bill(ROW, ROW._replace(time="2026-03-30 23:59:59")))
    assert isinstance(proof, FileProof)
    assert proof.business_day == date(2026, 3, 31)


WRONG = [
    ({"settle_amount": "10.0x"}, "amount_wrong", "应结订单金额"),
    ({"settle_amount": "-10.00"}, "amount_wrong", "应结订单金额"),
    ({"settle_amount": "10.001"}, "amount_wrong", "应结订单金额"),
    ({"settle_amount": ""}, "amount_wrong", "应结订单金额"),
    ({"refund_amount": "1e3"}, "amount_wrong", "退款金额"),
    ({"coupon_refund_amount": "NaN"}, "amount_wrong", "充值券退款金额"),
    ({"order_amount": " 10.00"}, "amount_wrong", "订单金额"),
    ({"refund_requested_amount": "1_0"}, "amount_wrong", "申请退款金额"),
    ({"fee": "0.060001"}, "amount_wrong", "手续费"),
    ({"fee": "9" * 30}, "amount_wrong", "手续费"),
    ({"currency": "RMB"}, "currency_unknown", "货币种类"),
    ({"currency": "XAU"}, "currency_unknown", "货币种类"),
    ({"time": "2026-02-30 10:00:00"}, "time_wrong", "交易时间"),
    ({"time": "2026-03-31 24:00:00"}, "time_wrong", "交易时间"),
    ({"time": "0001-01-01 00:00:00"}, "time_wrong", "交易时间"),
    ({"time": "2026-W08-2 10:00:00"}, "time_wrong", "交易时间"),
    ({"time": ""}, "time_wrong", "交易时间"),
    ({"state": ""}, "state_wrong", "交易状态"),
    ({"state": "UNKNOWN:x/y"}, "state_wrong", "交易状态"),
    ({"state": "X" * 41}, "state_wrong", "交易状态"),
    ({"refund_amount": "1.00"}, "amount_contradicts_state", "退款金额"),
    ({"state": "REFUND"}, "amount_contradicts_state", "应结订单金额"),
    ({"state": "REVOKED", "refund_amount": "1.00"}, "amount_contradicts_state", "应结订单金额"),
    ({"order": "x" * 300}, "key_wrong", "商户订单号"),
    ({"wechat_order": "a\x07b"}, "key_wrong", "微信订单号"),
    ({"order": "x" * 200, "wechat_order": "y" * 200}, "key_wrong", "商户订单号"),
]


@pytest.mark.parametrize(("changes", "code", "field"), WRONG)
def test_a_bad_cell_refuses_the_file_by_line_and_column(
    prove_bytes: Prove, changes: dict[str, str], code: str, field: str
) -> None:
    good, bad = "`" + ",`".join(ROW), "`" + ",`".join(ROW._replace(**changes))
    content = bill(ROW, ROW._replace(order="marked"))
    marked = good.replace("order-1", "marked").encode()
    assert content.count(marked) == 1
    found = refused(prove_bytes, content.replace(marked, bad.encode()))
    assert (found.code, found.line_number, found.field) == (code, 3, field)
    assert found.message.startswith(f"line 3, {field}: ")
    assert len(found.printed) <= 80
    assert found.expected


def change(row: BillRow, header: tuple[str, str]) -> bytes:
    before, after = header
    content = bill(row)
    assert before.encode() in content
    return content.replace(before.encode(), after.encode(), 1)


@pytest.mark.parametrize(
    ("before", "after", "code", "field"),
    [("交易状态", "状态", "format_not_recognised", ""),
     ("应结订单金额", "金额", "column_missing", "应结订单金额 or 总金额"),
     ("手续费,", "费,", "column_missing", "手续费"),
     ("商户退款单号", "退款单号", "column_missing", "商户退款单号"),
     ("代金券金额", "商户号", "column_twice", "商户号"),
     ("代金券金额", "总金额", "column_twice", "总金额"),
     ("费率备注", "费率备注,更多", "column_count", ""),
     ("总交易单数,", "", "total_missing", "count"),
     (",退款总金额", "", "total_missing", "refund_amount"),
     ("订单总金额,申请", "订单总金额,订单总金额,申请", "column_twice", "订单总金额"),
     ("充值券退款总金额", "总企业红包退款金额,总代金券或立减优惠退款金额", "column_twice",
      "总代金券或立减优惠退款金额"),
     (",订单总金额,", ",订单总额,", "totals_not_understood", "订单总额"),
     (",订单总金额,", ",", "totals_not_understood", ""),
     ("`1.0,", "`1.0x,", "total_wrong", "总交易单数"),
     ("`1.0,", "1.0,", "totals_not_understood", "")],
)  # fmt: skip
def test_a_header_that_is_not_understood_refuses_the_file(
    prove_bytes: Prove,
    before: str,
    after: str,
    code: str,
    field: str,
) -> None:
    found = refused(prove_bytes, change(ROW, (before, after)))
    assert (found.code, found.field) == (code, field)


def test_columns_may_come_in_another_order(read_bytes: Read) -> None:
    texts = bill(ROW, REFUND).decode("utf-8-sig").split("\r\n")
    turned = [",".join(reversed(texts[0].split(",")))]
    turned += ["`" + ",`".join(reversed(text[1:].split(",`"))) for text in texts[1:3]]
    found = read_bytes("\n".join([*turned, *texts[3:]]).encode())
    assert [line.gross_minor for line in found] == [1000, -400]
    assert [line.reference for line in found] == ["order-1", "refund-1"]


def without(content: bytes, *names: str) -> bytes:
    """Drop columns from header and rows: the layout of another kind of bill."""
    texts = content.decode("utf-8-sig").split("\r\n")
    header = texts[0].split(",")
    kept = [place for place, name in enumerate(header) if name not in names]
    texts[0] = ",".join(header[place] for place in kept)
    for number in range(1, len(texts) - 3):
        cells = texts[number][1:].split(",`")
        texts[number] = "`" + ",`".join(cells[place] for place in kept)
    return "\r\n".join(texts).encode()


REFUND_NAMES = ("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型",
                "退款状态", "申请退款金额")  # fmt: skip


def test_a_success_bill_has_payments_only(prove_bytes: Prove, read_bytes: Read) -> None:
    (line,) = read_bytes(without(bill(ROW), *REFUND_NAMES))
    assert (line.kind, line.gross_minor) == ("charge", 1000)
    nothing = REFUND._replace(refund_amount="0.00", refund_requested_amount="0.00")
    found = refused(prove_bytes, without(bill(ROW, nothing), *REFUND_NAMES))
    assert (found.code, found.field, found.line_number) == (
        "amount_contradicts_state",
        "交易状态",
        3,
    )


def test_a_refund_bill_is_booked_when_the_refund_was_accepted(read_bytes: Read) -> None:
    texts = bill(REFUND).decode("utf-8-sig").split("\r\n")
    texts[0] = texts[0].replace("微信退款单号", "退款申请时间,退款成功时间,微信退款单号")
    texts[1] = texts[1].replace("`50300001", "`2026-03-31 20:00:00,`2026-04-01 01:00:00,`50300001")
    (line,) = read_bytes("\r\n".join(texts).encode())
    assert f"{line.booked_at:%Y-%m-%d %H:%M}" == "2026-03-31 20:00"


def test_whose_bill_it_is(prove_bytes: Prove) -> None:
    def account(*merchants: tuple[str, str]) -> str:
        rows = [ROW._replace(merchant=one, sub_merchant=sub) for one, sub in merchants]
        outcome = prove_bytes(bill(*rows))
        return outcome.merchant_account if isinstance(outcome, FileProof) else outcome.code

    assert account(("100", "0"), ("100", "0")) == "100"
    assert account(("100", "7"), ("100", "8")) == "100"  # A service provider's bill.
    assert account(("100", "7"), ("200", "7"), ("7", "0")) == "7"  # A sub-merchant's bill.
    assert account(("100", "0"), ("200", "0")) == "merchant_not_one"
    assert account(("100", "7"), ("200", "8")) == "merchant_not_one"
    assert account(("", "0")) == "merchant_not_one"
    assert account(("a/b", "0")) == "merchant_not_one"


def test_a_bill_without_rows_is_refused(prove_bytes: Prove) -> None:
    assert refused(prove_bytes, bill()).code == "no_lines"


def test_too_many_states_are_another_format(prove_bytes: Prove) -> None:
    rows = [ROW._replace(state=f"S{number}") for number in range(300)]
    assert refused(prove_bytes, bill(*rows)).code == "too_many_kinds"


def test_a_total_beyond_64_bits_is_refused(prove_bytes: Prove) -> None:
    big = ROW._replace(settle_amount="10000000000000.00", order_amount="0.00", fee="0.00000")
    rows = [big._replace(order=str(number)) for number in range(9_300)]
    assert refused(prove_bytes, bill(*rows)).code == "total_too_large"


def test_a_format_can_be_forced_and_must_exist(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("forced") / "bill"
    path.write_bytes(bill(ROW))
    assert prove(path, format_name="wechat") == prove(path)
    unknown = prove(path, format_name="wechatt")
    assert isinstance(unknown, FileRefused)
    assert unknown.code == "format_unknown"
    assert "wechat" in FORMATS


def test_a_file_that_changed_after_its_proof_is_an_error(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("changed") / "bill"
    path.write_bytes(bill(ROW, REFUND))
    proof = prove(path)
    assert isinstance(proof, FileProof)
    for other in (bill(ROW), bill(ROW, REFUND)[:-30], bill(ROW, ROW), b"", b"\xff"):
        path.write_bytes(other)
        with pytest.raises(FileChangedError):
            list(lines(path, proof))
