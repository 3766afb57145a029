"""The statement of a private WeChat wallet (微信支付账单明细), no merchant's bill.

Units: the file prints ¥ and major units. Signs: 收入 is positive, 支出 negative; `/` is neutral (a
withdrawal, a top-up, buying into a fund): the person owns as much as before, so it counts nothing.
Source: docs/formats/wechat.md.
"""

from collections.abc import Mapping

from providers.reader import Reading
from providers.source import Source, first_line
from providers.wallet import EXPENSE, INCOME, Movement, Wallet, read_wallet

TITLE = "微信支付账单明细"
SIGNS = {INCOME: 1, EXPENSE: -1}
NEUTRAL = "中性交易"
NEUTRAL_CELLS = ("/", NEUTRAL)
PROVES = ("count", "收入笔数", "收入金额", "支出笔数", "支出金额", "中性交易笔数", "中性交易金额")


def _judge(row: Mapping[str, str]) -> Movement | None:
    sign = SIGNS.get(row["direction"])
    if sign is not None:
        return Movement("bank_entry", row["type"], sign)
    return Movement("transfer", row["type"], 0) if row["direction"] in NEUTRAL_CELLS else None


WALLET = Wallet(
    provider="wechat",
    marker="微信支付账单明细列表",
    neutral=NEUTRAL,
    columns={
        "time": ("交易时间",),
        "type": ("交易类型",),
        "direction": ("收/支",),
        "amount": ("金额(元)", "金额（元）"),
        "state": ("当前状态",),
        "trade": ("交易单号",),
        "order": ("商户单号",),
        "method": ("支付方式",),
        "product": ("商品",),
    },
    judge=_judge,
)


def recognises(head: bytes) -> bool:
    """Whether the first line is the title of such a statement, whatever commas follow it."""
    return first_line(head).rstrip(",") == TITLE


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row as a line; end with the totals of the heading, compared."""
    return read_wallet(source, batch_id, wallet=WALLET, encoding="utf-8")
