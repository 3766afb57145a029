"""The settlement details report: every type that was seen, columns, rules, bad cells."""

import random
from datetime import date
from decimal import Decimal

import pytest

from providers.adyen.synthetic import Record, synthetic_records
from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.adyen.examples import (
    ALL,
    CHARGEBACK,
    FEE,
    FIGURES,
    GIVEN_BACK,
    PAYOUT,
    REFUND,
    REVERSED,
    SALE,
    TINY,
    YEN,
)
from tests.unit.providers.adyen.writing import COLUMNS, columns_turned, report
from tests.unit.providers.conftest import Prove, Read


def refused(outcome: FileProof | FileRefused, code: str) -> FileRefused:
    assert isinstance(outcome, FileRefused), outcome
    assert outcome.code == code, outcome
    return outcome


def with_payout(*records: Record) -> bytes:
    """These, and a payout of what they come to."""
    net = sum((Decimal(r.net_credit or 0) - Decimal(r.net_debit or 0) for r in records), Decimal(0))
    sides = {"net_debit": f"{net}"} if net >= 0 else {"net_debit": "", "net_credit": f"{-net}"}
    return report(*records, PAYOUT._replace(**sides))


def test_every_type_is_read(read_bytes: Read) -> None:
    found = read_bytes(report(*ALL))
    assert [(x.kind, x.gross_minor, x.fee_minor, x.net_minor) for x in found] == FIGURES
    assert [line.line_number for line in found] == list(range(2, 16))
    assert [line.code for line in found] == [record.type for record in ALL]
    assert {(line.account, line.part, line.currency) for line in found} == {("Shop", "380", "EUR")}


def test_the_whole_report_is_proven(prove_bytes: Prove) -> None:
    proof = prove_bytes(report(*ALL))
    assert isinstance(proof, FileProof)
    assert (proof.format, proof.variant) == ("adyen", "settlement_details")
    assert (proof.merchant_account, proof.business_day) == ("Shop", date(2026, 3, 31))
    assert proof.currencies["EUR"].net_minor == 0
    assert proof.unknown == ()
    assert [(x.name, x.printed, x.computed, x.holds) for x in proof.controls] == [
        ("batch_nets_to_zero", "0.00", "0.00", True), ("gross_minus_fee", "6", "6", True),
    ]  # fmt: skip


def line_of(read_bytes: Read, record: Record) -> SettlementLine:
    return read_bytes(with_payout(record))[0]


def test_keys(read_bytes: Read) -> None:
    sale, refund = line_of(read_bytes, SALE), line_of(read_bytes, REFUND)
    assert (sale.reference, sale.provider_reference) == ("order-1", "88A")
    assert sale.line_identity == "settled/88A/87A"
    assert (refund.reference, refund.provider_reference) == ("refund-2", "88B")
    unnamed = REFUND._replace(our_modification="")
    assert line_of(read_bytes, unnamed).reference == "order-2"
    assert line_of(read_bytes, SALE._replace(merchant_reference="")).reference == "settled/88A/87A"


def test_the_payout_has_the_reference_of_the_bank_statement(read_bytes: Read) -> None:
    line = read_bytes(report(*ALL))[-1]
    assert line.provider_reference == line.text == "TX635094301XT batch 380, Shop"
    assert line.reference == line.line_identity != ""
    assert line.original_minor is None


def test_two_equal_fees_are_two(read_bytes: Read) -> None:
    one, other, _ = read_bytes(with_payout(FEE, FEE))
    assert one.raw == other.raw
    assert one.line_identity != other.line_identity


def test_a_payment_said_twice_has_one_identity(read_bytes: Read) -> None:
    one, other, _ = read_bytes(with_payout(SALE, SALE))
    assert one.line_identity == other.line_identity


def test_a_charge_in_another_currency_keeps_it(read_bytes: Read) -> None:
    line = line_of(read_bytes, YEN)
    assert (line.original_minor, line.original_currency) == (3158, "JPY")
    assert line.exchange_rate == Decimal("0.0061")


def test_times_have_the_zone_beside_them(read_bytes: Read) -> None:
    line = line_of(read_bytes, SALE)
    assert (line.booked_at.isoformat(), line.zone) == ("2026-03-31T09:30:00+02:00", "CEST")
    created = line_of(read_bytes, SALE._replace(booked="", booked_zone=""))
    assert (created.booked_at.isoformat(), created.zone) == ("2026-03-30T10:00:00+01:00", "CET")
    bare = line_of(read_bytes, SALE._replace(booked="", booked_zone="", zone=""))
    assert (bare.booked_at.isoformat(), bare.zone) == ("2026-03-30T10:00:00+00:00", "")


def test_several_currencies_and_accounts_net_to_zero_each(prove_bytes: Prove) -> None:
    pounds = {"currency": "GBP", "gross_currency": "GBP", "account": "Other"}
    sale, payout = SALE._replace(**pounds), PAYOUT._replace(**pounds, net_debit="25.5")
    proof = prove_bytes(report(SALE, sale, payout, PAYOUT._replace(net_debit="25.5")))
    assert isinstance(proof, FileProof)
    assert proof.merchant_account == "Co"
    assert [(x.name, x.line_number) for x in proof.controls] == [
        ("batch_nets_to_zero Shop/380 EUR", 5), ("batch_nets_to_zero Other/380 GBP", 4),
        ("gross_minus_fee", 1),
    ]  # fmt: skip
    crossed = report(SALE, sale, payout._replace(currency="EUR"), PAYOUT)
    assert refused(prove_bytes(crossed), "control_failed").proof is not None


def test_without_its_payout_a_batch_is_refused_with_the_proof(prove_bytes: Prove) -> None:
    outcome = refused(prove_bytes(report(SALE)), "control_failed")
    assert (outcome.field, outcome.expected, outcome.line_number) == (
        "batch_nets_to_zero", "25.50", 2,
    )  # fmt: skip
    assert outcome.proof is not None
    assert outcome.proof.lines == 1


@pytest.mark.parametrize(
    "record",
    [SALE, REFUND, CHARGEBACK, GIVEN_BACK, TINY, REVERSED, SALE._replace(type="Odd")],
    ids=lambda record: record.type,
)
def test_gross_less_fees_must_be_net(prove_bytes: Prove, record: Record) -> None:
    broken = record._replace(interchange="0.5")
    outcome = refused(prove_bytes(with_payout(record, broken, YEN)), "control_failed")
    assert (outcome.field, outcome.printed, outcome.expected) == ("gross_minus_fee", "2", "1")
    assert outcome.line_number == 3
    assert outcome.proof is not None
    totals = outcome.proof.currencies["EUR"]
    assert totals.gross_minor - totals.fee_minor == totals.net_minor == 0


def test_a_point_may_stand_first(read_bytes: Read) -> None:
    line = line_of(read_bytes, SALE._replace(gross_credit="1", net_credit=".91", commission=".09"))
    assert (line.gross_minor, line.fee_minor, line.net_minor) == (100, 9, 91)
    given = SALE._replace(gross_credit="1", net_credit="1.09", commission="-.09")
    assert line_of(read_bytes, given).fee_minor == -9


@pytest.mark.parametrize("seed", range(5))
def test_order_case_and_more_columns_do_not_matter(read_bytes: Read, seed: int) -> None:
    whole = report(*ALL)
    order = [*range(len(COLUMNS)), 0, 1]
    random.Random(seed).shuffle(order)
    turned = columns_turned(whole, order)
    header, _, rest = turned.partition(b"\r\n")
    names = header.decode().split(",")
    seen: set[str] = set()
    for place, name in enumerate(names):
        names[place] = "" if name in seen else f'" {name.upper()}"'
        seen.add(name)
    found = read_bytes(b"\xef\xbb\xbf" + ",".join(names).encode() + b"\r\n" + rest)
    assert [(x.kind, x.gross_minor, x.fee_minor, x.net_minor) for x in found] == FIGURES


@pytest.mark.parametrize(
    "name",
    ["Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Commission (NC)", "Markup (NC)",
     "Scheme Fees (NC)", "Interchange (NC)"],
)  # fmt: skip
def test_a_column_of_money_must_be_there(prove_bytes: Prove, name: str) -> None:
    order = [place for place, each in enumerate(COLUMNS) if each != name]
    outcome = refused(prove_bytes(columns_turned(report(*ALL), order)), "column_missing")
    assert outcome.field == name


@pytest.mark.parametrize(
    "name", ["Company Account", "Merchant Account", "Merchant Reference", "Batch Number",
             "Booking Date TimeZone", "TimeZone", "Exchange Rate", "Modification Reference"],
)  # fmt: skip
def test_other_columns_need_not_be_there(prove_bytes: Prove, name: str) -> None:
    order = [place for place, each in enumerate(COLUMNS) if each != name]
    outcome = prove_bytes(columns_turned(report(*ALL), order))
    assert isinstance(outcome, FileProof), outcome
    assert outcome.merchant_account == ("Co" if name == "Merchant Account" else "Shop")


def test_a_column_that_is_there_twice_says_one_thing(prove_bytes: Prove) -> None:
    order = [*range(len(COLUMNS)), COLUMNS.index("Net Currency")]
    twice = columns_turned(report(*ALL), order)
    outcome = prove_bytes(twice)
    assert isinstance(outcome, FileProof), outcome
    assert outcome.lines == len(ALL)
    lines = twice.split(b"\n")
    lines[2] = lines[2].removesuffix(b"EUR\r") + b"USD\r"
    different = refused(prove_bytes(b"\n".join(lines)), "column_twice")
    assert (different.field, different.line_number) == ("Net Currency", 3)
    assert (different.printed, different.expected) == ("USD", "EUR")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("SettledInInstallments", "charge"), ("RefundedBulk", "refund"),
     ("RefundedReversed", "adjustment"), ("AdvancementCommissions", "fee"),
     ("ReserveAdjustment", "reserve"), ("MerchantPayin", "transfer"),
     ("BankInstructionReturned", "payout"), ("PaidOut", "unknown:PaidOut")],
)  # fmt: skip
def test_documented_types_have_a_kind(read_bytes: Read, code: str, kind: str) -> None:
    emptied = PAYOUT._replace(net_debit=SALE.net_credit)
    line = read_bytes(report(SALE._replace(type=code), emptied))[0]
    assert (line.kind, line.code, line.net_minor) == (kind, code, 2550)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [({"net_credit": "25,5"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "-25.5"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "25.501"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "1e3"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "-"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "."}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "..5"}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "25."}, "amount_wrong", "Net Credit (NC)"),
     ({"net_credit": "9999999999999999"}, "amount_wrong", "Net Credit (NC)"),
     ({"commission": "0.7001"}, "amount_wrong", "Commission (NC)"),
     ({"gross_credit": "x"}, "amount_wrong", "Gross Credit (GC)"),
     ({"currency": "EURO"}, "currency_unknown", "Net Currency"),
     ({"currency": "eur"}, "currency_unknown", "Net Currency"),
     ({"gross_currency": ""}, "currency_unknown", "Gross Currency"),
     ({"gross_currency": "JPY", "gross_credit": "1.5"}, "amount_wrong", "Gross Credit (GC)"),
     ({"gross_currency": "USD", "rate": "-1"}, "amount_wrong", "Exchange Rate"),
     ({"gross_currency": "USD", "rate": "0"}, "amount_wrong", "Exchange Rate"),
     ({"type": ""}, "state_wrong", "Type"),
     ({"type": "x" * 65}, "state_wrong", "Type"),
     ({"booked": "31.03.2026 09:30"}, "time_wrong", "Booking Date"),
     ({"booked": "2026-02-30 09:30:00"}, "time_wrong", "Booking Date"),
     ({"booked": "2026-03-31 09:30+01"}, "time_wrong", "Booking Date"),
     ({"booked": "", "created": ""}, "time_wrong", "Booking Date"),
     ({"booked_zone": "XYZ"}, "time_wrong", "Booking Date TimeZone"),
     ({"psp": "8\t8"}, "key_wrong", "Psp Reference"),
     ({"account": "Sh\u200bop"}, "key_wrong", "Merchant Account"),
     ({"merchant_reference": "x" * 600}, "key_wrong", "Merchant Reference")],
)  # fmt: skip
def test_a_bad_cell_has_a_name(
    prove_bytes: Prove, changed: dict[str, str], code: str, field: str
) -> None:
    outcome = refused(prove_bytes(report(FEE, SALE._replace(**changed), PAYOUT)), code)
    assert (outcome.line_number, outcome.field) == (3, field)
    assert outcome.message.isprintable()


def test_times_may_lack_seconds_or_have_parts_of_them(read_bytes: Read) -> None:
    for text in (
        "2026-03-31",
        "2026-03-31 09:30",
        "2026-03-31T09:30:00",
        "2026-03-31 09:30:00.123",
    ):
        assert line_of(read_bytes, SALE._replace(booked=text)).booked_at.day == 31


def test_too_many_batches_are_refused(prove_bytes: Prove) -> None:
    records = (FEE._replace(batch=str(number)) for number in range(4_100))
    assert refused(prove_bytes(report(*records)), "too_many_parts").line_number == 4_098


def test_a_report_without_records_is_refused(prove_bytes: Prove) -> None:
    refused(prove_bytes(report()), "no_lines")


def test_what_is_made_up_is_proven_and_the_same_again(prove_bytes: Prove) -> None:
    content = report(*synthetic_records(2_000, seed=3))
    assert content == report(*synthetic_records(2_000, seed=3))
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.lines == 2_000
    assert proof.kinds == {"charge": 1_800, "payout": 1, "refund": 199}


@pytest.mark.parametrize("blank", [b"\n\n", b"\xef\xbb\xbf\r\n"])
def test_blank_lines_may_stand_before_the_header(prove_bytes: Prove, blank: bytes) -> None:
    whole = report(*ALL)
    proof = prove_bytes(blank + whole.removeprefix(b"\xef\xbb\xbf"))
    assert isinstance(proof, FileProof), proof
    assert (proof.variant, proof.lines) == ("settlement_details", len(ALL))


def test_an_aggregated_report_is_refused_by_name(prove_bytes: Prove) -> None:
    head = b"Merchant/Company,Start date,End date,Aggregation,Country codes\nShop,a,b,Store,\n"
    outcome = refused(prove_bytes(head), "format_not_recognised")
    assert "without a line for each payment" in outcome.message
