"""What was written is what is read, and a second plain reading of the same XML agrees."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.camt.synthetic import write_statement
from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.camt.writing import Account, Booking, message
from tests.unit.providers.conftest import Prove, Read

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "camt").iterdir())
MINORS = st.integers(-(10**11), 10**11)
KEYS = st.text("abcXYZ019/-.: ", max_size=35).map(str.strip)
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=40)
BOOKINGS = st.builds(
    Booking,
    minor=MINORS,
    key=KEYS,
    bank_key=KEYS,
    words=WORDS,
    state=st.sampled_from(["BOOK", "BOOK", "BOOK", "PDNG", "INFO"]),
    day=st.sampled_from(["2026-03-30", "2026-03-31"]),
    reversal=st.booleans(),
)
STATEMENTS = st.builds(
    Account,
    bookings=st.lists(BOOKINGS, max_size=8).map(tuple),
    iban=st.sampled_from(["DE02120300000000202051", "NL26VAYB8060476890"]),
    currency=st.sampled_from(["EUR", "CHF", "USD"]),
    opening_minor=MINORS,
    summary=st.booleans(),
)
ACCOUNTS = st.lists(STATEMENTS, min_size=1, max_size=4).map(
    lambda found: [replace(each, id=f"S{n}", sequence=2 * n) for n, each in enumerate(found)]
)


@settings(max_examples=100)
@given(ACCOUNTS, st.integers(2, 10), st.sampled_from(["", "ns2", "Doc"]))
def test_what_was_written_is_what_is_read(
    read_bytes: Read, accounts: list[Account], version: int, prefix: str
) -> None:
    found = read_bytes(message(accounts, version=version, prefix=prefix))
    bookings = [(account, each) for account in accounts for each in account.bookings]
    assert len(found) == len(bookings)
    for line, (account, booking) in zip(found, bookings, strict=True):
        assert line.net_minor == line.gross_minor == booking.minor
        assert (line.fee_minor, line.residue_minor) == (0, 0)
        assert (line.currency, line.account) == (account.currency, account.iban)
        assert line.reference == (booking.key or line.line_identity)
        assert line.provider_reference == booking.bank_key
        assert line.text == booking.words
        assert line.booked_at.date().isoformat() == booking.day
        assert line.code.endswith(booking.state) == (booking.state != "BOOK")
        assert ("RvslInd" in line.code) == booking.reversal


@settings(max_examples=50)
@given(ACCOUNTS, st.data())
def test_a_cent_more_or_less_is_seen(
    prove_bytes: Prove, accounts: list[Account], data: st.DataObject
) -> None:
    content = message(accounts)
    assert isinstance(prove_bytes(content), FileProof)
    account = data.draw(st.sampled_from(accounts))
    cent = data.draw(st.sampled_from([-1, 1]))
    wrong = replace(account, opening_minor=account.opening_minor + cent)
    right, printed = message([account]), message([wrong])
    opening = printed[printed.index(b"<Bal>") : printed.index(b"</Bal>")]
    changed = right.replace(right[right.index(b"<Bal>") : right.index(b"</Bal>")], opening, 1)
    outcome = prove_bytes(changed)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == "control_failed"
    assert outcome.field == f"closing_balance {account.currency}"


def test_a_statement_that_follows_opens_with_what_the_one_before_closed(
    prove_bytes: Prove,
) -> None:
    first = Account((Booking(500, "a"),), id="S1", opening_minor=1000, sequence=7)
    second = replace(first, id="S2", opening_minor=1500, sequence=8)
    good = prove_bytes(message([first, second]))
    assert isinstance(good, FileProof)
    assert "opening_balance S2 EUR" in {control.name for control in good.controls}
    bad = prove_bytes(message([first, replace(second, opening_minor=1501)]))
    assert isinstance(bad, FileRefused)
    assert (bad.field, bad.printed, bad.expected) == ("opening_balance S2 EUR", "15.01", "15.00")
    apart = prove_bytes(message([first, replace(second, opening_minor=1501, sequence=9)]))
    assert isinstance(apart, FileProof)


def naive(path: Path) -> list[tuple[Decimal, str, str]]:
    """Every entry by its own words, the plain way."""
    found: list[tuple[Decimal, str, str]] = []
    for entry in ET.parse(path).getroot().iterfind(".//{*}Ntry"):  # noqa: S314 - a sample.
        amount = entry.find("{*}Amt")
        assert amount is not None
        sign = -1 if entry.findtext("{*}CdtDbtInd") == "DBIT" else 1
        key = entry.findtext("{*}AcctSvcrRef", "")
        found.append((sign * Decimal(amount.text or ""), amount.attrib["Ccy"], key))
    return found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_plain_reading_agrees(path: Path) -> None:
    outcome = prove(path)
    proof = outcome.proof if isinstance(outcome, FileRefused) else outcome
    assert proof is not None
    found = list(lines(path, proof))
    plain = naive(path)
    assert [(Decimal(line.net_minor) / 100, line.currency) for line in found] == [
        each[:2] for each in plain
    ]
    for line, (_, _, key) in zip(found, plain, strict=True):
        assert line.provider_reference == key or not key


def test_the_large_message_for_measurements_is_true(prove_bytes: Prove) -> None:
    out = BytesIO()
    write_statement(out, 2_500)
    proof = prove_bytes(out.getvalue())
    assert isinstance(proof, FileProof)
    assert proof.lines == 2_500
