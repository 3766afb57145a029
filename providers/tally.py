"""Counts and totals over all lines of a file, by account where lines say whose they are.

Units: minor units; residues are exact. Shape: Tally().add_all(run), then lines, kinds, totals(),
totals_by_account(). Bound: KINDS_MAX kinds, ACCOUNTS_MAX accounts.
Errors: FileRefused `too_many_kinds`, `too_many_accounts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from providers.reader import Run
from providers.settlement_file import (
    NO_RESIDUE,
    AccountTotals,
    CurrencyTotals,
    FileRefused,
    SettlementLine,
)

if TYPE_CHECKING:
    from datetime import datetime

KINDS_MAX = 256  # No provider documents a hundred codes; memory stays flat on a hostile file.
ACCOUNTS_MAX = 1_000  # A file is imported account by account, and read once for each.


class _Sums:
    """Running totals of one currency."""

    __slots__ = ("fee", "gross", "lines", "net", "residue")

    def __init__(self) -> None:
        self.lines = self.gross = self.fee = self.net = 0
        self.residue = NO_RESIDUE


class Tally:
    """Counts and totals over all lines; flat in memory."""

    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self._accounts: dict[str, dict[str, _Sums]] = {"": {}}
        self._pending: dict[str, _Sums] = {}
        self._last: dict[str, datetime] = {}  # When something of an account was booked last.

    def add_all(self, run: Run) -> FileRefused | None:
        """Take every line; refused where there is more to remember than any real file has."""
        kinds, last, account = self.kinds, self._last, ""
        currencies = self._accounts[account]
        for line in run:
            kind = line.kind
            if kind in kinds:
                kinds[kind] += 1
            else:
                kinds[kind] = 1
                if len(kinds) > KINDS_MAX:
                    message = f"more than {KINDS_MAX} kinds of lines: this is another format"
                    return FileRefused("too_many_kinds", message, line.line_number)
            if line.pending:
                self._announced(line)
                continue
            if line.account != account:
                account = line.account
                currencies = self._accounts.setdefault(account, {})
                if len(self._accounts) > ACCOUNTS_MAX:
                    message = f"more than {ACCOUNTS_MAX} accounts in one file"
                    return FileRefused("too_many_accounts", message, line.line_number)
            sums = currencies.get(line.currency)
            if sums is None:
                sums = currencies[line.currency] = _Sums()
            sums.lines += 1
            sums.gross += line.gross_minor
            sums.fee += line.fee_minor
            sums.net += line.net_minor
            if line.residue_minor is not NO_RESIDUE:
                sums.residue += line.residue_minor
            if account and line.booked_at > last.setdefault(account, line.booked_at):
                last[account] = line.booked_at
        return None

    def _announced(self, line: SettlementLine) -> None:
        """Counted in the totals of the file, and nowhere else."""
        sums = self._pending.setdefault(line.currency, _Sums())
        sums.lines += 1
        sums.gross += line.gross_minor
        sums.fee += line.fee_minor
        sums.net += line.net_minor
        sums.residue += line.residue_minor

    @property
    def lines(self) -> int:
        """All of them."""
        return sum(sums.lines for each in self._parts() for sums in each.values())

    def _parts(self) -> Sequence[Mapping[str, _Sums]]:
        return (*self._accounts.values(), self._pending)

    def totals(self) -> dict[str, CurrencyTotals]:
        """Of the whole file, by currency."""
        return _by_code(self._parts())

    def moved(self, day: date) -> AccountTotals | None:
        """Without what is pending; None: nothing is. `day`: the file's, if nothing moved."""
        if not self._pending:
            return None
        parts = self._accounts.values()
        lines = sum(sums.lines for each in parts for sums in each.values())
        last = max(self._last.values()).date() if self._last else day
        return AccountTotals(lines, last, _by_code(parts))

    def totals_by_account(self) -> dict[str, AccountTotals]:
        """Of each account that lines name."""
        return {
            account: AccountTotals(
                sum(sums.lines for sums in currencies.values()),
                self._last[account].date(),
                _by_code([currencies]),
            )
            for account, currencies in sorted(self._accounts.items())
            if account
        }


def _by_code(parts: Iterable[Mapping[str, _Sums]]) -> dict[str, CurrencyTotals]:
    """What parts come to together, by currency."""
    found: dict[str, list[_Sums]] = {}
    for part in parts:
        for code, sums in part.items():
            found.setdefault(code, []).append(sums)
    return {code: _total(each) for code, each in sorted(found.items())}


def _total(found: Iterable[_Sums]) -> CurrencyTotals:
    """What these come to."""
    gross = fee = net = 0
    residue = NO_RESIDUE
    for sums in found:
        gross, fee, net = gross + sums.gross, fee + sums.fee, net + sums.net
        residue += sums.residue
    return CurrencyTotals(gross, fee, net, residue)
