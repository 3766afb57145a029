"""One row of a WeChat Pay trade bill to one settlement line, summing as it goes.

Units: integer minor units of the row's currency.
Shape: Rows.take(line, number) -> SettlementLine | FileRefused. The fast path only finds that
something is wrong; providers.wechat.fault says what.
Source: docs/formats/wechat.md.
"""

from providers.columns import ROUNDED, any_rounded, wrong_width
from providers.settlement_file import UNKNOWN, FileRefused, SettlementLine
from providers.wechat.fault import find_fault
from providers.wechat.layout import ABSENT, CELL_SEPARATOR, EMPTY, Layout
from providers.wechat.values import (
    CurrencySums,
    Payee,
    begin_sums,
    china_time,
    contradiction,
    digest,
    is_identity,
    keys_of,
    kind_of,
)

PROVIDER = "wechat"
REVOKED = f"{UNKNOWN}REVOKED"  # A payment taken back before it was settled: a refund of all of it.


class Rows:
    """All rows of one bill, one after the other; flat in memory."""

    __slots__ = ("_batch_id", "_layout", "count", "last_day", "payee", "sums")

    def __init__(self, layout: Layout, batch_id: str) -> None:
        """Begin before the first row."""
        self._layout = layout
        self._batch_id = batch_id
        self.count = 0
        self.sums: dict[str, CurrencySums] = {}
        self.payee = Payee()
        self.last_day = ""

    def take(self, line: str, number: int) -> SettlementLine | FileRefused:
        """Read one row, the backtick in front still there."""
        cells = line.split(CELL_SEPARATOR)
        layout = self._layout
        if len(cells) != layout.width:
            return wrong_width(number, printed=len(cells), expected=layout.width)
        cells[0] = cells[0][1:]
        cells.append(ABSENT)
        (merchant, sub_merchant, time, accepted, wechat_order, order, wechat_refund, refund,
         state, refund_state, currency) = layout.values(cells)  # fmt: skip
        if accepted not in EMPTY:
            time = accepted
        sums = self.sums.get(currency) or begin_sums(self.sums, currency)
        figures = sums.add(layout.amounts(cells)) if sums is not None else None
        booked_at = china_time(time)
        kind = kind_of(state, refund_state=refund_state)
        if figures is None or booked_at is None or not kind:
            return find_fault(cells, layout, number)
        if kind == REVOKED and not figures[0]:
            kind = "refund"
        named = keys_of(kind, (order, wechat_order), (refund, wechat_refund))
        if named is None and state == "REVOKED":
            named = keys_of("charge", (order, wechat_order), (refund, wechat_refund))
        ours, theirs = named or ("", digest(line))
        identity = f"{kind}/{ours}/{theirs}"
        settle, refunded, fee = figures
        wrong = contradiction(kind, layout, settle_minor=settle, refund_minor=refunded)
        spoiled = ROUNDED in identity and any_rounded(ours, theirs)
        if wrong or spoiled or not is_identity(identity):
            return find_fault(cells, layout, number)
        self.count += 1
        self.payee.see((merchant, sub_merchant))
        # All are China's: their text says which is the last.
        self.last_day = max(self.last_day, time[:10])
        gross = settle - refunded
        return SettlementLine(
            PROVIDER, self._batch_id, number, kind, ours or identity, theirs if named else "",
            identity, gross, fee.minor, gross - fee.minor, currency, booked_at, line,
            fee.residue_minor,
        )  # fmt: skip
