"""Reader of Mollie: settlements, lists of payments, refunds, chargebacks (JSON); its export (CSV).

Units: major units in strings: four decimals inside a settlement, the currency's own outside.
Signs: a settlement's line is its revenue (gross) less its costs with VAT (fee): net is what Mollie
pays to us. Costs are printed positive. A chargeback takes money: gross below zero.
Keys: none of ours is in them; identity is Mollie's id, provider reference the settlement reference
that the bank statement carries, or the payment that is charged back.
Lines: `line_number` is the ordinal of the element, from 1: the API answers in one physical line.
Errors: the first thing that is not exactly understood refuses the file, by line and member.
Source: docs/formats/mollie.md.
"""

import re
from functools import partial

from providers.json_lines import COUNT, read_elements
from providers.mollie import export
from providers.mollie.elements import (
    AMOUNT,
    PROVIDER,
    chargeback,
    payment,
    refund,
    settlement,
)
from providers.reader import Format, Reading, Variant
from providers.source import Source

_OPENS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_SETTLEMENT = re.compile(rb'"resource"\s*:\s*"settlement"')
_SETTLEMENTS = re.compile(rb'"settlements"\s*:\s*\[')
_PERIODS = re.compile(rb'"periods"\s*:\s*\{')
_CHARGEBACK = re.compile(rb'"resource"\s*:\s*"chargeback"')
_CHARGEBACKS = re.compile(rb'"chargebacks"\s*:\s*\[')
_PAYMENT = re.compile(rb'"resource"\s*:\s*"payment"')
_PAYMENTS = re.compile(rb'"payments"\s*:\s*\[')
_REFUND = re.compile(rb'"resource"\s*:\s*"refund"')
_REFUNDS = re.compile(rb'"refunds"\s*:\s*\[')
_OF_THE_API = re.compile(rb'"https://api\.mollie\.com/v2/')


def recognises_settlements(head: bytes) -> bool:
    """Whether this begins a list of settlements."""
    return _has(head, _SETTLEMENTS, _SETTLEMENT)


def recognises_settlement(head: bytes) -> bool:
    """Whether this begins one settlement."""
    return _has(head, _SETTLEMENT, _PERIODS) and not _SETTLEMENTS.search(head)


def recognises_chargebacks(head: bytes) -> bool:
    """Whether this begins a list of chargebacks."""
    return _has(head, _CHARGEBACKS, _CHARGEBACK)


def recognises_payments(head: bytes) -> bool:
    """Whether this begins a list of payments."""
    return _has(head, _PAYMENTS, _PAYMENT)


def recognises_refunds(head: bytes) -> bool:
    """Whether this begins a list of refunds; payments may have some within."""
    return _has(head, _REFUNDS, _REFUND) and not _PAYMENTS.search(head)


def resembles(head: bytes) -> str:
    """What else of Mollie's this is, in words; empty if it is nothing known."""
    what = "another answer of Mollie's API; settlements and lists of payments are read"
    return what if _has(head, _OF_THE_API) else ""


def read_settlement(source: Source, batch_id: str) -> Reading:
    """Yield the one settlement, its amount compared."""
    take = partial(settlement, batch_id=batch_id, named=False)
    return (yield from read_elements(source, path=(), take=take))


def read_settlements(source: Source, batch_id: str) -> Reading:
    """Yield every settlement of a list, each amount compared."""
    take = partial(settlement, batch_id=batch_id, named=True)
    return (yield from read_elements(source, path=("_embedded", "settlements"), take=take))


def read_chargebacks(source: Source, batch_id: str) -> Reading:
    """Yield every chargeback of a list."""
    take = partial(chargeback, batch_id=batch_id)
    return (yield from read_elements(source, path=("_embedded", "chargebacks"), take=take))


def read_payments(source: Source, batch_id: str) -> Reading:
    """Yield every payment of a list."""
    take = partial(payment, batch_id=batch_id)
    return (yield from read_elements(source, path=("_embedded", "payments"), take=take))


def read_refunds(source: Source, batch_id: str) -> Reading:
    """Yield every refund of a list."""
    take = partial(refund, batch_id=batch_id)
    return (yield from read_elements(source, path=("_embedded", "refunds"), take=take))


def _has(head: bytes, *marks: re.Pattern[bytes]) -> bool:
    return bool(_OPENS.match(head)) and all(mark.search(head) for mark in marks)


FORMAT = Format(
    name="mollie",
    provider=PROVIDER,
    about="Mollie, answers of its API and its export",
    variants=(
        Variant("settlement", "a settlement", (AMOUNT,), recognises_settlement, read_settlement),
        Variant(
            "settlements",
            "list of settlements",
            (COUNT, AMOUNT),
            recognises_settlements,
            read_settlements,
        ),
        Variant(
            "payments",
            "list of payments",
            (COUNT,),
            recognises_payments,
            read_payments,
        ),
        Variant("refunds", "list of refunds", (COUNT,), recognises_refunds, read_refunds),
        Variant("export", "settlement export, CSV", (), export.recognises, export.read),
        Variant(
            "chargebacks",
            "list of chargebacks",
            (COUNT,),
            recognises_chargebacks,
            read_chargebacks,
        ),
    ),
    resembles=resembles,
)
