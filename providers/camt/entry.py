"""One entry (`Ntry`) of a statement to what a settlement line needs of it.

Units: `scaled` is the signed amount times 10^5; Rounded carries minor units of the currency.
Signs: CdtDbtInd shows the direction of this booking; RvslInd only says that it takes another back.
Shape: Entries.take(element) -> Entry | FileRefused.
Keys: a single detail's EndToEndId (else InstrId, PmtInfId) is ours; an entry of many details has
the batch's PmtInfId or MsgId, because no detail's key names the whole amount. NOTPROVIDED is none.
Source: docs/formats/camt.md.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from providers.amounts import Rounded, exponent_of
from providers.camt.document import Element
from providers.camt.parts import Tags, reference, text_of
from providers.camt.values import BOOKED, SIGNS, TRUE, amount, rate, time_of
from providers.camt.words import words_of
from providers.settlement_file import FileRefused, shown

DETAILS_MAX = 10_000
OUR_KEYS = ("EndToEndId", "InstrId", "PmtInfId")
THEIR_KEYS = ("AcctSvcrRef", "TxId", "ClrSysRef")
ONCE = ("Amt", "CdtDbtInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "RvslInd")


class Original(NamedTuple):
    """What was instructed in another currency."""

    minor: int | None = None
    currency: str = ""
    rate: Decimal | None = None


class Entry(NamedTuple):
    """What an entry says."""

    sign: int
    amount: Rounded  # Unsigned.
    currency: str
    state: str
    booked: tuple[datetime, str] | None  # With the zone as printed.
    value_at: datetime | None
    reference: str
    provider_reference: str
    own_reference: str  # AcctSvcrRef of the entry itself: empty if it has none.
    code: str
    original: Original
    text: str


class Entries:
    """Reads entries of one namespace; `_fault` is the first thing wrong with the present one."""

    def __init__(self, tags: Tags) -> None:
        """Read elements of these names."""
        self._tags = tags
        self._line: int | None = None
        self._fault: FileRefused | None = None

    def take(self, element: Element) -> Entry | FileRefused:
        """Read one entry."""
        self._fault, self._line = None, element.sourceline
        entry = self._read(element)
        if self._fault is not None:
            return self._fault
        assert entry is not None, "an entry that cannot be read has a fault"
        return entry

    def _read(self, element: Element) -> Entry | None:
        tags = self._tags
        parts = tags.parts(element)
        for name in parts.doubled:
            if name in ONCE:
                return self._wrong("element_wrong", field=name, printed="twice", expected="once")
        money, sign = self._money(parts.first.get("Amt")), self._sign(parts.first.get("CdtDbtInd"))
        state = self._state(parts.first.get("Sts"))
        booked, value = (self._time(parts.first.get(name)) for name in ("BookgDt", "ValDt"))
        if money is None or sign is None or state is None or self._fault is not None:
            return None
        details = self._details(element) if "NtryDtls" in parts.first else []
        if details is None:
            return None
        single = tags.parts(details[0]).first if len(details) == 1 else {}
        original = self._original(parts.first.get("AmtDtls"), sign, money[1])
        if original.currency == "":
            original = self._original(single.get("AmtDtls"), sign, money[1])
        keys = self._keys(element, parts.first, single)
        return Entry(
            sign=sign,
            amount=money[0],
            currency=money[1],
            state=state,
            booked=booked,
            value_at=value[0] if value is not None else None,
            reference=keys[0],
            provider_reference=keys[1],
            own_reference=keys[2],
            code=self._code(parts.first, details, sign, state),
            original=original,
            text=words_of(tags, parts.first, details),
        )

    def _wrong(self, code: str, *, field: str, printed: str, expected: str) -> None:
        if self._fault is None:
            words = shown(printed)
            message = f"line {self._line}, {field}: printed {words!r}, expected {expected}"
            self._fault = FileRefused(code, message, self._line, field, words, expected)

    def _money(self, element: Element | None) -> tuple[Rounded, str] | None:
        text = text_of(element)
        currency = "" if element is None else element.get("Ccy", "")
        if exponent_of(currency) is None:
            return self._wrong(
                "currency_unknown",
                field="Amt Ccy",
                printed=currency,
                expected="a currency of ISO 4217",
            )
        rounded = amount(text, currency=currency)
        if rounded is None:
            return self._wrong(
                "amount_wrong", field="Amt", printed=text, expected="an unsigned decimal"
            )
        return rounded, currency

    def _sign(self, element: Element | None) -> int | None:
        text = text_of(element)
        sign = SIGNS.get(text)
        return sign or self._wrong(
            "state_wrong", field="CdtDbtInd", printed=text, expected="CRDT or DBIT"
        )

    def _state(self, element: Element | None) -> str | None:
        """`Sts` holds the code itself up to version 7, a Cd or Prtry since."""
        if element is not None and len(element):
            element = element[0]
        text = text_of(element)
        return text or self._wrong("state_wrong", field="Sts", printed=text, expected="a status")

    def _time(self, element: Element | None) -> tuple[datetime, str] | None:
        if element is None:
            return None
        text = text_of(element[0] if len(element) else None)
        found = time_of(text)
        if found is None:
            name = self._tags.name(element)
            self._wrong(
                "time_wrong", field=name, printed=text, expected="YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"
            )
        return found

    def _details(self, element: Element) -> list[Element] | None:
        found = list(element.iterfind(self._tags.details))
        if len(found) > DETAILS_MAX:
            count = str(len(found))
            return self._wrong(
                "too_many_parts", field="TxDtls", printed=count, expected=f"at most {DETAILS_MAX}"
            )
        return found

    def _keys(
        self, entry: Element, parts: dict[str, Element], single: dict[str, Element]
    ) -> tuple[str, str, str]:
        tags = self._tags
        own = reference(parts.get("AcctSvcrRef"))
        refs = tags.parts(single["Refs"]).first if "Refs" in single else {}
        ours = next((key for name in OUR_KEYS if (key := reference(refs.get(name)))), "")
        if not ours and "NtryDtls" in parts:
            batch = entry.find(tags.batch)
            named = {} if batch is None else tags.parts(batch).first
            ours = reference(named.get("PmtInfId")) or reference(named.get("MsgId"))
        theirs = own or next((key for name in THEIR_KEYS if (key := reference(refs.get(name)))), "")
        return ours, theirs or reference(parts.get("NtryRef")), own

    def _original(self, element: Element | None, sign: int, currency: str) -> Original:
        """The instructed amount, if it is in another currency and exact in it."""
        instructed = None if element is None else element.find(self._tags.instructed)
        if instructed is None:
            return Original()
        parts = self._tags.parts(instructed).first
        money = self._money(parts.get("Amt"))
        if money is None or money[1] == currency or money[0].residue_minor:
            return Original()
        text = (instructed.findtext(self._tags.rate) or "").strip()
        found = rate(text) if text else None
        if text and found is None:
            self._wrong("amount_wrong", field="XchgRate", printed=text, expected="a decimal")
        return Original(sign * money[0].minor, money[1], found)

    def _code(
        self, parts: dict[str, Element], details: list[Element], sign: int, state: str
    ) -> str:
        tags = self._tags
        code = tags.bank_code(parts.get("BkTxCd"))
        words = [code or ("CRDT" if sign > 0 else "DBIT")]
        if text_of(parts.get("RvslInd")) in TRUE:
            words.append("RvslInd")
        if len(details) == 1:
            reason = details[0].find(tags.return_reason)
            if reason is not None and len(reason):
                words.append(f"RtrInf/{shown(text_of(reason[0]))}")
        if state != BOOKED:
            words.append(shown(state))
        return " ".join(words)
