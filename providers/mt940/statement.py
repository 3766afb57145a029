"""One statement (MT940) or interim report (MT942): its fields, its movements, its controls.

Units: integer minor units; controls print major units.
Shape: take(field) for every field but movements, movement(field) for those, finish() at its end. A
statement has an opening and a closing balance, and so proves itself; an interim report has none,
but may print how many entries there are and their sums.
Errors: FileRefused values: record_wrong, record_order, record_missing, file_cut_off, and what
providers.mt940.movement refuses.
"""

from hashlib import blake2b

from providers.amounts import exponent_of, printed
from providers.mt940.fields import END, MOVEMENT, TEXTS, Field, words
from providers.mt940.grammar import (
    NO_REFERENCE,
    SIGNS,
    Balance,
    Count,
    amount_parser,
    balance_of,
    count_of,
    currency_of_account,
    day_of,
    floor_currency,
)
from providers.mt940.movement import KEY_CHARACTERS_MAX, movement_of, refuse, why_not
from providers.mt940.reference import reference_in
from providers.settlement_file import TEXT_CHARACTERS_MAX, Control, FileRefused, SettlementLine

PROVIDER = "mt940"
KIND = "bank_entry"
BEGIN, ACCOUNTS, NUMBERS = "20", ("25", "25P"), ("28", "28C")
OPENINGS, CLOSINGS, VALUE_BALANCES = ("60F", "60M"), ("62F", "62M"), ("64", "65")
FLOOR, TIMES, COUNTS = "34F", ("13", "13C", "13D"), ("90D", "90C")
# The 20 is the bank's name of the message, the 21 that of another one.
SAYS_NOTHING = frozenset((BEGIN, "21", END)) | TEXTS
ONCE = frozenset((*ACCOUNTS, *NUMBERS, *OPENINGS, *CLOSINGS))


class Statement:
    """What one statement has said so far; flat in memory."""

    def __init__(self, batch_id: str, began: int, *, account: str = "") -> None:
        """Begin at this line, with the account if the one before goes on."""
        self.began, self.account, self.number, self.currency = began, account, "", ""
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.closing_line = began
        self.ended = False  # By the mark of the end of a message.
        self.interim = False
        self.last_day = ""  # As yyyy-mm-dd.
        self.said: set[str] = set()
        self._batch_id = batch_id
        self._strange: Field | None = None
        self._counts: dict[str, tuple[Count, int]] = {}
        self._entries, self._sums = {"90D": 0, "90C": 0}, {"90D": 0, "90C": 0}
        self._parse = amount_parser(0)
        self._key = blake2b(digest_size=16)

    @property
    def moved_minor(self) -> int:
        """The sum of all its movements so far."""
        return self._sums["90C"] - self._sums["90D"]

    @property
    def sameness(self) -> bytes | None:
        """What two copies of one statement share; None: it moves nothing, or has no balances."""
        if self.closing is None or self.opening is None or not any(self._entries.values()):
            return None
        digest = self._key.copy()
        digest.update(f"{self.closing}\n{self._entries}\n{self._sums}".encode())
        return digest.digest()

    def take(self, field: Field) -> FileRefused | None:
        """Read any field but a movement."""
        tag = field.tag
        if tag in SAYS_NOTHING:
            self.ended = self.ended or tag == END
            return None
        place = tag[:2]
        if place in self.said and tag in ONCE:
            return refuse("record_order", field, expected="this field once in a statement")
        self.said.add(place)
        if tag in ACCOUNTS or tag in NUMBERS:
            return self._take_name(field)
        if place in ("60", "62", "64", "65"):
            return self._take_balance(field)
        if tag == FLOOR or tag in TIMES or tag in COUNTS:
            return self._take_interim(field)
        self._strange = self._strange or field  # No harm where balances prove the movements.
        return None

    def movement(self, field: Field) -> SettlementLine | FileRefused:
        """Turn a `:61:` with its text into a line."""
        if not self.currency:
            refused = self._begin(field, currency_of_account(self.account))
            if refused is not None:
                return refused
        if self.closing is not None or self._counts:
            expected = "movements before the closing balance, or before counts"
            return refuse("record_order", field, expected=expected)
        lines = field.lines
        moved = movement_of(lines[0], self._parse)
        if moved is None:
            return why_not(field, self._parse)
        net, code, ours, theirs, booked_at, value_at = moved
        if code[0] == "E" and self.opening is not None:
            return refuse("record_wrong", field, expected="a mark of what is booked, not expected")
        side = "90C" if SIGNS[code.partition("/")[0]] > 0 else "90D"
        self._entries[side] += 1
        self._sums[side] += abs(net)
        alone = len(lines) == 1
        raw = lines[0] if alone else "\n".join(lines).rstrip("\n")
        identity = self._identity(raw)
        text = "" if alone else words(lines, characters_max=TEXT_CHARACTERS_MAX)
        if ours in NO_REFERENCE:
            ours = reference_in(text, said=ours) or identity
        return SettlementLine(
            PROVIDER, self._batch_id, field.number, KIND, ours, theirs, identity, net, 0, net,
            self.currency, booked_at, raw, code=code, value_at=value_at, account=self.account,
            part=self.number, text=text, pending=code[0] == "E",
        )  # fmt: skip

    def finish(self, *, last: bool) -> FileRefused | None:
        """Whether it says enough to stand for itself; `last`: the file ends here."""
        if self.opening is not None and self.closing is not None:
            return None
        if self.opening is not None or self.closing is not None or not self.interim:
            field = "62F" if self.opening is not None else "60F"
            return _lacks(self.began, tag=field, code="file_cut_off" if last else "record_missing")
        if self._strange is not None:
            return refuse("record_wrong", self._strange, expected="a field of MT940 or MT942")
        if not self.account:
            return _lacks(self.began, tag="25", code="record_missing")
        # Counts stand behind all entries; a side without entries may be left out.
        lacks = [tag for tag in COUNTS if self._entries[tag] and tag not in self._counts]
        if last and not self.ended and (lacks or not self._counts):
            return _lacks(self.began, tag=(*lacks, "90C")[0], code="file_cut_off")
        return None

    def controls(self, name: str) -> list[Control]:
        """What it prints about itself, beside what its movements come to."""
        found: list[Control] = []
        if self.opening is not None and self.closing is not None:
            told, there = self.closing.minor, self.opening.minor + self.moved_minor
            found.append(
                self.control(
                    f"closing_balance {name}",
                    told_minor=told,
                    found_minor=there,
                    number=self.closing_line,
                )
            )
        for tag, (count, number) in self._counts.items():
            side = "debit" if tag == "90D" else "credit"
            entries = self._entries[tag]
            printed_count, holds = str(count.entries), count.entries == entries
            found.append(
                Control(f"{side}_count {name}", printed_count, str(entries), holds, number)
            )
            sums = self._sums[tag]
            found.append(
                self.control(
                    f"{side}_sum {name}", told_minor=count.minor, found_minor=sums, number=number
                )
            )
        return found

    def control(self, name: str, *, told_minor: int, found_minor: int, number: int) -> Control:
        """Compare two amounts of this statement's currency."""
        decimals = exponent_of(self.currency) or 0
        told, there = (printed(each, decimals=decimals) for each in (told_minor, found_minor))
        return Control(name, told, there, told_minor == found_minor, number)

    def _identity(self, raw: str) -> str:
        """Stable when a statement is sent again: what it is of, the place in it, and the text."""
        digest = self._key.copy()
        digest.update(f"{self._entries['90C'] + self._entries['90D']}\n{raw}".encode())
        return digest.hexdigest()

    def _begin(self, field: Field, currency: str) -> FileRefused | None:
        """Set the currency, once, before the first movement."""
        exponent = exponent_of(currency)
        if exponent is None:
            if field.tag == MOVEMENT:
                return refuse(
                    "record_order", field, expected="an opening balance or floor limit before it"
                )
            return refuse("currency_unknown", field, expected="a currency of ISO 4217")
        self.currency, self._parse = currency, amount_parser(exponent)
        opening = "" if self.opening is None else f"{self.opening.day} {self.opening.minor}"
        self._key.update(f"{self.account}\n{self.number}\n{currency}\n{opening}\n".encode())
        return None

    def _take_name(self, field: Field) -> FileRefused | None:
        name = field.value
        is_account = field.tag in ACCOUNTS
        if len(name) > KEY_CHARACTERS_MAX or not name.isprintable() or (is_account and not name):
            expected = f"1 to {KEY_CHARACTERS_MAX} printable characters"
            return refuse("key_wrong", field, expected=expected)
        if is_account:
            self.account = name
        else:
            self.number = name
        return None

    def _take_balance(self, field: Field) -> FileRefused | None:
        balance = balance_of(field.value)
        if balance is None:
            return refuse(
                "record_wrong", field, expected="C or D, yymmdd, currency, amount with comma"
            )
        if field.tag in OPENINGS:
            if self._entries["90C"] or self._entries["90D"] or "62" in self.said:
                return refuse("record_order", field, expected="an opening balance before all else")
            self.opening = balance
        elif field.tag in CLOSINGS:
            self.closing, self.closing_line = balance, field.number
            if balance.day is not None:
                self.last_day = balance.day.date().isoformat()
        return self._same_currency(field, balance.currency)

    def _take_interim(self, field: Field) -> FileRefused | None:
        self.interim = True
        if field.tag == FLOOR:
            return self._same_currency(field, floor_currency(field.value) or "")
        if field.tag in COUNTS:
            count = count_of(field.value)
            if count is None or field.tag in self._counts:
                return refuse("record_wrong", field, expected="once a count, currency and sum")
            self._counts[field.tag] = count, field.number
            return self._same_currency(field, count.currency)
        day = day_of(field.value[:6]) if field.value[:6].isdecimal() else None
        if day is None:
            return refuse("time_wrong", field, expected="yymmdd and a time")
        self.last_day = day.date().isoformat()
        return None

    def _same_currency(self, field: Field, currency: str) -> FileRefused | None:
        if self.currency and currency != self.currency:
            return refuse(
                "record_wrong", field, expected=f"the statement's currency {self.currency}"
            )
        return None if self.currency else self._begin(field, currency)


def _lacks(began: int, *, tag: str, code: str) -> FileRefused:
    message = f"the statement that begins in line {began} has no :{tag}:"
    return FileRefused(code, message, began, f":{tag}:")
