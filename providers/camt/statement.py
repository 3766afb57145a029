"""One statement, report or notification: its account, its balances, its sums, its controls.

Units: amounts are scaled by 10^5, so that three to five decimals are compared exactly.
Rule: opening (OPBD, else PRCD) + booked entries = closing (CLBD), a currency. What is pending or
for information moves no balance. TxsSummry counts every entry; a bank that counts the booked ones
alone is right too.
Shape: Statement.header(element), .add(entry), .controls().
Source: docs/formats/camt.md.
"""

from datetime import datetime
from typing import NamedTuple

from providers.amounts import exponent_of
from providers.camt.document import Element
from providers.camt.entry import Entry
from providers.camt.parts import Tags, text_of
from providers.camt.summary import Printed, Sums, read_summary
from providers.camt.values import AMOUNT, BOOKED, SIGNS, amount, exactly, time_of
from providers.settlement_file import Control, FileRefused, shown

OPENINGS = ("OPBD", "PRCD")  # The first that is there counts.
CLOSING = "CLBD"
BALANCES_MAX = 1_000
ACCOUNT_CHARACTERS_MAX = 64
CLOSING_CONTROL, OPENING_CONTROL = "closing_balance", "opening_balance"


class Balance(NamedTuple):
    """A printed balance, signed."""

    scaled: int
    printed: str
    day: datetime | None
    line_number: int


class Statement:
    """What one statement has said so far; flat in memory."""

    def __init__(self, tags: Tags) -> None:
        """Begin before its first element."""
        self._tags = tags
        self.id = self.account = ""
        self.sequence: int | None = None
        self.made: tuple[datetime, str] | None = None
        self.balances: dict[tuple[str, str], list[Balance]] = {}
        self._balances = 0
        self.entries = 0
        self._booked: dict[str, int] = {}
        self._all, self._only_booked = Sums(), Sums()
        self._printed: list[Printed] = []

    def absorb(self, element: Element) -> FileRefused | None:
        """Take an element of the statement that is no entry."""
        tags = self._tags
        match tags.name(element):
            case "Id":
                self.id = self.id or shown(text_of(element))
            case "ElctrncSeqNb":
                text = text_of(element)
                self.sequence = int(text) if text.isascii() and text.isdigit() else None
            case "CreDtTm":
                self.made = time_of(text_of(element)) or self.made
            case "Acct":
                return self._take_account(element)
            case "Bal":
                return self._take_balance(element)
            case "TxsSummry":
                summary = read_summary(tags, element)
                if isinstance(summary, FileRefused):
                    return summary
                self._printed += summary
            case _:
                pass
        return None

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        self.entries += 1
        signed = entry.sign * entry.amount.scaled
        self._all.add(signed)
        if entry.state == BOOKED:
            self._only_booked.add(signed)
            self._booked[entry.currency] = self._booked.get(entry.currency, 0) + signed

    def day_of(self, entry: Entry) -> tuple[datetime, str] | None:
        """The day of an entry that has no booking day of its own."""
        if entry.value_at is not None:
            return entry.value_at, ""
        if entry.state == BOOKED:
            closing = self.closing(entry.currency)
            if closing is not None and closing.day is not None:
                return closing.day, ""
        return self.made

    def opening(self, currency: str) -> Balance | None:
        """The earliest opening balance of a currency."""
        for code in OPENINGS:
            found = self.balances.get((code, currency))
            if found is not None:
                return min(found, key=_day)
        return None

    def closing(self, currency: str) -> Balance | None:
        """The latest closing balance of a currency."""
        found = self.balances.get((CLOSING, currency))
        return None if found is None else max(reversed(found), key=_day)

    def currencies(self) -> list[str]:
        """Currencies that have a closing balance."""
        return [currency for code, currency in self.balances if code == CLOSING]

    def last_day(self) -> datetime | None:
        """The day that it was closed or made, for a statement without entries."""
        days = [each.day for name in self.currencies() if (each := self.closing(name)) is not None]
        known = [day for day in days if day is not None]
        return max(known) if known else (self.made[0] if self.made is not None else None)

    def controls(self) -> list[Control]:
        """What it prints about itself, compared."""
        found = [self._closing_control(currency) for currency in self.currencies()]
        found += [each.against(self._all, self._only_booked) for each in self._printed]
        return [each for each in found if each is not None]

    def _closing_control(self, currency: str) -> Control | None:
        opening, closing = self.opening(currency), self.closing(currency)
        if opening is None or closing is None:
            return None
        computed = opening.scaled + self._booked.get(currency, 0)
        return Control(
            name=f"{CLOSING_CONTROL} {currency}",
            printed=closing.printed,
            computed=exactly(computed, exponent=exponent_of(currency) or 0),
            holds=computed == closing.scaled,
            line_number=closing.line_number,
        )

    def _take_account(self, element: Element) -> FileRefused | None:
        tags = self._tags
        text = element.findtext(tags.path("Id/IBAN"))
        text = (text or element.findtext(tags.path("Id/Othr/Id"), "")).strip()
        if text and len(text) <= ACCOUNT_CHARACTERS_MAX and text.isprintable():
            self.account = text
            return None
        return _refused(
            "key_wrong", element, field="Acct Id", printed=text, expected="an IBAN or another id"
        )

    def _take_balance(self, element: Element) -> FileRefused | None:
        tags = self._tags
        code = element.findtext(tags.path("Tp/CdOrPrtry/Cd"), "").strip()
        if code not in (*OPENINGS, CLOSING):
            return None
        parts = tags.parts(element).first
        money, text = parts.get("Amt"), text_of(parts.get("Amt"))
        currency = "" if money is None else money.get("Ccy", "")
        if exponent_of(currency) is None:
            expected = "a currency of ISO 4217"
            return _refused(
                "currency_unknown",
                element,
                field=f"{code} Amt Ccy",
                printed=currency,
                expected=expected,
            )
        read = amount(text, currency=currency)
        if read is None:
            return _refused(
                "amount_wrong",
                element,
                field=f"{code} Amt",
                printed=text,
                expected=AMOUNT,
            )
        # Left out it is a credit; where that is wrong, the closing balance does not hold.
        sign = SIGNS.get(text_of(parts["CdtDbtInd"])) if "CdtDbtInd" in parts else 1
        if sign is None:
            text = text_of(parts.get("CdtDbtInd"))
            return _refused(
                "state_wrong",
                element,
                field=f"{code} CdtDbtInd",
                printed=text,
                expected="CRDT or DBIT",
            )
        printed = text if sign > 0 or not read.scaled else f"-{text}"
        balance = Balance(sign * read.scaled, printed, self._day(element), element.sourceline or 0)
        return self._keep(balance, (code, currency), element)

    def _day(self, balance: Element) -> datetime | None:
        day = balance.find(self._tags.path("Dt"))
        at = time_of(text_of(day[0] if day is not None and len(day) else None))
        return None if at is None else at[0]

    def _keep(
        self, balance: Balance, name: tuple[str, str], element: Element
    ) -> FileRefused | None:
        self._balances += 1
        if self._balances > BALANCES_MAX:
            count, most = str(self._balances), f"at most {BALANCES_MAX}"
            return _refused("too_many_parts", element, field="Bal", printed=count, expected=most)
        self.balances.setdefault(name, []).append(balance)
        return None


def _day(balance: Balance) -> float:
    return 0.0 if balance.day is None else balance.day.timestamp()


def _refused(
    code: str, element: Element, *, field: str, printed: str, expected: str
) -> FileRefused:
    line = element.sourceline
    words = shown(printed)
    message = f"line {line}, {field}: printed {words!r}, expected {expected}"
    return FileRefused(code, message, line, field, words, expected)
