"""Reader of Razorpay: settlements as its API answers in JSON; reconciliations are beside this.

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
from functools import partial

from providers.json_document import Document
from providers.json_element import Element
from providers.json_lines import COUNT, Taken, read_elements
from providers.razorpay import reconciliation
from providers.razorpay.reconciliation import PROVIDER, seconds_of
from providers.reader import Format, Reading, Variant
from providers.settlement_file import NO_RESIDUE, UNKNOWN, SettlementLine
from providers.source import Source, first_line

CURRENCY = "INR"  # An item names no currency: Razorpay settles in rupees.
PROCESSED = "processed"
_OPENS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_COLLECTION = re.compile(rb'"entity"\s*:\s*"collection"')
_SETTLEMENT = re.compile(rb'"entity"\s*:\s*"settlement"')
_ID = re.compile(rb'"id"\s*:\s*"setl_')
_ENTITY = re.compile(rb'"entity_id"\s*:')
_SETTLED = re.compile(rb'"settlement_id"\s*:')
_OTHER = re.compile(rb'"(?:pay|rfnd|order|setlod)_')
_STATE = re.compile("[A-Za-z0-9_]{1,40}")


def recognises(head: bytes) -> bool:
    """Whether this begins a collection of settlements."""
    return _is_object(head, _COLLECTION, _SETTLEMENT, _ID)


def recognises_one(head: bytes) -> bool:
    """Whether this begins a settlement outside a collection."""
    marks = (_SETTLEMENT, _ID)
    return _is_object(head, *marks) and not _COLLECTION.search(head)


def recognises_entities(head: bytes) -> bool:
    """Whether this begins a collection of payments and other entities, with their settlements."""
    return _is_object(head, _COLLECTION, _ENTITY, _SETTLED)


def resembles(head: bytes) -> str:
    """What else of Razorpay's this is, in words; empty if it is nothing known."""
    names = first_line(head).split(",")
    if "entity_id" in names and "settlement_id" in names:
        return "a Razorpay list whose unit is not told; the report with transaction_entity is read"
    return "another collection of Razorpay's" if _is_object(head, _COLLECTION, _OTHER) else ""


def _is_object(head: bytes, *marks: re.Pattern[bytes]) -> bool:
    return bool(_OPENS.match(head)) and all(mark.search(head) for mark in marks)


def read_one(source: Source, batch_id: str) -> Reading:
    """Yield the one settlement."""
    take = partial(_line, batch_id=batch_id)
    return (yield from read_elements(source, path=(), take=take))


def read_entities(source: Source, batch_id: str) -> Reading:
    """Yield every entity of a reconciliation; end with the count."""
    take = partial(reconciliation.entity, batch_id=batch_id)
    return (yield from read_elements(source, path=("items",), take=take))


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
        net + fee, fee, net, currency, seconds_of(element, "created_at"), element.raw(document),
        NO_RESIDUE, state, "UTC",
    )  # fmt: skip
    return line, ()


FORMAT = Format(
    name="razorpay",
    provider=PROVIDER,
    about="Razorpay, answers of its API and its reconciliation report",
    variants=(
        Variant("settlements", "collection of settlements", (COUNT,), recognises, read),
        Variant(
            "reconciliation",
            "reconciliation of payments, answer of the API",
            (COUNT,),
            recognises_entities,
            read_entities,
        ),
        Variant(
            "reconciliation_report",
            "reconciliation of payments, CSV",
            (),
            reconciliation.recognises,
            reconciliation.read,
        ),
        Variant("settlement", "a settlement", (), recognises_one, read_one),
    ),
    resembles=resembles,
)
