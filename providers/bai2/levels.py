"""File, group and account of a BAI2 file: what each sums, and what its trailer prints of that.

Units: integer minor units; totals mix balances and movements, and currencies too: a checksum.
A total that is left out stands for zero, as banks do where an account reports no amount.
Shape: a Level adds amounts and records; controls(trailer) compares, or refuses a trailer that is no
trailer. The total of a group is that of its accounts as they come to, not as their trailers print.
"""

from dataclasses import dataclass

from providers.bai2.grammar import balance_of
from providers.bai2.records import Record, refuse
from providers.settlement_file import Control, FileRefused, shown

COUNT_DIGITS_MAX = 18
ACCOUNT, GROUP, FILE = "account", "group", "file"
INNER = {GROUP: "accounts", FILE: "groups"}


@dataclass(slots=True)
class Level:
    """Running totals of a file, a group or an account."""

    level: str
    name: str  # Which of them, as its controls say.
    records: int
    total_minor: int = 0
    inner: int = 0

    def add(self, inner: "Level") -> None:
        """Take in a level that has ended."""
        self.total_minor += inner.total_minor
        self.records += inner.records
        self.inner += 1

    def controls(self, trailer: Record) -> list[Control] | FileRefused:
        """Compare with what the trailer prints: total, inner levels, records."""
        self.records += trailer.physical
        cells = trailer.cells()
        total, counts = cells[0], cells[1:]
        minor = balance_of(total)
        names = [name for name in (INNER.get(self.level), "records") if name is not None]
        told_all = counts[: len(names)]
        are_counts = all(told.isascii() and told.isdigit() for told in told_all)
        extra = any(counts[len(names) :]) or len(told_all) < len(names)
        if minor is None or not are_counts or extra:
            expected = f"a total and the numbers of {' and '.join(names)}"
            return refuse("record_wrong", trailer.number, printed=trailer.raw, expected=expected)
        holds = minor == self.total_minor
        found = [
            self._control(
                "control", told=total, there=self.total_minor, number=trailer.number, holds=holds
            )
        ]
        for name, told in zip(names, told_all, strict=True):
            there = self.records if name == "records" else self.inner
            holds = int(told[:COUNT_DIGITS_MAX]) == there and len(told) <= COUNT_DIGITS_MAX
            found.append(
                self._control(name, told=told, there=there, number=trailer.number, holds=holds)
            )
        return found

    def _control(self, what: str, *, told: str, there: int, number: int, holds: bool) -> Control:
        name = f"{self.level}_{what} {self.name}".rstrip()
        return Control(name, shown(told), str(there), holds, number)
