"""A batch: its header, and one settlement line for every entry with its addenda.

Units: cents. Signs: providers.nacha.codes.
Shape: Batch(header, …), then for each entry begin(entry), more(addenda)…, end() -> line.
Keys: `provider_reference` is the entry's own trace number; `reference` the trace number of the
entry that we sent: of a return or a notification of change the original one, else its own.
A notification of change has no money; one that has is kept as unknown.
Errors: FileRefused amount_wrong, key_wrong, record_wrong with line and field.
Source: docs/formats/nacha.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from providers.nacha import record as columns
from providers.nacha.codes import (
    ADVICE,
    CHANGE,
    CHANGED,
    CONTESTED,
    DISHONORED,
    RETURNED,
    REVERSAL,
    meaning_of,
    sign_of,
)
from providers.nacha.record import is_digits, words, wrong
from providers.nacha.totals import Sums
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    UNKNOWN,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.times import moment

PROVIDER = "nacha"
CURRENCY = "USD"
ADDENDA_MAX = 9_999  # What the standard allows an entry.
REMITTANCE = "05"  # Addenda whose words are the payer's.
RECEIVER = "10"  # Of an international entry: who gets it.
INTERNATIONAL, INTERNATIONAL_CHANGE = "IAT", "IATCOR"
COUNTED = ("CTX", "ENR")  # A count of addenda stands in front of the name.
BLANK_TRACE = " " * 15  # An originator may leave the numbering to its bank.
A_TRACE = "15 digits"


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What the first record says."""

    origin: str
    created_at: datetime
    key: str  # Day and modifier: what tells this file from others of its origin.


class Batch:
    """One batch, entry after entry; flat in memory."""

    def __init__(self, header: str, of_file: FileHeader, *, part: str, batch_id: str) -> None:
        """Begin behind a batch header."""
        self.header, self.part, self.sums = header, part, Sums()
        self.account = shown(words(header[columns.COMPANY]).strip())
        self.is_advice = header[columns.ENTRY_CLASS] == ADVICE
        self._class = header[columns.ENTRY_CLASS]
        self._amount = columns.AMOUNT_OF_ADVICE if self.is_advice else columns.AMOUNT
        indicator = header[columns.COMPANY_NAME].strip()
        self._international = self._class == INTERNATIONAL or indicator == INTERNATIONAL_CHANGE
        self._name = columns.NAME_OF_COUNTED if self._class in COUNTED else columns.NAME
        names = (columns.COMPANY_NAME, columns.DESCRIPTION)[self._international :]
        self._about = " ".join(found for name in names if (found := words(header[name]).strip()))
        self._reversal = header[columns.DESCRIPTION].strip().upper() == REVERSAL
        self._booked_at, self._batch_id = of_file.created_at, batch_id
        self._key = f"{of_file.key}-{shown(header[columns.BATCH_KEY].strip())}"
        self._value_at = value_day(header, of_file.created_at)
        self._ordinal = 0
        self._clear("", 0)

    def _clear(self, entry: str, number: int) -> None:
        self._entry, self._number = entry, number
        self._raw: list[str] = []
        self._said = self._reason = self._original = ""

    def begin(self, entry: str, number: int, *, raw: str) -> FileRefused | None:
        """Take an entry record and check the fields that count."""
        self._clear(entry, number)
        self._raw.append(raw)
        amount, routing = entry[self._amount], entry[columns.ROUTING]
        trace, transaction = entry[columns.TRACE], entry[columns.TRANSACTION]
        if not (is_digits(amount) and is_digits(routing) and is_digits(transaction)):
            return self._unreadable()
        if not is_digits(trace) and trace != BLANK_TRACE:
            return wrong("key_wrong", number, field="trace number", printed=trace, expected=A_TRACE)
        self._ordinal += 1
        self.sums.count += 1
        self.sums.routing += int(routing)
        return None

    def _unreadable(self) -> FileRefused:
        amount, routing = self._entry[self._amount], self._entry[columns.ROUTING]
        number, expected = self._number, "digits only"
        if not is_digits(amount):
            return wrong("amount_wrong", number, field="amount", printed=amount, expected=expected)
        if not is_digits(routing):
            field = "routing number"
            return wrong("record_wrong", number, field=field, printed=routing, expected=expected)
        code = self._entry[columns.TRANSACTION]
        return wrong(
            "record_wrong", number, field="transaction code", printed=code, expected=expected
        )

    def more(self, raw: str, number: int) -> FileRefused | None:
        """Take an addenda record of the entry that has begun."""
        self._raw.append(raw)
        self.sums.count += 1
        if len(self._raw) > ADDENDA_MAX + 1:
            message = f"line {number}: more than {ADDENDA_MAX} addenda of one entry"
            return FileRefused("record_wrong", message, number)
        kind = raw[columns.ADDENDA_TYPE]
        if kind == REMITTANCE and len(self._said) < TEXT_CHARACTERS_MAX:
            self._said += words(raw[columns.PAYMENT_WORDS])
        elif kind == RECEIVER:
            self._said = words(raw[columns.RECEIVER_NAME])
        return self._go_back(raw, number) if kind in (RETURNED, CHANGED) else None

    def _go_back(self, raw: str, number: int) -> FileRefused | None:
        original, reason = raw[columns.ORIGINAL_TRACE], raw[columns.REASON]
        if not is_digits(original) or len(original) != len(BLANK_TRACE):
            return wrong(
                "key_wrong", number, field="original trace", printed=original, expected=A_TRACE
            )
        answers = not self._reason or reason in DISHONORED or reason in CONTESTED
        if not answers or not (reason.isalnum() and reason.isascii()):
            expected = "one reason, like R01 or C01, and then what answers it, like R68 or R71"
            return wrong("record_wrong", number, field="reason", printed=reason, expected=expected)
        self._reason, self._original = reason, self._original or original
        return None

    def end(self) -> SettlementLine:
        """Give the entry that is complete now."""
        entry, reason = self._entry, self._reason
        kind, word, is_credit, _ = meaning = meaning_of(
            self._class, transaction=entry[columns.TRANSACTION]
        )
        minor = int(entry[self._amount])
        if minor and self._class == CHANGE:  # It must not have money: for a person to look at.
            kind = f"{UNKNOWN}{entry[columns.TRANSACTION]}"
        if is_credit:
            self.sums.credit += minor
        else:
            self.sums.debit += minor
        net = minor * sign_of(meaning, advice=self.is_advice, reason=reason)
        trace = entry[columns.TRACE].strip()
        identity = f"{self._key}-{trace or f'#{self._ordinal}'}"
        code = f"{word}:{reason}" if reason else word
        return SettlementLine(
            provider=PROVIDER,
            batch_id=self._batch_id,
            line_number=self._number,
            kind=kind,
            reference=self._original or trace or identity,
            provider_reference=trace,
            line_identity=identity,
            gross_minor=net,
            fee_minor=0,
            net_minor=net,
            currency=CURRENCY,
            booked_at=self._booked_at,
            raw=words("\n".join(self._raw)) if len(self._raw) > 1 else words(self._raw[0]),
            code=f"{code}:{REVERSAL}" if self._reversal else code,
            value_at=self._value_at,
            account=self.account,
            part=self.part,
            text=self._text(),
        )

    def _text(self) -> str:
        """Words, but never the receiver's account number, which an IAT entry has among them."""
        identification = name = ""
        if not self._international:
            name = words(self._entry[self._name]).strip()
            if not self.is_advice:
                identification = words(self._entry[columns.IDENTIFICATION]).strip()
        said = (self._about, identification, name, self._said.strip())
        return " ".join(each for each in said if each)[:TEXT_CHARACTERS_MAX]


def value_day(header: str, created_at: datetime) -> datetime | None:
    """The day of settlement if the operator put one in, else the one asked for."""
    settled = header[columns.SETTLEMENT_DAY]
    if is_digits(settled) and 1 <= int(settled) <= 366:  # noqa: PLR2004 - days of a year.
        days = timedelta(days=int(settled) - 1)
        years = (created_at.year + step for step in (-1, 0, 1))
        found = ((year, datetime(year, 1, 1, tzinfo=UTC) + days) for year in years)
        there = [day for year, day in found if day.year == year]  # Few years have a day 366.
        if there:
            return min(there, key=lambda day: abs(day - created_at))
    return moment(header[columns.EFFECTIVE_DAY], pattern="%y%m%d")
