"""A settlement, a payment, a refund and a chargeback of Mollie, each to one line.

Units: inside a settlement values times 10^4, exact; a line has minor units of the currency, net
rounded once and what that took kept: exact net = net_minor - residue_minor.
Source: docs/formats/mollie.md.
"""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from providers.amounts import exponent_of, printed
from providers.json_document import Document
from providers.json_element import INTEGER_MAX, Element
from providers.settlement_file import NO_RESIDUE, UNKNOWN, Control, SettlementLine

PROVIDER = "mollie"
AMOUNT = "amount"
DECIMALS = 4  # Inside a settlement; no currency of ISO 4217 has more.
ID_OF_A_SETTLEMENT = "stl_"  # `next` and `open` name whatever is under way, not one settlement.
# Where a settlement stands; a list of them does not say. `failed` was not paid.
STATES = ("", "open", "pending", "paidout")
PAID = ("paid",)
REFUNDED = ("refunded", "processing")  # Before that it may still be stopped.


class Money(NamedTuple):
    """A value times 10^decimals, in a currency."""

    scaled: int
    currency: str


class Sums(NamedTuple):
    """What a settlement's parts come to, beside its amount."""

    currency: str
    unit: int  # Of 10^-4: 100 are a cent.
    exact: int  # Revenue less costs, times 10^4; the amount where neither is said.
    computed: int  # Revenue less costs.
    gross_minor: int
    net_minor: int
    printed: str
    holds: bool


def settlement(
    element: Element, document: Document, *, batch_id: str, named: bool
) -> tuple[SettlementLine, tuple[Control, ...]]:
    """Read a settlement: its amount is its revenue without VAT less its costs with VAT."""
    sums = _sums(element)
    gross, net, unit = sums.gross_minor, sums.net_minor, sums.unit
    rest = net * unit - sums.exact
    name, state = element.key("id"), element.text("status", optional=True)
    if state not in STATES and not _is_code(state):
        element.wrong("status", code="state_wrong", expected="a word of letters")
    raw = element.raw(document)
    identity = name if name.startswith(ID_OF_A_SETTLEMENT) else f"{name}/{_digest(raw)}"
    created_at, zone = element.time("createdAt")
    line = SettlementLine(
        PROVIDER, batch_id, element.number,
        "payout" if state in STATES else UNKNOWN + state,
        identity, element.key("reference", optional=True) or name, identity,
        gross, gross - net, net, sums.currency, created_at, raw,
        Decimal(rest) / unit if rest else NO_RESIDUE,
        state or "settlement", zone,
        element.time("settledAt")[0] if element.has("settledAt") else None,
        "", name,
    )  # fmt: skip
    control = Control(
        f"{AMOUNT} {name}" if named else AMOUNT,
        sums.printed,
        printed(sums.computed, decimals=DECIMALS),
        sums.holds,
        element.number,
    )
    return line, (control,)


def chargeback(
    element: Element, document: Document, *, batch_id: str
) -> tuple[SettlementLine, tuple[Control, ...]]:
    """Read a chargeback; in the currency of the account where that is said."""
    amount = _money(element, "amount")
    settled = _money(element, "settlementAmount") if element.has("settlementAmount") else amount
    if amount.scaled < 0:
        element.wrong("amount", code="amount_wrong", expected="an amount that is not negative")
    # Printed with and without a minus: either way it is taken from us.
    net = -abs(settled.scaled)
    abroad = amount.currency != settled.currency
    created_at, zone = element.time("createdAt")
    reversed_at = element.time("reversedAt")[0] if element.has("reversedAt") else None
    name = element.key("id")
    line = SettlementLine(
        PROVIDER, batch_id, element.number,
        "chargeback" if reversed_at is None else f"{UNKNOWN}chargeback_reversed",
        name, element.key("paymentId"), name,
        net, 0, net, settled.currency, created_at, element.raw(document), NO_RESIDUE,
        element.text("resource"), zone, None, "", "",
        -amount.scaled if abroad else None, amount.currency if abroad else "", None,
        "" if reversed_at is None else f"reversed {reversed_at.isoformat()}",
    )  # fmt: skip
    return line, ()


def payment(
    element: Element, document: Document, *, batch_id: str
) -> tuple[SettlementLine, tuple[Control, ...]]:
    """Read a payment; one that was not paid moved nothing."""
    return _single(element, document, batch_id=batch_id, kind="charge", paid=PAID), ()


def refund(
    element: Element, document: Document, *, batch_id: str
) -> tuple[SettlementLine, tuple[Control, ...]]:
    """Read a refund; one that is still queued, was stopped or failed moved nothing."""
    return _single(element, document, batch_id=batch_id, kind="refund", paid=REFUNDED), ()


def _single(
    element: Element, document: Document, *, batch_id: str, kind: str, paid: tuple[str, ...]
) -> SettlementLine:
    """A payment or a refund: in the currency of the account where that is said."""
    amount, state = _money(element, "amount"), element.text("status")
    settled = _money(element, "settlementAmount") if element.has("settlementAmount") else amount
    if not _is_code(state):
        element.wrong("status", code="state_wrong", expected="a word of letters")
    if amount.scaled < 0:
        element.wrong("amount", code="amount_wrong", expected="an amount that is not negative")
    moved, sign = state in paid, -1 if kind == "refund" else 1
    net = sign * abs(settled.scaled) if moved else 0
    abroad = not moved or amount.currency != settled.currency
    created_at, zone = element.time("createdAt")
    name = element.key("id")
    return SettlementLine(
        PROVIDER, batch_id, element.number, kind,
        name, element.key("paymentId", optional=True) or name, name,
        net, 0, net, settled.currency, created_at, element.raw(document), NO_RESIDUE,
        state, zone, None, "", element.key("settlementId", optional=True),
        sign * amount.scaled if abroad else None, amount.currency if abroad else "",
    )  # fmt: skip


def _money(element: Element, name: str) -> Money:
    """An amount in minor units of its currency."""
    within = element.element(name)
    currency = within.currency("currency")
    return Money(within.scaled("value", decimals=exponent_of(currency) or 0), currency)


def _sums(element: Element) -> Sums:
    amount = element.element("amount")
    currency = amount.currency("currency")
    exponent = exponent_of(currency) or 0
    unit = 10 ** (DECIMALS - exponent)
    paid = amount.scaled("value", decimals=exponent)
    revenues = list(_parts(element, "revenue", amount="amountNet", currency=currency))
    costs = list(_parts(element, "costs", amount="amountGross", currency=currency))
    computed = sum(revenues) - sum(costs)
    # Where no part is said, the amount stands alone: its control does not hold, unless it is zero.
    revenue = sum(revenues) if revenues or costs else paid * unit
    exact = revenue - sum(costs)
    gross, net = _round(revenue, unit=unit), _round(exact, unit=unit)
    if max(abs(net), abs(gross)) > INTEGER_MAX:
        element.wrong("periods", code="amount_wrong", expected=f"at most {INTEGER_MAX} in all")
    holds = 2 * abs(paid * unit - computed) < unit
    return Sums(
        currency, unit, exact, computed, gross, net, printed(paid, decimals=exponent), holds
    )


def _parts(element: Element, side: str, *, amount: str, currency: str) -> Iterator[int]:
    """One side of all months, in the order of the document."""
    years = element.element("periods")
    for year in years.names():
        months = years.element(year)
        for month in months.names():
            for part in months.element(month).elements(side):
                within = part.element(amount)
                if within.text("currency") != currency:
                    expected = f"the settlement's currency, {currency}"
                    within.wrong("currency", code="element_wrong", expected=expected)
                yield within.scaled("value", decimals=DECIMALS)


def _round(scaled: int, *, unit: int) -> int:
    """Half away from zero."""
    size = (2 * abs(scaled) + unit) // (2 * unit)
    return size if scaled >= 0 else -size


def _is_code(text: str) -> bool:
    """Whether a word may become part of a kind."""
    return text.isascii() and text.replace("_", "").isalnum() and len(text) <= 40  # noqa: PLR2004 - no word of theirs is as long.


def _digest(raw: str) -> str:
    return sha256(raw.encode()).hexdigest()[:32]
