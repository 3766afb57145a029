"""Adyen's payments accounting report: a record for each step in the life of a payment.

Units: major units as printed; lines carry integer minor units of the settlement currency.
Signs: as printed. `Payable (SC)` is what we are owed after fees, the net; fees are costs above
zero.
What a record says about money is its payable and its fees: most records (Received, Authorised,
SentForSettle) leave them empty and come as lines of nothing, kind unknown:<type>. A SentForSettle
that fills them and moves the payment into Captured (PC) is a forecast: Settled says them again.
Nothing in the file proves it complete.
Source: docs/formats/adyen.md.
"""

from decimal import Decimal

from providers.adyen.fault import find_fault
from providers.adyen.layout import ACCOUNTING_TABLE, Layout, parse_header, two_things
from providers.adyen.said import PROVIDER, Said
from providers.adyen.values import Currencies, UnreadableError, digest_of, rate_of
from providers.columns import wrong_width
from providers.reader import Reading
from providers.rows import Row, rows
from providers.settlement_file import NO_RESIDUE, Ending, FileRefused, SettlementLine
from providers.source import Source

# Currency, fee, net, what was charged and its currency, the rate, what is said of a forecast.
Figures = tuple[str, int, int, int | None, str, Decimal | None, str]
FORECAST = "payable when it is settled:"
SENT = "sentfor"  # SentForSettle, SentForRefund: on the way, not there.


class Records:
    """All records of one report, one after the other; flat in memory."""

    __slots__ = ("_batch_id", "_currencies", "_layout", "said")

    def __init__(self, layout: Layout, batch_id: str) -> None:
        """Begin before the first record."""
        self._layout = layout
        self._batch_id = batch_id
        self._currencies = Currencies()
        self.said = Said(digest_of)

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
        try:
            figures = self._figures(layout.money(cells), told[1])
        except UnreadableError:
            return find_fault(cells, layout, number)
        kind, code, account, batch, reference, theirs, identity, booked_at, zone, text = told
        currency, fee, net, original, original_currency, rate, forecast = figures
        return SettlementLine(
            PROVIDER, self._batch_id, number, kind, reference, theirs, identity,
            net + fee, fee, net, currency, booked_at, raw, NO_RESIDUE, code, zone, None,
            account, batch, original, original_currency, rate, text or forecast,
        )  # fmt: skip

    def _figures(self, money: tuple[str, ...], code: str) -> Figures:
        """Currency, fee, net, and what was charged if that was in another currency."""
        (currency, payable, commission, markup, scheme_fees, interchange,
         charged_in, captured, main_currency, rate) = money  # fmt: skip
        moves = payable or commission or markup or scheme_fees or interchange
        if not currency and not moves:
            currency = charged_in or main_currency  # Nothing of it, but a line has one.
        signed = self._currencies[currency].signed
        if not moves:
            return currency, 0, 0, None, "", None, ""
        net = signed[payable]
        fee = signed[commission] + signed[markup] + signed[scheme_fees] + signed[interchange]
        sent = code[: len(SENT)].casefold() == SENT
        if not captured or not (net or fee) or (charged_in == currency and not sent):
            return currency, fee, net, None, "", None, ""
        # Captured falls or rises with the same record, by how the account is settled.
        charged = abs(self._currencies[charged_in].signed[captured])
        if charged and sent:
            return currency, 0, 0, None, "", None, f"{FORECAST} {payable} {currency}"
        if charged_in == currency:
            return currency, fee, net, None, "", None, ""
        original = -charged if net + fee < 0 else charged
        return currency, fee, net, original, charged_in, rate_of(rate), ""


def read(source: Source, batch_id: str) -> Reading:
    """Yield every record as a line."""
    found = rows(source)
    header = next(found, None)
    if header is None:
        return FileRefused("no_lines", "the file is empty", 1)
    layout = header if isinstance(header, FileRefused) else parse_header(header, ACCOUNTING_TABLE)
    if isinstance(layout, FileRefused):
        return layout
    records = Records(layout, batch_id)
    number = 0
    for row in found:
        line = row if isinstance(row, FileRefused) else records.take(row)
        if isinstance(line, FileRefused):
            return line
        number = line.line_number
        yield line
    if not number:
        return FileRefused("no_lines", "a report without a record does not say whose it is", 1)
    if source.last_line_open and layout.last and not layout.last.endswith("zone"):
        name = layout.names[layout.last]
        message = f"line {number} has no line end, so its {name} may be cut off"
        return FileRefused("file_cut_off", message, number, name)
    return Ending(records.said.account(), records.said.day(), ())
