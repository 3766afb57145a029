"""What a record of either report says beside its money: whose it is, when, which keys it has.

Shape: Said.read(cells, raw) -> Told | None; None when time, type or keys cannot be read.
Keys: our reference is Merchant Reference, of a refund Modification Merchant Reference where it is
given. Records of the account itself (fees, payouts) have no psp reference and no key of ours.
Source: docs/formats/adyen.md.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from providers.adyen.values import Kinds, Nameless, is_key, local_time

PROVIDER = "adyen"


class Told(NamedTuple):
    """What is known of one record before its money."""

    kind: str
    code: str
    account: str
    batch: str
    reference: str
    provider_reference: str
    identity: str
    booked_at: datetime
    zone: str
    text: str


class Said:
    """All records of one file; flat in memory."""

    __slots__ = ("_accounts", "_companies", "_kinds", "_last", "_name", "_nameless", "last_day")

    def __init__(self, name: Callable[[str], str] | None = None) -> None:
        """Begin before the first record; `name` is how one without a name gets one."""
        self._kinds = Kinds()
        self._nameless = Nameless()
        self._name = name or self._nameless.name
        self._accounts: set[str] = set()
        self._companies: set[str] = set()
        self._last = ("", "")
        self.last_day = ""

    def read(self, said: tuple[str, ...], raw: str) -> Told | None:
        """Read the cells of layout.SAID."""
        (company, account, psp, order, modification, our_modification, batch,
         booked, booked_zone, created, zone, code) = said  # fmt: skip
        kind = self._kinds[code]
        if booked:
            printed, zone = booked, booked_zone or zone
        else:
            printed = created
        at = local_time(printed, zone)
        if at is None or not kind:
            return None
        if not is_key(f"{company}{account}{psp}{order}{modification}{our_modification}{batch}"):
            return None
        if (company, account) != self._last:
            self._last = (company, account)
            self._see(company, account)
        day = printed[:10]
        if day > self.last_day:  # noqa: PLR1730 - max() is a call a record.
            self.last_day = day
        if psp:
            ours = our_modification if kind == "refund" and our_modification else order
            identity = f"{code.casefold()}/{psp}/{modification or self._name(raw)}"
            ours = ours or our_modification or identity
            return Told(kind, code, account, batch, ours, psp, identity, at, zone, "")
        words = " ".join(each for each in (modification, order, our_modification) if each)
        if kind == "payout" and modification:
            identity = f"{code.casefold()}/{account}/{modification}"
        else:
            identity = f"{code.casefold()}/{self._name(raw)}"
        return Told(kind, code, account, batch, identity, modification, identity, at, zone, words)

    def account(self) -> str:
        """The one merchant account, else the one company; empty if the file names no one."""
        for found in (self._accounts, self._companies):
            if len(found) == 1:
                return min(found)
        return ""

    def day(self) -> date:
        """The last day that something was booked."""
        return date.fromisoformat(self.last_day)

    def _see(self, company: str, account: str) -> None:
        """Two of a kind are enough to be kept."""
        for found, name in ((self._accounts, account), (self._companies, company)):
            if name and len(found) <= 1:
                found.add(name)
