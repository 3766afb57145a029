"""The payments accounting report: a line a record, money from payable and fees, no control."""

from decimal import Decimal

import pytest

from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

ACCOUNTING_HEADER = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Booking Date,TimeZone,Main Currency,Main Amount,Record Type,Payment Currency,Received (PC),"
    "Authorised (PC),Captured (PC),Settlement Currency,Payable (SC),Commission (SC),Markup (SC),"
    "Scheme Fees (SC),Interchange (SC),Processing Fee Currency,Processing Fee (FC),User Name,"
    "Payment Method Variant,Modification Merchant Reference,Reserved3"
)
# A payment in pounds settled in euros, step by step; then a refund of a part of it and a chargeback
# of another payment. Captured goes up when it is sent and down when settled; in other accounts the
# record that settles sends too, and Captured goes up with it.
PAID = "Co,Shop,88A,order-1,visa,2026-03-30"
SETTLED = "Co,Shop,88A,order-1,visa,2026-03-31"
DISPUTED = "Co,Shop,88B,order-2,mc,2026-03-31"
ROWS = (
    f"{PAID} 10:00:00,CET,GBP,40,Received,GBP,40,,,,,,,,,EUR,0.1,u,v,,",
    f"{PAID} 10:00:01,CET,GBP,40,Authorised,GBP,-40,40,,,,,,,,,,u,v,,",
    f"{PAID} 11:00:00,CET,GBP,40,SentForSettle,GBP,,-40,40,,,,,,,,,u,v,,",
    f"{SETTLED} 09:00:00,CET,GBP,40,Settled,GBP,,,-40,EUR,46.2,,0.3,0.1,0.2,,,u,v,,",
    f"{SETTLED} 10:00:00,CET,GBP,10,Refunded,GBP,,,10,EUR,-11.7,0.1,,,,,,u,v,refund-1,",
    f"{DISPUTED} 11:00:00,CET,EUR,14,Chargeback,EUR,,,,EUR,-14,,10.65,,,,,u,v,,",
)
WHOLE = "\n".join((ACCOUNTING_HEADER, *ROWS, "")).encode()


def test_every_record_is_a_line(read_bytes: Read) -> None:
    found = read_bytes(WHOLE)
    assert [(x.kind, x.currency, x.gross_minor, x.fee_minor, x.net_minor) for x in found] == [
        ("unknown:Received", "GBP", 0, 0, 0), ("unknown:Authorised", "GBP", 0, 0, 0),
        ("unknown:SentForSettle", "GBP", 0, 0, 0), ("charge", "EUR", 4680, 60, 4620),
        ("refund", "EUR", -1160, 10, -1170), ("chargeback", "EUR", -335, 1065, -1400),
    ]  # fmt: skip
    assert [(x.original_minor, x.original_currency) for x in found[3:]] == [
        (4000, "GBP"), (-1000, "GBP"), (None, ""),
    ]  # fmt: skip
    assert [(x.reference, x.provider_reference) for x in found[3:]] == [
        ("order-1", "88A"), ("refund-1", "88A"), ("order-2", "88B"),
    ]  # fmt: skip
    assert len({line.line_identity for line in found}) == len(ROWS)
    assert found[0].booked_at.isoformat() == "2026-03-30T10:00:00+01:00"


def test_what_is_forecast_is_not_counted_beside_what_is_settled(read_bytes: Read) -> None:
    sent = ROWS[2].replace("-40,40,,,,,,,", "-40,40,EUR,46.2,,0.3,0.1,0.2,")
    assert sent != ROWS[2]
    found = read_bytes("\n".join((ACCOUNTING_HEADER, sent, ROWS[3], "")).encode())
    assert [(line.net_minor, line.fee_minor) for line in found] == [(0, 0), (4620, 60)]
    assert found[0].text == "payable when it is settled: 46.2 EUR"
    # An account that is paid by day of sale has no Captured: SentForSettle is what it is paid.
    paid = read_bytes("\n".join((ACCOUNTING_HEADER, sent.replace("-40,40,", "-40,,"), "")).encode())
    assert [(line.net_minor, line.fee_minor) for line in paid] == [(4620, 60)]


def test_captured_may_have_either_sign(read_bytes: Read) -> None:
    for old, new in ((b",-40,EUR", b",40,EUR"), (b",10,EUR", b",-10,EUR")):
        found = read_bytes(WHOLE.replace(old, new))
        assert [line.original_minor for line in found[3:5]] == [4000, -1000]


def test_nothing_proves_it_complete_and_it_says_so(prove_bytes: Prove) -> None:
    proof = prove_bytes(WHOLE)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.merchant_account) == ("payments_accounting", "Shop")
    assert proof.controls == ()
    assert proof.business_day.isoformat() == "2026-03-31"
    assert proof.currencies["EUR"].net_minor == 2050


def test_more_columns_are_read_by_name(read_bytes: Read) -> None:
    content = (
        b"Interchange (SC),Record Type,Psp Reference,Booking Date,Settlement Currency,Payable (SC),"
        b"Commission (SC),Markup (SC),Scheme Fees (SC),Modification Psp Reference,Captured (PC),"
        b"Payment Currency,Exchange Rate,Original Amount\n"
        b"0.2,settled,88A,2026-03-31 09:00:00,EUR,46.2,,0.3,0.1,87A,-40,GBP,1.17,40\n"
    )
    (line,) = read_bytes(content)
    assert line.line_identity == "settled/88A/87A"
    assert line.reference == "settled/88A/87A"
    assert (line.original_minor, line.exchange_rate) == (4000, Decimal("1.17"))
    assert line.zone == ""


@pytest.mark.parametrize("part", range(4))
def test_a_cut_loses_whole_records_only(prove_bytes: Prove, read_bytes: Read, part: int) -> None:
    """No control notices lost records; a record that is cut itself is never read."""
    whole = read_bytes(WHOLE)
    for length in range(part, len(WHOLE), 4):
        outcome = prove_bytes(WHOLE[:length])
        if isinstance(outcome, FileProof):
            found = read_bytes(WHOLE[:length])
            # The last column is reserved and not read, so a line end is not needed behind it.
            assert [x.raw for x in found] == [x.raw for x in whole[: len(found)]]


def test_a_last_cell_that_counts_needs_its_line_end(prove_bytes: Prove) -> None:
    names = "Psp Reference,Record Type,Booking Date,Settlement Currency,Commission (SC),"
    names += "Markup (SC),Scheme Fees (SC),Interchange (SC),Payable (SC)\n"
    row = "88A,Settled,2026-03-31 09:00:00,EUR,,,,,46.2"
    assert isinstance(prove_bytes((names + row + "\n").encode()), FileProof)
    outcome = prove_bytes((names + row).encode())
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("file_cut_off", "Payable (SC)")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [("EUR,46.2", "EUR,46.201", "amount_wrong", "Payable (SC)"),
     ("EUR,46.2", "EUR,4x", "amount_wrong", "Payable (SC)"),
     ("EUR,46.2", ",46.2", "currency_unknown", "Settlement Currency"),
     ("GBP,,,-40,EUR", "GBX,,,-40,EUR", "currency_unknown", "Payment Currency"),
     ("GBP,,,-40,EUR", "GBP,,,-4a,EUR", "amount_wrong", "Captured (PC)"),
     ("GBP,40,Received,GBP", ",40,Received,", "currency_unknown", "Payment Currency"),
     ("10:00:00,CET", "10:00:00,NOWHERE", "time_wrong", "TimeZone"),
     ("2026-03-30 10:00:00", "", "time_wrong", "Booking Date"),
     (",Settled,", ",*,", "state_wrong", "Record Type"),
     (",Settled,", ",Settled,,", "column_count", "")],
)  # fmt: skip
def test_a_bad_cell_has_a_name(
    prove_bytes: Prove, old: str, new: str, code: str, field: str
) -> None:
    assert old.encode() in WHOLE
    outcome = prove_bytes(WHOLE.replace(old.encode(), new.encode(), 1))
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == (code, field)


@pytest.mark.parametrize("name", ["Payable (SC)", "Markup (SC)", "Booking Date"])
def test_a_column_that_is_needed_is_missed(prove_bytes: Prove, name: str) -> None:
    content = WHOLE.replace(name.encode(), b"Other", 1)
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code in {"column_missing", "format_not_recognised"}


def test_a_report_without_records_is_refused(prove_bytes: Prove) -> None:
    outcome = prove_bytes(ACCOUNTING_HEADER.encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "no_lines"
