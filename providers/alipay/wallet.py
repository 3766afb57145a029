"""The export of a private Alipay wallet (电子客户回单), no merchant's bill.

Units: yuan as printed. Signs: 收入 is positive, 支出 negative, a refund (退款成功) positive,
although the file counts it as neither. Other 不计收支 rows move money between pockets of one
person: nothing. Closed trades (交易关闭) moved nothing, save one that the file counts and names a
means of payment of: that was paid, its refund is a row of its own, and the two cancel.
Source: docs/formats/alipay.md.
"""

from collections.abc import Mapping

from providers.china import unknown_of
from providers.wallet import EXPENSE, INCOME, Movement, Wallet

BEGINNINGS = ("---", "导出信息：")
TITLE_WORDS = ("支付宝", "电子客户回单", "交易订单号")  # All stand above the rows.
NEUTRAL = "不计收支"
SIGNS = {INCOME: 1, EXPENSE: -1, NEUTRAL: 0}
CLOSED, REFUNDED = ("交易关闭", "已关闭"), "退款成功"
DONE = (
    "交易成功", "支付成功", "代付成功", "还款成功", "冻结成功", "解冻成功", "信用服务使用成功",
    "等待确认收货", "等待发货", REFUNDED,
)  # fmt: skip
PROVES = ("count", "收入笔数", "收入金额", "支出笔数", "支出金额", "不计收支笔数", "不计收支金额")


def _judge(row: Mapping[str, str]) -> Movement | None:
    sign, state = SIGNS.get(row["direction"]), row["state"]
    if sign is None:
        return None
    if state in CLOSED:
        return Movement("bank_entry", state, sign if row["method"] else 0, done=False)
    if state == REFUNDED:
        return Movement("bank_entry", state, sign or 1)
    if state not in DONE:
        return Movement(unknown_of(state), state, sign)
    return Movement("bank_entry" if sign else "transfer", state, sign)


WALLET = Wallet(
    provider="alipay",
    marker="电子客户回单",
    neutral=NEUTRAL,
    columns={
        "time": ("交易时间",),
        "type": ("交易分类",),
        "direction": ("收/支",),
        "amount": ("金额",),
        "state": ("交易状态",),
        "trade": ("交易订单号",),
        "order": ("商家订单号",),
        "method": ("收/付款方式",),
        "product": ("商品说明",),
    },
    judge=_judge,
)
