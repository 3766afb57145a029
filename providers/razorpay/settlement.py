"""Reader of Razorpay: a collection of settlements, as its API answers in JSON.

Units: minor units (paise), integers.
Signs: `amount` is what reaches our bank: net. `fees` were kept before that, `tax` is a part of
them: gross = amount + fees.
Keys: none of ours; identity is the settlement's id, provider reference the UTR, which the bank
statement carries.
Time: seconds since 1970, UTC.
Lines: `line_number` is the ordinal of the item, from 1: the API answers in one physical line.
Errors: the first thing that is not exactly understood refuses the file, by line and member.
Source: docs/formats/razorpay.md.
"""

import re
from datetime import UTC, datetime
from functools import partial

from providers.json_document import Document
from providers.json_element import BEFORE, Element
from providers.json_lines import COUNT, Taken, read_elements
from providers.reader import Format, Reading, Variant
from providers.settlement_file import NO_RESIDUE, UNKNOWN, SettlementLine
from providers.source import Source
from providers.times import LAST_YEAR

PROVIDER = "razorpay"
CURRENCY = "INR"  # An item names no currency: Razorpay settles in rupees.
PROCESSED = "processed"
FIRST_AT_S = int(BEFORE.timestamp())
LAST_AT_S = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_OPENS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_COLLECTION = re.compile(rb'"entity"\s*:\s*"collection"')
_SETTLEMENT = re.compile(rb'"entity"\s*:\s*"settlement"')
_ID = re.compile(rb'"id"\s*:\s*"setl_')
_RECON = re.compile(rb'"(?:entity_id|settlement_utr)"\s*:')
_STATE = re.compile("[A-Za-z0-9_]{1,40}")


def recognises(head: bytes) -> bool:
    """Whether this begins a collection of settlements."""
    marks = (_COLLECTION, _SETTLEMENT, _ID)
    return bool(_OPENS.match(head)) and all(mark.search(head) for mark in marks)


def resembles(head: bytes) -> str:
    """What else of Razorpay's this is, in words; empty if it is nothing known."""
    if not _OPENS.match(head):
        return ""
    if _COLLECTION.search(head) and _RECON.search(head):
        return "a Razorpay reconciliation of single payments; only settlements are read"
    if _SETTLEMENT.search(head) and _ID.search(head):
        return "one Razorpay settlement outside a collection; only collections are read"
    return ""


def read(source: Source, batch_id: str) -> Reading:
    """Yield every settlement; end with the count."""
    take = partial(_line, batch_id=batch_id)
    return (yield from read_elements(source, path=("items",), take=take))


def _line(element: Element, document: Document, *, batch_id: str) -> Taken:
    if element.text("entity") != "settlement":
        element.wrong("entity", code="element_wrong", expected="settlement")
    net, fee = (element.integer(name, code="amount_wrong") for name in ("amount", "fees"))
    if element.has("tax"):
        element.integer(
            "tax", code="amount_wrong"
        )  # Within the fees: read, so that garble is seen.
    currency = element.currency("currency") if element.has("currency") else CURRENCY
    state = element.text("status")
    if not _STATE.fullmatch(state):
        element.wrong("status", code="state_wrong", expected="a word of letters")
    name = element.key("id")
    line = SettlementLine(
        PROVIDER, batch_id, element.number,
        "payout" if state == PROCESSED else UNKNOWN + state,
        name, element.key("utr", optional=True) or name, name,
        net + fee, fee, net, currency, _at(element), element.raw(document), NO_RESIDUE,
        state, "UTC",
    )  # fmt: skip
    return line, ()


def _at(element: Element) -> datetime:
    seconds = element.integer("created_at", code="time_wrong")
    if FIRST_AT_S < seconds < LAST_AT_S:
        return datetime.fromtimestamp(seconds, UTC)
    element.wrong("created_at", code="time_wrong", expected="seconds since 1970")
    return BEFORE


FORMAT = Format(
    name="razorpay",
    provider=PROVIDER,
    about="Razorpay, answers of its API",
    variants=(Variant("settlements", "collection of settlements", (COUNT,), recognises, read),),
    resembles=resembles,
)
