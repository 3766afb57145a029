"""Activity exports whose columns, marks and rows were chosen or written in less usual ways."""

import pytest

from providers.settlement_file import FileProof
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.paypal.test_activity import BRITISH, SPANISH


def test_empty_names_behind_the_others_and_tabs(prove_bytes: Prove) -> None:
    spread = SPANISH.replace("de trans.\n", "de trans.,,,\n").replace("f-1,\n", "f-1,,,,\n")
    assert spread.count(",,,\n") == 2
    outcome = prove_bytes(spread.encode())
    assert isinstance(outcome, FileProof), outcome
    assert outcome.lines == 3
    tabbed = prove_bytes(BRITISH.replace(",", "\t").encode())
    assert isinstance(tabbed, FileProof)
    assert tabbed.lines == 5


# Chosen columns: neither time nor zone nor net; a basket's row repeats what the payment moved.
CHOSEN = """\
"Datum","Name","Typ","Währung","Brutto","Gebühr","Transaktionscode","Auswirkung auf Guthaben"
"02.01.2025","Muster","PayPal Express-Zahlung","EUR","1.210,60","-0,60","T1","Haben"
"02.01.2025","Muster","Warenkorbartikel","EUR","10,00","","T1",""
"""


def test_columns_that_were_not_chosen(read_bytes: Read) -> None:
    found = read_bytes(CHOSEN.encode())
    assert [line.kind for line in found] == ["charge", "adjustment"]
    assert [(line.gross_minor, line.fee_minor, line.net_minor) for line in found] == [
        (121060, 60, 121000), (0, 0, 0),
    ]  # fmt: skip
    assert [line.original_minor for line in found] == [None, 1000]
    assert (found[0].booked_at.isoformat(), found[0].zone) == ("2025-01-02T00:00:00+00:00", "")
    netted = CHOSEN.replace("Gebühr", "Netto").replace('"-0,60"', '"1.210,00"')
    assert [line.net_minor for line in read_bytes(netted.encode())] == [121000, 0]


# A hold and its end beside the payment that it was for; what was denied; German names of zones.
HELD = """\
"Datum","Uhrzeit","Zeitzone","Typ","Status","Währung","Brutto","Gebühr","Netto","Transaktionscode",\
"Auswirkung auf Guthaben"{head}
"18.06.2025","07:47:30","MESZ","Überweisung als Zahlungsquelle","Abgeschlossen","EUR","100,00",\
"0,00","100,00","A","Haben"{a}
"14.07.2025","12:54:01","MESZ","Einbehaltung für offene Autorisierung","Ausstehend","EUR","-13,21",\
"0,00","-13,21","B","Soll"{b}
"14.07.2025","12:56:04","MESZ","PayPal Express-Zahlung","Abgeschlossen","EUR","-13,21","0,00",\
"-13,21","C","Soll"{c}
"14.07.2025","12:56:04","MESZ","Rückbuchung allgemeiner Einbehaltung","Abgeschlossen","EUR",\
"13,21","0,00","13,21","D","Haben"{d}
"14.11.2025","15:09:08","MEZ","Anforderung gesendet","Abgeschlossen","EUR","16,67","0,00","16,67",\
"E","Memo"{e}
"14.11.2025","15:09:09","MEZ","Zahlung im Einzugsverfahren","Abgelehnt","EUR","-12,00","0,00",\
"-12,00","F","Soll"{f}
"""
BALANCES = (
    ',"Guthaben"', ',"100,00"', ',"86,79"', ',"73,58"', ',"86,79"', ',"86,79"', ',"86,79"',
)  # fmt: skip


@pytest.mark.parametrize("cells", [BALANCES, ("",) * 7])
def test_holds_and_what_was_denied(read_bytes: Read, cells: tuple[str, ...]) -> None:
    names = ("head", *"abcdef")
    found = read_bytes(HELD.format(**dict(zip(names, cells, strict=True))).encode())
    assert [line.kind for line in found] == [
        "transfer", "reserve", "transfer", "reserve", "adjustment", "transfer",
    ]  # fmt: skip
    assert [line.net_minor for line in found] == [10000, -1321, -1321, 1321, 0, 0]
    assert [line.original_minor for line in found[4:]] == [1667, -1200]
    assert found[0].booked_at.isoformat() == "2025-06-18T07:47:30+02:00"
    assert found[5].booked_at.isoformat() == "2025-11-14T15:09:09+01:00"
