"""Fund flow bills made up for tests: written as WeChat prints them, totals recomputed."""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from providers.amounts import printed

HEADER = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


class Movement(NamedTuple):
    """A movement of the account, signed."""

    kind: str
    net_minor: int
    number: int = 1
    voucher: str = "order-1"


def yuan(minor: int) -> str:
    return printed(minor, decimals=2)


def fund_flow(moves: Sequence[Movement], *, opening_minor: int = 0, end: str = "\n") -> bytes:
    lines, balance = [HEADER], opening_minor
    for place, move in enumerate(moves):
        balance += move.net_minor
        cells = (
            f"2026-03-31 10:{place // 60 % 60:02d}:{place % 60:02d}", f"4200{move.number}",
            f"flow{move.number}", move.kind, move.kind, "支出" if move.net_minor < 0 else "收入",
            yuan(abs(move.net_minor)), yuan(balance), "1900000109API", "备注, 二", move.voucher,
        )  # fmt: skip
        lines.append("`" + ",`".join(cells))
    income = [move.net_minor for move in moves if move.net_minor >= 0]
    expense = [-move.net_minor for move in moves if move.net_minor < 0]
    totals = (
        str(len(moves)), str(len(income)), yuan(sum(income)), str(len(expense)),
        yuan(sum(expense)),
    )  # fmt: skip
    lines += [TOTALS, "`" + ",`".join(totals)]
    return (end.join(lines) + end).encode()


MOVEMENTS = st.lists(
    st.builds(
        Movement,
        kind=st.sampled_from(["交易", "退款", "扣除交易手续费", "提现", "充值", "分账"]),
        net_minor=st.integers(-(10**9), 10**9),
        number=st.integers(1, 10**9),
        voucher=st.text("abcXYZ019_-*@", max_size=32),
    ),
    min_size=1,
    max_size=12,
)
