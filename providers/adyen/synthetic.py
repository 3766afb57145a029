"""Settlement details reports made up from nothing, of any size, for benchmarks and tests.

Units: integer minor units in, text as Adyen prints it out: major units, trailing zeros cut.
Shape: synthetic_records(count, seed=…) gives records, the payout of each net currency last;
write_report writes them. The same arguments give the same records.
Source: docs/formats/adyen.md, for what a report's records look like.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import BinaryIO, NamedTuple

from providers.amounts import exponent_of, printed

HEADER = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
    "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "Modification Merchant Reference,Batch Number,Reserved4,Reserved5,Reserved6,Reserved7,"
    "Reserved8,Reserved9,Reserved10,Booking Date,Booking Date TimeZone"
)
COMPANY, ACCOUNT, BATCH = "ExampleCompany", "ExampleShop", "380"
BEGAN = datetime(2026, 3, 31)  # noqa: DTZ001 - printed without an offset, its zone beside it.
DAY_S = 24 * 60 * 60
AMOUNT_MINOR_MAX = 50_000
REFUND_EVERY, FOREIGN_EVERY, BLENDED_EVERY = 10, 25, 4
RATE_PER_MILLE = 12
YEN_PER_EURO, YEN_TO_EURO = 164, "0.0061"
RECORDS_AT_ONCE = 1_000  # About 250 KB of text between two writes.


class Record(NamedTuple):
    """The cells of a record in the order of HEADER, the unused ones at its end left out."""

    company: str
    account: str
    psp: str
    merchant_reference: str
    method: str
    created: str
    zone: str
    type: str
    modification: str
    gross_currency: str
    gross_debit: str
    gross_credit: str
    rate: str
    currency: str
    net_debit: str
    net_credit: str
    commission: str
    markup: str
    scheme_fees: str
    interchange: str
    variant: str
    our_modification: str
    batch: str
    booked: str
    booked_zone: str


RESERVED = ("",) * 7  # Between batch and booking date.
BLANK = Record(**dict.fromkeys(Record._fields, ""))


def cut(minor: int, currency: str) -> str:
    """Print as Adyen does: 2620 of EUR is `26.2`, 2600 is `26`."""
    decimals = exponent_of(currency)
    assert decimals is not None, f"no currency: {currency}"
    text = printed(minor, decimals=decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


def both_sides(minor: int, currency: str) -> tuple[str, str]:
    """A signed amount as debit and credit; the other side is empty."""
    return (cut(-minor, currency), "") if minor < 0 else ("", cut(minor, currency))


def write_report(records: Iterable[Record], out: BinaryIO) -> int:
    """Write records as they come; how many. Memory stays flat."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    count = 0
    for record in records:
        writer.writerow((*record[:-2], *RESERVED, *record[-2:]))
        count += 1
        if not count % RECORDS_AT_ONCE:
            _flush(text, out)
    _flush(text, out)
    return count


def synthetic_records(count: int, *, seed: int) -> Iterator[Record]:
    """Records of one batch: payments, every tenth one refunded at once, and the payout last."""
    assert count > 1, "a batch has a payment and its payout"
    chance = Random(seed)  # noqa: S311 - made-up data that can be made again, no secret.
    net_minor = 0
    paid, paid_minor = BLANK, 0
    for number in range(count - 1):
        at = BEGAN + timedelta(seconds=number * DAY_S // count)
        if number % REFUND_EVERY == REFUND_EVERY - 1:
            minor = max(1, paid_minor // chance.choice((1, 2)))
            yield _refunded(paid, minor, at, number=number)
            net_minor -= minor
            continue
        minor = chance.randint(100, AMOUNT_MINOR_MAX)
        paid, paid_minor = _settled(minor, at, number=number)
        yield paid
        net_minor += paid_minor
    yield payout(net_minor, BEGAN + timedelta(seconds=DAY_S - 1))


def payout(net_minor: int, at: datetime, *, currency: str = "EUR", batch: str = BATCH) -> Record:
    """What empties a batch: a net debit, or a credit of what it owes."""
    debit, credit = both_sides(-net_minor, currency)
    return _blank(at)._replace(
        type="MerchantPayout",
        modification=f"TX635094301XT batch {batch}, {ACCOUNT}",
        currency=currency,
        net_debit=debit,
        net_credit=credit,
        batch=batch,
    )


def _blank(at: datetime) -> Record:
    time = f"{at:%Y-%m-%d %H:%M:%S}"
    return BLANK._replace(
        company=COMPANY, account=ACCOUNT, created=time, zone="CET", batch=BATCH, booked=time,
        booked_zone="CET",
    )  # fmt: skip


def _settled(minor: int, at: datetime, *, number: int) -> tuple[Record, int]:
    """A payment of so many cents, and what it brings to the account."""
    fee = minor * RATE_PER_MILLE // 1_000
    foreign = number % FOREIGN_EVERY == FOREIGN_EVERY - 1
    fees = (
        {"commission": cut(fee, "EUR")}
        if number % BLENDED_EVERY == 0
        else {
            "markup": cut(fee - 2 * (fee // 3), "EUR"),
            "scheme_fees": cut(fee // 3, "EUR"),
            "interchange": cut(fee // 3, "EUR"),
        }
    )
    record = _blank(at)._replace(
        psp=f"88{number:014d}",
        merchant_reference=f"order-{number}",
        method="visa",
        type="Settled",
        modification=f"87{number:014d}",
        gross_currency="JPY" if foreign else "EUR",
        gross_credit=str(minor * YEN_PER_EURO // 100) if foreign else cut(minor, "EUR"),
        rate=YEN_TO_EURO if foreign else "1",
        currency="EUR",
        net_credit=cut(minor - fee, "EUR"),
        variant="visacredit",
        **fees,
    )
    return record, minor - fee


def _refunded(paid: Record, minor: int, at: datetime, *, number: int) -> Record:
    """Some of a payment given back, without a fee."""
    return _blank(at)._replace(
        psp=paid.psp,
        merchant_reference=paid.merchant_reference,
        method=paid.method,
        type="Refunded",
        modification=f"86{number:014d}",
        gross_currency="EUR",
        gross_debit=cut(minor, "EUR"),
        rate="1",
        currency="EUR",
        net_debit=cut(minor, "EUR"),
        variant=paid.variant,
        our_modification=f"refund-{number}",
    )


def _flush(text: StringIO, out: BinaryIO) -> None:
    out.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()
