"""Settlement and transaction detail reports, made by hand: every record, control and damage."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats import prove
from providers.paypal.codes import kind_of
from providers.settlement_file import FileProof, FileRefused, SettlementLine

Prove = Callable[[bytes], FileProof | FileRefused]
Read = Callable[[bytes], tuple[SettlementLine, ...]]

NAMES = (
    '"CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type",'
    '"Transaction Event Code","Transaction Initiation Date","Transaction Completion Date",'
    '"Transaction  Debit or Credit","Gross Transaction Amount","Gross Transaction Currency",'
    '"Fee Debit or Credit","Fee Amount","Fee Currency","Custom Field"'
)
HEAD = (
    '"RH",2026/01/07 02:44:19 -0800,"A","ACCOUNT1",009,\n"FH",01\n'
    '"SH",2026/01/06 00:00:00 -0800,2026/01/06 23:59:59 -0800,"ACCOUNT1",""\n'
)


def body(name: str, code: str, gross: str, fee: str = '"",,""', *, related: str = '"",""') -> str:
    at = "2026/01/06 00:00:30 -0800,2026/01/06 00:00:31 -0800"
    return f'"SB","{name}","inv-{name}",{related},"{code}",{at},{gross},{fee},""\n'


# A subscription, its refund with a part of the fee given back, a chargeback and its fee, a hold and
# its release; two conversions between dollar and euro, which have the payment as reference.
STL = (
    HEAD + NAMES + "\n"
    + body("P1", "T0003", '"CR",1801,"USD"', '"DR",52,"USD"', related='"B-1","PAP"')
    + body("R1", "T1107", '"DR",800,"USD"', '"CR",20,"USD"', related='"P1","TXN"')
    + body("C1", "T1201", '"DR",1000,"USD"', related='"P1","TXN"')
    + body("F1", "T0106", '"DR",1500,"USD"', related='"P1","TXN"')
    + body("H1", "T1110", '"DR",100,"USD"') + body("H2", "T1111", '"CR",100,"USD"')
    + body("X1", "T0200", '"DR",300,"USD"', related='"P1","TXN"')
    + body("X2", "T0200", '"CR",270,"EUR"', related='"P1","TXN"')
    + '"SF","USD",1901,3700,20,52,"CR",1000000,"CR",998169,"CR",0,"CR",0,"CR",0,"CR",0,7\n'
    + '"SF","EUR",270,0,0,0,"DR",100,"CR",170,"CR",0,"CR",0,"CR",0,"CR",0,1\n'
    + '"SC",8\n'
    + '"RF","USD",1901,3700,20,52,"CR",1000000,"CR",998169,"CR",0,"CR",0,"CR",0,"CR",0,7\n'
    + '"RF","EUR",270,0,0,0,"DR",100,"CR",170,"CR",0,"CR",0,"CR",0,"CR",0,1\n'
    + '"RC",8\n"FF",8\n'
)  # fmt: skip
# A detail report that begins at SH without quotes: a payment, an authorisation, and one denied.
TRR = (
    (
        "SH,2026/01/06 00:00:00 -0800,2026/01/06 23:59:59 -0800,ACCOUNT2\n"
        + NAMES + ',"Transactional Status"\n'
        + body("P1", "T0006", '"CR",535,"AUD"', '"DR",75,"AUD"').rstrip() + ",S\n"
        + body("A1", "T1300", '"CR",900,"AUD"').rstrip() + ",P\n"
        + body("D1", "T0006", '"CR",700,"AUD"').rstrip() + ",D\n"
    ).replace('"', "")
    + "SF,AUD,{totals}\nSC,{count}\n"
)  # fmt: skip


def test_a_settlement_report(prove_bytes: Prove, read_bytes: Read) -> None:
    proof = prove_bytes(STL.encode())
    assert isinstance(proof, FileProof), proof
    assert (proof.format, proof.variant) == ("paypal", "settlement_report")
    assert (proof.merchant_account, str(proof.business_day)) == ("ACCOUNT1", "2026-01-06")
    assert proof.kinds == {
        "charge": 1, "chargeback": 1, "fee": 1, "refund": 1, "reserve": 2, "transfer": 2,
    }  # fmt: skip
    usd, eur = proof.currencies["USD"], proof.currencies["EUR"]
    assert (usd.gross_minor, usd.fee_minor, usd.net_minor) == (-1799, 32, -1831)
    assert (eur.gross_minor, eur.net_minor) == (270, 270)
    names = [control.name for control in proof.controls]
    assert names[:6] == [
        "gross_credits USD", "gross_debits USD", "fee_credits USD", "fee_debits USD", "count USD",
        "closing_balance USD",
    ]  # fmt: skip
    assert {"count", "report_count", "file_count", "closing_balance EUR report"} <= set(names)
    assert len(names) == len(set(names)) == 27
    found = read_bytes(STL.encode())
    assert [line.line_number for line in found] == list(range(5, 13))
    charge, refund = found[0], found[1]
    assert (charge.reference, charge.provider_reference) == ("inv-P1", "P1")
    assert (charge.gross_minor, charge.fee_minor, charge.net_minor) == (1801, 52, 1749)
    assert (refund.provider_reference, refund.line_identity) == ("P1", "R1/T1107")
    assert (refund.gross_minor, refund.fee_minor, refund.net_minor) == (-800, -20, -780)
    assert charge.booked_at.isoformat() == "2026-01-06T00:00:31-08:00"
    assert (charge.account, charge.part, charge.zone) == ("ACCOUNT1", "1", "-0800")
    assert [line.raw for line in found] == STL.splitlines()[4:12]


def test_it_may_begin_at_a_section_with_a_bom(prove_bytes: Prove) -> None:
    texts = STL.splitlines()
    cut = "\ufeff" + "\r\n".join([*texts[2:14], *texts[15:17]]) + "\r\n"
    outcome = prove_bytes(cut.encode())
    assert isinstance(outcome, FileProof)
    assert outcome.lines == 8


@pytest.mark.parametrize(
    ("totals", "count"), [("535,0,0,75,1", 3), ("2135,0,0,75,3", 3), ("535,0,0,75", 3)]
)
def test_a_detail_report_with_what_moved_no_money(
    read_bytes: Read, prove_bytes: Prove, totals: str, count: int
) -> None:
    content = TRR.format(totals=totals, count=count).encode()
    found = read_bytes(content)
    assert [line.net_minor for line in found] == [460, 0, 0]
    assert [line.kind for line in found] == ["charge", "adjustment", "charge"]
    assert [line.original_minor for line in found] == [None, 900, 700]
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert proof.variant == "transaction_detail_report"


def test_several_sections_have_their_own_totals(prove_bytes: Prove) -> None:
    first = TRR.format(totals="535,0,0,75,1", count=3)
    both = first + first.replace("ACCOUNT2", "ACCOUNT3").replace("SC,3", "SC,4")
    outcome = prove_bytes(both.encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.field == "count section 2"
    assert outcome.proof is not None
    assert [one.name for one in outcome.proof.controls if not one.holds] == ["count section 2"]


def test_a_report_without_rows_is_good(prove_bytes: Prove) -> None:
    outcome = prove_bytes((HEAD + NAMES + '\n"SC",0\n"RC",0\n').encode())
    assert isinstance(outcome, FileProof)
    assert (outcome.lines, outcome.merchant_account) == (0, "ACCOUNT1")


def test_every_digit_of_every_amount_and_total_counts(prove_bytes: Prove) -> None:
    """Of the gross, the fee, and all that is printed of the sums; balances among them."""
    texts = STL.splitlines()
    for number, text in enumerate(texts):
        cells = text.split(",")
        mark = cells[0].strip('"')
        columns = {"SB": (9, 12), "SF": range(2, len(cells)), "RF": range(2, len(cells))}.get(
            mark, (1,) if mark in {"SC", "RC", "FF"} else ()
        )
        for column in columns:
            # Pairs behind the available balance are proven by none.
            if not cells[column].isdigit() or (9 < column < len(cells) - 1 and mark[1] == "F"):
                continue
            flipped = f"{cells[column][:-1]}{(int(cells[column][-1]) + 1) % 10}"
            changed = ",".join([*cells[:column], flipped, *cells[column + 1 :]])
            outcome = prove_bytes(
                "\n".join([*texts[:number], changed, *texts[number + 1 :]]).encode()
            )
            assert isinstance(outcome, FileRefused), (number, column)
            assert outcome.code == "control_failed"


def test_a_row_lost_or_doubled_is_refused(prove_bytes: Prove) -> None:
    texts = STL.splitlines()
    for place in range(4, 12):
        for changed in (
            [*texts[:place], *texts[place + 1 :]],
            [*texts[: place + 1], *texts[place:]],
        ):
            outcome = prove_bytes("\n".join(changed).encode())
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"


def test_every_cut_is_refused_or_loses_no_row(prove_bytes: Prove) -> None:
    totals_read = STL.index('"SC",8')
    for length in range(len(STL)):
        outcome = prove_bytes(STL[:length].encode())
        if isinstance(outcome, FileProof):
            assert length > totals_read
            assert outcome.lines == 8
            assert outcome.currencies["USD"].net_minor == -1831


@pytest.mark.parametrize("currency", ["JPY", "HUF", "TWD", "KWD"])
def test_a_currency_of_unknown_unit_is_refused(prove_bytes: Prove, currency: str) -> None:
    outcome = prove_bytes(STL.replace("EUR", currency).encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "unit_unknown"
    idle = STL.replace('"SC",8', f'"SF","{currency}",0,0,0,0,"CR",0,"CR",0,0\n"SC",8')
    assert isinstance(prove_bytes(idle.encode()), FileProof)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [('"CR",1801', '"CR",18.01', "amount_wrong"), ('"CR",1801', '"",1801', "state_wrong"),
     ('"CR",1801', '"CR",-1801', "amount_wrong"),
     ('"CR",1801', f'"CR",{"9" * 19}', "amount_wrong"),
     ('"DR",52,"USD"', '"DR",52,"EUR"', "currency_differs"),
     ('1801,"USD"', '1801,"XYZ"', "currency_unknown"),
     ('"T0003"', '"T3"', "state_wrong"), ("00:00:31", "24:00:31", "time_wrong"),
     ('"inv-P1"', f'"{"x" * 300}"', "key_wrong"), ('"inv-P1",', "", "column_count"),
     ('"Gross Transaction Amount"', '"Gross"', "column_missing"),
     ('"Custom Field"', '"Fee Amount"', "column_twice"),
     ('"SC",8', '"SC",x', "totals_not_understood"),
     ('"SF","EUR",270,0', '"SF","EUR",270', "totals_not_understood"),
     ('"SC",8', '"XX",8', "record_wrong"), ('"FH",01', '"SB",01', "record_order"),
     ('"SF","EUR"', '"SF","USD"', "record_order"),
     ("2026/01/06 23:59:59", "2026/01/06", "time_wrong"),
     ('"ACCOUNT1",""', f'"{"x" * 65}",""', "key_wrong")],
)  # fmt: skip
def test_what_is_wrong_has_a_name(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in STL
    changed = tmp_path / "report.csv"
    changed.write_text(STL.replace(old, new, 1), encoding="utf-8")
    outcome = prove(changed, format_name="paypal")
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


def test_totals_that_are_not_there_refuse_the_file(prove_bytes: Prove) -> None:
    texts = [text for text in STL.splitlines() if '"EUR"' not in text or text.startswith('"SB"')]
    outcome = prove_bytes("\n".join(texts).encode())
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("control_failed", "totals EUR")
    assert outcome.proof is not None
    assert outcome.proof.currencies["EUR"].net_minor == 270


def test_an_excerpt_is_refused_with_what_it_says(prove_bytes: Prove) -> None:
    """Rows behind their header, without the records around them: read, and not complete."""
    texts = STL.splitlines()
    outcome = prove_bytes("\n".join(texts[3:6]).encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.proof is not None
    assert [(one.name, one.holds) for one in outcome.proof.controls] == [
        ("beginning", False), ("totals USD", False), ("end", False),
    ]  # fmt: skip
    assert outcome.proof.currencies["USD"].net_minor == 1749 - 780


def test_tabs_part_cells_too(prove_bytes: Prove) -> None:
    outcome = prove_bytes(STL.replace(",", "\t").encode())
    assert isinstance(outcome, FileProof)
    assert outcome.lines == 8


def test_a_detail_report_may_print_counts_only(prove_bytes: Prove) -> None:
    bare = TRR.split("SF,", maxsplit=1)[0]
    whole = bare + "SF,3\nSC,3\nRF,3\nRC,3\nFF,3\n"
    outcome = prove_bytes(whole.encode())
    assert isinstance(outcome, FileProof), outcome
    assert [one.name for one in outcome.controls] == [
        "section_rows", "count", "report_rows", "report_count", "file_count",
    ]  # fmt: skip
    refused = prove_bytes(whole.replace("SF,3", "SF,4").encode())
    assert isinstance(refused, FileRefused)
    assert refused.field == "section_rows"


def test_totals_may_count_the_rows_of_all_currencies(prove_bytes: Prove) -> None:
    whole = STL.replace('"CR",0,7\n', '"CR",0,8\n').replace('"CR",0,1\n', '"CR",0,8\n')
    assert isinstance(prove_bytes(whole.encode()), FileProof)
    wrong = prove_bytes(whole.replace('"CR",0,8\n"SC"', '"CR",0,9\n"SC"').encode())
    assert isinstance(wrong, FileRefused)
    assert wrong.field == "count EUR"


@pytest.mark.parametrize(
    ("code", "mark", "kind"),
    [("T0006", "CR", "charge"), ("T0700", "CR", "transfer"),
     ("T0001", "DR", "transfer"), ("T0106", "DR", "fee"),
     ("T0400", "DR", "payout"),
     ("T1106", "DR", "chargeback"),
     ("T1202", "CR", "chargeback_reversal"),
     ("T1501", "DR", "reserve"), ("T1300", "CR", "adjustment"), ("T9900", "CR", "unknown:T9900"),
     ("T1299", "CR", "unknown:T1299"), ("0006", "CR", "")],
)  # fmt: skip
def test_codes(code: str, mark: str, kind: str) -> None:
    assert kind_of(code, mark=mark) == kind


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_header_are_answered(prove_bytes: Prove, tail: bytes) -> None:
    outcome = prove_bytes((HEAD + NAMES + "\n").encode() + tail)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
