"""Writer of synthetic Stripe files, in each layout of balance transactions.

Units: minor units; the writer prints them as each layout does.
Shape: transactions() is a strategy; report(...), history(...), table(...), api(...) give bytes.
The layouts are those of docs/formats/stripe.md, written without the reader's own code.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO

from hypothesis import strategies as st

DIGITS = {"usd": 2, "eur": 2, "jpy": 0, "kwd": 3}
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
# Category, type, prefix of the source, sign of gross, kind.
WORDS = (
    ("charge", "charge", "ch_", 1, "charge"),
    ("charge", "payment", "py_", 1, "charge"),
    ("refund", "refund", "re_", -1, "refund"),
    ("fee", "stripe_fee", "", -1, "fee"),
    ("dispute", "adjustment", "dp_", -1, "chargeback"),
    ("dispute_reversal", "adjustment", "dp_", 1, "chargeback_reversal"),
    ("other_adjustment", "adjustment", "", 1, "adjustment"),
    ("transfer", "transfer", "tr_", -1, "transfer"),
    ("risk_reserved_funds", "reserve_transaction", "", -1, "reserve"),
    ("word_of_tomorrow", "word_of_tomorrow", "", -1, "unknown:word_of_tomorrow"),
)


@dataclass(frozen=True)
class Transaction:
    """One balance transaction."""

    identity: str
    category: str
    type: str
    kind: str
    source: str
    currency: str
    gross: int
    fee: int
    booked: datetime
    payout: str = ""
    order: str = ""
    intent: str = ""
    text: str = ""

    @property
    def net(self) -> int:
        return self.gross - self.fee


IDS = st.text("abcXYZ0189", min_size=4, max_size=16)
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30) | st.sampled_from(
    ['say "so"', "a, b", "two\nlines", "退款", '"', "'; --"]
)
KEYS = st.text("abcXYZ0189-_/#", max_size=12)


@st.composite
def transaction(draw: st.DrawFn, number: int = 0) -> Transaction:
    category, kind_of, prefix, sign, kind = draw(st.sampled_from(WORDS))
    booked = BEGAN + timedelta(seconds=draw(st.integers(0, 10**8)))
    return Transaction(
        identity=f"txn_{number:04d}{draw(IDS)}", category=category, type=kind_of, kind=kind,
        source=prefix + draw(IDS) if prefix else "", currency=draw(st.sampled_from(sorted(DIGITS))),
        gross=sign * draw(st.integers(0, 10**12)), fee=draw(st.integers(-(10**6), 10**9)),
        booked=booked, order=draw(KEYS), intent=draw(st.sampled_from(["", "pi_1", "pi_2"])),
        text=draw(TEXTS),
    )  # fmt: skip


@st.composite
def transactions(draw: st.DrawFn) -> list[Transaction]:
    count = draw(st.integers(1, 8))
    return [draw(transaction(number)) for number in range(count)]


@st.composite
def payouts(draw: st.DrawFn) -> list[Transaction]:
    """Whole payouts: for each the rows that it pays out and its own."""
    made: list[Transaction] = []
    for number, currency in enumerate(draw(st.lists(st.sampled_from(sorted(DIGITS)), min_size=1,
                                                    max_size=3))):  # fmt: skip
        payout = f"po_{number}{draw(IDS)}"
        rows = [replace(each, currency=currency, payout=payout,
                        identity=f"txn_{number}{each.identity[4:]}")
                for each in draw(transactions())]  # fmt: skip
        paid = sum(each.net for each in rows)
        made += [*rows, payout_row(payout, currency, paid, rows[-1].booked)]
    return made


def payout_row(payout: str, currency: str, paid: int, booked: datetime) -> Transaction:
    return Transaction(
        identity=f"txn_of_{payout}", category="payout", type="payout", kind="payout",
        source=payout, currency=currency, gross=-paid, fee=0, booked=booked, payout=payout,
        text="STRIPE PAYOUT",
    )  # fmt: skip


def amount(minor: int, currency: str) -> str:
    """Print in major units with every digit."""
    digits = DIGITS[currency]
    if not digits:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:0{digits}d}"


def time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def report(made: Iterable[Transaction], *, payout: bool = True) -> bytes:
    """The itemised report in its documented columns."""
    header = [
        "balance_transaction_id", "created_utc", "created", "available_on_utc", "currency", "gross",
        "fee", "net", "reporting_category", "source_id", "description", "payment_intent_id",
        "payment_metadata[order_id]", "payment_metadata[shop]",
    ]  # fmt: skip
    rows = [
        [
            each.identity, time(each.booked), "1999-01-01 00:00:00", time(each.booked),
            each.currency, amount(each.gross, each.currency), amount(each.fee, each.currency),
            amount(each.net, each.currency), each.category, each.source, each.text, each.intent,
            each.order, "shop-1",
        ]
        for each in made
    ]  # fmt: skip
    if payout:
        header.append("automatic_payout_id")
        for row, each in zip(rows, made, strict=True):
            row.append(each.payout)
    return delimited(header, rows, "\n")


def history(made: Iterable[Transaction]) -> bytes:
    """The balance history of the dashboard."""
    header = [
        "id", "Type", "Source", "Amount", "Fee", "Destination Platform Fee", "Net", "Currency",
        "Created (UTC)", "Available On (UTC)", "Description", "Transfer", "order_id (metadata)",
    ]  # fmt: skip
    rows = [
        [
            each.identity, each.type, each.source, amount(each.gross, each.currency),
            amount(each.fee, each.currency), "", amount(each.net, each.currency), each.currency,
            f"{each.booked:%Y-%m-%d %H:%M}", f"{each.booked:%Y-%m-%d %H:%M}", each.text,
            each.payout, each.order,
        ]
        for each in made
    ]  # fmt: skip
    return delimited(header, rows, "\n")


def table(made: Iterable[Transaction]) -> bytes:
    """A warehouse's table, minor units."""
    header = "id,amount,available_on,created,currency,description,fee,net,source,type,payout_id"
    rows = [
        [
            each.identity, str(each.gross), time(each.booked), time(each.booked), each.currency,
            each.text, str(each.fee), str(each.net), each.source, each.type, each.payout,
        ]
        for each in made
    ]  # fmt: skip
    return delimited(header.split(","), rows, "\r\n")


def delimited(header: Sequence[str], rows: Iterable[Sequence[str]], end: str) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def api_object(each: Transaction) -> dict[str, object]:
    return {
        "id": each.identity, "object": "balance_transaction", "amount": each.gross,
        "available_on": int(each.booked.timestamp()), "created": int(each.booked.timestamp()),
        "currency": each.currency, "description": each.text or None, "exchange_rate": None,
        "fee": each.fee, "fee_details": _details(each), "net": each.net,
        "reporting_category": each.category, "source": each.source or None, "status": "available",
        "type": each.type,
    }  # fmt: skip


def _details(each: Transaction) -> list[dict[str, object]]:
    if not each.fee:
        return []
    parts = (each.fee // 2, each.fee - each.fee // 2)
    return [{"amount": part, "currency": each.currency, "type": "stripe_fee"} for part in parts]


def api_list(made: Iterable[Transaction], *, has_more: bool = False) -> bytes:
    """A list object, as an answer of the API is written."""
    listed = {
        "object": "list", "url": "/v1/balance_transactions", "has_more": has_more,
        "data": [api_object(each) for each in made],
    }  # fmt: skip
    return json.dumps(listed, indent=2).encode()


def api_array(made: Iterable[Transaction]) -> bytes:
    return json.dumps([api_object(each) for each in made], ensure_ascii=False).encode()


def api_lines(made: Iterable[Transaction]) -> bytes:
    """One object a line."""
    return "".join(json.dumps(api_object(each)) + "\n" for each in made).encode()
