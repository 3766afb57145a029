"""What a record of either report says beside its money: whose it is, when, which keys it has.

Shape: Said.read(cells, raw) -> Told | None; None when time, type or keys cannot be read.
Keys: our reference is Merchant Reference, of a refund Modification Merchant Reference where it is
given. Records of the account itself (fees, payouts) have no psp reference and no key of ours.
Source: docs/formats/adyen.md.
"""

from collections.abc import Callable
from datetime import date, datetime

from providers.adyen.values import Kinds, Nameless, is_key, local_time
from providers.columns import ROUNDED, any_rounded

PROVIDER = "adyen"


# Kind, code, account, batch, our reference, Adyen's, identity, time, zone, words.
Told = tuple[str, str, str, str, str, str, str, datetime, str, str]


class Said:
    """All records of one file; flat in memory."""

    __slots__ = (
        "_accounts", "_at", "_companies", "_kinds", "_name", "_owner", "_time", "last_day",
    )  # fmt: skip

    def __init__(self, name: Callable[[str], str] | None = None) -> None:
        """Begin before the first record; `name` is how one without a name gets one."""
        self._kinds = Kinds()
        self._name = name or Nameless().name
        self._accounts: set[str] = set()
        self._companies: set[str] = set()
        self._owner = ("", "", "")
        self._time = ("", "")
        self._at: datetime | None = None
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
        if (printed, zone) != self._time:  # Records are booked in runs of one second.
            self._see_time(printed, zone=zone)
        if (company, account, batch) != self._owner and not self._see_owner(
            company, account, batch
        ):
            return None
        at = self._at
        keys = f"{psp}{order}{modification}{our_modification}"
        if at is None or not kind or not is_key(keys):
            return None
        if ROUNDED in keys and any_rounded(psp, order, modification, our_modification):
            return None
        if psp:
            ours = our_modification if kind == "refund" and our_modification else order
            identity = f"{code.casefold()}/{psp}/{modification or self._name(raw)}"
            ours = ours or our_modification or identity
            return kind, code, account, batch, ours, psp, identity, at, zone, ""
        words = " ".join(each for each in (modification, order, our_modification) if each)
        if kind == "payout" and modification:
            identity = f"{code.casefold()}/{account}/{modification}"
        else:
            identity = f"{code.casefold()}/{self._name(raw)}"
        return kind, code, account, batch, identity, modification, identity, at, zone, words

    def account(self) -> str:
        """The one merchant account, else the one company; empty if the file names no one."""
        for found in (self._accounts, self._companies):
            if len(found) == 1:
                return min(found)
        return ""

    def day(self) -> date:
        """The last day that something was booked."""
        return date.fromisoformat(self.last_day)

    def _see_time(self, printed: str, *, zone: str) -> None:
        self._time = (printed, zone)
        self._at = local_time(printed, zone=zone)
        if self._at is not None:
            self.last_day = max(self.last_day, printed[:10])

    def _see_owner(self, *owner: str) -> bool:
        """Take note of company, account and batch; two of a kind are enough to be kept."""
        if not is_key("".join(owner)):
            return False
        company, account, batch = owner
        self._owner = (company, account, batch)
        for found, name in ((self._accounts, account), (self._companies, company)):
            if name and len(found) <= 1:
                found.add(name)
        return True
