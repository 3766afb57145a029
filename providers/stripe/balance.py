"""Rows of balance transactions: reports, the balance history of the dashboard, warehouse tables.

Units: major units in reports and exports, minor units in tables; lines carry minor units.
Signs: as printed. gross - fee = net on every row; a refund, a dispute and a payout are negative.
Keys: the id of the balance transaction is the line's identity, the object behind it (ch_, re_,
dp_, po_) the provider's reference; ours is in metadata, else the payment intent that we made.
Source: docs/formats/stripe.md.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from providers.amounts import REMEMBERED_MAX, exponent_of, signed_parser
from providers.rows import Row
from providers.settlement_file import (
    NO_RESIDUE,
    TEXT_CHARACTERS_MAX,
    Control,
    FileRefused,
    SettlementLine,
)
from providers.stripe.cells import (
    KEY_CHARACTERS_MAX,
    UNCERTAIN,
    Parser,
    currency_of,
    is_key,
    moment,
    remembered_moment,
)
from providers.stripe.header import Check, Columns, Header, fault
from providers.stripe.payouts import PAYOUTS_MAX, Payouts
from providers.stripe.words import CATEGORIES, DIRECTIONS, OLD_PAYOUT, PAYOUT, TRANSFER, kind_of

PROVIDER = "stripe"
COLUMNS: Columns = {
    "identity": ("balance_transaction_id", "transaction_id", "id"),
    "booked": ("created_utc", "created_(utc)", "created"),
    "value": ("available_on_utc", "available_on_(utc)", "available_on"),
    "currency": ("currency",),
    "gross": ("gross", "amount"),
    "fee": ("fee",),
    "net": ("net",),
    "category": ("reporting_category",),
    "type": ("type",),
    "source": ("source_id", "source"),
    "intent": ("payment_intent_id",),
    "payout": ("automatic_payout_id", "payout_id", "automatic_transfer_id", "transfer"),
    "text": ("description",),
    "account": ("connected_account", "connected_account_id"),
    "facing": ("customer_facing_amount",),
    "facing_currency": ("customer_facing_currency",),
    "rate": ("exchange_rate",),
}
FIELDS = (*COLUMNS, "own", "own_refund")
REQUIRED = ("identity", "booked", "currency", "gross", "fee", "net")
# What a cut cannot change unseen: text counts for nothing, amounts are proven by each other.
UNCUT = frozenset({"text", "gross", "fee", "net", "currency"})
PAYOUT_IDS = ("po_", "tr_")  # New and old.
NO_AMOUNT = (None, "")
RATE_CHARACTERS_MAX = 32
KEY = f"printable keys of at most {KEY_CHARACTERS_MAX} characters together"


class Balance:
    """All rows of one file."""

    def __init__(
        self, header: Header, batch_id: str, *, money: Callable[[str], Parser], zone: str
    ) -> None:
        """Begin before the first row; `money` gives the parser of a currency's amounts."""
        self._header, self._batch_id, self._money = header, batch_id, money
        self._parsers: dict[str, tuple[str, Parser]] = {}
        self._payouts = Payouts(named="payout" in header.names)
        self._longest = self._longest_before = 0  # Payout ids: of all rows, and but the last.
        # `created` alone is in the zone that the report was asked for.
        self._zone = "UTC" if "utc" in header.names["booked"].lower() else zone

    def take(self, row: Row) -> tuple[SettlementLine, ...] | FileRefused:
        """Read one row."""
        (
            identity, booked, value, printed_currency, printed_gross, printed_fee, printed_net,
            category, transaction_type, source, intent, payout, text, account, facing,
            facing_currency, rate, own, own_refund,
        ) = self._header.pick(row.cells)  # fmt: skip
        currency, parse = self._parsers.get(printed_currency) or self._begin(printed_currency)
        gross, fee, net = parse(printed_gross), parse(printed_fee), parse(printed_net)
        booked_at = moment(booked)
        if gross is None or fee is None or net is None or booked_at is None:
            return self._fault(row)
        kind = CATEGORIES.get(category) or kind_of(
            category, transaction_type=transaction_type, source=source, gross_minor=gross
        )
        word = category or transaction_type
        wrong = gross - fee != net or gross * DIRECTIONS.get(word, 0) < 0
        if not kind or wrong or not identity or not is_key(identity + source + payout + account):
            return self._fault(row)
        is_payout = word == PAYOUT
        if word == TRANSFER and source and (source == payout or text == OLD_PAYOUT):
            kind, is_payout = PAYOUT, True
        part = source if is_payout and source[:3] in PAYOUT_IDS else payout
        self._measure(payout)
        key = part, currency
        if not self._payouts.see(key, net, is_payout=is_payout, line_number=row.number):
            return _too_many(row.number)
        ours = (own_refund if kind == "refund" else "") or own or intent
        original, original_in = NO_AMOUNT
        if facing and facing_currency != printed_currency:
            original, original_in = _original((facing, facing_currency), currency, gross)
        return (
            SettlementLine(
                PROVIDER, self._batch_id, row.number, kind, ours if is_key(ours) else identity,
                source, identity, gross, fee, net, currency, booked_at, row.raw, NO_RESIDUE, word,
                self._zone or ("UTC" if booked.endswith(("Z", "UTC")) else ""),
                remembered_moment(value) if value else None, account, part,
                original, original_in, rate_of(rate) if rate else None, text[:TEXT_CHARACTERS_MAX],
            ),
        )  # fmt: skip

    def _measure(self, payout: str) -> None:
        self._longest_before = self._longest
        if len(payout) > self._longest:  # noqa: PLR1730 - max() costs a tenth of the row.
            self._longest = len(payout)

    def may_be_cut(self, line: SettlementLine, cell: str) -> bool:
        """Whether the file's last cell may have been longer."""
        field = self._header.last_field
        if field in UNCUT:
            return False
        if field in {"category", "type"}:
            return line.kind.startswith("unknown:")
        return field != "payout" or len(cell) < (self._longest_before or KEY_CHARACTERS_MAX)

    def controls(self) -> tuple[Control, ...]:
        """What each payout's rows come to, where the file holds whole payouts."""
        return self._payouts.controls()

    def _begin(self, printed: str) -> tuple[str, Parser]:
        currency = currency_of(printed)
        if not currency:
            return "", _no_amount
        begun = self._parsers[printed] = (currency, self._money(currency))
        return begun

    def _fault(self, row: Row) -> FileRefused:
        cells = dict(zip(FIELDS, self._header.pick(row.cells), strict=True))
        return fault(row.number, self._header.names, _checks(cells, self._money))


def _no_amount(_text: str) -> None:
    """Nothing is an amount in a currency that there is not."""


@lru_cache(maxsize=REMEMBERED_MAX)
def rate_of(text: str) -> Decimal | None:
    """A printed rate; None if it is no plain number above zero."""
    if not text.isascii() or len(text) > RATE_CHARACTERS_MAX:
        return None
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None


def _original(printed: tuple[str, str], currency: str, gross_minor: int) -> tuple[int | None, str]:
    """What the customer was charged, where that was in another currency; signed as gross."""
    amount, original_currency = printed[0], currency_of(printed[1])
    exponent = exponent_of(original_currency)
    if original_currency == currency or exponent is None:
        return NO_AMOUNT
    original = signed_parser(exponent)(amount)
    if original is None:
        return NO_AMOUNT
    return (-abs(original) if gross_minor < 0 else abs(original)), original_currency


def _too_many(number: int) -> FileRefused:
    message = f"more than {PAYOUTS_MAX} payouts: cut the file by payout"
    return FileRefused("too_many_parts", message, number)


def _checks(cells: dict[str, str], money: Callable[[str], Parser]) -> Iterator[Check]:
    """Every cell of a row that can refuse it, in the order in which it is told."""
    currency = currency_of(cells["currency"])
    right = bool(currency)
    yield Check("currency", cells["currency"], right, "currency_unknown", "a currency of ISO 4217")
    parse = money(currency)
    amounts = [parse(cells[field]) for field in ("gross", "fee", "net")]
    for field, amount in zip(("gross", "fee", "net"), amounts, strict=True):
        right = amount is not None
        yield Check(field, cells[field], right, "amount_wrong", expected_amount(currency, parse))
    gross, fee, net = (amount or 0 for amount in amounts)
    come_to = f"gross - fee, which is {gross - fee} minor units"
    yield Check("net", cells["net"], gross - fee == net, "amount_wrong", come_to)
    right = moment(cells["booked"]) is not None
    yield Check("booked", cells["booked"], right, "time_wrong", "YYYY-MM-DD HH:MM:SS")
    word, named = cells["category"] or cells["type"], "category" if cells["category"] else "type"
    kind = kind_of(
        cells["category"],
        transaction_type=cells["type"],
        source=cells["source"],
        gross_minor=gross,
    )
    yield Check(named, word, bool(kind), "state_wrong", "a code of letters, digits, - and _")
    right = gross * DIRECTIONS.get(word, 0) >= 0
    way = f"the other sign for a {word}"
    yield Check("gross", cells["gross"], right, "amount_contradicts_state", way)
    for field in ("source", "payout", "account"):
        yield Check(field, cells[field], is_key(cells[field] or "-"), "key_wrong", KEY)
    # Keys that are short enough each, but not all together, are what is left.
    yield Check("identity", cells["identity"], False, "key_wrong", KEY)  # noqa: FBT003 - its place.


def expected_amount(currency: str, parse: Parser) -> str:
    """What the amounts of this file look like, in words."""
    if currency in UNCERTAIN and parse("0") is None and parse("0.00") is None:
        return f"major units: Stripe's integers of {currency} are not certain"
    exponent = exponent_of(currency) or 0
    if not exponent:
        return f"an amount without decimals: {currency} has none"
    if parse("1." + "0" * exponent) is None:
        return "an integer of minor units"
    return f"an amount with {exponent} decimals"
