"""Alipay's bills made up for tests: written as Alipay prints them, totals recomputed.

The layout is that of FORMATS: title, account, period, list, totals, export time; ids with a tab.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from providers.amounts import printed

ACCOUNT = "20880211096256330156"
TRADE_HEADER = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
FUND_HEADER = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
    "账户余额（元）,交易渠道,业务类型,备注"
)


class Trade(NamedTuple):
    """A row of the trade bill; the fee as Alipay prints it, negative when it is taken."""

    type: str
    received_minor: int
    order: str = "order-1"
    refund: str = ""
    fee_minor: int = 0
    share_minor: int = 0
    discount_minor: int = 0
    trade: str = "2026033122001"


class Flow(NamedTuple):
    """A row of the fund bill, signed."""

    type: str
    net_minor: int
    number: int = 1
    order: str = "order-1"


def yuan(minor: int) -> str:
    return printed(minor, decimals=2)


def _sheet(what: str, header: str, rows: Sequence[str], totals: Sequence[str]) -> list[str]:
    return [
        f"#支付宝{what}明细查询",
        f"#账号：[{ACCOUNT}]",
        "#起始日期：[2026年03月31日 00:00:00]   终止日期：[2026年04月01日 00:00:00]",
        f"#-------------------{what}明细列表------------------",
        header,
        *rows,
        f"#-------------------{what}明细列表结束--------------",
        *totals,
        "#导出时间：[2026年04月01日 05:46:49]",
    ]


def trade_lines(trades: Sequence[Trade]) -> list[str]:
    rows: list[str] = []
    for place, each in enumerate(trades):
        amount = yuan(each.received_minor)
        cells = (
            f"{each.trade}\t", f"{each.order}\t", f"{each.type}\t", "耳机", "2026-03-31 10:00:00",
            f"2026-03-31 10:{place // 60 % 60:02d}:{place % 60:02d}", "\t", "\t", "\t", "\t",
            "*水(602***@qq.com)\t", amount, amount, "0.00", "0.00", "0.00",
            yuan(each.discount_minor), "0.00", "", "0.00\t", "0.00", f"{each.refund}\t",
            yuan(each.fee_minor), yuan(each.share_minor), "",
        )  # fmt: skip
        rows.append(",".join(cells))
    totals: list[str] = []
    for label, kind, word in (("交易合计", "交易", ""), ("退款合计", "退款", "退款")):
        of = [each for each in trades if each.type == kind]
        received = yuan(sum(each.received_minor for each in of))
        discount = yuan(sum(each.discount_minor for each in of))
        totals.append(
            f"#{label}：{len(of)}笔，商家实收{word}共{received}元，商家优惠{word}共{discount}元"
        )
    return _sheet("业务", TRADE_HEADER, rows, totals)


def fund_lines(flows: Sequence[Flow], *, minus: bool = False) -> list[str]:
    rows: list[str] = []
    sign = -1 if minus else 1
    for place, each in enumerate(flows):
        income, expense = max(each.net_minor, 0), sign * max(-each.net_minor, 0)
        cells = (
            f"{each.number}\t", f"B{each.number}\t", f"{each.order}\t", "耳机\t",
            f"2026-03-31 10:{place // 60 % 60:02d}:{place % 60:02d}", "水\t", yuan(income),
            yuan(expense), "100.00", "支付宝", each.type, "",
        )  # fmt: skip
        rows.append(",".join(cells))
    out = [-each.net_minor for each in flows if each.net_minor < 0]
    income = [each.net_minor for each in flows if each.net_minor > 0]
    totals = [
        f"#支出合计：{len(out)}笔，共{yuan(sign * sum(out))}元",
        f"#收入合计：{len(income)}笔，共{yuan(sum(income))}元",
    ]
    return _sheet("账务", FUND_HEADER, rows, totals)


def packed(lines: Sequence[str], *, end: str = "\n", encoding: str = "gb18030") -> bytes:
    return (end.join(lines) + end).encode(encoding)


KEYS = st.text("abcXYZ019_-*@", min_size=1, max_size=32)


@st.composite
def trades(draw: st.DrawFn) -> Trade:
    """A payment, a refund or a row of a type nobody listed."""
    type_ = draw(st.sampled_from(["交易", "退款", "冻结"]))
    amount, fee = draw(st.integers(0, 10**9)), draw(st.integers(0, 10**6))
    share, discount = draw(st.integers(0, 10**6)), draw(st.integers(-(10**6), 10**6))
    if type_ == "退款":
        return Trade(type_, -amount, draw(KEYS), draw(KEYS), fee, share, discount, draw(KEYS))
    return Trade(type_, amount, draw(KEYS), "", -fee, -share, discount, draw(KEYS))


TRADES = st.lists(trades(), max_size=12)
FLOWS = st.lists(
    st.builds(
        Flow,
        type=st.sampled_from(["在线支付", "交易退款", "收费", "提现", "转账", "其它"]),
        net_minor=st.integers(-(10**9), 10**9),
        number=st.integers(1, 10**18),
        order=st.text("abc019", max_size=32),
    ),
    max_size=12,
)
