"""The real files of third parties, against an independent script and against ofxtools."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from ofxtools.header import OFXHeaderError
from ofxtools.Parser import OFXTree

from providers.formats import lines, prove, recognise
from providers.settlement_file import FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parent.parent / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
FILES = sorted((SAMPLES / "ofx").iterdir())
UNREADABLE = "unparsable_amount"  # How the script names an amount that is none.
# ofxtools keeps to the standard where these banks do not.
REFUSED_BY_OFXTOOLS = {
    "asgrim_ofxparser__ofxdata-bb-two-stmtrs.ofx",  # Two STMTRS in one STMTTRNRS.
    "jseutter_ofxparse__checking.ofx",  # A BANKID of ten digits; the standard has nine.
    "jseutter_ofxparse__decimal_error.ofx",  # No header.
}


def readable(path: Path) -> bool:
    by_type = EXPECTED[f"ofx/{path.name}"]["by_type"]
    return not any(name.startswith(UNREADABLE) for name in by_type)


GOOD = [path for path in FILES if readable(path)]


def read(path: Path) -> list[SettlementLine]:
    proof = prove(path)
    assert isinstance(proof, FileProof), proof
    return list(lines(path, proof))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_every_figure_is_the_expected_one(path: Path) -> None:
    proof, expected = prove(path), EXPECTED[f"ofx/{path.name}"]
    assert isinstance(proof, FileProof)
    assert proof.variant == f"ofx{expected['version'][0]}"
    assert proof.lines == expected["records"]
    assert proof.kinds == {"bank_entry": expected["records"]}
    assert proof.controls == ()
    sums = {name: Decimal(each["amount"]) * 100 for name, each in expected["by_currency"].items()}
    assert {name: each.net_minor for name, each in proof.currencies.items()} == sums
    found = read(path)
    counts = Counter(f"{line.code}|{line.currency}" for line in found)
    minors = Counter[str]()
    for line in found:
        minors[f"{line.code}|{line.currency}"] += line.net_minor
    by_type = expected["by_type"]
    assert counts == {name: each["count"] for name, each in by_type.items()}
    assert minors == {name: Decimal(each["amount"]) * 100 for name, each in by_type.items()}
    assert len({line.line_identity for line in found}) == len(found)


def test_an_amount_that_is_none_refuses_the_file() -> None:
    (path,) = (path for path in FILES if not readable(path))
    refused = prove(path)
    assert isinstance(refused, FileRefused)
    assert (refused.code, refused.field, refused.printed) == ("amount_wrong", "TRNAMT", "$120")
    assert refused.line_number == 34
    found = recognise(path.read_bytes())
    assert found is not None
    assert found[1].name == "ofx1"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_line_begins_where_it_says(path: Path) -> None:
    texts = path.read_bytes().decode("latin-1").replace("\r\n", "\n").split("\n")
    for line in read(path):
        assert "<STMTTRN>" in texts[line.line_number - 1]
        assert line.raw.startswith("<STMTTRN>")
        assert line.raw.endswith("</STMTTRN>")


@pytest.mark.filterwarnings("ignore::ofxtools.models.base.PrivateTagWarning")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_ofxtools_reads_the_same(path: Path) -> None:
    tree = OFXTree()
    try:
        tree.parse(str(path))
        document = cast("Any", tree.convert())
    except (ValueError, OFXHeaderError):
        assert path.name in REFUSED_BY_OFXTOOLS
        return
    assert path.name not in REFUSED_BY_OFXTOOLS
    theirs = [
        (each.fitid, each.trnamt, statement.curdef, each.trntype, each.dtposted)
        for statement in document.statements
        for each in statement.transactions
    ]
    ours = [
        (line.provider_reference, Decimal(line.net_minor) / 100, line.currency, line.code,
         line.booked_at)
        for line in read(path)
    ]  # fmt: skip
    assert ours == theirs


def test_texts_are_in_the_encoding_that_the_file_names() -> None:
    found = read(SAMPLES / "ofx" / "asgrim_ofxparser__ofxdata-bb-two-stmtrs.ofx")
    assert found[0].text == "TED-CRÉDITO EM CONTA"
    assert {line.part for line in found} == {"2"}


def test_times_cheques_and_cdata() -> None:
    _, cheque, _ = read(SAMPLES / "ofx" / "jseutter_ofxparse__bank_medium.ofx")
    assert cheque.booked_at.isoformat() == "2009-04-02T12:20:17-05:00"
    assert cheque.zone == "-5:EST"
    assert cheque.reference == cheque.line_identity  # The cheque's number is 0.
    *_, cheque = read(SAMPLES / "ofx" / "asgrim_ofxparser__ofxdata-xml.ofx")
    assert cheque.reference == "1025"
    (line,) = read(SAMPLES / "ofx" / "jseutter_ofxparse__suncorp.ofx")
    assert line.text.startswith("EFTPOS WDL HANDYWAY ALDI STORE | EFTPOS")
