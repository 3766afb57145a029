"""Layouts of which there is no real file, built by hand from what is documented of them."""

import pytest

from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.conftest import Prove, Read

HEADER = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,"
    "source_id,charge_id,payment_intent_id,automatic_payout_id,automatic_payout_effective_at,"
    "description,customer_facing_amount,customer_facing_currency,payment_metadata[order_id],"
    "refund_metadata[order_id]\n"
)
# A sale, a sale in yen, its refund, a lost dispute with its fee, a bill of Stripe, the payout.
SALE = (
    "txn_1,2026-09-14 10:02:11,2026-09-16 00:00:00,eur,600.00,8.70,591.30,charge,ch_1,ch_1,pi_1,"
    "po_1,2026-09-18 00:00:00,Order 1041,600.00,eur,1041,\n"
)
YEN = (
    "txn_2,2026-09-14 15:40:02,2026-09-16 00:00:00,eur,20.00,0.59,19.41,charge,ch_2,ch_2,pi_2,"
    "po_1,2026-09-18 00:00:00,Order 1042,3158,jpy,,\n"
)
REFUND = (
    "txn_3,2026-09-15 09:12:45,2026-09-17 00:00:00,eur,-20.00,0.00,-20.00,refund,re_3,ch_2,pi_2,"
    "po_1,2026-09-18 00:00:00,Refund,3158,jpy,1042,R-1\n"
)
DISPUTE = (
    "txn_4,2026-09-15 11:00:00,2026-09-17 00:00:00,eur,-30,15,-45,dispute,dp_4,ch_4,,po_1,"
    "2026-09-18 00:00:00,Dispute,,,1039,\n"
)
FEE = (
    "txn_5,2026-09-16 00:00:00,2026-09-16 00:00:00,eur,-2.00,0.00,-2.00,fee,,,,po_1,"
    "2026-09-18 00:00:00,Billing,,,,\n"
)
PAYOUT = (
    "txn_6,2026-09-18 00:00:00,2026-09-18 00:00:00,eur,-543.71,0.00,-543.71,payout,po_1,,,po_1,"
    "2026-09-18 00:00:00,STRIPE PAYOUT,,,,\n"
)
REPORT = HEADER + SALE + YEN + REFUND + DISPUTE + FEE + PAYOUT


def refused(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused), outcome
    assert outcome.message.isprintable()
    return outcome


def money(line: SettlementLine) -> tuple[str, int, int, int]:
    return line.kind, line.gross_minor, line.fee_minor, line.net_minor


def test_a_report_line_by_line(prove_bytes: Prove, read_bytes: Read) -> None:
    lines = read_bytes(REPORT.encode())
    assert [money(line) for line in lines] == [
        ("charge", 60000, 870, 59130), ("charge", 2000, 59, 1941), ("refund", -2000, 0, -2000),
        ("chargeback", -3000, 1500, -4500), ("fee", -200, 0, -200), ("payout", -54371, 0, -54371),
    ]  # fmt: skip
    assert [line.reference for line in lines] == ["1041", "pi_2", "R-1", "1039", "txn_5", "txn_6"]
    assert [line.provider_reference for line in lines] == [
        "ch_1", "ch_2", "re_3", "dp_4", "", "po_1",
    ]  # fmt: skip
    originals = [(line.original_minor, line.original_currency) for line in lines]
    assert originals[:3] == [(None, ""), (3158, "JPY"), (-3158, "JPY")]
    assert {line.zone for line in lines} == {"UTC"}
    proof = prove_bytes(REPORT.encode())
    assert isinstance(proof, FileProof)
    assert [(c.name, c.printed, c.computed, c.holds) for c in proof.controls] == [
        ("payout_net po_1 EUR", "543.71", "543.71", True)
    ]


def test_without_the_payouts_row_nothing_is_claimed(prove_bytes: Prove) -> None:
    proof = prove_bytes((HEADER + SALE + YEN).encode())
    assert isinstance(proof, FileProof)
    assert proof.controls == ()


def test_a_span_of_time_cuts_through_payouts_and_claims_nothing(prove_bytes: Prove) -> None:
    open_row = SALE.replace("txn_1,", "txn_9,").replace("po_1", "")
    other_payout = SALE.replace("txn_1,", "txn_9,").replace("po_1", "po_2")
    for late in (open_row, other_payout):
        proof = prove_bytes((HEADER + YEN + PAYOUT + late).encode())
        assert isinstance(proof, FileProof)
        assert proof.controls == ()


def test_a_time_without_a_zone_says_so(read_bytes: Read) -> None:
    local = REPORT.replace("created_utc", "created", 1)
    assert {line.zone for line in read_bytes(local.encode())} == {""}


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [("600.00,8.70", "600.001,8.70", "amount_wrong", "gross"),
     ("600.00,8.70", "60O.00,8.70", "amount_wrong", "gross"),
     ("591.30", "591.31", "amount_wrong", "net"), ("8.70", "+8.70", "amount_wrong", "fee"),
     ("8.70", "", "amount_wrong", "fee"), ("591.30", "5.913e2", "amount_wrong", "net"),
     (",eur,600", ",eux,600", "currency_unknown", "currency"),
     (",eur,600", ",Eur,600", "currency_unknown", "currency"),
     ("2026-09-14 10:02:11", "14/09/2026 10:02", "time_wrong", "created_utc"),
     ("2026-09-14 10:02:11", "2026-W37-1 10:02:11", "time_wrong", "created_utc"),
     ("2026-09-14 10:02:11", "1726300000", "time_wrong", "created_utc"),
     (",charge,ch_1", ",,ch_1", "state_wrong", "type"),
     (",charge,ch_1", ",cha rge,ch_1", "state_wrong", "reporting_category"),
     (",charge,ch_1", ",refund,ch_1", "amount_contradicts_state", "gross"),
     ("txn_1,", ",", "key_wrong", "balance_transaction_id"),
     ("txn_1,", "t\u2028n,", "key_wrong", "balance_transaction_id"),
     (",ch_1,ch_1", "," + "c" * 300 + ",ch_1", "key_wrong", "source_id"),
     ("8.70,", "8.70,,", "column_count", ""), ("8.70,591.30", "8.70", "column_count", "")],
)  # fmt: skip
def test_one_wrong_cell_refuses_the_report(
    prove_bytes: Prove, old: str, new: str, code: str, field: str
) -> None:
    outcome = refused(prove_bytes(REPORT.replace(old, new, 1).encode()))
    assert (outcome.code, outcome.line_number) == (code, 2)
    assert outcome.field == field


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("charge_id", "gross", "column_twice"), ("created_utc", "made", "column_missing"),
     ("reporting_category", "other", "state_wrong")],
)  # fmt: skip
def test_a_wrong_header_refuses_the_report(
    prove_bytes: Prove, old: str, new: str, code: str
) -> None:
    assert refused(prove_bytes(REPORT.replace(old, new, 1).encode())).code == code


def test_a_summary_is_refused_by_name(prove_bytes: Prove) -> None:
    content = b"reporting_category,currency,count,gross,fee,net\ncharge,usd,3,10.00,1.00,9.00\n"
    outcome = refused(prove_bytes(content))
    assert outcome.code == "format_not_recognised"
    assert "summary" in outcome.message


def test_minor_units_are_never_taken_for_major_ones(prove_bytes: Prove) -> None:
    header = "payout_id,transaction_id,type,amount,fee,net,currency,created,description\n"
    row = "po_1,txn_1,charge,{},{},{},usd,2024-01-14T09:12:33Z,x\n"
    assert isinstance(
        prove_bytes((header + row.format("2.50", "0.10", "2.40")).encode()), FileProof
    )
    outcome = refused(prove_bytes((header + row.format("250", "10", "240")).encode()))
    assert (outcome.code, outcome.expected) == ("amount_wrong", "an amount with 2 decimals")
    header = "id,amount,available_on,created,currency,description,fee,net,source,type\n"
    row = "txn_1,{},2024-01-14,2024-01-14 00:00:00,{},x,{},{},ch_1,charge\n"
    assert isinstance(
        prove_bytes((header + row.format("250", "usd", "10", "240")).encode()), FileProof
    )
    outcome = refused(prove_bytes((header + row.format("2.50", "usd", "0.10", "2.40")).encode()))
    assert (outcome.code, outcome.expected) == ("amount_wrong", "an integer of minor units")
    outcome = refused(prove_bytes((header + row.format("250", "isk", "10", "240")).encode()))
    assert outcome.code == "amount_wrong"
    assert "ISK" in outcome.expected


def test_groups_of_digits_in_the_dashboards_history(read_bytes: Read) -> None:
    header = (
        "id,Type,Source,Amount,Fee,Destination Platform Fee,Net,Currency,Created (UTC),"
        "Available On (UTC),Description\n"
    )
    row = 'txn_1,charge,ch_1,"1,030.00",1.17,,"1,028.83",usd,2022-04-23 21:56,2022-04-30 00:00,x\n'
    assert money(read_bytes((header + row).encode())[0]) == ("charge", 103000, 117, 102883)


PAYMENTS = (
    "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,"
    "Converted Amount Refunded,Fee,Tax,Converted Currency,Status,Captured,order_id (metadata)\n"
)


def test_payments_with_refunds_failures_and_another_currency(read_bytes: Read) -> None:
    lines = read_bytes(
        (
            PAYMENTS
            + "ch_1,a,,2021-02-03 13:12,25.00,10.00,usd,20.00,8.10,1.03,0.00,eur,Refunded,true,A\n"
            + "ch_2,b,,2021-02-03 13:13,30.00,0.00,eur,30.00,0.00,,0.00,eur,Failed,false,B\n"
            + "ch_3,c,,2021-02-03 13:14,31.00,0.00,eur,31.00,0.00,1.00,0.00,eur,Odd One,true,\n"
        ).encode()
    )
    assert [money(line) for line in lines] == [
        ("charge", 2000, 103, 1897), ("refund", -810, 0, -810), ("unknown:Failed", 0, 0, 0),
        ("unknown:Odd_One", 3100, 100, 3000),
    ]  # fmt: skip
    assert [line.line_number for line in lines] == [2, 2, 3, 4]
    assert [line.reference for line in lines] == ["A", "A", "B", "ch_3"]
    assert [(line.original_minor, line.original_currency) for line in lines] == [
        (2500, "USD"), (-1000, "USD"), (3000, "EUR"), (None, ""),
    ]  # fmt: skip
    assert lines[1].line_identity == "ch_1/refunded"


def test_a_currency_without_decimals_is_said_to_have_none(prove_bytes: Prove) -> None:
    row = "ch_1,a,,2021-02-03 13:12,250.00,0.00,jpy,,,1,0,,Paid,true,A\n"
    outcome = refused(prove_bytes((PAYMENTS + row).encode()))
    assert (outcome.code, outcome.printed) == ("amount_wrong", "250.00")
    assert outcome.expected == "an amount without decimals: JPY has none"


def test_more_given_back_than_charged_is_refused(prove_bytes: Prove) -> None:
    row = "ch_1,a,,2021-02-03 13:12,25.00,25.01,usd,20.00,20.01,1.03,0.00,eur,Refunded,true,A\n"
    outcome = refused(prove_bytes((PAYMENTS + row).encode()))
    assert outcome.code == "amount_contradicts_state"


def test_objects_in_states_without_money_are_reported(read_bytes: Read) -> None:
    header = "id,amount,charge_id,created,currency,reason,receipt_number,status\n"
    row = "re_{},500,ch_1,2021-03-08 17:06:41,usd,duplicate,1,{}\n"
    content = header + row.format(1, "succeeded") + row.format(2, "failed")
    assert [money(line) for line in read_bytes(content.encode())] == [
        ("refund", -500, 0, -500), ("unknown:failed", -500, 0, -500),
    ]  # fmt: skip


def test_an_odd_name_of_a_column_is_shown_plainly(prove_bytes: Prove) -> None:
    content = REPORT.replace("source_id", "source_id\x85", 1).replace(",ch_1,", ",\x07,", 1)
    outcome = refused(prove_bytes(content.encode()))
    assert (outcome.code, outcome.field) == ("key_wrong", "source_id\\x85")


# Payouts as the dashboard exports them: one on its way, one that failed, one drawn from our bank.
PAYOUTS_EXPORT = (
    "id,Amount,Created (UTC),Currency,Livemode,Arrival Date (UTC),Source Type,Destination,Status,"
    "Type,Method,Description,Balance Transaction,Destination Name\n"
    "po_1,3930.14,2026-07-10 00:18,usd,true,2026-07-13 00:00,card,ba_1,in_transit,bank_account,"
    'standard,STRIPE PAYOUT,txn_1,"A BANK, NA"\n'
    "po_2,12.00,2026-07-09 00:23,usd,true,2026-07-10 00:00,card,ba_1,failed,bank_account,standard,"
    'STRIPE PAYOUT,txn_2,"A BANK, NA"\n'
    "po_3,-5.00,2026-07-08 00:23,usd,true,2026-07-09 00:00,card,ba_1,paid,bank_account,standard,"
    'STRIPE PAYOUT,txn_3,"A BANK, NA"\n'
)


def test_payouts_of_the_dashboard_are_major_units(prove_bytes: Prove, read_bytes: Read) -> None:
    found = read_bytes(PAYOUTS_EXPORT.encode())
    assert [money(line) for line in found] == [
        ("payout", -393014, 0, -393014), ("unknown:failed", -1200, 0, -1200),
        ("payout", 500, 0, 500),
    ]  # fmt: skip
    assert found[0].value_at is not None
    assert (found[0].part, found[0].zone, found[0].value_at.day) == ("po_1", "UTC", 13)
    whole = prove_bytes(PAYOUTS_EXPORT.encode())
    assert isinstance(whole, FileProof)
    assert (whole.variant, whole.controls) == ("payouts_export", ())
    in_cents = PAYOUTS_EXPORT.replace("3930.14", "393014")
    assert refused(prove_bytes(in_cents.encode())).code == "amount_wrong"


def test_payments_without_a_sellers_message_are_payments(read_bytes: Read) -> None:
    export = (
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status,Transfer,"
        "Name (metadata),merchant_reference (metadata)\n"
        "py_1,2026-06-05 20:38:34,3125.00,25.00,usd,true,90.93,Paid,po_1,Someone,order-7\n"
    )
    charge, refund = read_bytes(export.encode())
    assert [money(charge), money(refund)] == [
        ("charge", 312500, 9093, 303407), ("refund", -2500, 0, -2500),
    ]  # fmt: skip
    assert (charge.reference, charge.part) == ("order-7", "po_1")


def test_a_transfer_of_old_was_a_payout(prove_bytes: Prove, read_bytes: Read) -> None:
    history = (
        "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,"
        "Transfer\n"
        "txn_1,charge,ch_1,10.00,0.59,9.41,usd,2016-07-15 04:28,2016-07-16 00:00,Tea,tr_1\n"
        "txn_2,refund,ch_0,-5.00,-0.15,-4.85,usd,2016-07-15 05:28,2016-07-16 00:00,Tea,tr_1\n"
        "txn_3,transfer,tr_1,-4.56,0.00,-4.56,usd,2016-07-16 04:28,2016-07-16 00:00,,tr_1\n"
    )
    assert [line.kind for line in read_bytes(history.encode())] == ["charge", "refund", "payout"]
    proof = prove_bytes(history.encode())
    assert isinstance(proof, FileProof)
    assert [control.name for control in proof.controls] == ["payout_net tr_1 USD"]
    other = history.replace(",,tr_1\n", ",STRIPE TRANSFER,\n").replace("Tea,tr_1", "Tea,")
    assert [line.kind for line in read_bytes(other.encode())][2] == "payout"
    ours = history.replace(",,tr_1\n", ",To a seller,\n").replace("Tea,tr_1", "Tea,")
    assert [line.kind for line in read_bytes(ours.encode())][2] == "transfer"


@pytest.mark.parametrize(
    ("word", "kind"),
    [("platform_earning", "fee"), ("issuing_authorization_hold", "reserve"),
     ("unreconciled_customer_funds", "transfer"), ("climate_order_purchase", "adjustment"),
     ("advance_funding", "transfer"), ("something_new", "unknown:something_new")],
)  # fmt: skip
def test_documented_categories_have_a_kind(read_bytes: Read, word: str, kind: str) -> None:
    row = SALE.replace(",charge,", f",{word},")
    assert [line.kind for line in read_bytes((HEADER + row).encode())] == [kind]


@pytest.mark.parametrize("blank", ["\n", "\ufeff\r\n\r\n"])
def test_blank_lines_may_stand_before_the_header(prove_bytes: Prove, blank: str) -> None:
    proof = prove_bytes((blank + REPORT).encode())
    assert isinstance(proof, FileProof), proof
    assert (proof.variant, proof.lines) == ("payout_reconciliation", 6)
