"""One row of an activity export to one settlement line, following its balance.

Units: integer minor units of the row's currency.
Shape: Rows.take(row) -> SettlementLine | FileRefused, by the Style that the header told.
Keys: transaction id and net name a row, as a withdrawal and its reversal share one id; the invoice
number is ours; the related id is what a refund, a reversal or a conversion belongs to.
Source: docs/formats/paypal.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from providers.amounts import exponent_of, printed
from providers.columns import ROUNDED, Pick, any_rounded, pick, rounded_keys
from providers.paypal.balances import Chain
from providers.paypal.figures import OTHER_MARK, day_of, moment_of, parser
from providers.paypal.languages import BASKET, CAME_TO_NOTHING, COMPLETED, MEMO, kind_of
from providers.rows import QUOTE, Row
from providers.settlement_file import NO_RESIDUE, FileRefused, SettlementLine, shown
from providers.times import BEFORE, zone_of

PROVIDER = "paypal"
FIELDS = (
    "date", "time", "zone", "currency", "gross", "fee", "net", "id", "balance", "type", "about",
    "status", "impact", "related", "invoice",
)  # fmt: skip
Money = tuple[int, int, int]  # Gross, fee and net.
Parse = Callable[[str], int | None]
KEYS_CHARACTERS_MAX = 256  # Documented: transactions 17 to 24 characters, invoice 127.
AGREEMENT = "-"  # In `B-8AM6…` or `I-1X2…`: an agreement, no transaction.


@dataclass(slots=True)
class Style:
    """How this file is written. Mark and order are settled once, by the first cell that tells."""

    language: str
    mark: str
    names: dict[str, str]  # Field -> its name in this file, for messages.
    found: dict[str, int]
    words: str  # The field that says what a row is.
    last_field: str  # Of the last column, if it is one that is read.
    width: int
    mark_told: bool = False
    day_first: bool | None = None
    pick: Pick = field(init=False)
    clock: str = field(init=False)  # What stands in where no column has it.
    zone: str = field(init=False)
    parsers: dict[int, Parse] = field(default_factory=dict)  # Once told.

    def __post_init__(self) -> None:
        """Know how the fields are taken; cells come with an empty one appended."""
        self.pick = pick(self.found, FIELDS, absent=self.width)
        self.clock = "" if "time" in self.found else "00:00:00"
        self.zone = "" if "zone" in self.found else "UTC"

    def parser(self, exponent: int) -> Parse:
        """How amounts of a currency are read."""
        return self.parsers.get(exponent) or partial(self.amount, exponent=exponent)

    def amount(self, text: str, exponent: int) -> int | None:
        """Read an amount; the first one that shows a mark decides between the two."""
        minor = parser(exponent, self.mark)(text)
        if self.mark_told:
            self.parsers[exponent] = parser(exponent, self.mark)
        elif "." in text or "," in text:
            self.mark_told = True
            if minor is None:
                self.mark = OTHER_MARK[self.mark]
                minor = parser(exponent, self.mark)(text)
        return minor


class Rows:
    """All rows of one export, one after the other; flat in memory."""

    def __init__(self, style: Style, batch_id: str) -> None:
        """Begin before the first row."""
        self._style = style
        self._batch_id = batch_id
        self.count = self.last_number = 0
        self.last_quoted = False
        self.chains: dict[str, Chain] = {}
        self.booked_last = BEFORE

    def take(self, row: Row) -> SettlementLine | FileRefused:
        """Read one row."""
        number, raw, cells = row
        style = self._style
        if len(cells) > style.width and not any(cells[style.width :]):
            del cells[style.width :]
        if len(cells) != style.width:
            message = f"line {number} has {len(cells)} columns, the header has {style.width}"
            return FileRefused("column_count", message, number, "", str(len(cells)))
        cells.append("")
        values = style.pick(cells)
        date, clock, zone, currency, gross_text, fee_text, net_text, name, balance_text = values[:9]
        chain = self.chains.get(currency) or self._begin(currency)
        if chain is None:
            return self._fault(values, number)
        parse = style.parser(chain.exponent)
        gross, net = parse(gross_text), parse(net_text)
        fee = parse(fee_text) if fee_text else 0
        balance = parse(balance_text) if balance_text else None
        if gross is None or fee is None or net is None or gross + fee != net:
            gross, fee, net = self._completed(values, (gross, fee, net))
        if gross is None or (balance is None and balance_text):
            return self._fault(values, number)
        kind = kind_of(values[9] or values[10], language=style.language, incoming=gross > 0)
        day = day_of(date, day_first=style.day_first is True)
        at = moment_of(day, clock or style.clock, zone_of(zone or style.zone))
        keys = f"{name}{values[13]}{values[14]}"
        is_key = bool(name) and len(keys) <= KEYS_CHARACTERS_MAX and keys.isprintable()
        spoiled = ROUNDED in keys and any_rounded(name, values[13], values[14])
        if at is None or not kind or not is_key or spoiled:
            return self._fault(values, number)
        self.count += 1
        self.last_number, self.last_quoted = number, raw.endswith(QUOTE)
        self.booked_last = max(self.booked_last, at)
        if not self._moves(values, chain, balance):
            return self._line(row, values, kind, at, None)
        chain.take(net, balance, number=number)
        return self._line(row, values, kind, at, (gross, -fee, net))

    def _line(
        self, row: Row, values: tuple[str, ...], kind: str, at: datetime, money: Money | None
    ) -> SettlementLine:
        """The line of a row; without money it is about its gross and has moved nothing."""
        zone, currency, name = values[2], values[3], values[7]
        related, invoice = values[13], values[14]
        theirs = name if kind == "charge" or not related or AGREEMENT in related else related
        gross, fee, net = money or (0, 0, 0)
        identity = f"{name}/{currency}{net}" if money else f"{name}/memo"
        about = None if money else self._style.amount(values[4], self.chains[currency].exponent)
        return SettlementLine(
            PROVIDER, self._batch_id, row.number, kind, invoice or identity, theirs, identity,
            gross, fee, net, currency, at, row.raw, NO_RESIDUE, values[9] or values[10], zone, None,
            "", "", about, "" if money else currency,
        )  # fmt: skip

    def _completed(
        self, values: tuple[str, ...], read: tuple[int | None, int | None, int | None]
    ) -> Money | tuple[None, int, int]:
        """Gross, fee and net where one of them has no column, or none in a basket's row."""
        gross, fee, net = read
        found = self._style.found
        basket = (values[9] or values[10]).lower() in BASKET and not values[6]
        if gross is None or fee is None:
            return None, 0, 0
        if "net" not in found or basket:
            net = gross + fee
        elif "fee" not in found and net is not None:
            fee = net - gross
        if net is None or gross + fee != net:
            return None, 0, 0
        return gross, fee, net

    def _begin(self, currency: str) -> Chain | None:
        exponent = exponent_of(currency)
        if exponent is None:
            return None
        self.chains[currency] = Chain(exponent)
        return self.chains[currency]

    def _moves(self, values: tuple[str, ...], chain: Chain, balance: int | None) -> bool:
        """Whether a row has moved its money: told by its impact, else by status and balance."""
        impact, status = values[12], values[11]
        stopped = bool(status) and status.lower() in CAME_TO_NOTHING
        if impact and not stopped:
            return impact.lower() not in MEMO
        if (values[9] or values[10]).lower() in BASKET:
            return False
        if not status or status.lower() in COMPLETED:
            return True
        if balance is not None and chain.balance is not None:
            return not chain.stands_still(balance)
        return not stopped

    def _fault(self, values: tuple[str, ...], number: int) -> FileRefused:
        """What is wrong with a row that could not be read, in words."""
        code, name, expected = next(self._faults(dict(zip(FIELDS, values, strict=True))))
        text = shown(values[FIELDS.index(name)])
        column = self._style.names.get(name, name)
        message = f"line {number}, {column}: printed {text!r}, expected {expected}"
        return FileRefused(code, message, number, column, text, expected)

    def _faults(self, row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        style = self._style
        exponent = exponent_of(row["currency"])
        if exponent is None:
            yield "currency_unknown", "currency", "a currency of ISO 4217"
            return
        minor: dict[str, int | None] = {}
        for name in ("gross", "fee", "net", "balance"):
            absent = name in {"fee", "balance"} or name not in style.found
            text = row[name] or ("0" if absent else "")
            minor[name] = parser(exponent, style.mark)(text)
            if minor[name] is None:
                yield "amount_wrong", name, f"an amount of {exponent} decimals, {style.mark}"
        total = (minor["gross"] or 0) + (minor["fee"] or 0)
        if total != minor["net"] and "fee" in style.found:
            yield (
                "amount_contradicts_state",
                "net",
                f"gross + fee = {printed(total, decimals=exponent)}",
            )
        if zone_of(row["zone"] or style.zone) is None:
            yield "time_wrong", "zone", "the name of a zone"
        if day_of(row["date"], day_first=bool(style.day_first)) is None:
            yield "time_wrong", "date", "a day, with day and month in the order of the file"
        keys = row["id"] + row["related"] + row["invoice"]
        if not row["id"] or len(keys) > KEYS_CHARACTERS_MAX or not keys.isprintable():
            expected = f"printable keys of at most {KEYS_CHARACTERS_MAX} characters together"
            yield "key_wrong", "id", expected
        yield from rounded_keys(row, ("id", "invoice", "related"))
        if not kind_of(row["type"] or row["about"], language=style.language, incoming=True):
            yield "state_wrong", style.words, "words that say what the row is"
        yield "time_wrong", "time", "a clock, hh:mm:ss"
