"""Rows of the dashboard's export of payments, which has a row for each charge.

Units: major units with every digit of the currency. Times: UTC, to the minute.
Signs: a row is a charge, with its fee; where `amount_refunded` is not zero, a second line of the
same row is what was given back of it, negative: the export has no row, no id and no time for it.
Amounts are those converted to the account's currency, where the export has them.
A payment that failed, or was only authorised, moved no money: its line has the word and no amount.
Keys: the charge; ours is in metadata, else the payment intent.
Source: docs/formats/stripe.md.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from providers.rows import Row
from providers.settlement_file import (
    NO_RESIDUE,
    TEXT_CHARACTERS_MAX,
    Control,
    FileRefused,
    SettlementLine,
)
from providers.stripe.balance import KEY, PROVIDER, expected_amount
from providers.stripe.cells import (
    currency_of,
    is_key,
    major_whole,
    moment,
)
from providers.stripe.header import Check, Columns, Header, fault
from providers.stripe.words import unknown

COLUMNS: Columns = {
    "identity": ("id",),
    "booked": ("created_(utc)", "created_date_(utc)", "created_utc", "created"),
    "amount": ("amount",),
    "refunded": ("amount_refunded",),
    "currency": ("currency",),
    "converted": ("converted_amount",),
    "converted_refunded": ("converted_amount_refunded",),
    "converted_currency": ("converted_currency",),
    "fee": ("fee",),
    "word": ("status",),
    "captured": ("captured",),
    "intent": ("paymentintent_id", "payment_intent_id"),
    "payout": ("transfer", "payout_id"),
    "text": ("description",),
}
FIELDS = (*COLUMNS, "own", "own_refund")
REQUIRED = ("identity", "booked", "amount", "refunded", "currency", "fee", "word")
PAID = frozenset({"paid", "succeeded", "refunded", "partially refunded", "partially_refunded"})
NOT_PAID = frozenset({
    "failed", "canceled", "cancelled", "incomplete", "uncaptured", "blocked", "requires_capture",
    "requires_action", "requires_confirmation", "requires_payment_method",
})  # fmt: skip
UNCUT = frozenset({"text", "captured"})


class _Figures(NamedTuple):
    """What a row says of money, and when: amounts in the account's currency, then as charged."""

    gross: int
    refunded: int
    fee: int
    charged: int | None
    charged_back: int | None
    currency: str
    charged_currency: str
    booked_at: datetime


class Payments:
    """All rows of one file."""

    def __init__(self, header: Header, batch_id: str) -> None:
        """Begin before the first row."""
        self._header, self._batch_id = header, batch_id
        self._zone = "UTC" if "utc" in header.names["booked"].lower() else ""

    def take(self, row: Row) -> tuple[SettlementLine, ...] | FileRefused:
        """Read one row: a charge, and what was given back of it."""
        cells = dict(zip(FIELDS, self._header.pick(row.cells), strict=True))
        figures = _usual(cells)
        if figures is None:  # Something is wrong, or no money moved: look at every cell.
            checks = list(_checks(cells))
            if not all(check.right for check in checks):
                return fault(row.number, self._header.names, checks)
            figures = _unmoved(cells) if not _moved(cells) else _usual(cells)
            assert figures is not None, "a row was checked"
        return self._lines(row, cells, figures)

    def _lines(
        self, row: Row, cells: dict[str, str], figures: _Figures
    ) -> tuple[SettlementLine, ...]:
        gross, refunded, fee, charged, charged_back, currency, charged_currency, at = figures
        foreign = charged_currency != currency or not _moved(cells)
        ours, word, identity = cells["own"] or cells["intent"], cells["word"], cells["identity"]
        kind = "charge" if word.lower() in PAID else unknown(_code(word))
        charge = SettlementLine(
            PROVIDER, self._batch_id, row.number, kind, ours if is_key(ours) else identity,
            identity, identity, gross, fee, gross - fee, currency, at, row.raw, NO_RESIDUE, word,
            self._zone, None, "", cells["payout"], charged if foreign else None,
            charged_currency if foreign else "", None, cells["text"][:TEXT_CHARACTERS_MAX],
        )  # fmt: skip
        if not refunded:
            return (charge,)
        return charge, SettlementLine(
            PROVIDER, self._batch_id, row.number, "refund", charge.reference, identity,
            f"{identity}/refunded", -refunded, 0, -refunded, currency, at, row.raw, code=word,
            zone=self._zone, original_minor=-(charged_back or 0) if foreign else None,
            original_currency=charged_currency if foreign else "", text=charge.text,
        )  # fmt: skip

    def may_be_cut(self, line: SettlementLine, cell: str) -> bool:
        """Whether the file's last cell may have been longer."""
        if self._header.last_field == "word":
            return not cell or line.kind.startswith("unknown:")
        return self._header.last_field not in UNCUT

    def controls(self) -> tuple[Control, ...]:
        """Nothing: the export prints nothing about itself."""
        return ()


def _code(word: str) -> str:
    return word.replace(" ", "_")


def _moved(cells: dict[str, str]) -> bool:
    """Whether money moved: a state that is not known is taken to have moved it."""
    return cells["word"].lower() not in NOT_PAID and cells["captured"].lower() != "false"


def _settled(cells: dict[str, str]) -> str:
    """The currency of the account."""
    return currency_of(cells["converted_currency"] or cells["currency"])


def _usual(cells: dict[str, str]) -> _Figures | None:
    """The figures of a row whose money moved; None if one of its cells is not as it should be."""
    currency, charged_currency = _settled(cells), currency_of(cells["currency"])
    if not currency or not charged_currency or not _moved(cells):
        return None
    parse = major_whole(charged_currency)
    charged, charged_back = parse(cells["amount"]), parse(cells["refunded"])
    parse, gross, refunded = major_whole(currency), charged, charged_back
    if cells["converted_currency"]:
        gross, refunded = parse(cells["converted"]), parse(cells["converted_refunded"])
    fee, booked_at, identity = parse(cells["fee"]), moment(cells["booked"]), cells["identity"]
    if charged is None or charged_back is None or not 0 <= charged_back <= charged:
        return None
    if gross is None or refunded is None or gross < 0 or refunded < 0:
        return None
    if (
        fee is None
        or booked_at is None
        or not is_key(identity)
        or not unknown(_code(cells["word"]))
    ):
        return None
    if not is_key(cells["payout"] or "-"):
        return None
    return _Figures(
        gross, refunded, fee, charged, charged_back, currency, charged_currency, booked_at
    )


def _unmoved(cells: dict[str, str]) -> _Figures:
    """The figures of a checked row whose money did not move: its fee, and what was asked for."""
    currency, charged_currency = _settled(cells), currency_of(cells["currency"])
    charged = major_whole(charged_currency)(cells["amount"])
    fee, booked_at = major_whole(currency)(cells["fee"]) or 0, moment(cells["booked"])
    assert booked_at is not None, "a row was checked"
    return _Figures(0, 0, fee, charged, None, currency, charged_currency, booked_at)


def _checks(cells: dict[str, str]) -> Iterator[Check]:
    settled, charged = _settled(cells), currency_of(cells["currency"])
    for field, right in (("currency", bool(charged)), ("converted_currency", bool(settled))):
        yield Check(field, cells[field], right, "currency_unknown", "a currency of ISO 4217")
    ways = [(charged, "amount"), (charged, "refunded"), (settled, "fee")]
    if cells["converted_currency"]:
        ways += [(settled, "converted"), (settled, "converted_refunded")]
    for currency, field in ways:
        parse = major_whole(currency)
        amount = parse(cells[field])
        right = amount is not None and (amount >= 0 or field == "fee")
        right = right or not (cells[field] or _moved(cells))  # Nothing moved, nothing is printed.
        yield Check(field, cells[field], right, "amount_wrong", expected_amount(currency, parse))
    # In what the customer paid: the account's currency may have moved between the two.
    parse = major_whole(charged)
    right = (parse(cells["refunded"]) or 0) <= (parse(cells["amount"]) or 0)
    expected = "no more given back than was charged"
    yield Check("refunded", cells["refunded"], right, "amount_contradicts_state", expected)
    right = moment(cells["booked"]) is not None
    yield Check("booked", cells["booked"], right, "time_wrong", "YYYY-MM-DD HH:MM")
    right = bool(unknown(_code(cells["word"])))
    yield Check("word", cells["word"], right, "state_wrong", "a word")
    yield Check("identity", cells["identity"], is_key(cells["identity"]), "key_wrong", KEY)
    yield Check("payout", cells["payout"], is_key(cells["payout"] or "-"), "key_wrong", KEY)
