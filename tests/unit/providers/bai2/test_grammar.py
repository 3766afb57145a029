"""The records of BAI2, one by one, and what they may not be."""

import pytest

from providers.bai2.grammar import detail_of, direction_of, summary_amounts
from providers.formats import recognise
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.conftest import Prove, Read

FILE = "01,BANK,US,260102,0800,1,,,2/"
GROUP = "02,US,BANK,1,260101,,USD,2/"
ACCOUNT = "03,123,,010,500,,/"
DETAIL = "16,108,1000,,BANKREF,OURS,TEXT/"


def report(*details: str, group: str = GROUP, account: str = ACCOUNT, total: int = 1500) -> str:
    """A file of one account whose records are counted; its total is as told."""
    body = [account, *details]
    trailers = [f"49,{total},{len(body) + 1}/", f"98,{total},1,{len(body) + 3}/"]
    return "\n".join([FILE, group, *body, *trailers, f"99,{total},1,{len(body) + 5}/", ""])


def test_one_detail(read_bytes: Read) -> None:
    line = read_bytes(report(DETAIL).encode())[0]
    assert (line.net_minor, line.currency, line.code) == (1000, "USD", "108")
    assert (line.reference, line.provider_reference, line.text) == ("OURS", "BANKREF", "TEXT")


def test_all_records_on_one_line_are_the_same(read_bytes: Read) -> None:
    lines = report(DETAIL, "16,409,0,,,,2/AVENUE, NO 4/16", "88,more/").splitlines()
    joined = [*lines[:4], "/".join(line.removesuffix("/") for line in lines[4:]) + "/"]
    for content in ("\n".join(joined), "".join(joined)):
        found = read_bytes(content.encode())
        assert [line.text for line in found] == ["TEXT", "2/AVENUE, NO 4/16\nmore"]
        assert [line.net_minor for line in found] == [1000, 0]


@pytest.mark.parametrize(
    ("code", "kind", "sign"),
    [("100", "bank_entry", 1), ("399", "bank_entry", 1), ("400", "bank_entry", -1),
     ("699", "bank_entry", -1), ("015", "unknown:015", 0), ("900", "unknown:900", 0),
     ("920", "unknown:920", 1), ("959", "unknown:959", 1), ("960", "unknown:960", -1),
     ("701", "unknown:701", 0), ("720", "bank_entry", 1), ("728", "bank_entry", 1),
     ("760", "bank_entry", -1), ("827", "bank_entry", 1), ("828", "bank_entry", -1),
     ("890", "bank_entry", 0), ("730", "unknown:730", 1), ("899", "unknown:899", 1)],
)  # fmt: skip
def test_type_codes(read_bytes: Read, code: str, kind: str, sign: int) -> None:
    assert direction_of(code) == (kind, sign)
    line = read_bytes(report(DETAIL.replace("108", code)).encode())[0]
    assert (line.kind, line.net_minor, line.code) == (kind, sign * 1000, code)


@pytest.mark.parametrize(
    ("body", "text", "ours"),
    [
        ("108,1000,S,100,200,700,B,OURS,TEXT", "TEXT", "OURS"),
        ("108,1000,V,260105,1200,B,OURS,TEXT", "TEXT", "OURS"),
        ("108,1000,D,2,0,500,1,500,B,OURS,TEXT, MORE", "TEXT, MORE", "OURS"),
        ("108,1000,Z,B,OURS,TEXT", "TEXT", "OURS"),
        ("108,1000,1,B,OURS", "", "OURS"),
        ("108,1000", "", ""),
        ("108\n1000,V\n260105,,B,OURS,TEXT\nMORE", "TEXT\nMORE", "OURS"),
    ],
)
def test_funds_types(body: str, text: str, ours: str) -> None:
    detail = detail_of(body)
    assert detail is not None
    assert (detail.type_code, detail.amount, detail.text, detail.ours) == (
        "108", "1000", text, ours
    )  # fmt: skip


@pytest.mark.parametrize("body", ["108,1,X,,,", "108,1,D,x,,", "108,1,D,999,,", "108,1,D"])
def test_funds_types_that_are_none(body: str) -> None:
    assert detail_of(body) is None


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        ("010,+4350000,,,040,2830000,,", [4350000, 2830000]),
        ("190,70000000,4,0,110,70000000,15,D,3,0,20000000,1,30000000,3,20000000", [70000000] * 2),
        ("100,208500,00003,V,060316,,400,-5,8,V,060316,", [208500, -5]),
        ("110,5000000", [5000000]),
        (",,,,060,7,,", [0, 7]),
        ("010,5,,,015,7,,,,040,3,,,", [5, 7, 3, 0]),  # One comma more before a continuation.
        ("110,5.00,,", None), ("110,5,x,", None), ("11,5,,", None), ("110,5,,Q", None),
        ("110,5,,D,-1", None), ("110,1" + "0" * 30 + ",,", None),
    ],
)  # fmt: skip
def test_summaries(cells: str, amounts: list[int] | None) -> None:
    assert summary_amounts(cells.split(",")) == amounts


@pytest.mark.parametrize(
    ("old", "new", "code", "number"),
    [
        ("16,108,1000", "16,108,-1000", "amount_wrong", 4),
        ("16,108,1000", "16,108,10.00", "amount_wrong", 4),
        ("16,108,1000", "16,108,1" + "0" * 16, "amount_wrong", 4),
        ("16,108", "16,1x8", "state_wrong", 4),
        ("1000,,B", "1000,V,269901,,B", "time_wrong", 4),
        ("1000,,B", "1000,Q,B", "record_wrong", 4),
        ("OURS", "O" * 300, "key_wrong", 4),
        ("02,US,BANK,1", "02,US,BANK,4", "state_wrong", 2),
        ("02,US,BANK,1", "02,US,BANK,2", "state_wrong", 2),
        ("260101,,USD", "261301,,USD", "time_wrong", 2),
        ("260101,,USD", "260101,,XXY", "currency_unknown", 3),
        ("03,123,", "03,,", "key_wrong", 3),
        ("010,500", "010,5OO", "record_wrong", 3),
        ("49,1500", "49", "record_wrong", 5),
        ("49,1500,3", "49,1500,x", "record_wrong", 5),
        ("49,1500,3/\n", "", "record_order", 5),
        ("03,123,,010,500,,/\n", "", "record_order", 3),
        ("16,108", "17,108", "record_wrong", 4),
        ("16,108", "text", "record_wrong", 4),
        ("99,1500,1,7/\n", "", "file_cut_off", 6),
    ],
)
def test_what_is_wrong_is_refused_by_line(
    prove_bytes: Prove, old: str, new: str, code: str, number: int
) -> None:
    content = report(DETAIL)
    assert old in content
    refused = prove_bytes(content.replace(old, new, 1).encode())
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.line_number) == (code, number)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("49,1500,3", "49,1501,3", "account_control 1/1 123"),
        ("49,1500,3", "49,,3", "account_control 1/1 123"),
        ("49,1500,3", "49,1500,4", "account_records 1/1 123"),
        ("98,1500,1,5", "98,-1500,1,5", "group_control 1"),
        ("98,1500,1,5", "98,1500,2,5", "group_accounts 1"),
        ("98,1500,1,5", "98,1500,1,6", "group_records 1"),
        ("99,1500,1,7", "99,1500,3,7", "file_groups"),
        ("99,1500,1,7", "99,1500,1,8", "file_records"),
        ("99,1500,1,7", "99,1499,1,7", "file_control"),
    ],
)
def test_every_trailer_counts(prove_bytes: Prove, old: str, new: str, field: str) -> None:
    content = report(DETAIL)
    assert isinstance(prove_bytes(content.encode()), FileProof)
    refused = prove_bytes(content.replace(old, new).encode())
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.field) == ("control_failed", field)


def test_the_currency_is_the_accounts_then_the_groups(read_bytes: Read) -> None:
    group = GROUP.replace("USD", "CAD")
    assert read_bytes(report(DETAIL, group=group).encode())[0].currency == "CAD"
    own = report(DETAIL, group=group, account="03,123,JPY,010,500,,/")
    assert read_bytes(own.encode())[0].currency == "JPY"
    none = report(DETAIL, group=GROUP.replace("USD", ""))
    assert read_bytes(none.encode())[0].currency == "USD"


def test_an_account_without_details_is_a_good_file(prove_bytes: Prove) -> None:
    proof = prove_bytes(report(total=500).encode())
    assert isinstance(proof, FileProof)
    assert (proof.lines, proof.merchant_account) == (0, "123")


@pytest.mark.parametrize("ours", ["", "0", "000000000", "NONREF", "NotProvided"])
def test_a_reference_that_says_nothing_is_none(read_bytes: Read, ours: str) -> None:
    line = read_bytes(report(DETAIL.replace("OURS", ours)).encode())[0]
    assert line.reference == line.line_identity


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\r\r\n"])
def test_line_ends(read_bytes: Read, end: bytes) -> None:
    content = report(DETAIL.removesuffix("/"), "88,MORE").encode()
    lines = [read_bytes(each)[0] for each in (content, content.replace(b"\n", end))]
    assert lines[0].raw == lines[1].raw
    assert lines[0].line_number == lines[1].line_number == 4


def test_a_total_left_out_is_zero(prove_bytes: Prove) -> None:
    content = report(account="03,123,/", total=0).replace("49,0,", "49,,")
    proof = prove_bytes(content.encode())
    assert isinstance(proof, FileProof)
    assert (proof.controls[0].printed, proof.controls[0].computed) == ("", "0")


def test_a_wrapped_text_is_one_text_and_no_record(prove_bytes: Prove, read_bytes: Read) -> None:
    wrapped = DETAIL.replace("TEXT", "1111 SETL\n222 A/B  ")
    line = read_bytes(report(DETAIL, "16,409,0,,,,X").replace(DETAIL, wrapped).encode())[0]
    assert (line.net_minor, line.text) == (1000, "1111 SETL\n222 A/B")
    assert line.raw == wrapped
    for ended in (DETAIL + "\n222/", DETAIL.replace("TEXT", "A/\n222")):
        refused = prove_bytes(report(DETAIL).replace(DETAIL, ended).encode())
        assert isinstance(refused, FileRefused)
        assert (refused.code, refused.line_number) == ("record_wrong", 5)
    damaged = (
        report(DETAIL, "16,409,7,,,,X").replace(DETAIL, DETAIL[:-1]).replace("16,409", "1X,409")
    )
    lost = prove_bytes(damaged.encode())
    assert isinstance(lost, FileRefused)
    assert lost.code == "control_failed"  # Its amount is missing in the total of its account.


def test_records_of_one_length_need_no_line_ends(prove_bytes: Prove, read_bytes: Read) -> None:
    told = report(DETAIL.removesuffix("/"), "16,409,0,,,,X").replace("1,,,2/", "1,80,1,2/")
    content = "".join(f"{record:<80}" for record in told.splitlines()).encode()
    assert [line.text for line in read_bytes(content)] == ["TEXT", "X"]
    assert isinstance(prove_bytes(content[:-80]), FileRefused)
    assert isinstance(prove_bytes(content.rstrip()), FileProof)
    in_lines = told.replace("TEXT", "TEXT OF MORE THAN EIGHTY CHARACTERS 49," * 5).encode()
    assert read_bytes(in_lines)[0].text.endswith("CHARACTERS 49,")


@pytest.mark.parametrize("first", ["01,BANK,US,260102,14:59:35,1,,,2/", FILE[:-1], FILE + "  "])
def test_file_headers(prove_bytes: Prove, first: str) -> None:
    assert isinstance(prove_bytes(report(DETAIL).replace(FILE, first).encode()), FileProof)


def test_several_files_in_one(prove_bytes: Prove) -> None:
    second = report(DETAIL).replace(FILE, FILE.replace("0800", "1300"))
    assert second != report(DETAIL)
    proof = prove_bytes((report(DETAIL) + second).encode())
    assert isinstance(proof, FileProof)
    assert proof.lines == 2
    assert [one.name for one in proof.controls if one.name.startswith("file_control")] == [
        "file_control", "file_control 2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head", [b"", b"01,2,3\n", b"02,US,BANK,1,260101,,USD,2/", b"01/01/2026,5,2/"]
)
def test_what_is_no_report_is_not_recognised(head: bytes) -> None:
    assert recognise(head) is None


def test_version_3_is_named(prove_bytes: Prove) -> None:
    refused = prove_bytes(report(DETAIL).replace(",2/", ",3/", 1).encode())
    assert isinstance(refused, FileRefused)
    assert refused.code == "format_not_recognised"
    assert "BTRS" in refused.message
