"""The fields of MT940 and MT942, one by one, and what they may not be."""

import pytest

from providers.amounts import exponent_of
from providers.formats import recognise
from providers.mt940.grammar import amount_parser, balance_of, count_of, floor_currency, number_of
from providers.mt940.movement import movement_of
from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.conftest import Prove, Read

PARSE = amount_parser(2)
HEAD = ":20:REF\n:25:50880050/1\n:28C:1/1\n"


def statement(
    *movements: str, closing: str = "C260102EUR0,00", opening: str = "C260101EUR0,00"
) -> bytes:
    body = "".join(f"{each}\n" for each in movements)
    return f"{HEAD}:60F:{opening}\n{body}:62F:{closing}\n-\n".encode("latin-1")


@pytest.mark.parametrize(("mark", "sign"), [("C", 1), ("D", -1), ("RC", -1), ("RD", 1)])
@pytest.mark.parametrize("letter", ["", "R", "D", "C"])
def test_marks_and_letters(mark: str, sign: int, letter: str) -> None:
    moved = movement_of(f":61:2601020103{mark}{letter}12,5NTRFNONREF//B", PARSE)
    assert moved is not None
    assert (moved.net_minor, moved.ours, moved.theirs) == (sign * 1250, "NONREF", "B")
    assert moved.code == f"{mark}/NTRF"


@pytest.mark.parametrize(
    ("text", "minor"),
    [("365,", 36500), ("0,01", 1), ("0,1", 10), ("5", 500), ("007,50", 750), ("1,234", None),
     ("99999999999999,", None), ("0,", 0), (",60", 60), ("0000000000000000,00", 0), ("1,2300", 123),
     ("1,2301", None), ("000000000300.12", 30012), ("5.", 500), ("1.000", None), ("1.5", None)],
)  # fmt: skip
def test_amounts(text: str, minor: int | None) -> None:
    assert PARSE(text) == minor


def test_amounts_of_other_currencies() -> None:
    assert [amount_parser(0)(text) for text in ("1000,00", "1000.", "1.000", "1000,50")] == [
        1000, 1000, None, None
    ]  # fmt: skip
    assert [amount_parser(3)(text) for text in ("1,234", "1.234", "1,23450")] == [1234, None, None]


@pytest.mark.parametrize(
    ("value", "entry", "booked"),
    [("251231", "0102", "2026-01-02"), ("260102", "1231", "2025-12-31"),
     ("240301", "0229", "2024-02-29"), ("260102", "", "2026-01-02"),
     ("991231", "0101", "2000-01-01"), ("260102", "    ", "2026-01-02"),
     ("791231", "1231", "2079-12-31"), ("160229", "0230", "2016-02-29"),
     ("260230", "", "2026-02-28"), ("260230", "0301", "2026-03-01")],
)  # fmt: skip
def test_the_entry_date_is_of_the_nearest_year(value: str, entry: str, booked: str) -> None:
    moved = movement_of(f":61:{value}{entry}C1,NTRFX", PARSE)
    assert moved is not None
    assert moved.booked_at.date().isoformat() == booked


@pytest.mark.parametrize(
    ("movement", "code"),
    [
        (":61:2601020102EC1,NTRFX", "record_wrong"),  # Expected, not booked.
        (":61:2601020102RE1,NTRFX", "record_wrong"),
        (":61:2601020102X1,NTRFX", "record_wrong"),
        (":61:2601020102C-1,NTRFX", "record_wrong"),
        (":61:2601020102C1.0NTRFX", "amount_wrong"),
        (":61:2601020102C1.000NTRFX", "amount_wrong"),
        (":61:2601020102CNTRFX", "record_wrong"),
        (":61:2601000102C1,NTRFX", "time_wrong"),
        (":61:2601320102C1,NTRFX", "time_wrong"),
        (":61:2601020102C1,00", "record_wrong"),
        (":61:2601020102C1,001NTRFX", "amount_wrong"),
        (":61:2601020102C99999999999999,NTRFX", "amount_wrong"),
        (":61:2613020102C1,NTRFX", "time_wrong"),
        (":61:2601021302C1,NTRFX", "time_wrong"),
        (":61:2601010232C1,NTRFX", "time_wrong"),
        (":61:2601020102C1,NTRF" + "x" * 300, "key_wrong"),
        (":61:2601020102C1,NTRFa\x07b", "key_wrong"),
        (":62M:C260102EUR", "record_wrong"),
        (":64:X", "record_wrong"),
        (":60F:C260101EUR0,00", "record_order"),
        (":28C:2/1", "record_order"),
        (":90D:1EUR", "record_wrong"),
        (":90D:1USD1,", "record_wrong"),
        (":62F:C260102USD0,", "record_wrong"),
    ],
)
def test_what_is_no_movement_is_refused_by_line(
    prove_bytes: Prove, movement: str, code: str
) -> None:
    refused = prove_bytes(statement(movement))
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.line_number) == (code, 5)
    assert refused.field == movement[: movement.index(":", 1) + 1]


def test_balances_counts_floors_and_numbers() -> None:
    found = balance_of("D070903EUR1234718,36")
    assert found is not None
    assert (found.minor, found.currency) == (-123471836, "EUR")
    assert balance_of("C000000EUR0,") is not None
    for wrong in (
        "",
        "X070903EUR1,",
        "C070903XXY1,",
        "C079903EUR1,",
        "C070903EUR1,234",
        "C070903EUR",
    ):
        assert balance_of(wrong) is None
    count = count_of("3PLN0,03")
    assert count is not None
    assert (count.entries, count.minor, count.currency) == (3, 3, "PLN")
    assert count_of("EUR,00") == (0, 0, "EUR")
    assert floor_currency("PLN0") == floor_currency("PLND100,5") == "PLN"
    assert floor_currency("PLNX1,") is None
    assert number_of("00004/00002") == (4, 2)
    assert number_of("27") == (27, 1)
    assert number_of("27/x") is None


@pytest.mark.parametrize(("code", "exponent"), [("DEM", 2), ("ITL", 0), ("HRK", 2), ("XXY", None)])
def test_currencies_of_old_files(code: str, exponent: int | None) -> None:
    assert exponent_of(code) == exponent


def test_utf_8_and_latin_1_in_one_file(read_bytes: Read) -> None:
    content = statement(":61:260102C1,NTRFX", ":86:M\xfcller", ":61:260102D1,NTRFX", ":86:Zo\xeb")
    mixed = content.replace(b"M\xfcller", "Müller €".encode())
    assert [line.text for line in read_bytes(mixed)] == ["Müller €", "Zoë"]


def test_a_statement_that_went_wrong_half_way_is_not_another(prove_bytes: Prove) -> None:
    lost = statement(":61:260102C1,NTRFX").replace(b":60F:C260101EUR0,00\n", b"")
    forced = prove_bytes(lost)
    assert isinstance(forced, FileRefused)
    assert forced.code == "format_not_recognised"


def test_the_next_page_and_the_next_statement_go_on(prove_bytes: Prove) -> None:
    pages = (
        HEAD + ":60F:C260101EUR1,\n:61:260102C1,NTRFX\n:62M:C260102EUR2,\n"
        ":28C:1/2\n:60M:C260102EUR2,\n:61:260102C1,NTRFX\n:62F:C260102EUR3,\n-\n"
        ":20:REF\n:25:50880050/1\n:28C:2/1\n:60F:C260102EUR4,\n:62F:C260103EUR4,\n-\n"
    )
    refused = prove_bytes(pages.encode())
    assert isinstance(refused, FileRefused)
    assert (refused.field, refused.printed) == ("opening_balance 50880050/1 2/1 EUR", "4.00")
    assert refused.proof is not None
    assert [one.holds for one in refused.proof.controls] == [True, True, True, False, True]
    later = prove_bytes(pages.replace(":28C:2/1", ":28C:3/1").encode())
    assert isinstance(later, FileProof)  # Statement 2 is in another file: nothing is claimed.


def interim(*fields: str, head: str = HEAD) -> bytes:
    return (head + "".join(f"{each}\n" for each in fields)).encode()


MOVED = ":61:260102C1,NTRFX"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (interim(":34F:EUR0,", MOVED), "file_cut_off"),
        (interim(":34F:EUR0,", MOVED, ":90D:0EUR0,"), "file_cut_off"),
        (interim(":34F:EUR0,", ":90D:0EUR0,", MOVED, ":90C:1EUR1,"), "record_order"),
        (interim(":34F:EUR0,", MOVED, ":90D:0EUR0,", ":90C:1EUR2,"), "control_failed"),
        (interim(":34F:EUR0,", MOVED, ":90D:0EUR0,", ":90C:2EUR1,"), "control_failed"),
        (interim(":13D:2601021200+0100", MOVED, "-"), "record_order"),
        (interim(":34F:EUR0,", ":99Z:1", MOVED, "-"), "record_wrong"),
        (interim(":34F:XXY0,", MOVED, "-"), "currency_unknown"),
        (interim(":34F:EUR0,", ":34F:USD0,", MOVED, "-"), "record_wrong"),
        (interim(":13D:269921200+0100", MOVED, "-"), "time_wrong"),
        (interim(":34F:EUR0,", MOVED, ":62F:C260102EUR1,", "-"), "file_cut_off"),
    ],
)
def test_interim_reports_that_do_not_stand_for_themselves(
    prove_bytes: Prove, content: bytes, code: str
) -> None:
    refused = prove_bytes(content)
    assert isinstance(refused, FileRefused)
    assert refused.code == code


def test_interim_reports_that_do(prove_bytes: Prove, read_bytes: Read) -> None:
    said = interim(":34F:EURD0,", ":34F:EURC5,", ":13D:2601021200+0100", MOVED, "-")
    proof = prove_bytes(said)
    assert isinstance(proof, FileProof)
    assert proof.controls == ()  # Nothing in it proves it, and nothing is claimed.
    head = HEAD.replace("50880050/1", "50880050/1EUR")
    line = read_bytes(
        interim(":13D:2601021200+0100", MOVED, ":90D:0EUR0,", ":90C:1EUR1,", head=head)
    )
    assert (line[0].currency, line[0].net_minor) == ("EUR", 100)


def test_a_side_without_entries_needs_no_count(prove_bytes: Prove) -> None:
    proof = prove_bytes(interim(":34F:EUR 0,", MOVED, ":90C:1EUR1,"))
    assert isinstance(proof, FileProof)
    assert [control.name.split()[0] for control in proof.controls] == ["credit_count", "credit_sum"]
    wrong = prove_bytes(interim(":34F:EUR0,", MOVED, ":90C:1EUR1,1"))
    assert isinstance(wrong, FileRefused)
    assert wrong.code == "control_failed"


def test_what_is_expected_is_a_line_of_an_interim_report_only(read_bytes: Read) -> None:
    moved = (":61:260102EC1,NTRFX", ":61:260102ED3,NTRFX")
    lines = read_bytes(interim(":34F:EUR0,", *moved, ":90D:1EUR3,", ":90C:1EUR1,"))
    assert [(line.code, line.net_minor) for line in lines] == [("EC/NTRF", 100), ("ED/NTRF", -300)]


@pytest.mark.parametrize(
    ("movement", "code", "ours", "theirs"),
    [
        (":61:2601020102CN5,00//1923", "C", "", "1923"),
        (":61:2601020102C5,00 NTRFMINE//1923", "C/NTRF", "MINE", "1923"),
        (":61:2601020102D,60N913NONREF", "D/N913", "NONREF", ""),
        (":61:2601020102rd1,01N946NONREF", "RD/N946", "NONREF", ""),
    ],
)
def test_movements_of_some_banks(movement: str, code: str, ours: str, theirs: str) -> None:
    moved = movement_of(movement, PARSE)
    assert moved is not None
    assert (moved.code, moved.ours, moved.theirs) == (code, ours, theirs)


@pytest.mark.parametrize("end", [b"-+@446@", b"-\xe5", b"-}", b"-", b"-\x03"])
def test_every_end_of_a_report_is_one(prove_bytes: Prove, end: bytes) -> None:
    content = interim(":34F:EUR0,", MOVED, ":86:WORDS") + end + b"\n"
    assert isinstance(prove_bytes(content), FileProof)


def test_envelopes_in_every_dress(read_bytes: Read) -> None:
    plain = ":20:R\n:25:A\n:28C:1\n:60F:C260101EUR0,\n:61:260102C0,NTRFX\n:62F:C260101EUR0,\n"
    block = "{1:F01X}{2:O940X}{4:"
    dresses = (
        plain, f"{plain}-\n", f"{block}\n{plain}-}}\n", f"{block}{plain}-}}{{5:}}\n",
        f"\x01{block}\r\n{plain}-}}\x03\n", f"BANK\n940\nBANK\n{plain}-\n", f"\ufeff{plain}",
    )  # fmt: skip
    one: list[SettlementLine] = [read_bytes(dress.encode())[0] for dress in dresses]
    assert len({(line.line_identity, line.raw) for line in one}) == 1
    two = f"{block}{plain}-}}{{5:}}{block}{plain.replace(':28C:1', ':28C:2')}-}}\n"
    assert len(read_bytes(two.encode())) == 2


@pytest.mark.parametrize(
    "head",
    [b"", b":20:X\n", b":61:2601020102C1,NTRFX\n", b":20:X\n:60F:C\n", b"\x00\xff" * 50,
     b"20,25,60F\n", b":25:A\n:20:B\n:60F:C260101EUR0,\n"],
)  # fmt: skip
def test_what_is_no_statement_is_not_recognised(head: bytes) -> None:
    assert recognise(head) is None
