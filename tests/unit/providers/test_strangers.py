"""What is said of files that no format recognises, and where a wrong format was named."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.formats import prove, recognise
from providers.settlement_file import FileProof, FileRefused
from providers.source import HEAD_BYTES
from providers.strangers import what_it_is
from providers.wechat.bill import REAL_BILL
from tests.unit.providers.bills import SAMPLES
from tests.unit.providers.conftest import Prove

AMAZON = SAMPLES / "amazon" / "xieyi138-star_amazon-settlement-parser__settlement-sample.txt"
MT940 = SAMPLES / "mt940" / "wolph_mt940__jejik__abnamro.sta"
NACHA = SAMPLES / "nacha" / "moov-io_ach__return-WEB.ach"
PAYONEER = SAMPLES / "payoneer" / "reubano_csv2ofx__payoneer.csv"
SPREADSHEET = "was it saved by a spreadsheet? get the file as the provider made it"
WECHAT = REAL_BILL


def packed(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # Each process of a run must make the same.


def said(outcome: FileProof | FileRefused) -> str:
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "format_not_recognised"
    assert outcome.message.isprintable()
    return outcome.message


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "the file is empty"), (b"\xef\xbb\xbf \r\n", "the file is blank"),
     (packed("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
     (packed("bill.csv"), "a ZIP archive: unpack it"), (packed(), "a ZIP archive with nothing"),
     (b"%PDF-1.7\n", "a PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff\xe0", "JPEG"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Excel workbook (.xls)"),
     (b"\r\n<!DOCTYPE html>\n<html><body>Log in</body></html>", "a web page"),
     (b'<?xml version="1.0"?><html xmlns="x">', "a web page"), (b"<HTML>", "a web page"),
     (b'{"error": {"code": 401, "message": "no"}}', "what went wrong"),
     (b'\xef\xbb\xbf{"status": 401, "title": "Unauthorized", "detail": "no"}', "went wrong"),
     (b'{"names": []}', "JSON of no layout"), (b"[1, 2]", "JSON of no layout"),
     (zipped(b""), "what gzip has packed is empty"), (b"\x1f\x8bnothing", "or damaged"),
     (zipped(zipped(b"x")), "packed by gzip twice"),
     (zipped(b"%PDF-1.7\n"), "a PDF"),
     ("some words\n".encode("utf-16"), "text in UTF-16, of no format"),
     (b"some words\n", "no format recognises this content"),
     (b"[" * HEAD_BYTES, "no format recognises"), (b'{"a": ' * 9_000, "no format recognises"),
     (b'{"a": ' + b"9" * 9_000 + b"}", "no format recognises")],
)  # fmt: skip
def test_a_file_of_another_kind_is_named(prove_bytes: Prove, content: bytes, words: str) -> None:
    assert words in said(prove_bytes(content))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "sample", [AMAZON, MT940, NACHA, PAYONEER, WECHAT], ids=lambda file: file.name
)
def test_utf_16_is_told(prove_bytes: Prove, sample: Path, encoding: str) -> None:
    content = sample.read_bytes().decode("utf-8-sig", errors="replace").encode(encoding)
    name = "wechat" if sample is WECHAT else sample.parent.name
    expected = f"this looks like {name}, but it is UTF-16: save it as UTF-8"
    assert said(prove_bytes(content)) == expected
    assert said(prove_bytes(zipped(content))) == expected


def test_another_encoding_of_china_is_told(prove_bytes: Prove) -> None:
    content = WECHAT.read_bytes().decode("utf-8-sig").encode("gb18030")
    assert "looks like wechat, but it is GB18030" in said(prove_bytes(content))


@pytest.mark.parametrize(
    ("sample", "parter", "parted"),
    [(PAYONEER, ";", "parted by semicolons"), (PAYONEER, "\t", "parted by tabs"),
     (PAYONEER, '"|"', "parted by bars"), (PAYONEER, "', '", "quoted otherwise"),
     (AMAZON, ",", "parted by commas"), (AMAZON, ";", "parted by semicolons")],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_cells_parted_otherwise_are_told(
    prove_bytes: Prove, sample: Path, parter: str, parted: str, encoding: str
) -> None:
    usual = "\t" if sample is AMAZON else ","
    text = sample.read_text("utf-8-sig").replace(usual, parter)
    wide = "it is UTF-16 and " if encoding == "utf-16" else ""
    found = said(prove_bytes(text.encode(encoding)))
    assert found == (
        f"this looks like {sample.parent.name}, but {wide}its cells are {parted}: {SPREADSHEET}"
    )
    assert found == said(prove_bytes(f"sep=;\r\n{text}".encode(encoding)))


def test_every_sample_is_recognised_as_before() -> None:
    for file in SAMPLES.glob("*/*"):
        assert recognise(file.read_bytes()[:HEAD_BYTES]) is not None, file.name


@pytest.mark.parametrize("name", ["camt", "ofx", "stripe", "nacha"])
def test_a_wrong_format_is_doubted(name: str, tmp_path: Path) -> None:
    alone, named = prove(MT940, format_name="mt940"), prove(MT940, format_name=name)
    assert isinstance(named, FileRefused)
    assert named.code != "format_not_recognised"
    assert named.message.endswith("; its content looks like mt940")
    assert "looks like" not in getattr(alone, "message", "")
    file = tmp_path / "file"
    file.write_bytes(packed("xl/workbook.xml"))
    other = prove(file, format_name=name)
    assert isinstance(other, FileRefused)
    assert "; this is an Excel workbook" in other.message


def test_a_right_format_is_not_doubted(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(NACHA.read_bytes()[:500])
    assert prove(file, format_name="nacha") == prove(file)


@settings(max_examples=300)
@given(
    st.sampled_from(
        [b"", b"\xff\xfe", b"\xfe\xff", b"{", b"[", b"<", b"PK\x03\x04", b"\0", b"sep="]
    ),
    st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-16-le")),
)
def test_any_bytes_are_answered_in_one_line(begin: bytes, rest: bytes) -> None:
    found = what_it_is(begin + rest, lambda head: "some" if b"," in head else "")
    assert found.isprintable()
    assert len(found) < 200


def test_how_often_a_format_is_asked_is_bounded() -> None:
    asked: list[int] = []

    def never(head: bytes) -> str:
        asked.append(len(head))
        return ""

    rows = b";,\t|\xe9\n" * HEAD_BYTES
    assert what_it_is(rows[:HEAD_BYTES], never) == ""
    assert what_it_is(b"\xff\xfe" + rows[:HEAD_BYTES], never)
    assert 0 < len(asked) < 64
    assert max(asked) < HEAD_BYTES
