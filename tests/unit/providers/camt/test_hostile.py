"""Damaged and hostile XML: a clear refusal or a correct reading, in bounded time and memory."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.camt.document import PENDING_BYTES_MAX
from providers.formats import recognise
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.camt.writing import Account, Booking, entry, message
from tests.unit.providers.conftest import Prove, Read

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "camt").iterdir())
SMALL_BYTES = 4_000
ONE = message([Account((Booking(1234, "order-1", "BK1", "payout 7"),), opening_minor=100)])
ENTRY = entry(Booking(1234, "order-1", "BK1", "payout 7")).encode()
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10)
)


def changed(old: bytes, new: bytes) -> bytes:
    assert old in ONE
    return ONE.replace(old, new)


def with_doctype(doctype: bytes, words: bytes = b"payout 7") -> bytes:
    return changed(b"payout 7", words).replace(b"?>\n", b"?>\n" + doctype, 1)


@pytest.mark.parametrize(
    "doctype",
    [b"<!DOCTYPE Document>", b"<!DOCTYPE Document [%s]>" % LAUGHS,
     b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">',
     b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
     b'<!DOCTYPE Document [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'],
)  # fmt: skip
@pytest.mark.parametrize("words", [b"payout", b"&l9;", b"&x;"])
def test_a_doctype_is_refused(prove_bytes: Prove, doctype: bytes, words: bytes) -> None:
    outcome = prove_bytes(with_doctype(doctype, words))
    assert isinstance(outcome, FileRefused)
    assert outcome.code in {"doctype_refused", "xml_wrong"}
    assert "ha" * 10 not in outcome.message


def test_nothing_is_fetched(prove_bytes: Prove) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_port
        for doctype in (
            b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:%d/a">' % port,
            b'<!DOCTYPE Document [<!ENTITY x SYSTEM "http://127.0.0.1:%d/b">]>' % port,
            b'<?xml-stylesheet href="http://127.0.0.1:%d/c"?>' % port,
        ):
            prove_bytes(with_doctype(doctype, b"&x;" if b"ENTITY" in doctype else b"payout"))
        server.shutdown()
        thread.join()
    assert asked == []


@pytest.mark.parametrize("printed", [b">12.34</Amt>", b">1.00</Amt>"], ids=["entry", "balance"])
def test_how_many_decimals_are_meant_is_said(prove_bytes: Prove, printed: bytes) -> None:
    outcome = prove_bytes(changed(printed, printed.replace(b"<", b"0001<")))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "amount_wrong"
    assert outcome.expected == "an unsigned decimal of at most 5 digits behind its point"


@pytest.mark.parametrize(
    ("content", "code"),
    [(changed(b"payout 7", b"<a>" * 400 + b"</a>" * 400), "too_deep"),
     (changed(b"payout 7", b"x" * 11_000_000), "element_too_large"),
     (changed(b"<Ntry>", b"<X>y</X>" * (PENDING_BYTES_MAX // 4) + b"<Ntry>"), "element_too_large"),
     (changed(b"<Ntry>", b'<Ntry xmlns="urn:x"/>' * (PENDING_BYTES_MAX // 10) + b"<Ntry>"),
      "element_too_large"),
     (changed(b"</TxDtls>", b"</TxDtls>" + b"<TxDtls/>" * 10_000), "too_many_parts"),
     (changed(b"payout 7", b"\x00"), "xml_wrong"), (changed(b"payout 7", b"\xff"), "xml_wrong"),
     (changed(b"payout 7", b"&x;"), "xml_wrong"), (changed(b"</Ntry>", b""), "xml_wrong"),
     (ONE + ONE, "xml_wrong"), (ONE[:-3], "file_cut_off"),
     (changed(b"12.34</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"12.34</Amt><Sts>"), "state_wrong"),
     (changed(b"<Sts>BOOK</Sts>", b"<Sts/>"), "state_wrong"),
     (changed(ENTRY, ENTRY.replace(b"CRDT", b"CREDIT")), "state_wrong"),
     (changed(ENTRY, ENTRY.replace(b"12.34", b"-12.34")), "amount_wrong"),
     (changed(ENTRY, ENTRY.replace(b"12.34", b"12,34")), "amount_wrong"),
     (changed(ENTRY, ENTRY.replace(b"12.34", b"")), "amount_wrong"),
     (changed(ENTRY, ENTRY.replace(b"12.34", b"1e3")), "amount_wrong"),
     (changed(ENTRY, ENTRY.replace(b"12.34", b"1.234567")), "amount_wrong"),
     (changed(ENTRY, ENTRY.replace(b"EUR", b"XQQ")), "currency_unknown"),
     (changed(ENTRY, ENTRY.replace(b' Ccy="EUR"', b"")), "currency_unknown"),
     (changed(ENTRY, ENTRY.replace(b"2026-03-31", b"2026-02-30")), "time_wrong"),
     (changed(ENTRY, ENTRY.replace(b"<Sts>", b'<Amt Ccy="EUR">9</Amt><Sts>')), "element_wrong"),
     (changed(b"<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>", b""),
      "element_missing"),
     (changed(b"<NbOfNtries>1<", b"<NbOfNtries>one<"), "totals_not_understood"),
     (changed(b"<NbOfNtries>1<", b"<NbOfNtries>2<"), "control_failed"),
     (changed(b"<Sum>12.34<", b"<Sum>12.35<"), "control_failed"),
     (changed(ENTRY, ENTRY + ENTRY), "control_failed"), (changed(ENTRY, b""), "control_failed"),
     (changed(b"<Cd>CLBD</Cd>", b"<Cd>CLXX</Cd>").replace(ENTRY, b"").replace(
         b"TxsSummry", b"Other"), "no_lines"),
     (changed(b"<BkToCstmrStmt>", b"<BkToCstmrStmt><X>").replace(
         b"</BkToCstmrStmt>", b"</X></BkToCstmrStmt>"), "element_wrong"),
     (changed(b"camt.053.001.02", b"camt.053.001.01"), "format_not_recognised"),
     (changed(b"camt.053.001.02", b"camt.053.001.15"), "format_not_recognised"),
     (changed(b"camt.053.001.02", b"pain.001.001.03"), "format_not_recognised")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_cut_is_refused(prove_bytes: Prove, path: Path) -> None:
    content = path.read_bytes().rstrip()
    step = 1 if len(content) < SMALL_BYTES else len(content) // 100
    for length in range(0, len(content), step):
        outcome = prove_bytes(content[:length])
        assert isinstance(outcome, FileRefused), length
        assert outcome.code != "control_failed", length


def test_every_digit_of_the_money_counts(prove_bytes: Prove) -> None:
    for start in (ONE.index(b"1.00<"), ONE.index(b"13.34<"), ONE.index(b'EUR">12.34<') + 5):
        for at in range(start, ONE.index(b"<", start)):
            digit = ONE[at : at + 1]
            if not digit.isdigit():
                continue
            flipped = b"%d" % ((int(digit) + 1) % 10)
            outcome = prove_bytes(ONE[:at] + flipped + ONE[at + 1 :])
            assert isinstance(outcome, FileRefused), at
            assert outcome.code == "control_failed"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n"])
def test_line_ends_and_encodings_do_not_matter(read_bytes: Read, end: bytes) -> None:
    (expected,) = read_bytes(ONE)
    (line,) = read_bytes(ONE.replace(b"\n", end))
    assert (line.net_minor, line.raw) == (expected.net_minor, expected.raw)
    wide = ONE.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    (line,) = read_bytes(wide)
    assert line.net_minor == expected.net_minor
    (line,) = read_bytes(b"\xef\xbb\xbf" + ONE)
    assert line == read_bytes(b"\xef\xbb\xbf" + ONE)[0]
    (line,) = read_bytes(gzip.compress(ONE))
    assert line == expected


def test_elements_of_other_namespaces_and_comments_are_no_money(read_bytes: Read) -> None:
    other = b'<Ntry xmlns="urn:other"><Amt Ccy="EUR">9</Amt></Ntry><!-- <Ntry> -->'
    (line,) = read_bytes(changed(b"</Stmt>", other + b"</Stmt>"))
    assert line.net_minor == 1234
    (line,) = read_bytes(changed(b"12.34</Amt>", b"12<!-- x -->.<![CDATA[3]]>4</Amt>"))
    assert line.net_minor == 1234


def test_an_unknown_state_is_kept_and_counts_for_no_balance(prove_bytes: Prove) -> None:
    outcome = prove_bytes(changed(b"<Sts>BOOK</Sts>", b"<Sts><Prtry>ODD ONE</Prtry></Sts>"))
    assert isinstance(outcome, FileRefused)
    assert outcome.field == "closing_balance EUR"
    assert outcome.proof is not None
    assert outcome.proof.unknown == ("unknown:ODD ONE",)


def test_a_statement_without_entries_counts_by_its_balances(prove_bytes: Prove) -> None:
    outcome = prove_bytes(message([Account((), opening_minor=100)]))
    assert isinstance(outcome, FileProof)
    assert (outcome.lines, str(outcome.business_day)) == (0, "2026-03-31")


@settings(max_examples=200)
@given(st.integers(0, len(ONE) - 1), st.integers(0, 6), st.binary(max_size=6))
def test_a_damaged_statement_is_refused_or_true(
    prove_bytes: Prove, at: int, length: int, put: bytes
) -> None:
    outcome = prove_bytes(ONE[:at] + put + ONE[at + length :])
    if isinstance(outcome, FileProof):
        assert outcome.lines == 1
        (totals,) = outcome.currencies.values()
        assert totals.net_minor == 1234
    else:
        assert outcome.message.isprintable()


@settings(max_examples=100)
@given(st.sampled_from([b"", ONE[: ONE.index(b"<Stmt>")]]), st.binary(max_size=300))
def test_any_bytes_are_answered(prove_bytes: Prove, head: bytes, content: bytes) -> None:
    outcome = prove_bytes(head + content)
    assert isinstance(outcome, FileRefused)
    assert outcome.message.isprintable()


def test_kind_and_version_are_known_by_the_namespace() -> None:
    for version in range(2, 15):
        for prefix in ("", "ns2"):
            found = recognise(message([Account(())], version=version, prefix=prefix))
            assert found is not None
            assert (found[0].name, found[1].name) == ("camt", "camt.053")


def notification(*, entry: str, kind: str = "054") -> bytes:
    message, part = {"052": ("AcctRpt", "Rpt"), "054": ("DbtCdtNtfctn", "Ntfctn")}[kind]
    return (
        '<Envelope xmlns="urn:envelope"><Document'
        f' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08">'
        f"<BkToCstmr{message}><{part}><Id>N1</Id><CreDtTm>2026-03-31T12:00:00.5Z</CreDtTm>"
        "<Acct><Id><Othr><Id>123-4</Id></Othr></Id></Acct>"
        f'<Ntry><Amt Ccy="JPY">1000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>{entry}</Ntry>'
        f"</{part}></BkToCstmr{message}></Document></Envelope>"
    ).encode()


def test_a_pending_entry_without_a_day_has_that_of_its_report(read_bytes: Read) -> None:
    (line,) = read_bytes(notification(entry="<Sts><Cd>PDNG</Cd></Sts>", kind="052"))
    assert (line.net_minor, line.currency, line.account) == (-1000, "JPY", "123-4")
    assert (line.kind, line.code) == ("bank_entry", "DBIT PDNG")
    assert line.booked_at.isoformat() == "2026-03-31T12:00:00.500000+00:00"
    assert line.zone == "Z"
    assert line.line_identity == line.reference


def test_a_day_may_have_a_zone_and_more_decimals_leave_a_residue(read_bytes: Read) -> None:
    entry = "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-31+09:00</Dt></BookgDt>"
    content = notification(entry=entry).replace(b"1000.00", b"1000.6")
    (line,) = read_bytes(content)
    assert line.booked_at.isoformat() == "2026-03-31T00:00:00+09:00"
    assert (line.net_minor, str(line.residue_minor)) == (-1001, "-0.4")
    assert str(line.net_minor - line.residue_minor) == "-1000.6"
