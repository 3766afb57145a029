"""Balance transactions as Stripe's API gives them, in JSON.

Units: integers of minor units; a fraction in an amount refuses the file. Times: seconds since 1970.
Signs: as printed. amount - fee = net in every object.
Keys: the id of the object, and the id of its source; ours where the source is there whole, with
its metadata or payment intent.
The number of a line is that of its object among all, from 1: the parser tells no lines.
Source: docs/formats/stripe.md.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from domain.money import AMOUNT_MAX
from providers.reader import Reading
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    Control,
    Ending,
    FileRefused,
    SettlementLine,
)
from providers.source import Source
from providers.stripe.balance import KEY, PROVIDER
from providers.stripe.cells import (
    UNCERTAIN,
    currency_of,
    is_key,
    moment_of_seconds,
    own_reference,
)
from providers.stripe.elements import Element, Page, elements
from providers.stripe.header import Check, fault
from providers.stripe.words import DIRECTIONS, kind_of
from providers.times import BEFORE

OBJECT = "balance_transaction"
FEE_DETAILS, HAS_MORE, TOTAL_COUNT = "fee_details", "has_more", "total_count"
AMOUNTS = ("amount", "fee", "net")
LISTS = ("list", "search_result")


class _Said:
    """What the file says about itself, beside its objects."""

    def __init__(self) -> None:
        self.count = 0
        self.detailed = 0  # Objects that take their fee apart.
        self.detailed_right = 0  # Those whose parts come to the fee.
        self.page: dict[str, Any] = {}  # The last list, but for its objects.
        self.booked_last = BEFORE

    def see(self, value: dict[str, Any], booked_at: datetime) -> None:
        """Count an object."""
        self.count += 1
        self.booked_last = max(self.booked_last, booked_at)
        details = value.get(FEE_DETAILS)
        if isinstance(details, list) and details:
            self.detailed += 1
            self.detailed_right += _fees(cast("list[Any]", details)) == value["fee"]

    def controls(self) -> Iterator[Control]:
        """The parts of fees, whether more follows, how many there are in all."""
        if self.detailed:
            holds = self.detailed == self.detailed_right
            yield Control(
                FEE_DETAILS, str(self.detailed), str(self.detailed_right), holds, self.count
            )
        if HAS_MORE in self.page:
            more = self.page[HAS_MORE]
            yield Control(HAS_MORE, _as_text(more), "false", more is False, self.count)
        total = self.page.get(TOTAL_COUNT)
        if total is not None:
            yield Control(
                TOTAL_COUNT, _as_text(total), str(self.count), total == self.count, self.count
            )


def read(source: Source, batch_id: str) -> Reading:
    """Yield every object as a line; end with what the lists say about themselves."""
    said = _Said()
    for found in elements(source):
        if isinstance(found, FileRefused):
            return found
        if isinstance(found, Page):
            if found.value.get("object") not in LISTS:
                message = "what holds the objects is no list of the API"
                return FileRefused("json_wrong", message, said.count or 1, "object")
            said.page = found.value
            continue
        line = _line(found, batch_id)
        if isinstance(line, FileRefused):
            return line
        said.see(found.value, line.booked_at)
        yield line
    if not said.count:
        return FileRefused("no_lines", "a list without an object does not say what it is of", 1)
    return Ending("", said.booked_last.date(), tuple(said.controls()))


def _line(element: Element, batch_id: str) -> SettlementLine | FileRefused:
    value = element.value
    checks = list(_checks(value))
    if not all(check.right for check in checks):
        return fault(element.number, {}, checks)
    source_id, ours = _source(value)
    gross, fee, net = (value[field] for field in AMOUNTS)
    category, transaction_type = value.get("reporting_category") or "", value.get("type") or ""
    booked_at = moment_of_seconds(value["created"])
    assert booked_at is not None, "an object was checked"
    kind = kind_of(category, transaction_type=transaction_type, source=source_id, gross_minor=gross)
    rate = value.get("exchange_rate")
    return SettlementLine(
        PROVIDER, batch_id, element.number, kind, ours or value["id"], source_id, value["id"],
        gross, fee, net, currency_of(value["currency"]), booked_at, _as_text(value),
        code=category or transaction_type, zone="UTC",
        value_at=moment_of_seconds(value.get("available_on")),
        part=source_id if kind == "payout" else "",
        exchange_rate=Decimal(rate) if isinstance(rate, (int, Decimal)) and rate > 0 else None,
        text=str(value.get("description") or "")[:TEXT_CHARACTERS_MAX],
    )  # fmt: skip


def _checks(value: dict[str, Any]) -> Iterator[Check]:
    """Every field of an object that can refuse it."""
    said = value.get("object")
    yield _check("object", said, code="json_wrong", right=said == OBJECT, expected=OBJECT)
    said = value.get("id")
    right = isinstance(said, str) and is_key(said)
    yield _check("id", said, code="key_wrong", right=right, expected=KEY)
    said = value.get("currency")
    currency = currency_of(said) if isinstance(said, str) else ""
    right = bool(currency) and currency not in UNCERTAIN
    expected = "a currency of ISO 4217 whose integers are certain"
    yield _check("currency", said, code="currency_unknown", right=right, expected=expected)
    amounts: list[int] = []
    for field in AMOUNTS:
        said = value.get(field)
        right = type(said) is int and abs(said) <= AMOUNT_MAX
        amounts.append(cast("int", said) if right else 0)
        expected = "an integer of minor units"
        yield _check(field, said, code="amount_wrong", right=right, expected=expected)
    gross, fee, net = amounts
    expected = f"amount - fee, which is {gross - fee}"
    yield _check("net", net, code="amount_wrong", right=gross - fee == net, expected=expected)
    said = value.get("created")
    right = moment_of_seconds(said) is not None
    yield _check("created", said, code="time_wrong", right=right, expected="seconds since 1970")
    words = [value.get("reporting_category") or "", value.get("type") or ""]
    source_id = _source(value)[0]
    right = all(isinstance(word, str) for word in words)
    right = right and bool(
        kind_of(words[0], transaction_type=words[1], source=source_id, gross_minor=gross)
    )
    word, expected = words[0] or words[1], "a code of letters, digits, - and _"
    yield _check("type", word, code="state_wrong", right=right, expected=expected)
    way = DIRECTIONS.get(str(word), 0)
    code, expected = "amount_contradicts_state", f"the other sign for a {word}"
    yield _check("amount", gross, code=code, right=gross * way >= 0, expected=expected)
    said = value.get("source")
    right = not said or is_key(source_id)
    yield _check("source", said, code="key_wrong", right=right, expected=KEY)


def _check(field: str, said: object, *, code: str, right: bool, expected: str) -> Check:
    return Check(field, "" if right else _as_text(said), right, code, expected)


def _source(value: dict[str, Any]) -> tuple[str, str]:
    """The id of the object behind a balance transaction, and our own key if it is there whole."""
    source = value.get("source")
    if isinstance(source, str):
        return source, ""
    if not isinstance(source, dict):
        return "", ""
    whole = cast("dict[str, object]", source)
    intent = whole.get("payment_intent")
    own = own_reference(whole.get("metadata")) or (intent if isinstance(intent, str) else "")
    identity = whole.get("id")
    return identity if isinstance(identity, str) else "", own if is_key(own) else ""


def _fees(details: list[Any]) -> int | None:
    """What the parts of a fee come to; None if one of them is no amount."""
    amounts = [
        cast("dict[str, Any]", each).get("amount") if isinstance(each, dict) else None
        for each in details
    ]
    if any(type(amount) is not int for amount in amounts):
        return None
    return sum(cast("list[int]", amounts))


def _as_text(value: object) -> str:
    """JSON of a value, on one line; decimals keep their digits."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except TypeError:  # There is a decimal in it, and JSON of the library has none.
        return _with_decimals(value)


def _with_decimals(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        each = cast("dict[str, object]", value).items()
        return "{" + ",".join(f"{_as_text(name)}:{_with_decimals(v)}" for name, v in each) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_with_decimals, cast("list[object]", value))) + "]"
    return _as_text(value)
