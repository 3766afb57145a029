"""Trustly's reports: the figures of the sample, ways to break lines, and damage."""

import json
import re
from typing import Any

import pytest

from providers.amounts import printed
from providers.settlement_file import Control, FileProof, FileRefused
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove, Read

NAME = "trustly_trustly-client-java__settlementreport.json"
ANSWER = (SAMPLES / "trustly" / NAME).read_bytes()
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
# The report as it was before somebody laid it out: no raw line break, no blanks in front.
FLAT = re.sub(rb"\\n\n *", rb"\\n", ANSWER)
CSV: bytes = json.loads(FLAT)["result"]["data"]["view_automatic_settlement_details"].encode()
ROW = b'"2018-11-16 12:52:22.293626+00",ACCOUNT,EUR,1.00,1.00,1,Deposit,m1,me,,,9,\n'
HEADER = CSV.partition(b"\n")[0] + b"\n"


def answer(report: bytes) -> bytes:
    """An answer with this report, strictly JSON."""
    data = {"view_automatic_settlement_details": report.decode()}
    return json.dumps({"version": "1.1", "result": {"data": data}}).encode()


def refusal(outcome: FileProof | FileRefused) -> FileRefused:
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
    return outcome


def test_every_figure_is_the_expected_one(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(ANSWER)
    assert isinstance(proof, FileProof)
    expected = EXPECTED[f"trustly/{NAME}"]
    assert (proof.format, proof.lines) == ("trustly", expected["records"])
    totals = proof.currencies["EUR"]
    assert printed(totals.net_minor, decimals=2) == expected["by_currency"]["EUR"]["amount"]
    assert (totals.gross_minor, totals.fee_minor) == (15000, 500)
    ((name, figures),) = expected["controls"].items()
    control = f"total {name.replace('|', ' ')}"
    assert proof.controls == (
        Control(control, figures["printed"], figures["computed"], holds=True, line_number=2),
    )
    by_code: dict[str, list[int]] = {}
    for line in read_bytes(ANSWER):
        by_code.setdefault(f"{line.code}|{line.currency}", []).append(line.net_minor)
    assert {
        code: {"amount": printed(sum(nets), decimals=2), "count": len(nets)}
        for code, nets in by_code.items()
    } == expected["by_type"]


def test_the_lines(read_bytes: Read) -> None:
    found = read_bytes(ANSWER)
    assert [line.line_number for line in found] == list(range(2, 12))
    assert len({line.line_identity for line in found}) == 10
    kinds = "charge fee refund fee transfer fee fee charge adjustment fee"
    assert [line.kind for line in found] == kinds.split()
    deposit, fee, *_ = found
    assert deposit.provider_reference == fee.provider_reference == "1288208729"
    assert (deposit.reference, deposit.account, deposit.part) == (
        "9567705", "merchant1", "1434179572"
    )  # fmt: skip
    assert (fee.gross_minor, fee.fee_minor, fee.net_minor) == (0, 100, -100)
    assert deposit.booked_at.isoformat() == "2018-11-16T12:52:22.293626+00:00"
    abroad, exchange = found[7], found[8]
    assert (abroad.original_minor, abroad.original_currency) == (150_000, "SEK")
    assert (exchange.original_minor, exchange.net_minor) == (100_000, 10_000)
    assert deposit.raw == CSV.decode().split("\n")[1]


@pytest.mark.parametrize(
    "content",
    [FLAT, CSV, CSV.rstrip(), b"\xef\xbb\xbf" + CSV, CSV.replace(b"\n", b"\r\n"),
     re.sub(rb"\\n\n *", b"\n      ", ANSWER), re.sub(rb"\\n\n *", b"\r\n", ANSWER),
     ANSWER.replace(b"\\n", b"\\r\\n"), ANSWER.replace(b"\\n\n", b"\\n\\n\n\n"),
     ANSWER.replace(b"\n", b"\r\n"),
     b'"' + HEADER.strip().replace(b",", b'","') + b'"\n' + CSV[len(HEADER) :]],
    ids="flat csv unended bom crlf raw raw-crlf escaped-crlf doubled all-crlf quoted".split(),  # noqa: SIM905 - short.
)  # fmt: skip
def test_line_breaks_do_not_change_the_lines(
    prove_bytes: Prove, read_bytes: Read, content: bytes
) -> None:
    assert isinstance(prove_bytes(content), FileProof)
    ours, theirs = read_bytes(content), read_bytes(ANSWER)
    assert [(each.line_identity, each.net_minor, each.raw) for each in ours] == [
        (each.line_identity, each.net_minor, each.raw) for each in theirs
    ]


def test_a_strict_parser_refuses_the_sample() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(ANSWER)


def test_raw_line_breaks_are_taken_in_the_report_only(prove_bytes: Prove) -> None:
    content = ANSWER.replace(b'"version": "1.1"', b'"version": "1\n1"')
    assert refusal(prove_bytes(content)).code == "json_wrong"


def test_a_type_that_nobody_listed_is_kept_with_its_money(prove_bytes: Prove) -> None:
    proof = prove_bytes(answer(HEADER + ROW.replace(b"Deposit", b"Charge/back")))
    assert isinstance(proof, FileProof)
    assert proof.unknown == ("unknown:Charge_back",)
    assert proof.currencies["EUR"].net_minor == 100


def test_a_fee_given_back_is_a_negative_fee(read_bytes: Read) -> None:
    (line,) = read_bytes(answer(HEADER + ROW.replace(b"Deposit", b'"Deposit Fee"')))
    assert (line.gross_minor, line.fee_minor, line.net_minor) == (0, -100, 100)


def test_several_settlements_have_a_total_each(prove_bytes: Prove) -> None:
    other = ROW.replace(b"EUR,1.00,1.00", b"SEK,2.00,2.00").replace(b",9,", b",10,")
    proof = prove_bytes(answer(HEADER + ROW + other.replace(b",me,", b",you,")))
    assert isinstance(proof, FileProof)
    assert [control.name for control in proof.controls] == ["total 9 EUR", "total 10 SEK"]
    assert proof.merchant_account == ""


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [(b"1.00,1.00", b"1.00,2.00", "control_failed", "total 9 EUR"),
     (b"1.00,1.00", b"1.001,1.00", "amount_wrong", "amount"),
     (b"1.00,1.00", b"1.00,", "amount_wrong", "total"),
     (b"1.00,1.00", b"+1.00,1.00", "amount_wrong", "amount"),
     (b"EUR", b"EUX", "currency_unknown", "currency"),
     (b"2018-11-16 12", b"2018-11-31 12", "time_wrong", "datestamp"),
     (b"626+00", b"626", "time_wrong", "datestamp"),
     (b"Deposit", b"", "state_wrong", "ordertype"), (b"Deposit", b"x" * 41, "state_wrong",
      "ordertype"),
     (b"m1", b"m\t1", "key_wrong", "messageid"), (b"m1", b"m" * 201, "key_wrong", "messageid"),
     (b",me,", b",m/e,", "key_wrong", "username"),
     (b",9,", b"," + b"9" * 65 + b",", "key_wrong", "settlementbankwithdrawalid"),
     (b",me,,,", b",me,5,EUX,", "amount_wrong", "fxpaymentamount"),
     (b",me,,,", b",me,,SEK,", "amount_wrong", "fxpaymentamount"),
     (b",9,\n", b",9\n", "column_count", ""), (b",9,\n", b",9,,\n", "column_count", ""),
     (b"ACCOUNT", b'AC"COUNT', "quote_wrong", "")],
)  # fmt: skip
def test_a_cell_that_is_not_right_is_named(
    prove_bytes: Prove, old: bytes, new: bytes, *, code: str, field: str
) -> None:
    refused = refusal(prove_bytes(answer(HEADER + ROW.replace(old, new, 1))))
    assert (refused.code, refused.line_number, refused.field) == (code, 2, field)


def test_every_row_prints_the_same_total(prove_bytes: Prove) -> None:
    other = ROW.replace(b"1.00,1.00", b"0.00,1.01")
    refused = refusal(prove_bytes(answer(HEADER + ROW + other)))
    assert (refused.code, refused.line_number, refused.printed) == ("total_wrong", 3, "1.01")


@pytest.mark.parametrize(
    ("content", "code"),
    [(answer(b""), "no_lines"), (answer(HEADER), "no_lines"),
     (answer(b"amount,total\n"), "column_missing"),
     (answer(HEADER.replace(b"extraref", b"total")), "column_twice"),
     (answer(HEADER + b"x" * 20_000), "line_too_long"),
     (answer(HEADER + ROW).replace(b"ACCOUNT", b"\\ud800"), "json_wrong"),
     (answer(HEADER + b'"' + ROW), "quote_wrong"),
     (answer(HEADER + ROW).replace(b'"result"', b'"other"'), "element_wrong"),
     (HEADER + ROW.replace(b"EUR", b"E\0R"), "zero_byte"),
     (b'{"error": {"code": 1}, "method": "ViewAutomaticSettlementDetailsCSV"}',
      "format_not_recognised")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    assert refusal(prove_bytes(content)).code == code


def test_a_last_key_that_may_be_cut_is_refused(prove_bytes: Prove) -> None:
    """Of a report saved by itself whose last column is the message id."""
    header = HEADER.replace(b"messageid", b"other").replace(b"extraref", b"messageid")
    row = ROW.replace(b",9,\n", b",9,m1")
    assert refusal(prove_bytes(header + row)).code == "file_cut_off"
    assert isinstance(prove_bytes(header + row + b"\n"), FileProof)
    assert isinstance(prove_bytes(header + row.replace(b",m1", b',"m1"')), FileProof)


@pytest.mark.parametrize("part", range(4))
def test_every_cut_of_the_answer_is_refused(prove_bytes: Prove, part: int) -> None:
    for length in range(part, len(ANSWER.rstrip()), 4):
        assert refusal(prove_bytes(ANSWER[:length])).code in {
            "file_cut_off", "format_not_recognised"
        }  # fmt: skip


def test_every_cut_of_the_report_by_itself_is_refused(prove_bytes: Prove) -> None:
    for length in range(len(CSV.rstrip()) - 1):
        refusal(prove_bytes(CSV[:length]))


def test_every_digit_of_every_amount_and_total_counts(prove_bytes: Prove) -> None:
    places = [
        at
        for found in re.finditer(rb"EUR,(-?\d+\.\d\d),(\d+\.\d\d)", ANSWER)
        for at in range(*found.span())
        if ANSWER[at : at + 1].isdigit()
    ]
    assert len(places) > 80
    for at in places:
        flipped = b"%d" % ((int(ANSWER[at : at + 1]) + 1) % 10)
        refusal(prove_bytes(ANSWER[:at] + flipped + ANSWER[at + 1 :]))


def test_a_row_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    rows = CSV.splitlines(keepends=True)
    for at in range(1, len(rows)):
        for changed in ([*rows[:at], rows[at], *rows[at:]], [*rows[:at], *rows[at + 1 :]]):
            assert refusal(prove_bytes(answer(b"".join(changed)))).code == "control_failed"


def test_files_of_north_america_are_named(prove_bytes: Prove) -> None:
    for name in ("P11KFUN", "P11KREC"):
        head = f"H,{name},1.0.0,2026-02-01T12:00:00.000Z,2026-02-02T12:00:00.000Z,3618,0001of0001\n"
        refused = refusal(prove_bytes(head.encode()))
        assert "North America" in refused.message
