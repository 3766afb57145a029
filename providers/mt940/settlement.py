"""Reader of MT940 statements and MT942 interim reports, as SWIFT messages or without envelopes.

Units: major units with a comma; lines carry integer minor units of the statement's currency.
Signs: net is the signed movement: C +, D -, RC (reversal of a credit) -, RD +.
Keys: our reference of `:61:`, the bank's behind `//`; the identity is a digest of account, number
of the statement, opening balance, place in it and text: a bank's reference is not unique.
Time: days without a zone, so midnight UTC stands in; booked is the entry date.
Proof: opening + movements = closing of each statement, its opening = closing of the one before, the
counts and sums of an interim report. `raw` is a `:61:` with its `:86:`, lines joined by LF.
Errors: the first thing that is not exactly understood refuses the file, by line and field.
Source: docs/formats/mt940.md.
"""

import re
from datetime import date

from providers.mt940.fields import MOVEMENT, Field, fields
from providers.mt940.grammar import number_of
from providers.mt940.statement import (
    ACCOUNTS,
    BEGIN,
    NUMBERS,
    OPENINGS,
    PROVIDER,
    SAYS_NOTHING,
    Statement,
)
from providers.reader import Format, Reading, Variant
from providers.settlement_file import Control, Ending, FileRefused
from providers.source import Source
from providers.times import BEFORE

# A statement for every day of a year for 130 accounts; three controls of some 400 bytes for each.
STATEMENTS_MAX = 50_000
_TAGS = re.compile(rb"(?:^|\r|\{4:|@@)[\x01-\x03]?:([0-9]{2}[A-Z]?):", re.MULTILINE)
_TELLING = frozenset(("60F", "60M", "34F", "13", "13C", "13D", "90D", "90C"))
_BOM = b"\xef\xbb\xbf"


def recognises(head: bytes) -> bool:
    """Whether the first fields are those of a statement: an opening balance before all else."""
    return _kind_of(head) in OPENINGS


def recognises_interim(head: bytes) -> bool:
    """Whether they are those of an interim report: a floor limit, a time, or counts."""
    kind = _kind_of(head)
    return bool(kind) and kind not in OPENINGS


def read(source: Source, batch_id: str) -> Reading:
    """Yield every movement as a line; end with the controls of all statements."""
    statements = _Statements(batch_id)
    for field in fields(source):
        if isinstance(field, FileRefused):
            return field
        if field.tag == MOVEMENT:
            line = statements.of_movement(field).movement(field)
            if isinstance(line, FileRefused):
                return line
            statements.last_booked = max(statements.last_booked, line.booked_at)
            yield line
        else:
            refused = statements.take(field)
            if refused is not None:
                return refused
    return statements.ending()


def _kind_of(head: bytes) -> str:
    """The first field that only one of both has; empty if this is no such message."""
    tags = [tag.decode() for tag in _TAGS.findall(head.removeprefix(_BOM))]
    if tags[:1] != [BEGIN] or not {*ACCOUNTS}.intersection(tags):
        return ""
    return next((tag for tag in tags if tag in _TELLING), "")


class _Statements:
    """The statements of a file: where each begins, and what they say of one another."""

    def __init__(self, batch_id: str) -> None:
        self.last_booked = BEFORE
        self._batch_id = batch_id
        self._current: Statement | None = None
        self._count = 0
        self._last_day = ""
        self._closings: dict[tuple[str, str], tuple[tuple[int, int] | None, int]] = {}
        self._accounts: set[str] = set()
        self._controls: list[Control] = []
        self._seen: set[bytes] = set()

    def take(self, field: Field) -> FileRefused | None:
        """Give a field to its statement, which may begin here."""
        current, tag = self._current, field.tag
        if current is None and tag in SAYS_NOTHING and tag != BEGIN:
            return None
        goes_on = tag in ACCOUNTS or tag in NUMBERS or tag in OPENINGS
        if current is None or tag == BEGIN or (goes_on and current.closing is not None):
            refused = self._finish(last=False)
            if refused is not None:
                return refused
            account = current.account if current is not None and tag != BEGIN else ""
            current = self._current = Statement(self._batch_id, field.number, account=account)
        return current.take(field)

    def of_movement(self, field: Field) -> Statement:
        """The statement that a movement belongs to; an empty one refuses it."""
        if self._current is None:
            self._current = Statement(self._batch_id, field.number)
        return self._current

    def ending(self) -> Ending | FileRefused:
        """Close the last statement."""
        refused = self._finish(last=True)
        if refused is not None:
            return refused
        if not self._count:
            return FileRefused("no_lines", "there is no statement in it")
        booked = self.last_booked.date()
        day = max(booked, date.fromisoformat(self._last_day)) if self._last_day else booked
        if day == date.min:
            return FileRefused("time_wrong", "neither balance nor movement has a day")
        account = next(iter(self._accounts)) if len(self._accounts) == 1 else ""
        return Ending(account, day, tuple(self._controls))

    def _finish(self, *, last: bool) -> FileRefused | None:
        current = self._current
        if current is None:
            return None
        refused = current.finish(last=last)
        if refused is not None:
            return refused
        self._count += 1
        if self._count > STATEMENTS_MAX:
            message = f"more than {STATEMENTS_MAX} statements"
            return FileRefused("too_many_parts", message, current.began)
        self._accounts.add(current.account)
        self._last_day = max(self._last_day, current.last_day)
        parts = (current.account, current.number, current.currency)
        name = " ".join(each for each in parts if each)
        self._compare_opening(current, name)
        self._controls += current.controls(name)
        self._find_twice(current, name)
        return None

    def _find_twice(self, current: Statement, name: str) -> None:
        """Every balance holds of a statement that is in the file twice, and its money counts twice.

        Nothing is claimed of the others: only what was copied is known to be one.
        """
        sameness = current.sameness
        if sameness in self._seen:
            line = current.began
            control = Control(
                f"statement_once {name}", "once", "again", holds=False, line_number=line
            )
            self._controls.append(control)
        elif sameness is not None:
            self._seen.add(sameness)

    def _compare_opening(self, current: Statement, name: str) -> None:
        """The next statement, or page, of an account opens with what the one before closed with."""
        if current.opening is None or current.closing is None:
            return
        key, number = (current.account, current.currency), number_of(current.number)
        before, closing_minor = self._closings.get(key, (None, 0))
        if before is not None and number in ((before[0], before[1] + 1), (before[0] + 1, 1)):
            self._controls.append(
                current.control(
                    f"opening_balance {name}",
                    told_minor=current.opening.minor,
                    found_minor=closing_minor,
                    number=current.began,
                )
            )
        self._closings[key] = (number, current.closing.minor)


FORMAT = Format(
    name="mt940",
    provider=PROVIDER,
    about="SWIFT MT940 and MT942, with or without envelopes",
    variants=(
        Variant(
            "mt940", "account statements",
            ("closing_balance", "opening_balance", "statement_once"), recognises, read,
        ),
        Variant(
            "mt942", "interim reports, where they print counts and sums",
            ("debit_count", "debit_sum", "credit_count", "credit_sum"),
            recognises_interim, read,
        ),
    ),
)  # fmt: skip
