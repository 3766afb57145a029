"""All statements of one message, in their order: entries to lines, controls gathered.

Shape: Message.place(element) says where an element stands; .entry(element) gives its line; .end()
closes the present statement; .ending() judges the whole.
Identity: account, AcctSvcrRef, amount, day and state of an entry name it, also over messages that
repeat it; an entry without AcctSvcrRef is named by its statement, its place in it and its words.
Continuity: a statement whose ElctrncSeqNb follows that of the one before it of the same account
has to open with what that one closed with.
Source: docs/formats/camt.md.
"""

import re
from datetime import datetime
from hashlib import sha256

from lxml import etree

from providers.amounts import exponent_of, printed
from providers.camt.document import ENTRY, Element, local_name
from providers.camt.entry import Entries, Entry
from providers.camt.names import Kind
from providers.camt.parts import Tags, text_of
from providers.camt.statement import OPENING_CONTROL, Balance, Statement
from providers.camt.values import BOOKED, STATES, exactly, time_of
from providers.settlement_file import (
    NO_RESIDUE,
    UNKNOWN,
    Control,
    Ending,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.source import LINES_MAX

PROVIDER = "camt"
STATEMENTS_MAX = 10_000  # A bank puts the accounts of one customer into a message.
RAW_CHARACTERS_MAX = 16_384  # A batch of many details is cut there.
DIGEST_CHARACTERS = 32
_OURS = re.compile(r"\bcamt\.05[234]\.001\.\d\d\}$", re.ASCII)


class Message:
    """One message from its beginning on; flat in memory but for its statements' controls."""

    def __init__(self, kind: Kind, batch_id: str) -> None:
        """Begin before the first element."""
        self._kind = kind
        self._batch_id = batch_id
        self.entry_name = ""  # In the namespace of this message.
        self._tags = Tags("")
        self._entries = Entries(self._tags)
        self._element: Element | None = None
        self._statement = Statement(self._tags)
        self._statements = 0
        self._count = 0
        self._parts: set[str] = set()
        self._accounts: set[str] = set()
        self._controls: list[tuple[str, Control]] = []
        self._closed: dict[str, tuple[int | None, dict[str, Balance]]] = {}
        self._last: datetime | None = None

    def place(self, element: Element) -> FileRefused | bool:
        """Make its statement the present one; True: the element is not of this message."""
        if element.tag == self.entry_name and element.getparent() is self._element:
            return False
        is_entry = local_name(element) == ENTRY
        statement = element.getparent() if is_entry else element
        if statement is not None and statement is self._element:
            return is_entry
        before, found, name = element.tag.rpartition("}")
        namespace = before + found
        if namespace and not _OURS.search(namespace):
            return True
        parent = None if statement is None else statement.getparent()
        if (
            statement is None
            or parent is None
            or statement.tag != namespace + self._kind.statement
            or parent.tag != namespace + self._kind.message
        ):
            expected = f"in {self._kind.message}/{self._kind.statement}"
            message = f"line {element.sourceline}: {name} does not stand {expected}"
            return FileRefused("element_wrong", message, element.sourceline, name, "", expected)
        entry = element if is_entry else None
        return self._begin(statement, namespace, entry) or False

    def _begin(self, element: Element, namespace: str, entry: Element | None) -> FileRefused | None:
        """Take the head of a statement: what stands before its first entry, if it has one."""
        if self.entry_name != namespace + ENTRY:
            self.entry_name, self._tags = namespace + ENTRY, Tags(namespace)
            self._entries = Entries(self._tags, unstated=self._kind.unstated)
        self._element, self._statement = element, Statement(self._tags)
        self._statement.made = self._made(element)
        self._statements += 1
        if self._statements > STATEMENTS_MAX:
            message = f"more than {STATEMENTS_MAX} statements"
            return FileRefused("too_many_parts", message, element.sourceline)
        head = list(element) if entry is None else list(entry.itersiblings(preceding=True))[::-1]
        refused = self._absorb(head)
        if refused is None and not self._statement.account:
            message = f"line {element.sourceline}: a statement does not say whose account it is"
            refused = FileRefused("element_missing", message, element.sourceline, "Acct")
        if refused is None:
            statement = self._statement
            name = statement.id or str(self._statements)
            if name in self._parts:
                name = f"{name}#{self._statements}"
            self._parts.add(name)
            self._accounts.add(statement.account)
            statement.id = name
        return refused

    def _made(self, statement: Element) -> tuple[datetime, str] | None:
        """When the message was made, for a statement that does not say so itself."""
        message = statement.getparent()
        made = None if message is None else message.find(self._tags.path("GrpHdr/CreDtTm"))
        return time_of(text_of(made))

    def _absorb(self, elements: list[Element]) -> FileRefused | None:
        """Take what is no entry."""
        for each in elements:
            if each.tag != self.entry_name:
                refused = self._statement.absorb(each)
                if refused is not None:
                    return refused
        return None

    def entry(self, element: Element) -> SettlementLine | FileRefused:
        """One line."""
        statement = self._statement
        before = element.getprevious()
        if statement.entries and (before is None or before.tag != self.entry_name):
            # What stands between two entries is not lost with them.
            refused = self._absorb(list(element.itersiblings(preceding=True))[::-1])
            if refused is not None:
                return refused
        raw = etree.tostring(element, encoding="unicode", with_tail=False)
        entry = self._entries.take(raw, element)
        if isinstance(entry, FileRefused):
            return entry
        booked = entry.booked or statement.day_of(entry)
        line = element.sourceline or 0
        if booked is None:
            message = f"line {line}: an entry has no day, nor has its statement"
            return FileRefused("time_wrong", message, line, "BookgDt")
        self._count += 1
        if self._count > LINES_MAX:
            return FileRefused("too_many_lines", f"more than {LINES_MAX} entries", line)
        statement.add(entry)
        if self._last is None or booked[0] > self._last:
            self._last = booked[0]
        return self._line(raw, entry, booked, line)

    def _line(
        self, raw: str, entry: Entry, booked: tuple[datetime, str], line_number: int
    ) -> SettlementLine:
        statement, money = self._statement, entry.amount
        identity = self._identity(entry, booked[0], raw)
        minor = entry.sign * money.minor
        known = entry.state in STATES
        residue = money.residue_minor
        return SettlementLine(
            provider=PROVIDER,
            batch_id=self._batch_id,
            line_number=line_number,
            kind="bank_entry" if known else UNKNOWN + shown(entry.state),
            reference=entry.reference or identity,
            provider_reference=entry.provider_reference,
            line_identity=identity,
            gross_minor=minor,
            fee_minor=0,
            net_minor=minor,
            currency=entry.currency,
            booked_at=booked[0],
            raw=raw[:RAW_CHARACTERS_MAX],
            residue_minor=-entry.sign * residue if residue else NO_RESIDUE,
            code=entry.code,
            zone=booked[1],
            value_at=entry.value_at,
            account=statement.account,
            part=statement.id,
            original_minor=entry.original.minor,
            original_currency=entry.original.currency,
            exchange_rate=entry.original.rate,
            text=entry.text,
            pending=known and entry.state != BOOKED,
        )

    def _identity(self, entry: Entry, booked_at: datetime, raw: str) -> str:
        statement = self._statement
        if entry.own_reference:
            money, exponent = entry.amount, exponent_of(entry.currency) or 0
            if money.residue_minor:
                signed = exactly(entry.sign * money.scaled, exponent=exponent)
            else:
                signed = printed(entry.sign * money.minor, decimals=exponent)
            words = [statement.account, entry.own_reference, booked_at.date().isoformat(), signed]
            return "|".join(words if entry.state == BOOKED else [*words, entry.state])
        words = [statement.account, statement.id, str(statement.entries), raw]
        return sha256("\0".join(words).encode()).hexdigest()[:DIGEST_CHARACTERS]

    def end(self) -> FileRefused | None:
        """Close the present statement."""
        statement = self._statement
        assert self._element is not None, "a statement begins before it ends"
        refused = self._absorb(list(self._element)) if statement.entries else None
        if refused is not None:
            return refused
        self._controls += [(statement.id, each) for each in statement.controls()]
        self._follow_on(statement)
        day = statement.last_day()
        if not self._count and day is not None and (self._last is None or day > self._last):
            self._last = day
        self._element = None
        return None

    def _follow_on(self, statement: Statement) -> None:
        closings = {name: statement.closing(name) for name in statement.currencies()}
        before = self._closed.get(statement.account)
        if before is not None and before[0] is not None and statement.sequence == before[0] + 1:
            for currency, closed in before[1].items():
                opening = statement.opening(currency)
                if opening is not None:
                    control = Control(
                        name=f"{OPENING_CONTROL} {currency}",
                        printed=opening.printed,
                        computed=closed.printed,
                        holds=opening.scaled == closed.scaled,
                        line_number=opening.line_number,
                    )
                    self._controls.append((statement.id, control))
        there = {name: each for name, each in closings.items() if each is not None}
        self._closed[statement.account] = (statement.sequence, there)

    def ending(self) -> Ending | FileRefused:
        """The whole message."""
        if not self._statements:
            return FileRefused("element_missing", f"no {self._kind.statement} in the file")
        if self._last is None or not (self._count or self._controls):
            return FileRefused("no_lines", "no entry, and nothing that proves that there is none")
        account = next(iter(self._accounts)) if len(self._accounts) == 1 else ""
        several = self._statements > 1
        return Ending(
            account,
            self._last.date(),
            tuple(_named(each, part if several else "") for part, each in self._controls),
        )


def _named(control: Control, part: str) -> Control:
    """`closing_balance EUR` of the statement 7 of several is `closing_balance 7 EUR`."""
    name, _, currency = control.name.partition(" ")
    words = [word for word in (name, part, currency) if word]
    return Control(
        " ".join(words), control.printed, control.computed, control.holds, control.line_number
    )
