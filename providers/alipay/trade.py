"""Rows of Alipay's trade detail bill (业务明细): payments and refunds of one merchant account.

Units: fen. Signs: received is negative in a refund, as printed. Service fee and profit share are
taken off a payment and given back with a refund, whatever sign is printed before them.
Keys: our order for a payment, our refund request for a refund; Alipay's trade number is shared.
Source: docs/formats/alipay.md.
"""

from providers.alipay.bill import DECIMALS, PROVIDER, Layout, Table
from providers.amounts import signed_parser
from providers.china import (
    ZONE,
    cell_wrong,
    cells_of,
    china_time,
    is_identity,
    unknown_of,
    wrong_width,
)
from providers.columns import ROUNDED, UNROUNDED, any_rounded, is_rounded
from providers.settlement_file import TEXT_CHARACTERS_MAX, FileRefused, SettlementLine

TITLE = "#支付宝业务明细查询"
PAYMENTS, REFUNDS = "交易合计", "退款合计"
KINDS = {"交易": "charge", "退款": "refund"}
TOTAL_OF = {"charge": PAYMENTS, "refund": REFUNDS}
FIELDS = (
    "trade", "order", "type", "product", "finished", "received", "discount", "refund", "service",
    "share",
)  # fmt: skip
KEYS = ("order", "refund", "trade")
AMOUNTS = ("received", "discount", "service", "share")
NOTHING = {"service": "0", "share": "0"}  # Cells that may be empty.
COLUMNS: dict[str, tuple[str, ...]] = {
    "trade": ("支付宝交易号", "交易号"),
    "order": ("商户订单号",),
    "type": ("业务类型",),
    "product": ("商品名称",),
    "finished": ("完成时间",),
    "received": ("商家实收（元）", "商家实收(元)"),
    "discount": ("商家优惠（元）", "商家优惠(元)"),
    "refund": ("退款批次号/请求号", "退款批次号"),
    "service": ("服务费（元）", "服务费(元)"),
    "share": ("分润（元）", "分润(元)"),
}
REQUIRED = tuple(name for name in FIELDS if name not in {"product", "share"})
_minor = signed_parser(DECIMALS)


def _take(table: Table, line: str, number: int) -> SettlementLine | FileRefused:
    cells = cells_of(line, table.width)
    if cells is None:
        return wrong_width(line, number, width=table.width)
    cells.append("")
    row = tuple(map(str.strip, table.cells(cells)))
    trade, order, type_, product, finished, received, discount, refund, service, share = row
    booked_at, gross, off = china_time(finished), _minor(received), _minor(discount)
    fee, shared = _minor(service or "0"), _minor(share or "0")
    kind = KINDS.get(type_) or unknown_of(type_)
    if gross is None or off is None or fee is None or shared is None:
        return _fault(table, row, number)
    reference = refund or order if kind == "refund" else order
    when = f"/{finished}" if kind == "refund" and not refund else ""
    identity = f"{kind}/{reference}/{trade}{when}"
    if booked_at is None or not kind or _contradicts(kind, gross):
        return _fault(table, row, number)
    if not (reference or trade) or not is_identity(identity):
        return _fault(table, row, number)
    if ROUNDED in identity and any_rounded(trade, order, refund):
        return _fault(table, row, number)
    if kind in TOTAL_OF:
        sums = table.sums[TOTAL_OF[kind]]
        sums.count += 1
        sums.amounts[0] += gross
        sums.amounts[1] += off
    table.last_day = max(
        table.last_day, finished[:10]
    )  # All are China's: their text says which is the last.
    cost = abs(fee) + abs(shared)
    cost = -cost if kind == "refund" or gross < 0 else cost
    return SettlementLine(
        PROVIDER, table.batch_id, number, kind, reference or identity, trade, identity,
        gross, cost, gross - cost, "CNY", booked_at, line, code=type_, zone=ZONE,
        account=table.account, text=product[:TEXT_CHARACTERS_MAX],
    )  # fmt: skip


def _contradicts(kind: str, gross: int) -> bool:
    return gross < 0 if kind == "charge" else kind == "refund" and gross > 0


def _fault(table: Table, row: tuple[str, ...], number: int) -> FileRefused:
    """What is wrong with a row of which something is."""
    cells: dict[str, str] = dict(zip(FIELDS, row, strict=True))
    kind = KINDS.get(cells["type"]) or unknown_of(cells["type"])
    printed = {name: _minor(cells[name] or NOTHING.get(name, "")) for name in AMOUNTS}
    bad = [name for name, minor in printed.items() if minor is None]
    code, name, expected = "key_wrong", "order", "printable keys, not too long"
    rounded = [name for name in KEYS if is_rounded(cells[name])]
    if rounded:
        name, expected = rounded[0], UNROUNDED
    if bad:
        code, name = "amount_wrong", bad[0]
        expected = f"an amount with at most {DECIMALS} decimals"
    elif china_time(cells["finished"]) is None:
        code, name, expected = "time_wrong", "finished", "YYYY-MM-DD HH:MM:SS"
    elif not kind:
        code, name, expected = "state_wrong", "type", "a short word"
    elif _contradicts(kind, printed["received"] or 0):
        code, name = "amount_contradicts_state", "received"
        expected = "an amount that goes with the type"
    return cell_wrong(code, number, name=table.names[name], printed=cells[name], expected=expected)


TRADE = Layout(
    title=TITLE,
    fields=FIELDS,
    columns=COLUMNS,
    required=REQUIRED,
    totals={PAYMENTS: ("商家实收", "商家优惠"), REFUNDS: ("商家实收退款", "商家优惠退款")},
    unsigned=False,
    take=_take,
)
