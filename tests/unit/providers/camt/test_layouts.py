"""Layouts of banks that no sample shows: each file made by hand, with what is unusual about it."""

from dataclasses import replace

import pytest

from providers.formats import recognise
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.camt.writing import Account, Booking, message
from tests.unit.providers.conftest import Prove, Read

ONE = message([Account((Booking(1234, "order-1", "BK1", "payout 7"),), opening_minor=100)])
SIGN, STATE = b"<CdtDbtInd>CRDT</CdtDbtInd>", b"<Sts>BOOK</Sts>"
DAYS = b"<BookgDt><Dt>2026-03-31</Dt></BookgDt><ValDt><Dt>2026-03-31</Dt></ValDt>"
KEY = b"<Refs><EndToEndId>order-1</EndToEndId></Refs>"
WORDS = b"<Ustrd>payout 7</Ustrd>"
NAMESPACE = b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"'


def changed(old: bytes, new: bytes, content: bytes = ONE) -> bytes:
    assert old in content
    return content.replace(old, new)


def test_a_statement_that_leaves_out_signs_of_balances_states_and_days(read_bytes: Read) -> None:
    """As a central bank sends it: the balance control shows that nothing was guessed wrong."""
    head, entries = ONE.split(b"<TxsSummry>")
    bare = head.replace(SIGN, b"") + b"<TxsSummry>" + entries.replace(STATE, b"")
    (line,) = read_bytes(changed(DAYS, b"", bare))
    assert (line.net_minor, line.code) == (1234, "PMNT/RCDT/ESCT")
    assert line.booked_at.isoformat() == "2026-03-31T00:00:00+00:00"  # Of the closing balance.


def test_an_overdrawn_account_whose_balances_leave_out_their_signs_is_refused(
    prove_bytes: Prove,
) -> None:
    content = message([Account((Booking(1234),), opening_minor=-5000)])
    head, entries = content.split(b"<TxsSummry>")
    bare = head.replace(b"<CdtDbtInd>DBIT</CdtDbtInd>", b"")
    outcome = prove_bytes(bare + b"<TxsSummry>" + entries)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "control_failed"


@pytest.mark.parametrize("kind", ["052", "054"])
def test_a_report_has_to_say_what_is_booked(prove_bytes: Prove, kind: str) -> None:
    names = {"052": (b"AcctRpt", b"Rpt"), "054": (b"DbtCdtNtfctn", b"Ntfctn")}[kind]
    content = changed(STATE, b"").replace(b"camt.053", b"camt." + kind.encode())
    content = content.replace(b"BkToCstmrStmt", b"BkToCstmr" + names[0])
    outcome = prove_bytes(content.replace(b"Stmt>", names[1] + b">"))
    assert isinstance(outcome, FileRefused)
    assert (outcome.code, outcome.field) == ("state_wrong", "Sts")


def test_the_day_of_the_message_counts_where_nothing_else_has_one(read_bytes: Read) -> None:
    content = changed(DAYS, b"").replace(b"<Dt><Dt>2026-03-31</Dt></Dt>", b"")
    (line,) = read_bytes(content)
    assert line.booked_at.isoformat() == "2026-03-31T22:00:00+01:00"


def test_a_document_without_a_namespace(read_bytes: Read, prove_bytes: Prove) -> None:
    (expected,) = read_bytes(ONE)
    (line,) = read_bytes(changed(NAMESPACE, b""))
    same = {"batch_id": "", "raw": "", "line_identity": ""}
    assert replace(line, **same) == replace(expected, **same)
    (line,) = read_bytes(changed(NAMESPACE, b' xmlns:x="urn:y" x:z="1"'))
    assert line.net_minor == 1234
    outcome = prove_bytes(changed(NAMESPACE, b' xmlns="urn:other"'))
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "format_not_recognised"


def test_a_version_that_is_not_read_is_named(prove_bytes: Prove) -> None:
    first = changed(b"camt.053.001.02", b"camt.053.001.01")
    outcome = prove_bytes(first.replace(b"BkToCstmrStmt>", b"BkToCstmrStmtV01>"))
    assert isinstance(outcome, FileRefused)
    assert outcome.message == "this is a camt.053 in version 1, which is not read"


def test_a_payer_names_what_we_asked_for(read_bytes: Read) -> None:
    """A Swiss QR bill, a Finnish or Belgian reference: ours, if the payer gave no key."""
    reference = b"<Strd><CdtrRefInf><Ref>210000000003139471430009017</Ref></CdtrRefInf></Strd>"
    asked = changed(WORDS, reference)
    (line,) = read_bytes(asked)
    assert (line.reference, line.text) == ("order-1", "210000000003139471430009017")
    no_key = KEY.replace(b"order-1", b"NOTPROVIDED") + b"<X/>"
    (line,) = read_bytes(changed(KEY, no_key, asked))
    assert line.reference == "210000000003139471430009017"
    (line,) = read_bytes(changed(KEY, no_key, asked.replace(reference, reference * 2)))
    assert line.reference == line.line_identity  # Two references: neither names the whole.
    taken_back = changed(STATE, b"<RvslInd>true</RvslInd>" + STATE, asked)
    (line,) = read_bytes(changed(KEY, no_key, taken_back))
    assert line.reference == line.line_identity


def test_the_rate_may_stand_beside_another_amount(read_bytes: Read) -> None:
    exchanged = b"<CcyXchg><XchgRate>1.25</XchgRate></CcyXchg>"
    for name in (b"TxAmt", b"CntrValAmt"):
        amounts = (
            b'<AmtDtls><InstdAmt><Amt Ccy="JPY">1500</Amt></InstdAmt>'
            b'<%s><Amt Ccy="EUR">12.34</Amt>%s</%s></AmtDtls>' % (name, exchanged, name)
        )
        (line,) = read_bytes(changed(KEY, KEY + amounts))
        assert (line.original_minor, line.original_currency) == (1500, "JPY")
        assert str(line.exchange_rate) == "1.25"


def test_entries_of_many_shapes_are_read_each_by_its_own(read_bytes: Read) -> None:
    """Texts that look like tags, empty elements, and more shapes than are remembered."""
    words = ["", "a & b < c > d", "<Amt>9</Amt>", "\u20ac \u0416", "x\ry", "&amp;", "  "]
    bookings = tuple(
        Booking(1000 + number, f"key-{number}", f"BK{number}", words[number % len(words)])
        for number in range(600)
    )
    content = message([Account(bookings)])
    for number in range(300):
        old = b"<EndToEndId>key-%d</EndToEndId>" % number
        content = changed(old, b"<X%d/>" % number + old + b"<InstrId/>", content)
    found = read_bytes(content)
    assert [line.net_minor for line in found] == [1000 + number for number in range(600)]
    assert [line.reference for line in found] == [f"key-{number}" for number in range(600)]
    expected = [words[number % len(words)].replace("\r", "\n").strip() for number in range(600)]
    assert [line.text for line in found] == expected


def test_many_statements_of_one_message(prove_bytes: Prove) -> None:
    accounts = [Account((Booking(100 + n),), id=f"S{n}", sequence=n) for n in range(40)]
    outcome = prove_bytes(message(accounts, version=12, prefix="n"))
    assert isinstance(outcome, FileRefused)  # Each opens with nothing, and not what was left.
    assert outcome.field.startswith("opening_balance")
    outcome = prove_bytes(message([replace(each, sequence=1) for each in accounts], version=14))
    assert isinstance(outcome, FileProof)
    assert outcome.lines == len(accounts)


def test_newer_versions_are_told_by_content() -> None:
    for version in (11, 12, 13, 14):
        found = recognise(message([Account(())], version=version))
        assert found is not None
        assert found[1].name == "camt.053"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(read_bytes: Read, encoding: str) -> None:
    wide = ONE.decode().replace("UTF-8", encoding.upper()[:6] + encoding[-2:].upper())
    (line,) = read_bytes(wide.replace("payout", "Zürich €").encode(encoding))
    assert (line.net_minor, line.text) == (1234, "Zürich € 7")


def test_a_document_that_declares_nothing(read_bytes: Read, prove_bytes: Prove) -> None:
    """As a bank sends it over FinTS: no declaration, and letters of Latin-1."""
    declared = ONE.replace(b"payout", "für Köln €".encode("cp1252"))
    bare = declared[declared.index(b"<Document") :]
    (line,) = read_bytes(bare)
    assert line.text == "für Köln € 7"
    long = bare.replace(b"<Acct>", b"<!--" + b"x" * 300_000 + b"--><Acct>")
    (line,) = read_bytes(long.replace("für".encode("cp1252"), "für ж".encode()))
    assert line.text == "für ж Köln € 7"
    for rest in (b"x", b"\xc3", b"\xff"):
        assert isinstance(prove_bytes(bare + rest), FileRefused)
    outcome = prove_bytes(declared)  # It says that it is UTF-8.
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "xml_wrong"


INSIDE = [
    "",
    "12.34",
    "<![CDATA[12.34]]>",
    "<![CDATA[]]>",
    "1<!-- 9 -->2.<?x?>34",
    "&#49;2.34",
    " 12.34 ",
]


@pytest.mark.parametrize("first", INSIDE)
def test_places_do_not_move_whatever_is_empty_or_masked(
    read_bytes: Read, prove_bytes: Prove, first: str
) -> None:
    """Entries of one shape as serialised, whichever of them is seen first."""
    head, entry, tail = ONE.partition(b"<Ntry>" + ONE.split(b"<Ntry>")[1].split(b"</Ntry>")[0])
    for second in INSIDE[1:]:
        if not second.replace("<![CDATA[]]>", ""):
            continue
        entries = [
            entry.replace(b"<Sts>", b'<X a="&gt;/">%s</X><Sts>' % first.encode(), 1),
            entry.replace(b"12.34", second.encode(), 1),
        ]
        summary = head[head.index(b"<TxsSummry>") :]
        content = head.replace(summary, b"").replace(b"CLBD", b"CLXX")
        found = read_bytes(content + b"</Ntry>".join(entries) + tail)
        assert [line.net_minor for line in found] == [1234, 1234]
        assert [line.reference for line in found] == ["order-1", "order-1"]
    empty = entry.replace(b"12.34", b"<![CDATA[]]>", 1) + b"</Ntry>" + entry
    outcome = prove_bytes(head + empty + tail)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "amount_wrong"
