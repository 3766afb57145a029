"""The lines of Amazon settlements, one amount each, summed up beside their printed totals.

Units: integer minor units of the settlement's currency.
Shape: Settlements.begin(cells) for the line of a total, Settlements.take(cells, ...) for a money
line; both give a FileRefused at the first thing that is not exactly understood.
Keys: a settlement never changes once it is closed, so a line's place in it names the line.
Source: docs/formats/amazon.md.
"""

from collections.abc import Iterator

from providers.amazon.kinds import kind_of
from providers.amazon.layout import NAMES, Layout
from providers.amazon.values import mark_of, moment_of, parser
from providers.amounts import exponent_of, printed
from providers.columns import UNROUNDED, is_rounded
from providers.settlement_file import Control, FileRefused, SettlementLine, shown
from providers.times import BEFORE

PROVIDER = "amazon"
SETTLEMENTS_MAX = 1_000  # Amazon writes one a file; files are joined by hand, a few years of them.
Fault = tuple[str, str, str, str]  # Code, field, printed and expected.
KEY_CHARACTERS_MAX = 64  # Documented: an order 19, a settlement 11 digits.


class Total:
    """One settlement: what it prints, and what its lines come to."""

    __slots__ = ("count", "currency", "exponent", "line", "minor", "printed", "sum", "value_at")

    def __init__(self, text: str, minor: int, *, number: int, currency: str, paid: str) -> None:
        """Begin before its first line; `paid` is the day of the deposit, if printed."""
        self.printed, self.minor, self.line, self.currency = text, minor, number, currency
        self.exponent = exponent_of(currency) or 0
        self.value_at = moment_of(paid) if paid else None
        self.sum = self.count = 0


class Settlements:
    """All settlements of a file; bounded in memory."""

    def __init__(self, layout: Layout, batch_id: str) -> None:
        """Begin before the first line."""
        self._layout = layout
        self._batch_id = batch_id
        self._mark = ""
        self.totals: dict[str, Total] = {}
        self.posted_last = BEFORE

    def begin(self, cells: list[str], number: int) -> FileRefused | None:
        """Take the line that prints a settlement's total."""
        name, text, currency, _, _, deposited, _ = self._layout.head(cells)
        exponent = exponent_of(currency)
        minor = None if exponent is None else self._amount(text, exponent)
        wrong = next(self._faults(cells, minor), None)
        if wrong is not None:
            return refused(wrong, number)
        if len(self.totals) == SETTLEMENTS_MAX:
            message = f"more than {SETTLEMENTS_MAX} settlements"
            return FileRefused("too_many_parts", message, number)
        assert minor is not None, "a bad amount was let pass"
        total = Total(text, minor, number=number, currency=currency, paid=deposited)
        self.totals[name] = total
        return None

    def _faults(self, cells: list[str], minor: int | None) -> Iterator[Fault]:
        """What is wrong with the line of a total: code, field, printed and expected."""
        name, text, currency, started, ended, deposited, amount = self._layout.head(cells)
        if amount:
            yield "totals_not_understood", "amount", amount, "none beside a total"
        if is_rounded(name):
            yield "key_wrong", "settlement", name, UNROUNDED
        if not is_key(name):
            yield "key_wrong", "settlement", name, KEY
        if name in self.totals:
            yield "key_wrong", "settlement", name, "one total for each settlement"
        exponent = exponent_of(currency)
        if exponent is None:
            yield "currency_unknown", "currency", currency, "one of ISO 4217"
        if minor is None:
            yield "amount_wrong", "total", text, amount_of(exponent or 0)
        for field, time in (("started", started), ("ended", ended), ("deposited", deposited)):
            if time and moment_of(time) is None:
                yield "time_wrong", field, time, TIME

    def take(self, cells: list[str], number: int, raw: str) -> SettlementLine | FileRefused:
        """Read a line of money; the cells come with ABSENT appended."""
        name, _, currency, transaction, order, amount_type, about, text, day, clock = (
            self._layout.line(cells)
        )
        total = self.totals.get(name)
        if total is None:
            return refused(("total_missing", "settlement", name, BEGUN), number)
        meaning = kind_of(transaction, amount_type=amount_type, description=about)
        minor = self._amount(text, total.exponent)
        at = moment_of(clock or day)
        if meaning is None or minor is None or at is None or currency not in {"", total.currency}:
            return refused(next(_faults(cells, self._layout, total, self._mark)), number)
        if not (order.isprintable() and len(order) <= KEY_CHARACTERS_MAX):
            return refused(("key_wrong", "order", order, KEY), number)
        if is_rounded(order):
            return refused(("key_wrong", "order", order, UNROUNDED), number)
        total.sum += minor
        total.count += 1
        self.posted_last = max(self.posted_last, at)
        identity = f"{name}/{total.count}"
        gross, fee = (0, -minor) if meaning.is_fee else (minor, 0)
        return SettlementLine(
            PROVIDER, self._batch_id, number, meaning.kind, order or identity, order or identity,
            identity, gross, fee, minor, total.currency, at, raw, code=meaning.code,
            zone="UTC" if clock.endswith("UTC") else "", value_at=total.value_at, part=name,
        )  # fmt: skip

    def _amount(self, text: str, exponent: int) -> int | None:
        if not self._mark:
            self._mark = mark_of(text)
        return parser(exponent, self._mark)(text)

    def controls(self) -> tuple[Control, ...]:
        """Every printed total beside the sum of its lines."""
        several = len(self.totals) > 1
        return tuple(
            Control(
                f"total_amount {name}" if several else "total_amount",
                total.printed,
                printed(total.sum, decimals=total.exponent),
                total.sum == total.minor,
                total.line,
            )
            for name, total in self.totals.items()
        )


KEY = f"a printable key of at most {KEY_CHARACTERS_MAX} characters"
BEGUN = "one whose total came before"
TIME = "YYYY-MM-DD or DD.MM.YYYY, hh:mm:ss UTC"
WORDS = "words that tell what the amount is"


def amount_of(exponent: int) -> str:
    """Say how an amount should look."""
    return f"a signed amount with at most {exponent} decimals and the file's decimal mark"


def is_key(text: str) -> bool:
    """Whether a key is there, short and printable."""
    return bool(text) and text.isprintable() and len(text) <= KEY_CHARACTERS_MAX


def refused(fault: Fault, number: int) -> FileRefused:
    """Say what is wrong with one cell."""
    code, field, text, expected = fault
    name = NAMES[field]
    message = f"line {number}, {name}: printed {shown(text)!r}, expected {expected}"
    return FileRefused(code, message, number, name, shown(text), expected)


def _faults(cells: list[str], layout: Layout, total: Total, mark: str) -> Iterator[Fault]:
    """What is wrong with a line that could not be read: code, field, printed and expected."""
    _, _, currency, transaction, _, amount_type, about, text, day, clock = layout.line(cells)
    if parser(total.exponent, mark)(text) is None:
        yield "amount_wrong", "amount", text, amount_of(total.exponent)
    if currency not in {"", total.currency}:
        yield "currency_differs", "currency", currency, total.currency
    if moment_of(clock or day) is None:
        yield "time_wrong", "posted" if clock else "posted_on", clock or day, TIME
    yield "state_wrong", "description", f"{transaction}:{amount_type}:{about}", WORDS
