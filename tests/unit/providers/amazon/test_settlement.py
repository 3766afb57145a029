"""Amazon flat files of version 2: the real one to the letter, damaged ones, and each layout."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.amazon.settlement import FORMAT
from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parents[1] / "samples"
REAL = SAMPLES / "amazon" / "xieyi138-star_amazon-settlement-parser__settlement-sample.txt"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))[
    f"amazon/{REAL.name}"
]
CONTENT = REAL.read_bytes()
TEXTS = CONTENT.decode().rstrip("\n").split("\n")
Prove = Callable[[bytes], FileProof | FileRefused]
Read = Callable[[bytes], tuple[SettlementLine, ...]]


def proof_of_real() -> FileProof:
    proof = prove(REAL)
    assert isinstance(proof, FileProof), proof
    return proof


def test_the_real_file_is_what_was_expected() -> None:
    proof = proof_of_real()
    assert (proof.format, proof.variant) == ("amazon", "flat_file_v2")
    assert proof.sha256 == EXPECTED["sha256"]
    assert proof.lines == EXPECTED["records"]
    totals = proof.currencies["USD"]
    assert totals.net_minor == Decimal(EXPECTED["by_currency"]["USD"]["amount"]) * 100
    assert totals.gross_minor - totals.fee_minor == totals.net_minor
    [(_, figures)] = EXPECTED["controls"].items()
    assert proof.controls == (
        Control("total_amount", figures["printed_total"], figures["sum_of_lines"], True, 2),  # noqa: FBT003 - as it stands in the proof.
    )
    assert proof.unknown == ()
    assert str(proof.business_day) == "2026-06-30"


def test_every_code_of_the_real_file_comes_to_what_was_expected() -> None:
    sums: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line in lines(REAL, proof_of_real()):
        sums[f"{line.code}|{line.currency}"] += line.net_minor
        counts[f"{line.code}|{line.currency}"] += 1
    assert {
        code: {"amount": f"{Decimal(minor) / 100:.2f}", "count": counts[code]}
        for code, minor in sums.items()
    } == EXPECTED["by_type"]


def test_the_lines_of_the_real_file() -> None:
    found = list(lines(REAL, proof_of_real()))
    assert [line.line_number for line in found] == list(range(3, 26))
    assert [line.raw for line in found] == TEXTS[2:]
    assert len({line.line_identity for line in found}) == 23
    sale, tax, commission = found[0], found[1], found[2]
    assert (sale.kind, sale.reference) == ("charge", "114-8829371-4410258")
    assert (sale.gross_minor, sale.fee_minor, sale.net_minor) == (12999, 0, 12999)
    assert (tax.kind, tax.net_minor) == ("tax", 1040)
    assert (commission.kind, commission.code) == ("fee", "Order:ItemFees:Commission")
    assert (commission.gross_minor, commission.fee_minor, commission.net_minor) == (0, 1950, -1950)
    assert sale.booked_at.isoformat() == "2026-06-17T08:14:22+00:00"
    assert sale.value_at is not None
    assert sale.value_at.date().isoformat() == "2026-07-02"
    assert [line.kind for line in found[11:14]] == ["refund", "fee", "fee"]
    assert found[13].fee_minor == -1950  # Commission given back with the refund.
    assert [line.kind for line in found[-2:]] == ["reserve", "reserve"]
    assert found[-1].reference == found[-1].line_identity


HEADER = TEXTS[0].split("\t")


def row(**cells: str) -> str:
    given_ = {"settlement-id": "1", "currency": "EUR"} | {
        name.replace("_", "-"): text for name, text in cells.items()
    }
    return "\t".join(given_.get(name, "") for name in HEADER)


def money(amount: str, **cells: str) -> str:
    return row(
        **{
            "transaction_type": "Order", "amount_type": "ItemPrice", "order_id": "o-1",
            "amount_description": "Principal", "amount": amount,
            "posted_date_time": "2026-06-17 08:14:22 UTC",
        } | cells
    )  # fmt: skip


def content(*rows: str) -> bytes:
    return ("\n".join((TEXTS[0], *rows)) + "\n").encode()


def test_a_european_file_with_decimal_commas_and_days_first(read_bytes: Read) -> None:
    head = row(total_amount="6,50", deposit_date="02.07.2026 00:00:00 UTC")
    days = {"posted_date_time": "17.06.2026 08:14:22 UTC"}
    found = read_bytes(
        content(head, money("10", **days), money("-3,5", amount_type="ItemFees", **days))
    )
    assert [line.net_minor for line in found] == [1000, -350]
    assert found[0].booked_at.isoformat() == "2026-06-17T08:14:22+00:00"


def test_marks_between_thousands_and_zeros_of_a_currency_without_digits(read_bytes: Read) -> None:
    european = content(row(total_amount="1.006,50"), money("1.010,00"), money("-3,5"))
    assert [line.net_minor for line in read_bytes(european)] == [101000, -350]
    english = content(row(total_amount="-1,006.50"), money("-1,006.50"))
    assert [line.net_minor for line in read_bytes(english)] == [-100650]
    yen = {"currency": "JPY"}
    japanese = content(
        row(total_amount="1,980.00", **yen), money("1,985.0", **yen), money("-5", **yen)
    )
    assert [line.net_minor for line in read_bytes(japanese)] == [1985, -5]


def test_empty_cells_may_be_left_off_behind_what_is_read(read_bytes: Read) -> None:
    short = money("1.00").rstrip("\t") + "\titem\t"
    found = read_bytes(content(row(total_amount="2.00"), short, money("1.00") + "\t"))
    assert [line.net_minor for line in found] == [100, 100]


@pytest.mark.parametrize("encoding", ["latin-1", "cp932"])
def test_other_encodings_of_what_is_not_read(prove_bytes: Prove, encoding: str) -> None:
    sku = "Größe" if encoding == "latin-1" else "表ソ"
    whole = content(row(total_amount="1.00"), money("1.00", sku=sku)).decode()
    outcome = prove_bytes(whole.encode(encoding))
    assert isinstance(outcome, FileProof)
    assert outcome.lines == 1


@pytest.mark.parametrize(
    ("total", "first", "second"),
    [("6,50", "10.00", "-3,50"), ("6,50", "10,00", "-3.50"), ("1.006,50", "10.10,00", "-3,50"),
     ("6,50", "1,000.00", "-3,50")],
)  # fmt: skip
def test_two_decimal_marks_in_one_file_are_refused(
    prove_bytes: Prove, total: str, first: str, second: str
) -> None:
    outcome = prove_bytes(content(row(total_amount=total), money(first), money(second)))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "amount_wrong"


def test_several_settlements_are_proven_one_by_one(prove_bytes: Prove) -> None:
    other = {"settlement_id": "2", "currency": "GBP"}
    outcome = prove_bytes(
        content(
            row(total_amount="1.00"), money("1.00"),
            row(total_amount="2.00", **other), money("2.01", **other),
        )
    )  # fmt: skip
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "control_failed"
    assert outcome.proof is not None
    assert [(one.name, one.holds) for one in outcome.proof.controls] == [
        ("total_amount 1", True), ("total_amount 2", False),
    ]  # fmt: skip
    assert set(outcome.proof.currencies) == {"EUR", "GBP"}


def test_a_code_that_nobody_listed_is_kept_with_its_money(prove_bytes: Prove) -> None:
    strange = money("1.00", transaction_type="Gift", amount_type="x", amount_description="y")
    outcome = prove_bytes(content(row(total_amount="1.00"), strange))
    assert isinstance(outcome, FileProof)
    assert outcome.unknown == ("unknown:Gift:x:y",)
    assert outcome.currencies["EUR"].net_minor == 100


@pytest.mark.parametrize(
    ("transaction", "amount_type", "description", "kind"),
    [("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "tax"),
     ("Order", "Promotion", "Principal", "charge"),
     ("Refund", "ItemPrice", "Shipping", "refund"),
     ("Chargeback Refund", "ItemPrice", "Principal", "chargeback"),
     ("other-transaction", "other-transaction", "Current Reserve Amount", "reserve"),
     ("other-transaction", "FBA Inventory Reimbursement", "REVERSAL_REIMBURSEMENT", "adjustment"),
     ("other-transaction", "FBA Inventory Reimbursement", "MISSING_FROM_INBOUND", "adjustment"),
     ("other-transaction", "other-transaction", "Shipping label purchase", "fee"),
     ("Order_Retrocharge", "ItemPrice", "Principal", "adjustment"),
     ("other-transaction", "other-transaction", "StorageRenewalBilling", "fee"),
     ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", "fee")],
)  # fmt: skip
def test_kinds(
    read_bytes: Read, transaction: str, amount_type: str, description: str, kind: str
) -> None:
    line = money(
        "1.00",
        transaction_type=transaction,
        amount_type=amount_type,
        amount_description=description,
    )
    assert read_bytes(content(row(total_amount="1.00"), line))[0].kind == kind


TOTAL = row(total_amount="1.00")


@pytest.mark.parametrize(
    ("rows", "code"),
    [((), "totals_missing"), ((TOTAL,), "no_lines"), ((money("1.00"),), "total_missing"),
     ((TOTAL, money("1.001")), "amount_wrong"), ((TOTAL, money("")), "amount_wrong"),
     ((TOTAL, money("1.00", currency="USD")), "currency_differs"),
     ((TOTAL, money("1.00", posted_date_time="17/06/2026")), "time_wrong"),
     ((TOTAL, money("1.00", posted_date_time="2026-02-30 08:14:22 UTC")), "time_wrong"),
     ((TOTAL, money("1.00", amount_description="x" * 200)), "state_wrong"),
     ((TOTAL, money("1.00", order_id="x" * 65)), "key_wrong"),
     ((TOTAL, TOTAL, money("1.00")), "key_wrong"),
     ((TOTAL, money("1.00").rstrip("\t")), "column_count"),
     ((TOTAL, money("1.00") + "\tx"), "column_count"),
     ((row(total_amount="1.980", currency="JPY"),), "amount_wrong"),
     ((row(total_amount="1,980", currency="KWD"),), "amount_wrong"),
     ((row(total_amount="1.00", settlement_id=""), money("1.00")), "key_wrong"),
     ((row(total_amount="1.00", amount="1.00"),), "totals_not_understood"),
     ((row(total_amount="x"),), "amount_wrong"),
     ((row(total_amount="1.00", currency="XYZ"),), "currency_unknown"),
     ((row(total_amount="1.00", deposit_date="soon"),), "time_wrong")],
)  # fmt: skip
def test_what_is_wrong_has_a_name(prove_bytes: Prove, rows: tuple[str, ...], code: str) -> None:
    outcome = prove_bytes(content(*rows))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


def test_more_settlements_than_are_remembered_are_refused(prove_bytes: Prove) -> None:
    heads = (row(total_amount="1.00", settlement_id=str(each)) for each in range(1_001))
    outcome = prove_bytes(content(*heads))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "too_many_parts"


@pytest.mark.parametrize(
    ("head", "words"),
    [(b'<?xml version="1.0"?><AmazonEnvelope>', "in XML"),
     (b"settlement-id\ttransaction-type\tprice-type\tprice-amount\n", "version 1"),
     (b"TransactionPostedDate,SettlementId,AmazonTransactionId\n", "Amazon Pay")],
)  # fmt: skip
def test_look_alikes_are_refused_by_name(prove_bytes: Prove, head: bytes, words: str) -> None:
    assert words in FORMAT.resembles(head)
    assert not FORMAT.variants[0].recognises(head)
    outcome = prove_bytes(head)
    assert isinstance(outcome, FileRefused)
    assert words in outcome.message


@pytest.mark.parametrize("part", range(4))
def test_every_cut_is_refused_or_takes_nothing(prove_bytes: Prove, part: int) -> None:
    for length in range(part, len(CONTENT), 4):
        outcome = prove_bytes(CONTENT[:length])
        if isinstance(outcome, FileProof):  # Only cells behind what is read of the last line.
            assert outcome.currencies["USD"].net_minor == 58289
            assert length > CONTENT.rindex(b" UTC\t")


def test_every_digit_of_every_amount_counts(prove_bytes: Prove) -> None:
    at_amount, at_total = HEADER.index("amount"), HEADER.index("total-amount")
    for number, text in enumerate(TEXTS[1:], 1):
        cells = text.split("\t")
        column = at_total if number == 1 else at_amount
        for at, digit in enumerate(cells[column]):
            if digit.isdigit():
                flipped = f"{cells[column][:at]}{(int(digit) + 1) % 10}{cells[column][at + 1 :]}"
                changed = "\t".join([*cells[:column], flipped, *cells[column + 1 :]])
                whole = "\n".join([*TEXTS[:number], changed, *TEXTS[number + 1 :]])
                outcome = prove_bytes(whole.encode())
                assert isinstance(outcome, FileRefused)
                assert outcome.code == "control_failed"


def test_a_line_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    for place in range(2, len(TEXTS)):
        for changed in (
            [*TEXTS[:place], TEXTS[place], *TEXTS[place:]],
            [*TEXTS[:place], *TEXTS[place + 1 :]],
        ):
            outcome = prove_bytes("\n".join(changed).encode())
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_header_are_answered(prove_bytes: Prove, tail: bytes) -> None:
    outcome = prove_bytes(TEXTS[0].encode() + b"\n" + tail)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
