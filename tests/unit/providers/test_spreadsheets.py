"""What a spreadsheet does to a file when it saves it: keys rounded, marks of rows taken away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.columns import is_rounded
from providers.settlement_file import FileRefused
from tests.unit.providers.adyen.examples import SALE
from tests.unit.providers.adyen.writing import report
from tests.unit.providers.alipay.test_bills import DAY, MOVES
from tests.unit.providers.alipay.test_wallet import GOOD as ALIPAY_WALLET
from tests.unit.providers.alipay.test_web import GOOD as ALIPAY_WEB
from tests.unit.providers.alipay.writing import fund_lines, trade_lines
from tests.unit.providers.amazon.test_settlement import CONTENT as AMAZON
from tests.unit.providers.bills import REFUND, ROW, bill
from tests.unit.providers.conftest import Prove
from tests.unit.providers.payoneer.test_settlement import EXPORT as PAYONEER
from tests.unit.providers.paypal.test_activity import BRITISH
from tests.unit.providers.paypal.test_report import STL
from tests.unit.providers.stripe.test_layouts import REPORT as STRIPE
from tests.unit.providers.wechat.test_fund_flow import GOOD as FUND_FLOW

ROUNDED = "1.23457E+15"
WECHAT = bill(ROW, REFUND).decode("utf-8-sig")
FLOWS = FUND_FLOW.decode()
TRADES, FUNDS = "\n".join(trade_lines(DAY)), "\n".join(fund_lines(MOVES))


@pytest.mark.parametrize("key", ["8.8E+15", "1.23457E+15", "2,01908E+19", "1.2E+100"])
def test_a_key_that_was_rounded_is_told(key: str) -> None:
    assert is_rounded(key)


@pytest.mark.parametrize(
    "key",
    ["", "8815", "8E+15", "1.5E15", "1.5e+15", "-1.5E+15", "1.5E+", ".5E+15", "1.E+15", "1..5E+15",
     "order-1.5E+15", "1.5E+15 ", "1.5E+15/2", "88E+A12", "1.5E+15.0", "\u0661.\u0665E+15"],
)  # fmt: skip
def test_another_key_is_let_be(key: str) -> None:
    assert not is_rounded(key)


@given(st.text("0123456789ABCDEFE+-_/#", max_size=40))
def test_no_key_without_a_separator_is_taken_for_one(key: str) -> None:
    assert not is_rounded(key)


@pytest.mark.parametrize(
    ("content", "key", "line", "field"),
    [(WECHAT, "`order-1", 2, "商户订单号"), (WECHAT, "`42000001", 2, "微信订单号"),
     (WECHAT, "`refund-1", 3, "商户退款单号"), (WECHAT, "`50300001", 3, "微信退款单号"),
     (FLOWS, "`flow1", 2, "资金流水单号"), (FLOWS, "`42001", 2, "微信支付业务单号"),
     (FLOWS, "`refund-1", 4, "业务凭证号"),
     (TRADES, "2026033122001", 6, "支付宝交易号"), (TRADES, "order-1", 6, "商户订单号"),
     (TRADES, "refund-1", 7, "退款批次号/请求号"),
     (FUNDS, "\n1\t", 6, "账务流水号"), (FUNDS, ",B1", 6, "业务流水号"),
     (FUNDS, "order-1", 6, "商户订单号"),
     (ALIPAY_WALLET, "T1\t", 12, "交易订单号"), (ALIPAY_WALLET, "O1\t", 12, "商家订单号"),
     (ALIPAY_WEB, "T1\t", 6, "交易号"), (ALIPAY_WEB, "O1\t", 6, "商家订单号")],
)  # fmt: skip
def test_a_rounded_key_refuses_the_file(
    prove_bytes: Prove, content: str, key: str, line: int, field: str
) -> None:
    mark = key[: len(key) - len(key.lstrip("`\n,"))]
    assert key in content
    changed = content.replace(key, f"{mark}{ROUNDED}", 1)
    encoding = "utf-8" if content in {WECHAT, FLOWS} else "gb18030"
    outcome = prove_bytes(changed.encode(encoding))
    assert isinstance(outcome, FileRefused), field
    assert (outcome.code, outcome.line_number, outcome.field) == ("key_wrong", line, field)
    assert outcome.printed == ROUNDED
    assert "a spreadsheet has rounded" in outcome.message
    # What only looks like it on the way is a key as any other.
    other = prove_bytes(content.replace(key, f"{mark}xE+{key[len(mark) :]}", 1).encode(encoding))
    assert not (isinstance(other, FileRefused) and other.code == "key_wrong")


ADYEN = report(SALE._replace(our_modification="mine-1")).decode()


@pytest.mark.parametrize(
    ("content", "key", "line", "field"),
    [(ADYEN, "88A", 2, "Psp Reference"), (ADYEN, "order-1", 2, "Merchant Reference"),
     (ADYEN, "87A", 2, "Modification Reference"),
     (ADYEN, "mine-1", 2, "Modification Merchant Reference"),
     (STRIPE, "txn_1", 2, "balance_transaction_id"), (STRIPE, "ch_1", 2, "source_id"),
     (STRIPE, "pi_1", 2, "payment_intent_id"), (STRIPE, "po_1", 2, "automatic_payout_id"),
     (STRIPE, "1041,\n", 2, "payment_metadata[order_id]"),
     (STRIPE, "R-1", 4, "refund_metadata[order_id]"),
     (STL, "P1", 5, "Transaction ID"), (STL, "inv-P1", 5, "Invoice ID"),
     (STL, "B-1", 5, "PayPal Reference ID"),
     (BRITISH, "T1", 2, "Transaction ID"), (BRITISH, "T0", 2, "Reference Txn ID"),
     (AMAZON.decode(), AMAZON.decode().split("\n")[1].split("\t")[0], 2, "settlement-id"),
     (AMAZON.decode(), AMAZON.decode().split("\n")[2].split("\t")[7], 3, "order-id"),
     (PAYONEER.decode("utf-8-sig"), ",123,", 2, "Transaction ID")],
)  # fmt: skip
def test_a_rounded_key_refuses_the_table(
    prove_bytes: Prove, content: str, key: str, line: int, field: str
) -> None:
    name = key.strip(",\n")
    assert key in content
    outcome = prove_bytes(content.replace(key, key.replace(name, ROUNDED), 1).encode())
    assert isinstance(outcome, FileRefused), field
    assert (outcome.code, outcome.line_number, outcome.field) == ("key_wrong", line, field)
    assert outcome.printed == ROUNDED
    assert "a spreadsheet has rounded" in outcome.message
    other = prove_bytes(content.replace(key, key.replace(name, "xE+1"), 1).encode())
    assert not (isinstance(other, FileRefused) and other.code == "key_wrong")


@pytest.mark.parametrize("content", [WECHAT, FLOWS], ids=["bill", "fund flow"])
def test_a_bill_without_its_backticks_is_told(prove_bytes: Prove, content: str) -> None:
    outcome = prove_bytes(content.replace("`", "").encode())
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.line_number) == ("totals_not_understood", 2)
    assert outcome.field == ""
    assert "a row, which begins with a backtick" in outcome.message
    assert "spreadsheet" in outcome.message


def test_a_total_of_a_name_that_nobody_knows_has_no_field(prove_bytes: Prove) -> None:
    outcome = prove_bytes(TRADES.replace("#交易合计", "#2026年：1笔\n#交易合计").encode("gb18030"))
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("totals_not_understood", "")
