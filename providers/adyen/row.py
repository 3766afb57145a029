"""One record of the settlement details report to one settlement line, summing as it goes.

Units: integer minor units of the net currency.
Signs: net = credit - debit; the fee columns are costs above zero; gross = net + fee.
Shape: Records.take(row) -> SettlementLine | FileRefused. The fast path only finds that something
is wrong; providers.adyen.fault says what.
Source: docs/formats/adyen.md.
"""

from decimal import Decimal

from providers.adyen.batches import Batches
from providers.adyen.fault import find_fault
from providers.adyen.layout import Layout, two_things
from providers.adyen.said import PROVIDER, Said
from providers.adyen.values import (
    NET_KINDS,
    PAYMENT_KINDS,
    Currencies,
    UnreadableError,
    rate_of,
)
from providers.columns import wrong_width
from providers.rows import Row
from providers.settlement_file import NO_RESIDUE, FileRefused, SettlementLine

Figures = tuple[int, int, int, int | None, str, Decimal | None]


class Records:
    """All records of one report, one after the other; flat in memory."""

    __slots__ = ("_batch_id", "_currencies", "_layout", "batches", "count", "said")

    def __init__(self, layout: Layout, batch_id: str) -> None:
        """Begin before the first record."""
        self._layout = layout
        self._batch_id = batch_id
        self._currencies = Currencies()
        self.batches = Batches()
        self.said = Said()
        self.count = 0

    def take(self, row: Row) -> SettlementLine | FileRefused:
        """Read one record."""
        number, raw, cells = row
        layout = self._layout
        if len(cells) != layout.width:
            return wrong_width(number, printed=len(cells), expected=layout.width)
        if layout.twins and layout.says_two_things(cells):
            return two_things(layout, cells, number)
        cells.append("")
        told = self.said.read(layout.said(cells), raw)
        if told is None:
            return find_fault(cells, layout, number)
        kind, code, account, batch, reference, theirs, identity, booked_at, zone, text = told
        money = layout.money(cells)
        try:
            figures = self._figures(kind, money, number)
        except UnreadableError:
            return find_fault(cells, layout, number)
        gross, fee, net, original, original_currency, rate = figures
        currency = money[0]
        too_many = self.batches.add((account, batch, currency), net, number=number)
        if too_many is not None:
            return too_many
        self.count += 1
        return SettlementLine(
            PROVIDER, self._batch_id, number, kind, reference, theirs, identity,
            gross, fee, net, currency, booked_at, raw, NO_RESIDUE, code, zone, None,
            account, batch, original, original_currency, rate, text,
        )  # fmt: skip

    def _figures(self, kind: str, money: tuple[str, ...], number: int) -> Figures:
        """Gross, fee, net, and what was charged if that was in another currency."""
        (currency, net_debit, net_credit, commission, markup, scheme_fees, interchange,
         gross_currency, gross_debit, gross_credit, rate) = money  # fmt: skip
        unsigned, signed = self._currencies[currency]
        net = unsigned[net_credit] - unsigned[net_debit]
        fee = signed[commission] + signed[markup] + signed[scheme_fees] + signed[interchange]
        if kind in NET_KINDS:
            gross, fee = (0, -net) if kind == "fee" else (net, 0)
            return gross, fee, net, None, "", None
        if kind not in PAYMENT_KINDS and not (gross_debit or gross_credit):
            return net + fee, fee, net, None, "", None
        if gross_currency != currency:
            unsigned, _ = self._currencies[gross_currency]
            original = unsigned[gross_credit] - unsigned[gross_debit]
            return net + fee, fee, net, original, gross_currency, rate_of(rate)
        self.batches.checked += 1
        if unsigned[gross_credit] - unsigned[gross_debit] != net + fee:
            self.batches.breaks_rule(number)
        return net + fee, fee, net, None, "", None
