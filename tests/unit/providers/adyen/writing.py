"""Reports for tests: made up at random, what is meant by them, and a naive second reader."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO

from hypothesis import strategies as st

from providers.adyen.synthetic import (
    BLANK,
    HEADER,
    Record,
    both_sides,
    cut,
    payout,
    write_report,
)

KINDS = {
    "Settled": "charge",
    "settled": "charge",
    "Refunded": "refund",
    "refunded": "refund",
    "Chargeback": "chargeback",
    "SecondChargeback": "chargeback",
    "ChargebackReversed": "chargeback_reversal",
    "Fee": "fee",
    "MiscCosts": "fee",
    "InvoiceDeduction": "fee",
    "DepositCorrection": "reserve",
    "Balancetransfer": "transfer",
    "RefundedReversed": "adjustment",
    "SettledBulk": "charge",
    "ReserveAdjustment": "reserve",
    "PaidOut": "unknown:PaidOut",
}
OF_THE_ACCOUNT = ("Fee", "MiscCosts", "InvoiceDeduction", "DepositCorrection", "Balancetransfer")
NET_CURRENCIES = ("EUR", "JPY", "KWD")
AT = datetime(2026, 3, 31, 23, 59, 59)  # noqa: DTZ001 - printed without an offset.

MINOR = st.integers(-(10**9), 10**9)
FEE = st.just(0) | st.integers(-(10**4), 10**5)
# Whatever shops put into references; quotes, commas and blanks are cut and put back by CSV.
REFERENCES = st.text('abcXYZ019 ,"-_é茶', max_size=20)
PSP = st.text("0123456789ABC", min_size=1, max_size=16)


@dataclass(frozen=True)
class Said:
    """What was meant by a record."""

    kind: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    original_minor: int | None
    account: str
    batch: str


def report(*records: Record) -> bytes:
    out = BytesIO()
    write_report(records, out)
    return out.getvalue()


def columns_turned(content: bytes, order: Iterable[int]) -> bytes:
    """The same report with its columns in another order."""
    places = list(order)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in csv.reader(StringIO(content.decode(), newline="")):
        writer.writerow([row[place] for place in places])
    return out.getvalue().encode()


@st.composite
def said(draw: st.DrawFn) -> tuple[Record, Said]:
    """A record of any type, and what it means."""
    code, currency = draw(st.sampled_from(list(KINDS))), draw(st.sampled_from(NET_CURRENCIES))
    account, batch = draw(st.sampled_from(["ShopA", "ShopB"])), draw(st.sampled_from(["7", "8"]))
    record = BLANK._replace(
        company="Co", account=account, batch=batch, type=code, currency=currency,
        created=f"2026-03-31 10:00:{draw(st.integers(0, 59)):02d}", zone="PST",
        merchant_reference=draw(REFERENCES), modification=draw(REFERENCES),
    )  # fmt: skip
    kind = KINDS[code]
    net = draw(MINOR)
    debit, credit = both_sides(net, currency)
    record = record._replace(net_debit=debit, net_credit=credit)
    if code in OF_THE_ACCOUNT:
        gross, fee = (0, -net) if kind == "fee" else (net, 0)
        return record, Said(kind, gross, fee, net, currency, None, account, batch)
    fees = [draw(FEE) for _ in range(4)]
    gross, charged, original = net + sum(fees), currency, None
    if draw(st.booleans()):
        charged = draw(st.sampled_from([each for each in ("USD", "JPY") if each != currency]))
        original = draw(MINOR)
    debit, credit = both_sides(gross if original is None else original, charged)
    commission, markup, scheme_fees, interchange = (cut(fee, currency) for fee in fees)
    record = record._replace(
        psp=draw(PSP), gross_currency=charged, gross_debit=debit, gross_credit=credit,
        rate="1.5", commission=commission, markup=markup, scheme_fees=scheme_fees,
        interchange=interchange,
    )  # fmt: skip
    return record, Said(kind, gross, sum(fees), net, currency, original, account, batch)


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[Record, Said]]:
    """Records of up to four batches, each with one payout a currency, so that all net to zero."""
    found = draw(st.lists(said(), min_size=1, max_size=12))
    nets: Counter[tuple[str, str, str]] = Counter()
    for _, each in found:
        nets[each.account, each.batch, each.currency] += each.net_minor
    for (account, batch, currency), net in nets.items():
        record = payout(net, AT, currency=currency, batch=batch)._replace(account=account)
        meant = Said("payout", -net, 0, -net, currency, None, account, batch)
        found.append((record, meant))
    return found


BATCHES = batches()


def read_naively(content: bytes) -> dict[str, tuple[Decimal, bool]]:
    """Net by currency, and whether every batch of it comes to nothing: the plain way."""
    sums: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", " ")
    header, *rows = filter(None, csv.reader(StringIO(text, newline="\n")))
    names = [name.strip().casefold() for name in header]
    for cells in rows:
        row = dict(zip(names, cells, strict=True))
        account, batch = row.get("merchant account", ""), row.get("batch number", "")
        credit, debit = row["net credit (nc)"], row["net debit (nc)"]
        sums[account, batch, row["net currency"]] += Decimal(credit or 0) - Decimal(debit or 0)
    return {
        currency: (
            sum((net for key, net in sums.items() if key[2] == currency), Decimal(0)),
            not any(net for key, net in sums.items() if key[2] == currency),
        )
        for currency in {key[2] for key in sums}
    }


COLUMNS = HEADER.split(",")
