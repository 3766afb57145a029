"""Reader of Stripe: reports, balance transactions as CSV and as JSON, object tables, payments.

Units: reports and exports print major units, tables and the API integers of minor units.
Signs: as Stripe prints them: refunds, payouts and disputes are negative, gross - fee = net. A bill
of Stripe's own (`fee`) keeps its columns: in reports the cost is a negative gross with fee 0.
Keys: the id of the balance transaction; the object behind it; our reference in metadata.
Times: UTC where the column or the format says so.
Source: docs/formats/stripe.md.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from providers.reader import Format, Reading, Variant
from providers.source import Source, first_line
from providers.stripe import balance, objects, payments
from providers.stripe.api import FEE_DETAILS, HAS_MORE, TOTAL_COUNT
from providers.stripe.api import read as read_api
from providers.stripe.balance import PROVIDER, Balance
from providers.stripe.cells import Parser, major, major_whole, minor
from providers.stripe.header import Header, normal
from providers.stripe.objects import DISPUTE, FEE, PAID_OUT, PAYOUT, REFUND, Objects, Thing
from providers.stripe.payments import Payments
from providers.stripe.payouts import NET
from providers.stripe.table import Table, read_table

REPORT = ("balance_transaction_id", "currency", "gross", "fee", "net")
PAYOUT_ID = "automatic_payout_id"
MONEY = ("amount", "fee", "net", "currency")
BOM = b"\xef\xbb\xbf"
OF_AN_OBJECT = ("id", "amount", "currency", "status")
_OBJECT = re.compile(rb'"object"\s*:\s*"balance_transaction"')
_OTHER = re.compile(
    rb'"object"\s*:\s*"'
    rb'(application_fee|balance|charge|dispute|event|invoice|payment_intent|payout|refund|transfer)"'
)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
SUMMARY = ("reporting_category", "count", "gross", "net")


@lru_cache(maxsize=1)  # Every variant asks for those of the same bytes.
def _names(head: bytes) -> frozenset[str]:
    """The names in the first line that is not blank; quoted ones may hold commas, ours none."""
    line = first_line(head.removeprefix(BOM).lstrip(b"\r\n"))
    return frozenset(normal(name) for name in line.replace('"', "").split(","))


def _report(head: bytes) -> bool:
    names = _names(head)
    return names.issuperset(REPORT) and PAYOUT_ID not in names


def _report_by_payout(head: bytes) -> bool:
    return _names(head).issuperset((*REPORT, PAYOUT_ID))


def _payout_transactions(head: bytes) -> bool:
    wanted = ("payout_id", "transaction_id", "type", *MONEY, "created")
    return _names(head).issuperset(wanted) and b"txn_" in head


def _history(head: bytes) -> bool:
    wanted = ("id", "type", "source", *MONEY, "created_(utc)", "available_on_(utc)")
    return _names(head).issuperset(wanted)


def _transactions(head: bytes) -> bool:
    names = _names(head)
    wanted = ("id", "type", *MONEY, "created", "available_on")
    return names.issuperset(wanted) and not names.isdisjoint(("source", "source_id"))


def _payments(head: bytes) -> bool:
    names = _names(head)
    named = names.issuperset((*OF_AN_OBJECT, "amount_refunded", "fee"))
    return named and not names.isdisjoint(("seller_message", "captured"))


def _disputes(head: bytes) -> bool:
    names = _names(head)
    wanted = (*OF_AN_OBJECT, "created", "reason", "is_charge_refundable")
    return names.issuperset(wanted) and "net" not in names


def _fees(head: bytes) -> bool:
    names = _names(head)
    wanted = ("balance_transaction_id", "index", "amount", "currency", "type", "application")
    return names.issuperset(wanted) and "net" not in names


def _payouts(head: bytes) -> bool:
    wanted = (*OF_AN_OBJECT, "created", "arrival_date", "automatic", "statement_descriptor")
    return _names(head).issuperset(wanted)


def _payouts_export(head: bytes) -> bool:
    names = _names(head)
    wanted = (*OF_AN_OBJECT, "created_(utc)", "arrival_date_(utc)")
    return names.issuperset(wanted) and names.isdisjoint(("net", "fee"))


def _refunds(head: bytes) -> bool:
    wanted = (*OF_AN_OBJECT, "created", "charge_id", "reason", "receipt_number")
    return _names(head).issuperset(wanted)


def _api(head: bytes) -> bool:
    return bool(_JSON.match(head) and _OBJECT.search(head))


def resembles(head: bytes) -> str:
    """What else of Stripe's this is, in words; empty if it is nothing known."""
    if _names(head).issuperset(SUMMARY) and "balance_transaction_id" not in _names(head):
        return "a summary by Stripe, without lines; ask for the itemised report"
    other = _OTHER.search(head) if _JSON.match(head) and b'"livemode"' in head else None
    if other is not None:
        what = other[1].decode()
        return f"an answer of Stripe's API of another object ({what}); ask for balance transactions"
    return ""


def _reader(table: Table) -> Callable[[Source, str], Reading]:
    def read(source: Source, batch_id: str) -> Reading:
        return read_table(source, table, batch_id)

    return read


def _balance(money: Callable[[str], Parser], zone: str = "") -> Callable[[Source, str], Reading]:
    taker = partial(Balance, money=money, zone=zone)
    return _reader(Table(balance.COLUMNS, balance.REQUIRED, taker))


def _objects(thing: Thing) -> Callable[[Source, str], Reading]:
    return _reader(Table(objects.COLUMNS, objects.REQUIRED, partial(Objects, thing=thing)))


def _payment(header: Header, batch_id: str) -> Payments:
    return Payments(header, batch_id)


_OF_PAYOUTS = (NET,)
_PAYMENTS = _reader(Table(payments.COLUMNS, payments.REQUIRED, _payment))

FORMAT = Format(
    name="stripe",
    provider=PROVIDER,
    about="Stripe",
    variants=(
        Variant(
            "payout_reconciliation", "itemised report with payouts",
            _OF_PAYOUTS, _report_by_payout, _balance(major),
        ),
        Variant("balance_change", "itemised report without payouts", (), _report, _balance(major)),
        Variant(
            "payout_transactions", "transactions of payouts, major units",
            _OF_PAYOUTS, _payout_transactions, _balance(major_whole),
        ),
        Variant(
            "balance_history", "balance history of the dashboard",
            _OF_PAYOUTS, _history, _balance(major_whole),
        ),
        Variant(
            "balance_transactions", "table of balance transactions, minor units",
            _OF_PAYOUTS, _transactions, _balance(minor, "UTC"),
        ),
        Variant(
            "api_json", "balance transactions of the API",
            (FEE_DETAILS, HAS_MORE, TOTAL_COUNT), _api, read_api,
        ),
        Variant("payments_export", "payments of the dashboard", (), _payments, _PAYMENTS),
        Variant("disputes", "table of disputes", (), _disputes, _objects(DISPUTE)),
        Variant("fees", "table of fee details", (), _fees, _objects(FEE)),
        Variant("payouts", "table of payouts", (), _payouts, _objects(PAYOUT)),
        Variant(
            "payouts_export", "payouts of the dashboard", (), _payouts_export, _objects(PAID_OUT)
        ),
        Variant("refunds", "table of refunds", (), _refunds, _objects(REFUND)),
    ),
    resembles=resembles,
)  # fmt: skip
