"""The summary of a statement (`TxsSummry`): counts and sums, as printed and as its entries come to.

Units: sums are scaled by 10^5; they have no currency: entries are added up as numbers.
Shape: read_summary(tags, element) -> list of Printed; Printed.against(sums…) -> Control.
"""

from typing import NamedTuple

from providers.camt.document import Element
from providers.camt.parts import Tags, text_of
from providers.camt.values import SIGNS, exactly, sum_of
from providers.settlement_file import Control, FileRefused, shown

# Element, its child -> name of the control; Sums has a field of the same name.
FIGURES = {
    ("TtlNtries", "NbOfNtries"): "entry_count",
    ("TtlNtries", "Sum"): "entry_sum",
    ("TtlCdtNtries", "NbOfNtries"): "credit_count",
    ("TtlCdtNtries", "Sum"): "credit_sum",
    ("TtlDbtNtries", "NbOfNtries"): "debit_count",
    ("TtlDbtNtries", "Sum"): "debit_sum",
}
NET = "net_sum"
CONTROLS = (*FIGURES.values(), NET)
COUNT_DIGITS_MAX = 15  # The standard's own bound.
CENTS = 2  # How many decimals are shown at least.


class Sums:
    """Counts and sums of entries."""

    __slots__ = ("credit_count", "credit_sum", "debit_count", "debit_sum")

    def __init__(self) -> None:
        """Begin at nothing."""
        self.credit_count = self.credit_sum = self.debit_count = self.debit_sum = 0

    def add(self, signed: int) -> None:
        """Count one; an entry of nothing is counted by its caller's sign, a credit."""
        if signed < 0:
            self.debit_count += 1
            self.debit_sum -= signed
        else:
            self.credit_count += 1
            self.credit_sum += signed

    def figure(self, name: str) -> int:
        """A figure by the name of its control."""
        match name:
            case "entry_count":
                figure = self.credit_count + self.debit_count
            case "entry_sum":
                figure = self.credit_sum + self.debit_sum
            case "net_sum":
                figure = self.credit_sum - self.debit_sum
            case "credit_count":
                figure = self.credit_count
            case "credit_sum":
                figure = self.credit_sum
            case "debit_count":
                figure = self.debit_count
            case _:
                figure = self.debit_sum
        return figure


class Printed(NamedTuple):
    """A figure of the summary; counts are plain, sums scaled."""

    name: str
    text: str
    value: int
    line_number: int

    def against(self, everything: Sums, booked: Sums) -> Control:
        """Compare with all entries, or with the booked ones if only they agree."""
        computed = everything.figure(self.name)
        if computed != self.value and booked.figure(self.name) == self.value:
            computed = self.value
        count = self.name.endswith("_count")
        return Control(
            name=self.name,
            printed=self.text,
            computed=str(computed) if count else exactly(computed, exponent=CENTS),
            holds=computed == self.value,
            line_number=self.line_number,
        )


def read_summary(tags: Tags, element: Element) -> list[Printed] | FileRefused:
    """Every figure that we can compare."""
    found: list[Printed] = []
    for group in element:
        parts = tags.parts(group).first
        for (name, child), control in FIGURES.items():
            if name != tags.name(group) or child not in parts:
                continue
            text = text_of(parts[child])
            value = _count(text) if child == "NbOfNtries" else sum_of(text)
            if value is None:
                return _refused(parts[child], field=f"{name}/{child}", printed=text)
            found.append(Printed(control, text, value, parts[child].sourceline or 0))
        if tags.name(group) == "TtlNtries":
            net = _net(tags, group)
            if isinstance(net, FileRefused):
                return net
            found += net
    return found


def _count(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= COUNT_DIGITS_MAX
    return int(text) if plain else None


def _net(tags: Tags, group: Element) -> list[Printed] | FileRefused:
    """TtlNetNtryAmt with its indicator beside it, in later versions both in TtlNetNtry."""
    inner = group.find(tags.path("TtlNetNtry"))
    parts = tags.parts(group if inner is None else inner).first
    money = parts.get("TtlNetNtryAmt" if inner is None else "Amt")
    if money is None or "CdtDbtInd" not in parts:
        return []
    text, sign = text_of(money), SIGNS.get(text_of(parts["CdtDbtInd"]))
    value = sum_of(text)
    if value is None or sign is None:
        return _refused(money, field="TtlNetNtry", printed=text)
    printed = f"-{text}" if sign < 0 and value else text
    return [Printed(NET, printed, sign * value, money.sourceline or 0)]


def _refused(element: Element, *, field: str, printed: str) -> FileRefused:
    line, words = element.sourceline, shown(printed)
    message = f"line {line}, {field}: printed {words!r}, expected a number"
    return FileRefused("totals_not_understood", message, line, field, words, "a number")
