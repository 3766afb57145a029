"""Rows of Stripe's own objects: disputes, fees, payouts, refunds, in tables and as exported.

Units: integers of minor units in tables, major units with every digit in the export. Times: UTC.
Signs: a table says amounts without direction; a refund, a payout and a dispute leave the account,
so their gross is the amount turned round. A fee has no gross, it is a cost.
These are views of objects, not movements: a won dispute came back by a movement of its own, and
nothing in such a file proves it complete.
Keys: the object's own id; of a fee, its balance transaction and its place in it.
Source: docs/formats/stripe.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from providers.rows import Row
from providers.settlement_file import TEXT_CHARACTERS_MAX, Control, FileRefused, SettlementLine
from providers.stripe.balance import KEY, PROVIDER, expected_amount
from providers.stripe.cells import (
    Parser,
    currency_of,
    is_key,
    major_whole,
    minor,
    moment,
    own_reference_of_text,
    remembered_moment,
)
from providers.stripe.header import Check, Columns, Header, fault
from providers.stripe.words import unknown

COLUMNS: Columns = {
    "identity": ("id", "balance_transaction_id"),
    "index": ("index",),
    "amount": ("amount",),
    "currency": ("currency",),
    # A table of fees has no time of its own: that of its copy stands in.
    "booked": ("created", "created_(utc)", "created_date_(utc)", "_fivetran_synced"),
    "value": ("arrival_date", "arrival_date_(utc)"),
    "word": ("status", "type"),
    "payment": ("charge_id", "charge", "payment_intent_id", "payment_intent"),
    "metadata": ("metadata",),
    "account": ("connected_account_id", "connected_account"),
    "text": ("description",),
}
FIELDS = (*COLUMNS, "own", "own_refund")
REQUIRED = ("identity", "amount", "currency", "booked", "word")
UNCUT = frozenset({"text", "currency"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of object: its line, and the states in which its money moves."""

    kind: str
    states: frozenset[str]  # Empty: its word is no state, all of them move money.
    money: Callable[[str], Parser] = minor


DISPUTE = Thing(
    "chargeback", frozenset({"needs_response", "under_review", "charge_refunded", "won", "lost"})
)
FEE = Thing("fee", frozenset())
PAYOUT = Thing("payout", frozenset({"paid", "in_transit", "pending"}))
PAID_OUT = Thing("payout", PAYOUT.states, major_whole)  # As the dashboard exports it.
REFUND = Thing("refund", frozenset({"succeeded", "pending", "requires_action"}))


class Objects:
    """All rows of one file."""

    def __init__(self, header: Header, batch_id: str, thing: Thing) -> None:
        """Begin before the first row."""
        self._header, self._batch_id, self._thing = header, batch_id, thing

    def take(self, row: Row) -> tuple[SettlementLine, ...] | FileRefused:
        """Read one row."""
        (
            identity, index, printed, printed_currency, booked, value, word, payment, metadata,
            account, text, _, _,
        ) = self._header.pick(row.cells)  # fmt: skip
        currency, booked_at = currency_of(printed_currency), moment(booked)
        amount = self._thing.money(currency)(printed) if currency else None
        kind = self._kind(word)
        if amount is None or booked_at is None or not kind or not is_key(identity):
            return self._fault(row)
        if index:
            identity = f"{identity}/{index}"
        if not all(is_key(key) for key in (identity, payment or "-", account or "-")):
            return self._fault(row)
        is_fee = self._thing is FEE
        return (
            SettlementLine(
                PROVIDER, self._batch_id, row.number, kind,
                own_reference_of_text(metadata) or identity,
                identity, identity, 0 if is_fee else -amount, amount if is_fee else 0, -amount,
                currency, booked_at, row.raw, code=word, zone="UTC",
                value_at=remembered_moment(value) if value else None, account=account,
                part=identity if self._thing.kind == PAYOUT.kind else "",
                text=(text or payment)[:TEXT_CHARACTERS_MAX],
            ),
        )  # fmt: skip

    def may_be_cut(self, line: SettlementLine, cell: str) -> bool:
        """Whether the file's last cell may have been longer."""
        if self._header.last_field == "word":
            return not cell or line.kind.startswith("unknown:")
        return self._header.last_field not in UNCUT

    def controls(self) -> tuple[Control, ...]:
        """Nothing: a view of objects proves nothing."""
        return ()

    def _kind(self, word: str) -> str:
        states = self._thing.states
        named = unknown(word)
        return self._thing.kind if named and (not states or word in states) else named

    def _fault(self, row: Row) -> FileRefused:
        cells = dict(zip(FIELDS, self._header.pick(row.cells), strict=True))
        return fault(row.number, self._header.names, self._checks(cells))

    def _checks(self, cells: dict[str, str]) -> Iterator[Check]:
        currency = currency_of(cells["currency"])
        right = bool(currency)
        yield Check(
            "currency", cells["currency"], right, "currency_unknown", "a currency of ISO 4217"
        )
        parse, printed = self._thing.money(currency), cells["amount"]
        expected = expected_amount(currency, parse)
        yield Check("amount", printed, parse(printed) is not None, "amount_wrong", expected)
        right = moment(cells["booked"]) is not None
        yield Check("booked", cells["booked"], right, "time_wrong", "YYYY-MM-DD HH:MM:SS")
        right = bool(self._kind(cells["word"]))
        expected = "a code of letters, digits, - and _"
        yield Check("word", cells["word"], right, "state_wrong", expected)
        for field in ("payment", "account"):
            yield Check(field, cells[field], is_key(cells[field] or "-"), "key_wrong", KEY)
        identity = f"{cells['identity']}/{cells['index']}" if cells["index"] else cells["identity"]
        right = is_key(cells["identity"]) and is_key(identity)
        yield Check("identity", identity, right, "key_wrong", KEY)
