"""Statements made by hand: what the samples do not show, and damage of every sort."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import recognise
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

SAMPLES = Path(__file__).parent.parent / "samples" / "ofx"
HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="200"?>\n'
ONE = "<TRNTYPE>POS<DTPOSTED>20260331<TRNAMT>-12.34<FITID>F1<NAME>Shop"
CASES = 300
SMALL_BYTES = 3_000  # Larger ones repeat themselves.


def transaction(text: str = ONE) -> str:
    return f"<STMTTRN>{text}</STMTTRN>\n"


def statement(*texts: str, account: str = "A1", currency: str = "EUR") -> str:
    return (
        f"<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{account}</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301{''.join(map(transaction, texts))}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>1.00<DTASOF>20260331</LEDGERBAL></STMTRS>\n"
    )


def document(*statements: str, head: str = HEADER) -> bytes:
    body = "".join(statements)
    return f"{head}<OFX><BANKMSGSRSV1>{body}</BANKMSGSRSV1></OFX>\n".encode("cp1252")


def changed(old: str, new: str) -> bytes:
    assert old in ONE
    return document(statement(ONE.replace(old, new)))


@pytest.mark.parametrize(
    ("printed", "currency", "minor"),
    [("-12.34", "EUR", -1234), ("+5", "EUR", 500), ("-39,99", "EUR", -3999), (".5", "EUR", 50),
     ("12.3400", "EUR", 1234), ("0.00", "EUR", 0), ("1.234", "KWD", 1234), ("100", "JPY", 100),
     ("1234.5", "EUR", 123450), (" 7.00 ", "EUR", 700), ("-1.234,56", "EUR", -123456),
     ("1,234,567.89", "EUR", 123456789)],
)  # fmt: skip
def test_amounts(read_bytes: Read, printed: str, currency: str, minor: int) -> None:
    text = ONE.replace("-12.34", printed)
    (line,) = read_bytes(document(statement(text, currency=currency)))
    assert (line.gross_minor, line.fee_minor, line.net_minor) == (minor, 0, minor)
    assert line.residue_minor == 0


def test_more_digits_than_the_currency_has_are_kept_as_residue(read_bytes: Read) -> None:
    (line,) = read_bytes(changed("-12.34", "-12.3456"))
    assert line.net_minor == -1235
    assert str((line.net_minor - line.residue_minor) / 100) == "-12.3456"


@pytest.mark.parametrize(
    "printed",
    ["$120", "1,234", "1.234", "1,234.5", "1.23,45", "1,23.45", "12,34,56", "1.234.567", "", "-",
     "1e3", "1_0", "٣", "12 34", "NaN", "--1", "1.2345678", "99999999999999999999999"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(prove_bytes: Prove, printed: str) -> None:
    text = ONE.replace("-12.34", printed)
    body = document(statement(text.encode("utf-8").decode("latin-1")))
    outcome = prove_bytes(body)
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field, outcome.line_number) == ("amount_wrong", "TRNAMT", 7)
    assert ("may be thousands" in outcome.expected) is (printed in {"1,234", "1.234"})
    assert "digits behind its mark" in outcome.expected


@pytest.mark.parametrize(
    ("printed", "moment", "zone"),
    [("20260331", "2026-03-31T00:00:00+00:00", ""),
     ("202603311015", "2026-03-31T10:15:00+00:00", ""),
     ("20260331101500.123[-5:EST]", "2026-03-31T10:15:00.123000-05:00", "-5:EST"),
     ("20260331101500[+5.30:IST]", "2026-03-31T10:15:00+05:30", "+5.30:IST"),
     ("20260331101500[5.5]", "2026-03-31T10:15:00+05:30", "5.5"),
     ("20260331101500[0:GMT]", "2026-03-31T10:15:00+00:00", "0:GMT"),
     ("20260331101500[-3.0:BRT]", "2026-03-31T10:15:00-03:00", "-3.0:BRT"),
     ("20260331101500[EST]", "2026-03-31T10:15:00-05:00", "EST")],
)  # fmt: skip
def test_times(read_bytes: Read, printed: str, moment: str, zone: str) -> None:
    (line,) = read_bytes(changed("20260331", printed))
    assert (line.booked_at.isoformat(), line.zone) == (moment, zone)


@pytest.mark.parametrize(
    "printed", ["", "2026033", "20261331", "00000000", "20260331[99:X]", "20260331[what]"]
)
def test_what_is_no_time_is_refused(prove_bytes: Prove, printed: str) -> None:
    outcome = prove_bytes(changed("20260331", printed))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "time_wrong"


def test_several_statements_and_cards(read_bytes: Read) -> None:
    card = statement(ONE.replace("F1", "F2"), account="C9", currency="USD")
    card = card.replace("STMTRS", "CCSTMTRS").replace("BANKACCTFROM", "CCACCTFROM")
    first, second = read_bytes(document(statement(ONE), card))
    assert (first.account, first.part, first.currency) == ("A1", "1", "EUR")
    assert (second.account, second.part, second.currency) == ("C9", "2", "USD")
    assert (first.line_identity, second.line_identity) == (
        "A1|F1|2026-03-31|-1234",
        "C9|F2|2026-03-31|-1234",
    )


def test_text_as_banks_print_it(read_bytes: Read) -> None:
    (line,) = read_bytes(changed("Shop", "A&amp;B & C&D caf&#233; < 5 <![CDATA[<x>]]>\n<MEMO>"))
    assert line.text == "A&B & C&D café < 5 <x>"
    (line,) = read_bytes(document(statement(ONE.replace("Shop", "Zürich €"))))
    assert line.text == "Zürich €"
    utf_8 = document(statement(ONE), head=XML).replace(b"Shop", "Zürich €".encode())
    (line,) = read_bytes(utf_8)
    assert line.text == "Zürich €"


def test_an_unknown_type_is_kept_and_a_line_without_fitid_named(read_bytes: Read) -> None:
    unknown, nameless, again = read_bytes(
        document(
            statement(
                ONE.replace(">POS", ">ODD"), ONE.replace("<FITID>F1", ""), ONE.replace("F1", " ")
            )
        )
    )
    assert (unknown.kind, unknown.code) == ("unknown:ODD", "ODD")
    assert len({nameless.line_identity, again.line_identity}) == 2
    assert nameless.reference == nameless.line_identity


def test_other_currencies(read_bytes: Read) -> None:
    other = "<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>"
    own, converted = read_bytes(
        document(statement(ONE + other, ONE + other.replace("CURRENCY", "ORIGCURRENCY")))
    )
    assert (own.currency, own.net_minor) == ("USD", -1234)
    assert (converted.currency, converted.original_currency) == ("EUR", "USD")
    assert str(converted.exchange_rate) == "1.1"


def test_one_line_and_other_line_ends(read_bytes: Read) -> None:
    content = document(statement(ONE))
    expected = read_bytes(content)[0]
    for end in (b"", b"\r", b"\r\n"):
        (line,) = read_bytes(content.replace(b"\n", end))
        assert (line.net_minor, line.raw) == (expected.net_minor, expected.raw)


@pytest.mark.parametrize(
    ("content", "code"),
    [(HEADER.encode(), "format_not_recognised"), (document(), "no_lines"),
     (document(statement()), "no_lines"),
     (document(statement(ONE)) + b"<OFX></OFX>", "element_wrong"),
     (document(statement(ONE)) + b"x", "element_wrong"),
     (document(statement(ONE), head=XML + "<!DOCTYPE OFX []>"), "doctype_refused"),
     (document(statement(ONE)).replace(b"<BANKMSG", b"<!DOCTYPE x>\n<BANKMSG"), "doctype_refused"),
     (document(statement(ONE)).replace(b"</STMTTRN>", b""), "element_wrong"),
     (document(statement(ONE)).replace(b"<STMTTRN>", b""), "element_wrong"),
     (document(statement(ONE)).replace(b"<ACCTID>A1", b""), "element_missing"),
     (document(statement(ONE)).replace(b"<CURDEF>EUR", b""), "currency_unknown"),
     (document(statement(ONE)).replace(b"EUR", b"XQQ"), "currency_unknown"),
     (document(statement(ONE)).replace(b"STMTRS", b"INVSTMTRS"), "element_wrong"),
     (document(statement(ONE + "<TRNAMT>5.00")), "element_wrong"),
     (document(statement(ONE + "<MEMO>" + "x" * 70_000)), "element_too_large"),
     (document(statement(ONE + "<X>yyyyyyyy" * 9_000)), "element_too_large"),
     (document(statement(ONE.replace("F1", "F" * 300))), "key_wrong"),
     (document(statement(ONE)).replace(b"Shop", b"S\0p"), "zero_byte"),
     (document(statement(ONE), head=XML).replace(b"Shop", b"S\xffp"), "encoding_wrong"),
     (document(statement(ONE))[:-8], "file_cut_off"),
     (b"<OFX>" * 40_000, "element_wrong"), (b"<OFX>" + b"<A" * 200_000, "element_too_large"),
     (b"<OFX>" + b"<" * 200_000, "element_too_large")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_cut_is_refused(prove_bytes: Prove, path: Path) -> None:
    content = path.read_bytes().rstrip()
    assert content.endswith(b"</OFX>")
    step = 1 if len(content) < SMALL_BYTES else 11
    for length in range(0, len(content), step):
        assert isinstance(prove_bytes(content[:length]), FileRefused), length


@settings(max_examples=CASES)
@given(
    st.sampled_from([HEADER + "<OFX>", XML + "<OFX>", "<OFX>"]),
    st.lists(
        st.sampled_from(["<STMTRS>", "<BANKTRANLIST>", "<STMTTRN>", "</STMTTRN>", ONE, "</OFX>"])
        | st.text(max_size=9)
    ),
)
def test_any_text_is_answered(prove_bytes: Prove, head: str, texts: list[str]) -> None:
    outcome = prove_bytes((head + "".join(texts)).encode("utf-8", "replace"))
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()


@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_statement_is_refused_or_read(prove_bytes: Prove, data: st.DataObject) -> None:
    content = bytearray(document(statement(ONE, ONE.replace("F1", "F2"))))
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    outcome = prove_bytes(bytes(content))
    assert isinstance(outcome, FileRefused | FileProof)
    if isinstance(outcome, FileProof):
        assert 1 <= outcome.lines <= 2


def test_both_layouts_are_told_by_content() -> None:
    for head, name in ((HEADER, "ofx1"), ("", "ofx1"), (XML, "ofx2")):
        found = recognise(document(statement(ONE), head=head))
        assert found is not None
        assert (found[0].name, found[1].name) == ("ofx", name)
