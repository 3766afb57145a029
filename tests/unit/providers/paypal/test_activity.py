"""Activity exports: the real German one to the letter, the other languages by hand, and damage."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats import lines, prove
from providers.settlement_file import Control, FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parents[1] / "samples"
REAL = SAMPLES / "paypal" / "jakobhellermann_beancount-paypal__files__sample.csv"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))[
    f"paypal/{REAL.name}"
]
CONTENT = REAL.read_bytes()
TEXTS = CONTENT.decode("utf-8-sig").removesuffix("\r\n").split("\r\n")
Prove = Callable[[bytes], FileProof | FileRefused]
Read = Callable[[bytes], tuple[SettlementLine, ...]]

# A withdrawal that is paid by a conversion, and a sale in the other currency; month first.
ENGLISH = """\
"Date","Time","Time Zone","Description","Currency","Gross","Fee","Net","Balance",\
"Transaction ID","Invoice ID","Reference Txn ID"
"9/4/2018","21:15:11","America/Los_Angeles","General Withdrawal - Bank Account","EUR",\
"-1,058.09","0.00","-1,058.09","-1,057.34","T1","",""
"9/4/2018","21:15:11","America/Los_Angeles","General Currency Conversion","EUR",\
"1,058.09","0.00","1,058.09","0.75","T2","","T1"
"9/25/2018","04:22:39","America/Los_Angeles","Express Checkout Payment","USD",\
"1,309.80","-48.76","1,261.04","1,261.93","T3","361","B-1A"
"""
# Day first, no quotes, short amounts. T2 is pending and has left the balance; T4 is pending and
# has not; T5 is an authorisation that says so itself.
BRITISH = """\
Date,Time,TimeZone,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID,Balance,\
Balance Impact
12/02/2016,13:30:31,PST,User Initiated Currency Conversion,Completed,EUR,43.3,0,43.3,T1,T0,43.3,
25/07/2016,01:47:56,PDT,General Withdrawal,Pending,EUR,-31,0,-31,T2,,12.3,
25/07/2016,01:47:57,PDT,General Payment,Pending,EUR,-10,0,-10,T4,,12.3,
25/07/2016,01:47:58,PDT,General Authorization,Pending,EUR,-9,0,-9,T5,,0.00,Memo
25/07/2016,01:47:59,PDT,Payment Refund,Completed,EUR,-2.3,0.1,-2.2,T6,T0,10.1,Debit
"""
# Names with a blank behind, days without a leading zero, two currencies.
SPANISH = """\
Fecha,Hora,Zona horaria,Descripción,Divisa,Bruto ,Comisión ,Neto,Saldo,Id. de transacción,\
Id. de factura,Id. de referencia de trans.
2/1/2020,11:05:56,Europe/Berlin,Pago estándar,EUR,"49,37","-1,78","47,59","4.626,81",T1,f-1,
3/1/2020,9:44:24,Europe/Berlin,Retirada iniciada por el usuario,EUR,"-4.000,00","0,00",\
"-4.000,00","626,81",T2,,
3/1/2020,09:44:24,Europe/Berlin,Conversión de divisas general,USD,"276,00","0,00","276,00",\
"276,00",T3,,T9
"""


def proof_of_real() -> FileProof:
    proof = prove(REAL)
    assert isinstance(proof, FileProof), proof
    return proof


def test_the_real_file_is_what_was_expected() -> None:
    proof = proof_of_real()
    assert (proof.format, proof.variant) == ("paypal", "activity")
    assert (proof.sha256, proof.lines) == (EXPECTED["sha256"], EXPECTED["records"])
    totals, sums = proof.currencies["EUR"], EXPECTED["by_currency"]["EUR"]
    assert totals.gross_minor == Decimal(sums["gross"]) * 100
    assert totals.fee_minor == -Decimal(sums["fee"]) * 100
    assert totals.net_minor == Decimal(sums["net"]) * 100
    last = EXPECTED["controls"]["last_balance"]["EUR"]
    assert EXPECTED["controls"]["running_balance_breaks_in_file_order"] == 0
    assert proof.controls == (
        Control("running_balance EUR", "341", "341", holds=True, line_number=342),
        Control("closing_balance EUR", last, last, holds=True, line_number=342),
    )
    assert proof.unknown == ()
    assert proof.kinds == {"charge": 70, "payout": 2, "refund": 1, "reserve": 2, "transfer": 266}


def test_every_description_of_the_real_file_comes_to_what_was_expected() -> None:
    counts: Counter[str] = Counter()
    sums: dict[str, list[int]] = {}
    for line in lines(REAL, proof_of_real()):
        name = f"{line.code}|{line.currency}"
        counts[name] += 1
        found = sums.setdefault(name, [0, 0, 0])
        found[:] = (
            found[0] - line.fee_minor, found[1] + line.gross_minor, found[2] + line.net_minor
        )  # fmt: skip
    assert {
        name: {
            "count": counts[name],
            **{
                field: f"{Decimal(minor) / 100:.2f}"
                for field, minor in zip(("fee", "gross", "net"), found, strict=True)
            },
        }
        for name, found in sums.items()
    } == EXPECTED["by_type"]


def test_the_lines_of_the_real_file() -> None:
    found = list(lines(REAL, proof_of_real()))
    assert [line.raw for line in found] == TEXTS[1:]
    assert len({line.line_identity for line in found}) == 341
    paid, funded = found[0], found[1]
    assert (paid.kind, paid.net_minor) == ("transfer", -3999)
    assert paid.reference == "536150558413930382"
    assert paid.provider_reference == "03L38446FG792812N"  # Not the agreement B-8AM….
    assert (funded.kind, funded.provider_reference) == ("transfer", "03L38446FG792812N")
    assert paid.booked_at.isoformat() == "2023-01-31T22:33:01+01:00"
    assert paid.zone == "Europe/Berlin"


def test_english_with_the_month_first(read_bytes: Read) -> None:
    found = read_bytes(ENGLISH.encode())
    assert [line.kind for line in found] == ["payout", "transfer", "charge"]
    assert [line.net_minor for line in found] == [-105809, 105809, 126104]
    assert found[2].fee_minor == 4876
    assert found[2].reference == "361"
    assert [line.booked_at.isoformat() for line in found[1:]] == [
        "2018-09-04T21:15:11-07:00", "2018-09-25T04:22:39-07:00",
    ]  # fmt: skip


def test_english_with_the_day_first_and_rows_that_moved_nothing(
    read_bytes: Read, prove_bytes: Prove
) -> None:
    found = read_bytes(BRITISH.encode())
    assert [line.net_minor for line in found] == [4330, -3100, 0, 0, -220]
    assert [line.original_minor for line in found] == [None, None, -1000, -900, None]
    assert [line.kind for line in found] == [
        "transfer", "payout", "transfer", "adjustment", "refund",
    ]  # fmt: skip
    assert found[0].booked_at.isoformat() == "2016-02-12T13:30:31-08:00"
    assert (found[4].fee_minor, found[4].provider_reference) == (-10, "T0")
    assert found[3].line_identity == "T5/memo"
    proof = prove_bytes(BRITISH.encode())
    assert isinstance(proof, FileProof)
    assert [control.printed for control in proof.controls] == ["3", "10.10"]


def test_spanish(read_bytes: Read) -> None:
    found = read_bytes(SPANISH.encode())
    assert [line.kind for line in found] == ["charge", "payout", "transfer"]
    assert [line.net_minor for line in found] == [4759, -400000, 27600]
    assert found[1].booked_at.isoformat() == "2020-01-03T09:44:24+01:00"
    assert [line.currency for line in found] == ["EUR", "EUR", "USD"]


def test_an_english_export_of_a_european_account(read_bytes: Read) -> None:
    european = (
        ENGLISH.replace(",058.09", ".058,09").replace(",057.34", ".057,34")
        .replace("0.00", "0,00").replace("0.75", "0,75").replace("9/25/2018", "6/9/2018")
        .replace("1,309.80", "1.309,80").replace("-48.76", "-48,76")
        .replace("1,261.04", "1.261,04").replace("1,261.93", "1.261,93")
    )  # fmt: skip
    found = read_bytes(european.encode())
    assert [line.net_minor for line in found] == [-105809, 105809, 126104]
    assert found[0].booked_at.date().isoformat() == "2018-04-09"


def test_newest_first_is_followed_backwards(prove_bytes: Prove) -> None:
    outcome = prove_bytes("\r\n".join([TEXTS[0], *reversed(TEXTS[1:])]).encode())
    assert isinstance(outcome, FileProof)
    assert [control.name for control in outcome.controls] == ["running_balance EUR"]


@pytest.mark.parametrize("place", [1, 50, 200, 339])
def test_a_row_lost_or_doubled_breaks_the_balance(prove_bytes: Prove, place: int) -> None:
    for changed in ([*TEXTS[:place], *TEXTS[place + 1 :]], [*TEXTS[: place + 1], *TEXTS[place:]]):
        outcome = prove_bytes("\r\n".join(changed).encode())
        if place > 1 or len(changed) > len(TEXTS):
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"
            assert outcome.proof is not None


def test_every_changed_amount_is_refused(prove_bytes: Prove) -> None:
    for place in range(1, len(TEXTS), 7):
        cells = TEXTS[place][1:-1].split('","')
        for column in (5, 6, 7):
            digit = cells[column][-1]
            changed = [*cells]
            changed[column] = f"{cells[column][:-1]}{(int(digit) + 1) % 10}"
            row = '"' + '","'.join(changed) + '"'
            outcome = prove_bytes("\r\n".join([*TEXTS[:place], row, *TEXTS[place + 1 :]]).encode())
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "amount_contradicts_state"
            assert outcome.line_number == place + 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("9/25/2018", "31/31/2018", "time_wrong"), ("9/4/2018", "25/9/2018", "time_wrong"),
     ("04:22:39", "noon", "time_wrong"), ("America/Los_Angeles", "nowhere", "time_wrong"),
     ('"USD"', '"XYZ"', "currency_unknown"), ("1,309.80", "1,309.801", "amount_wrong"),
     ("1,309.80", "13,09.80", "amount_wrong"), ("1,309.80", "1,309,80", "amount_wrong"),
     ("1,309.80", "", "amount_wrong"), ("-48.76", "--48.76", "amount_wrong"),
     ("-48.76", "-48.77", "amount_contradicts_state"), ('"T3"', '""', "key_wrong"),
     ('"T3"', f'"{"T" * 300}"', "key_wrong"), ("Express Checkout Payment", "", "state_wrong"),
     ("Express Checkout Payment", "x" * 121, "state_wrong"), ('"T3",', "", "column_count"),
     ('"Balance"', '"Net"', "column_twice"), ('"Description"', '"Words"', "column_missing"),
     ('"T3"', '"T3', "quote_wrong"), ("1,261.93", "x", "amount_wrong")],
)  # fmt: skip
def test_what_is_wrong_has_a_name(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in ENGLISH
    changed = tmp_path / "export.csv"
    changed.write_text(ENGLISH.replace(old, new, 1), encoding="utf-8")
    outcome = prove(changed, format_name="paypal")
    if code == "time_wrong" and new == "25/9/2018":  # It tells the order: the others do not fit it.
        assert isinstance(outcome, FileRefused)
        assert (outcome.code, outcome.line_number) == (code, 4)
        return
    assert isinstance(outcome, FileRefused), outcome
    assert outcome.code == code
    assert outcome.message.isprintable()


def test_what_nobody_listed_is_kept_with_its_money(prove_bytes: Prove) -> None:
    outcome = prove_bytes(ENGLISH.replace("Express Checkout Payment", "Gizmo").encode())
    assert isinstance(outcome, FileProof)
    assert outcome.unknown == ("unknown:Gizmo",)
    assert outcome.currencies["USD"].net_minor == 126104


def test_a_header_alone_has_no_lines(prove_bytes: Prove) -> None:
    outcome = prove_bytes(TEXTS[0].encode())
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "no_lines"


def test_a_last_key_that_may_be_cut_is_refused(prove_bytes: Prove) -> None:
    whole = SPANISH.encode()
    assert isinstance(prove_bytes(whole), FileProof)
    for cut in (whole[:-1], whole[:-2]):
        outcome = prove_bytes(cut)
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "file_cut_off"


@pytest.mark.parametrize("part", range(4))
def test_every_cut_is_refused_or_gives_the_first_rows(read_bytes: Read, part: int) -> None:
    """Of the first rows at every byte; the whole is cut by tests of all samples."""
    first = "\r\n".join(TEXTS[:9]).encode()
    whole = read_bytes(first)
    assert len(whole) == 8
    ends = {len("\r\n".join(TEXTS[: 1 + count]).encode()) for count in range(1, 9)}
    for length in range(part, len(first), 4):
        at_end = ends & {length, length - 1, length - 2}  # Its line end may be cut.
        try:
            found = read_bytes(first[:length])
        except AssertionError:
            assert not at_end
            continue
        assert at_end
        assert [line.raw for line in found] == [line.raw for line in whole[: len(found)]]


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_header_are_answered(prove_bytes: Prove, tail: bytes) -> None:
    outcome = prove_bytes(TEXTS[0].encode() + b"\r\n" + tail)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()
