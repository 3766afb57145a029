"""One entry (`Ntry`) of a statement to what a settlement line needs of it.

Units: `scaled` is the signed amount times 10^5; Rounded carries minor units of the currency.
Signs: CdtDbtInd shows the direction of this booking; RvslInd only says that it takes another back.
Shape: Entries.take(raw, element) -> Entry | FileRefused; raw is the element as serialised.
Keys: a single detail's EndToEndId is ours, then what we asked a payer to name (the structured
reference of a credit), else InstrId, PmtInfId; an entry of many details has the batch's PmtInfId or
MsgId, because no detail's key names the whole amount. NOTPROVIDED is none.
Source: docs/formats/camt.md.
"""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from providers.amounts import Rounded, exponent_of
from providers.camt.document import Element
from providers.camt.parts import Tags, reference_of
from providers.camt.plan import KEY, NO_CURRENCY, NOWHERE, TEXT, Plan, cut, plan_of
from providers.camt.values import AMOUNT, BOOKED, SIGNS, TRUE, amount, rate, time_of
from providers.settlement_file import TEXT_CHARACTERS_MAX, FileRefused, shown

DETAILS_MAX = 10_000
PLANS_MAX = 256  # A bank has few shapes.
SHAPE_CHARACTERS_MAX = 16_384  # A batch of many details hardly comes again.
TIME = "YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"


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


NOTHING_FOREIGN = Original()


class Entries:
    """Reads entries of one namespace; `_fault` is the first thing wrong with the present one."""

    def __init__(self, tags: Tags, *, unstated: str = "") -> None:
        """Read elements of these names; an entry without a status has `unstated`."""
        self._tags = tags
        self._unstated = unstated
        self._plans: dict[str, Plan] = {}
        self._line: int | None = None
        self._fault: FileRefused | None = None

    def take(self, raw: str, element: Element) -> Entry | FileRefused:
        """Read one entry."""
        shape, texts = cut(raw)
        plan = self._plans.get(shape)
        if plan is None:
            plan = plan_of(self._tags, element, shape)
            if len(shape) <= SHAPE_CHARACTERS_MAX:
                if len(self._plans) >= PLANS_MAX:
                    self._plans.clear()
                self._plans[shape] = plan
        self._fault, self._line = None, element.sourceline
        entry = self._read(plan, texts)
        if self._fault is not None:
            return self._fault
        assert entry is not None, "an entry that cannot be read has a fault"
        return entry

    def _read(self, plan: Plan, texts: list[str]) -> Entry | None:
        money = self._money(texts[plan.amount].strip(), currency=plan.currency)
        sign = self._sign(texts[plan.sign].strip())
        state = self._unstated if plan.state is None else texts[plan.state].strip()
        if not state:
            self._wrong("state_wrong", field="Sts", printed="", expected="a status")
        booked = value = None
        if plan.booked is not None:
            booked = self._time(texts[plan.booked].strip(), field="BookgDt")
        if plan.value is not None:
            value = self._time(texts[plan.value].strip(), field="ValDt")
        original = self._original(plan, texts, sign) if plan.foreign else NOTHING_FOREIGN
        if plan.doubled or plan.details > DETAILS_MAX:
            self._shape_wrong(plan)
        if money is None or self._fault is not None:
            return None
        reversal = plan.reversal != NOWHERE and texts[plan.reversal].strip() in TRUE
        codes = tuple([texts[place] for place in plan.code])
        reason = None if plan.reason is None else texts[plan.reason]
        own = reference_of(texts[plan.own])
        return Entry(
            sign,
            money,
            plan.currency,
            state,
            booked,
            None if value is None else value[0],
            _ours(plan, texts, asked=sign > 0 and not reversal),
            own or _first(plan.theirs, texts) or reference_of(texts[plan.entry]),
            own,
            _code(codes, sign, reason=reason, state=state, reversal=reversal),
            original,
            _words(plan.words, texts),
        )

    def _wrong(self, code: str, *, field: str, printed: str, expected: str) -> None:
        if self._fault is None:
            words = shown(printed)
            message = f"line {self._line}, {field}: printed {words!r}, expected {expected}"
            self._fault = FileRefused(code, message, self._line, field, words, expected)

    def _shape_wrong(self, plan: Plan) -> None:
        """Without it, what else is wrong does not count."""
        self._fault = None
        if plan.doubled:
            self._wrong("element_wrong", field=plan.doubled, printed="twice", expected="once")
        count, most = str(plan.details), f"at most {DETAILS_MAX}"
        self._wrong("too_many_parts", field="TxDtls", printed=count, expected=most)

    def _money(self, text: str, *, currency: str) -> Rounded | None:
        rounded = amount(text, currency=currency)
        if rounded is not None:
            return rounded
        if exponent_of(currency) is None:
            iso = "a currency of ISO 4217"
            return self._wrong("currency_unknown", field="Amt Ccy", printed=currency, expected=iso)
        return self._wrong("amount_wrong", field="Amt", printed=text, expected=AMOUNT)

    def _sign(self, text: str) -> int:
        sign = SIGNS.get(text, 0)
        if not sign:
            self._wrong("state_wrong", field="CdtDbtInd", printed=text, expected="CRDT or DBIT")
        return sign

    def _time(self, text: str, *, field: str) -> tuple[datetime, str] | None:
        found = time_of(text)
        if found is None:
            self._wrong("time_wrong", field=field, printed=text, expected=TIME)
        return found

    def _original(self, plan: Plan, texts: list[str], sign: int) -> Original:
        """The instructed amount, if it is in another currency and exact in it."""
        for each in plan.foreign:
            if each.currency != plan.currency:
                money = self._money(texts[each.amount].strip(), currency=each.currency)
                if money is not None and not money.residue_minor:
                    found = self._rate(texts[each.rate].strip())
                    return Original(sign * money.minor, each.currency, found)
        return NOTHING_FOREIGN

    def _rate(self, text: str) -> Decimal | None:
        found = rate(text) if text else None
        if text and found is None:
            self._wrong("amount_wrong", field="XchgRate", printed=text, expected="a decimal")
        return found


def _first(places: tuple[int, ...], texts: list[str]) -> str:
    for place in places:
        key = reference_of(texts[place])
        if key:
            return key
    return ""


def _ours(plan: Plan, texts: list[str], *, asked: bool) -> str:
    key = reference_of(texts[plan.end_to_end])
    if not key and asked and plan.structured != NOWHERE:
        key = reference_of(texts[plan.structured])
    return key or _first(plan.ours, texts)


@lru_cache(maxsize=1024)  # A bank uses few codes.
def _code(
    codes: tuple[str, ...], sign: int, *, reason: str | None, state: str, reversal: bool
) -> str:
    """`PMNT/RCDT/ESCT RvslInd RtrInf/AC01 PDNG`, each where it is there."""
    code = shown("/".join(each.strip() for each in codes))
    words = [code or ("CRDT" if sign > 0 else "DBIT")]
    if reversal:
        words.append("RvslInd")
    if reason is not None:
        words.append(f"RtrInf/{shown(reason.strip())}")
    if state != BOOKED:
        words.append(shown(state))
    return " ".join(words)


def _words(places: tuple[tuple[int, str], ...], texts: list[str]) -> str:
    """Where a bank names the payout or the payment, parted by ` | `."""
    said: list[str] = []
    length = 0
    for place, kind in places:
        word = reference_of(texts[place]) if kind is KEY else texts[place].strip()
        if kind is not TEXT and kind is not KEY:
            word = f"Chrgs {word} {kind if kind is not NO_CURRENCY else ''}"
        if word and (not said or word != said[-1]):
            said.append(word)
            length += len(word) + 3
            if length > TEXT_CHARACTERS_MAX:
                break
    return " | ".join(said)[:TEXT_CHARACTERS_MAX]
