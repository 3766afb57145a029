"""What banks print beside the standard: read where no money can be lost by it."""

from dataclasses import replace

import pytest

from providers.settlement_file import FileRefused
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.ofx.test_rows import ONE, changed, document, statement


def test_faults_of_banks_that_lose_nothing(read_bytes: Read) -> None:
    content = document(statement(ONE))
    (expected,) = read_bytes(content)
    card = content.replace(b"<STMTRS>", b"<CCSTMTRS>").replace(b"BANKACCTFROM", b"CCACCTFROM")
    for changed_by_bank in (
        content.replace(b"</BANKTRANLIST>", b""),
        card,  # Closed as a statement of an account.
        content + b"\0",
        content + b"\r\n\x1a\0\0",
        content.replace(b"OFXHEADER:100\n", b""),
        content.replace(b"EUR", b"eur"),
    ):
        (line,) = read_bytes(changed_by_bank)
        assert replace(line, batch_id="", line_number=7) == replace(expected, batch_id="")


def test_a_type_in_small_letters_is_that_type(read_bytes: Read) -> None:
    (line,) = read_bytes(changed(">POS", ">Credit"))
    assert (line.kind, line.code) == ("bank_entry", "Credit")


def test_one_fitid_for_two_transactions_names_both(read_bytes: Read) -> None:
    other = ONE.replace("-12.34", "-0.99")
    zeros = [each.replace("F1", "0000") for each in (ONE, ONE)]
    found = read_bytes(document(statement(ONE, other, *zeros)))
    assert len({line.line_identity for line in found}) == len(found)
    assert [line.provider_reference for line in found] == ["F1", "F1", "", ""]
    again = read_bytes(document(statement(other)))
    assert again[0].line_identity == found[1].line_identity


def test_a_balance_among_the_transactions_is_no_money(read_bytes: Read) -> None:
    balances = [
        ONE.replace("-12.34", printed).replace("F1", key).replace("<NAME>Shop", f"<MEMO>{words}")
        for printed, key, words in (
            ("100.00", "", "Saldo Anterior"), (".", "0", "SALDO DIA"),
            ("5", "00", " Saldo do dia "),
        )
    ]  # fmt: skip
    (line,) = read_bytes(document(statement(*balances[:1], ONE, *balances[1:])))
    assert line.net_minor == -1234
    named = ONE.replace("Shop", "Saldo Anterior")  # It has a FITID.
    bought = ONE.replace("<FITID>F1<NAME>Shop", "<NAME>Saldo Anterior<MEMO>Shop")
    assert len(read_bytes(document(statement(named, bought)))) == 2


def test_utf_8_under_another_name(read_bytes: Read) -> None:
    content = document(statement(ONE)).replace(b"Shop", "São".encode())
    (line,) = read_bytes(content)
    assert line.text == "São"


@pytest.mark.parametrize(
    "text",
    [ONE, ONE.replace("<NAME>", "\n<NAME>\n"), ONE + "</NAME><MEMO>a</MEMO>", ONE + "<MEMO>1 < 2",
     ONE + "<CURRENCY><CURRATE>1<CURSYM>USD</CURRENCY>", ONE + "<PAYEE><ADDR1>x</PAYEE>",
     ONE + "<X y='1'>z", ONE + "<x.y>z", ONE + "<TRNAMT>"],
)  # fmt: skip
def test_a_transaction_in_one_piece_is_as_if_it_came_tag_by_tag(
    read_bytes: Read, text: str
) -> None:
    content = document(statement(text, ONE.replace("F1", "F2")))
    slow = content.replace(b"<STMTTRN>", b"<STMTTRN >")
    whole, cut = read_bytes(content), read_bytes(slow)
    assert [replace(each, raw="", line_identity="", batch_id="") for each in whole] == [
        replace(each, raw="", line_identity="", batch_id="") for each in cut
    ]


def test_a_transfer_beside_a_statement_is_no_transaction(read_bytes: Read) -> None:
    transfer = "<XFERINFO><BANKACCTTO><ACCTID>9</BANKACCTTO><TRNAMT>5</XFERINFO>"
    (line,) = read_bytes(document(transfer, statement(ONE)))
    assert (line.account, line.net_minor) == ("A1", -1234)


def test_a_text_ends_with_a_letter_whose_last_byte_could_be_a_blank(read_bytes: Read) -> None:
    content = document(statement(ONE)).replace(b"Shop", "Pietà".encode())
    (line,) = read_bytes(content)
    assert line.text == "Pietà"


def test_two_transactions_are_not_taken_for_one(prove_bytes: Prove) -> None:
    """The end of the first is missing, and each has what the other lacks."""
    halves = "<TRNTYPE>POS<DTPOSTED>20260331<STMTTRN><TRNAMT>-12.34<FITID>F1"
    outcome = prove_bytes(document(statement(halves)))
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("element_wrong", "STMTTRN")
