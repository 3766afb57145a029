"""Where the texts of an entry stand, worked out once for all entries of one shape.

Shape: cut(raw) takes an entry as serialised apart into its shape (tags alone) and its texts;
plan_of(tags, element) -> Plan, which holds for every entry of that shape. A place is the index of a
text; NOWHERE is that of the empty text which cut() puts last.
Why: the entries of a statement have few shapes, and to look for each name in each entry costs more
than to parse it.
Source: docs/formats/camt.md.
"""

from collections.abc import Iterator
from typing import NamedTuple

from providers.camt.document import Element
from providers.camt.parts import Tags

NOWHERE = -1
OUR_KEYS = ("InstrId", "PmtInfId")
THEIR_KEYS = ("AcctSvcrRef", "TxId", "ClrSysRef")
ONCE = ("Amt", "CdtDbtInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "RvslInd")
RATES = ("InstdAmt", "TxAmt", "CntrValAmt")  # Each may say how it was exchanged.
CHARGES = ("TtlChrgsAndTaxAmt", "Amt", "Rcrd/Amt")
TEXT, KEY = "", "key"  # What a word is; else it is a charge, in that currency.
NO_CURRENCY = "?"  # A charge that does not say its currency.
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&"))


class Foreign(NamedTuple):
    """An amount that was instructed."""

    amount: int
    currency: str
    rate: int


class Plan(NamedTuple):
    """Where everything stands; None where its element is not there."""

    doubled: str  # An element that may stand once and stands twice.
    details: int
    amount: int
    currency: str
    sign: int
    state: int | None
    booked: int | None
    value: int | None
    own: int
    entry: int  # NtryRef.
    reversal: int
    end_to_end: int
    structured: int  # The reference of the creditor, if there is one.
    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    code: tuple[int, ...]
    reason: int | None
    foreign: tuple[Foreign, ...]
    words: tuple[tuple[int, str], ...]


def cut(raw: str) -> tuple[str, list[str]]:
    """The shape of an entry and its texts, in their order, the empty one last."""
    # As serialised neither mark stands in a text or an attribute: tags and texts take turns, and
    # what follows the last tag is empty.
    pieces = raw.replace("<", ">").split(">")
    texts = pieces[2::2]
    if "&" in raw:
        texts = [_plain(text) if "&" in text else text for text in texts]
    return ">".join(pieces[1::2]), texts


def _plain(text: str) -> str:
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    return text


def plan_of(tags: Tags, entry: Element, shape: str) -> Plan:
    """Look for every name once."""
    return _Planner(tags, entry, shape).plan()


class _Planner:
    def __init__(self, tags: Tags, entry: Element, shape: str) -> None:
        self._tags = tags
        self._entry = entry
        self._first, self._doubled = tags.parts(entry)
        self._details = list(entry.iterfind(tags.details)) if "NtryDtls" in self._first else []
        self._single = tags.parts(self._details[0]).first if len(self._details) == 1 else {}
        self._places: dict[Element, int] = {}
        elements = entry.iter("*")
        for place, tag in enumerate(shape.split(">")):
            if tag.startswith("/"):
                continue
            element = next(elements)
            if not tag.endswith("/"):  # An empty element: what follows is no text of it.
                self._places[element] = place

    def plan(self) -> Plan:
        first, at = self._first, self._at
        money, state = first.get("Amt"), first.get("Sts")
        refs = self._parts(self._single.get("Refs"))
        batch = self._parts(self._entry.find(self._tags.batch))
        ours = [refs.get(name) for name in OUR_KEYS]
        ours += [batch.get(name) for name in ("PmtInfId", "MsgId")]
        return Plan(
            doubled=next((name for name in self._doubled if name in ONCE), ""),
            details=len(self._details),
            amount=at(money),
            currency="" if money is None else money.get("Ccy", ""),
            sign=at(first.get("CdtDbtInd")),
            state=None if state is None else at(state[0] if len(state) else state),
            booked=self._day("BookgDt"),
            value=self._day("ValDt"),
            own=at(first.get("AcctSvcrRef")),
            entry=at(first.get("NtryRef")),
            reversal=at(first.get("RvslInd")),
            end_to_end=at(refs.get("EndToEndId")),
            structured=self._structured(),
            ours=tuple(at(each) for each in ours if each is not None),
            theirs=tuple(at(refs[name]) for name in THEIR_KEYS if name in refs),
            code=tuple(map(at, self._tags.bank_code(first.get("BkTxCd")))),
            reason=self._reason(),
            foreign=tuple(self._foreign()),
            words=tuple(self._words()),
        )

    def _at(self, element: Element | None) -> int:
        return NOWHERE if element is None else self._places.get(element, NOWHERE)

    def _parts(self, element: Element | None) -> dict[str, Element]:
        return {} if element is None else self._tags.parts(element).first

    def _day(self, name: str) -> int | None:
        element = self._first.get(name)
        if element is None:
            return None
        return self._at(element[0]) if len(element) else NOWHERE

    def _structured(self) -> int:
        if "RmtInf" not in self._single:
            return NOWHERE
        found = list(self._single["RmtInf"].iterfind(self._tags.structured))
        return self._at(found[0]) if len(found) == 1 else NOWHERE

    def _reason(self) -> int | None:
        if len(self._details) != 1:
            return None
        reason = self._details[0].find(self._tags.return_reason)
        return self._at(reason[0]) if reason is not None and len(reason) else None

    def _foreign(self) -> Iterator[Foreign]:
        tags = self._tags
        for holder in (self._first.get("AmtDtls"), self._single.get("AmtDtls")):
            instructed = self._parts(holder).get("InstdAmt")
            money = self._parts(instructed).get("Amt")
            if holder is None or money is None:
                continue
            rates = (holder.find(tags.path(f"{name}/CcyXchg/XchgRate")) for name in RATES)
            rate = next((each for each in rates if each is not None), None)
            yield Foreign(self._at(money), money.get("Ccy", ""), self._at(rate))

    def _words(self) -> Iterator[tuple[int, str]]:
        """Remittance and keys of the details in their order, charges, what the bank adds."""
        for detail in self._details:
            parts = self._parts(detail)
            if len(self._details) > 1:
                yield self._at(self._parts(parts.get("Refs")).get("EndToEndId")), KEY
            if "RmtInf" in parts:
                for element in parts["RmtInf"].iter(*self._tags.remittance):
                    yield self._at(element), TEXT
            yield from self._charges(parts.get("Chrgs"))
            yield self._at(parts.get("AddtlTxInf")), TEXT
        yield from self._charges(self._first.get("Chrgs"))
        yield self._at(self._first.get("AddtlNtryInf")), TEXT

    def _charges(self, element: Element | None) -> Iterator[tuple[int, str]]:
        """Recorded, never computed with."""
        if element is not None:
            for path in CHARGES:
                found = element.find(self._tags.path(path))
                if found is not None:
                    yield self._at(found), found.get("Ccy", "") or NO_CURRENCY
                    return
