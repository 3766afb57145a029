"""Our reference inside the text of a movement, as German and Dutch banks print it."""

import pytest

from providers.mt940.reference import reference_in
from tests.unit.providers.conftest import Read
from tests.unit.providers.mt940.test_grammar import statement


@pytest.mark.parametrize(
    ("text", "said", "reference"),
    [
        ("166?00GUT?10399?20EREF+ORDER 22 0?21 04?22SVWZ+For 7?30BIC", "NONREF", "ORDER 22 0 04"),
        ("109?00RET?20EREF+A1.200?21.49 KREF+SEPA-DA?2206 MREF+2?32EREF+N", "NONREF", "A1.200.49"),
        ("109?00RETOURE?20EREF+A1.200?21.49 KREF+SEPA-DA?2206 MREF+2?32NAME", "KREF+", "SEPA-DA06"),
        ("191~00DATEI~20KREF+PAY 1~21MTLG:a file", "", "PAY 1"),
        ("EREF+PLAIN 1 SVWZ+words", "", "PLAIN 1"),
        ("166?20EREF+NOTPROVIDED?21KREF+K1?22SVWZ+x", "NONREF", "K1"),
        ("166?20EREF+NOTPROVIDED?21SVWZ+x", "NONREF", ""),
        ("/TRTP/SEPA OVERBOEKING/NAME/A B/REMI/words/EREF/E-42", "NONREF", "E-42"),
        ("/TRTP/SEPA\n/EREF/E-4\n2/ORDP//NAME/X", "", "E-42"),
        ("/EREF/400313//MARF/M1//CSID/C1", "EREF", "400313"),
        ("/EREF/NOTPROVIDED//NAME/X", "EREF", ""),
        ("/PREF/BATCH-7", "PREF", "BATCH-7"),
        ("/MARF/MANDATE-1", "MARF", ""),
        ("166?20EREF+" + "X" * 36, "NONREF", ""),
        ("166?20MREF+M1?32EREF+NAME", "NONREF", ""),
        ("REFUND OF PREF", "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_references(text: str, said: str, reference: str) -> None:
    assert reference_in(text, said=said) == reference


def test_what_61_says_goes_before_what_86_says(read_bytes: Read) -> None:
    words = ":86:166?00GUTSCHRIFT?20EREF+ORDER 7?21SVWZ+x"
    moved = (":61:260102C1,NTRFMINE", words, ":61:260102D1,NTRFNONREF//B", words)
    lines = read_bytes(statement(*moved, ":61:260102C0,NTRFNONREF", ":86:none"))
    assert [line.reference for line in lines] == ["MINE", "ORDER 7", lines[2].line_identity]
    assert lines[1].provider_reference == "B"
