"""What each event posts, account by account, as the design's flows have it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounting.line import LedgerLine
from domain.accounting.posting import lines, lines_by_table
from domain.collection.events import CollectionRefundSucceeded, CollectionSucceeded
from domain.payment.events import LateChargeReceived, PaymentSucceeded, RefundStarted
from domain.settlement.events import BreakOpened, BreakResolved, SettlementMatched
from domain.wallet.events import (
    DebtRecorded,
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
)

Lines = tuple[tuple[str, str, int], ...]
ALICE, HELD = "liability:wallet:alice", "liability:wallet:alice:held"
ORDER, REFUND = "liability:order:p1", "liability:refund:r1"
RECEIVABLE, FEE = "asset:receivable:wechat", "expense:fee:wechat"
SETTLING, SUSPENSE = "asset:settling:b1", "suspense:break:s#1"

IN = FundsCredited(
    "alice",
    "m1",
    500,
    "CNY",
    "external:bank",
    pending=False,
    balance_after_minor=500,
    reserved_after_minor=0,
)
OUT = FundsDebited(
    "alice",
    "m1",
    500,
    "CNY",
    "external:bank",
    pending=False,
    balance_after_minor=0,
    reserved_after_minor=0,
)
SUCCEEDED = PaymentSucceeded("p1", "o1", "seller", 10_000, 500, "CNY")
REFUNDED = RefundStarted(
    "p1", "r1", 4_000, "CNY", "seller", 3_800, 200, seller_pending=True, items=()
)
MATCHED = SettlementMatched("s", "wechat", "b1", 2, 100, 3, 97, 100, "CNY", "")
DIFFERS = BreakOpened("s", "s#1", "amount_differs", "wechat", "m", "r", "b1", 2, -3, "CNY", 0, 0, 0)
WHOLE = BreakOpened(
    "s", "s#1", "missing_in_events", "wechat", "m", "r", "b1", 2, 100, "CNY", 100, 3, 97
)
RESOLVED = BreakResolved(
    "s", "s#1", "duplicate_line", "decided", "wechat", "expense:writeoff", 100, "CNY", "ours"
)
ABSENT = replace(RESOLVED, kind="missing_in_file", amount_minor=-100)

CASES: list[tuple[object, Lines]] = [
    (IN, (("external:bank", ALICE, 500),)),
    (replace(IN, pending=True), (("external:bank", HELD, 500),)),
    (replace(IN, account="liability:wallet:bob"), ()),
    (replace(IN, account="liability:wallet:bob:held"), ()),
    (replace(IN, account="liability:wallet:bob", pending=True), ((ALICE, HELD, 500),)),
    (replace(IN, account="due:asia"), (("due:asia", ALICE, 500),)),
    (OUT, ((ALICE, "external:bank", 500),)),
    (replace(OUT, account="liability:wallet:bob"), ((ALICE, "liability:wallet:bob", 500),)),
    (replace(OUT, pending=True, account=REFUND), ((HELD, REFUND, 500),)),
    (FundsHeld("alice", "h1", "", 40, "CNY", 9, 500, 40), ((ALICE, HELD, 40),)),
    (HoldCaptured("alice", "h1", "c1", 40, "CNY", ORDER, 0, 460, 0), ((HELD, ORDER, 40),)),
    (HoldReleased("alice", "h1", 40, "CNY", "expired", 500, 0), ((HELD, ALICE, 40),)),
    (PendingReleased("alice", "m1", 40, "CNY", 500, 0), ((HELD, ALICE, 40),)),
    (
        DebtRecorded("alice", "m1", 40, "CNY", REFUND),
        (("asset:receivable:seller:alice", REFUND, 40),),
    ),
    (
        DebtRepaid("alice", "m1", 40, "CNY", 460, 0),
        ((ALICE, "asset:receivable:seller:alice", 40),),
    ),
    (
        CollectionSucceeded(
            "c1", "p1", "i1", "wechat", "m", "order-1", 100, "CNY", "42", "2019-02-19"
        ),
        ((RECEIVABLE, ORDER, 100),),
    ),
    (
        CollectionRefundSucceeded(
            "c1", "p1", "i1", "r1", "wechat", "m", 40, "CNY", "43", "2019-02-20"
        ),
        ((REFUND, RECEIVABLE, 40),),
    ),
    (SUCCEEDED, ((ORDER, "income:commission", 500),)),
    (replace(SUCCEEDED, commission_minor=0), ()),
    (REFUNDED, (("income:commission", REFUND, 200),)),
    (replace(REFUNDED, commission_minor=0), ()),
    (LateChargeReceived("p1", "i1", "r1", 100, "CNY", "c1"), ((ORDER, REFUND, 100),)),
    (MATCHED, ((SETTLING, RECEIVABLE, 97), (FEE, RECEIVABLE, 3))),
    (replace(MATCHED, fee_minor=0), ((SETTLING, RECEIVABLE, 100),)),
    (  # A refund whose fee is given back.
        replace(MATCHED, cleared_minor=-100, gross_minor=-100, fee_minor=-3, net_minor=-97),
        ((RECEIVABLE, SETTLING, 97), (RECEIVABLE, FEE, 3)),
    ),
    (replace(MATCHED, break_id="s#1"), ()),
    (replace(MATCHED, break_id="s#1", gross_minor=96), ((SETTLING, RECEIVABLE, 4),)),
    (replace(MATCHED, break_id="s#1", gross_minor=104), ((RECEIVABLE, SETTLING, 4),)),
    (DIFFERS, ((SUSPENSE, SETTLING, 3),)),
    (replace(DIFFERS, amount_minor=3), ((SETTLING, SUSPENSE, 3),)),
    (WHOLE, ((SETTLING, SUSPENSE, 97), (FEE, SUSPENSE, 3))),
    (replace(WHOLE, kind="duplicate_line"), ((SETTLING, SUSPENSE, 97), (FEE, SUSPENSE, 3))),
    (replace(WHOLE, kind="currency_differs"), ((SETTLING, SUSPENSE, 97), (FEE, SUSPENSE, 3))),
    (replace(DIFFERS, kind="missing_in_file", amount_minor=-100), ()),
    (RESOLVED, ((SUSPENSE, "expense:writeoff", 100),)),
    (replace(RESOLVED, amount_minor=-3), (("expense:writeoff", SUSPENSE, 3),)),
    (replace(RESOLVED, how="expected_later", account=RECEIVABLE), ((SUSPENSE, RECEIVABLE, 100),)),
    (replace(ABSENT, how="arrived", account="", amount_minor=0), ()),
    (ABSENT, (("expense:writeoff", RECEIVABLE, 100),)),
    (replace(ABSENT, amount_minor=40), ((RECEIVABLE, "expense:writeoff", 40),)),
]


@pytest.mark.parametrize(("event", "posted"), CASES)
def test_an_event_posts(event: object, posted: Lines) -> None:
    expected = tuple(LedgerLine(debit, credit, amount, "CNY") for debit, credit, amount in posted)
    assert lines(event, "main") == expected
    assert lines_by_table(event, "main") == expected


ACCOUNTS = st.sampled_from(
    ["external:bank", "liability:wallet:bob", "liability:wallet:bob:held", "due:asia", ORDER]
)
AMOUNTS = st.integers(-2, 10**15)


@given(ACCOUNTS, AMOUNTS, st.booleans())
def test_the_short_cut_says_what_the_table_says(account: str, amount: int, pending: bool) -> None:  # noqa: FBT001
    for event in (IN, OUT):
        told = replace(event, account=account, amount_minor=amount, pending=pending)
        assert lines(told, "main") == lines_by_table(told, "main")
