"""Reports written and read back, and damaged ones: a clear refusal or a correct reading."""

import gzip
import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from providers.adyen.synthetic import HEADER, Record, synthetic_records
from providers.settlement_file import FileProof, FileRefused
from tests.unit.providers.adyen.examples import ALL, PAYOUT
from tests.unit.providers.adyen.test_adyen_accounting import ACCOUNTING_HEADER
from tests.unit.providers.adyen.writing import (
    BATCHES,
    COLUMNS,
    Said,
    columns_turned,
    read_naively,
    report,
)
from tests.unit.providers.conftest import Prove, Read

WHOLE = report(*ALL)
FEES = ("Commission", "Markup", "Scheme Fees", "Interchange")


@settings(max_examples=150)
@given(BATCHES, st.permutations(range(len(COLUMNS))))
def test_what_was_written_is_what_is_read(
    prove_bytes: Prove, read_bytes: Read, batches: list[tuple[Record, Said]], order: list[int]
) -> None:
    content = columns_turned(report(*(record for record, _ in batches)), order)
    found = [
        Said(x.kind, x.gross_minor, x.fee_minor, x.net_minor, x.currency, x.original_minor,
             x.account, x.part)
        for x in read_bytes(content)
    ]  # fmt: skip
    assert found == [said for _, said in batches]
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    parts = {(said.account, said.batch, said.currency) for _, said in batches}
    zeros = [each for each in proof.controls if each.name.startswith("batch_nets_to_zero")]
    assert len(zeros) == len(parts)
    assert all(each.holds for each in proof.controls)


@settings(max_examples=100)
@given(BATCHES, st.data())
def test_without_one_of_its_lines_a_batch_is_refused(
    prove_bytes: Prove, batches: list[tuple[Record, Said]], data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(batches))
    outcome = prove_bytes(report(*(record for record, said in batches if said is not lost[1])))
    if lost[1].net_minor:
        assert isinstance(outcome, FileRefused)
        assert outcome.code in {"control_failed", "no_lines"}


@pytest.mark.parametrize("part", range(4))  # So that processes can share the work.
def test_every_cut_is_refused_or_nothing_is_lost(prove_bytes: Prove, part: int) -> None:
    for length in range(part, len(WHOLE), 4):
        outcome = prove_bytes(WHOLE[:length])
        if isinstance(outcome, FileRefused):
            assert outcome.message
            continue
        # Only the name of the last line's zone, or the line end behind it.
        assert length >= len(WHOLE) - len("CEST\n")
        assert outcome.lines == len(ALL)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n\n"])
def test_the_last_line_end_may_be_missing(prove_bytes: Prove, end: bytes) -> None:
    assert isinstance(prove_bytes(WHOLE.removesuffix(b"\n") + end), FileProof)


def test_gzip_is_read_and_every_cut_of_it_is_refused(prove_bytes: Prove) -> None:
    packed = gzip.compress(WHOLE)
    assert isinstance(prove_bytes(packed), FileProof)
    for length in range(len(packed)):
        assert isinstance(prove_bytes(packed[:length]), FileRefused), length


def test_every_digit_of_net_gross_and_fees_counts(prove_bytes: Prove) -> None:
    """Of what was charged in another currency nothing but its net can be proven."""
    texts = WHOLE.decode().splitlines()
    flips = 0
    for place, record in enumerate(ALL, 1):
        fields = ["net_debit", "net_credit"]
        if record.psp and record.gross_currency == record.currency and record.type != "PaymentCost":
            fields += ["gross_debit", "gross_credit", "commission", "markup", "scheme_fees"]
        for field in fields:
            for found in re.finditer("[0-9]", getattr(record, field)):
                text: str = getattr(record, field)
                flipped = f"{(int(found.group()) + 1) % 10}"
                changed = text[: found.start()] + flipped + text[found.end() :]
                line = report(record._replace(**{field: changed})).decode().splitlines()[1]
                lines = [*texts[:place], line, *texts[place + 1 :]]
                outcome = prove_bytes("\n".join(lines).encode())
                assert isinstance(outcome, FileRefused), (record, field)
                assert outcome.code == "control_failed"
                flips += 1
    assert flips > 60


def test_a_line_doubled_or_lost_is_refused(prove_bytes: Prove) -> None:
    texts = WHOLE.splitlines(keepends=True)
    for place in range(1, len(texts)):
        for changed in (
            [*texts[:place], texts[place], *texts[place:]],
            [*texts[:place], *texts[place + 1 :]],
        ):
            outcome = prove_bytes(b"".join(changed))
            assert isinstance(outcome, FileRefused)
            assert outcome.code == "control_failed"
            assert outcome.proof is not None


def test_debit_and_credit_changed_over_are_refused(prove_bytes: Prove) -> None:
    for place, record in enumerate(ALL):
        turned = record._replace(net_debit=record.net_credit, net_credit=record.net_debit)
        outcome = prove_bytes(report(*ALL[:place], turned, *ALL[place + 1 :]))
        assert isinstance(outcome, FileRefused)


def test_columns_of_money_changed_over_are_refused(prove_bytes: Prove) -> None:
    """But for two that are subtracted both: what is given back, and what it costs to do so."""
    costs = {"Gross Debit (GC)", *(f"{fee} (NC)" for fee in FEES)}
    names = [name for name in COLUMNS if name.endswith(("(GC)", "(NC)"))]
    for one in names:
        for other in names:
            if one == other or {one, other} <= costs:
                continue
            turned = {one: other, other: one}
            header = ",".join(turned.get(name, name) for name in COLUMNS)
            outcome = prove_bytes(WHOLE.replace(HEADER.encode(), header.encode()))
            assert isinstance(outcome, FileRefused), (one, other)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "format_not_recognised"), (HEADER.encode(), "no_lines"),
     (WHOLE.replace(b",Settled,", b',"Settled,', 1), "quote_wrong"),
     (WHOLE.replace(b",Settled,", b",Set\0tled,", 1), "zero_byte"),
     (WHOLE.replace(b",Settled,", b",Settl\xff,", 1), "encoding_wrong"),
     (WHOLE.replace(b",Settled,", b",Settled,,", 1), "column_count"),
     (WHOLE.replace(b",Settled,", b"," + b"x" * 20_000 + b",", 1), "line_too_long"),
     (WHOLE + WHOLE, "time_wrong"), (WHOLE + b"total,1\n", "column_count"),
     (WHOLE.replace(b",", b";"), "format_not_recognised"),
     (WHOLE.decode().encode("utf-16"), "format_not_recognised")],
)  # fmt: skip
def test_damage_has_a_name(prove_bytes: Prove, content: bytes, code: str) -> None:
    outcome = prove_bytes(content)
    assert isinstance(outcome, FileRefused)
    assert outcome.code == code
    assert outcome.message.isprintable()


def test_look_alikes_are_named(prove_bytes: Prove) -> None:
    header = "Merchant Account,Journal Type,Net Currency,Net Debit (NC),Net Credit (NC),Num Txs\n"
    outcome = prove_bytes(header.encode() + b"Shop,Settled,EUR,,1,1\n")
    assert isinstance(outcome, FileRefused)
    assert "without a line for each payment" in outcome.message


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good report with a few bytes put in, taken out or changed."""
    content = bytearray(report(*(record for record, _ in draw(BATCHES))))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 6)))
        content[start:end] = draw(
            st.binary(max_size=6) | st.sampled_from([b",", b"\n", b'"', b"0", b"-", b"."])
        )
    return bytes(content)


@settings(max_examples=300)
@given(damaged())
@example(report(*synthetic_records(40, seed=1)))
def test_a_damaged_report_is_refused_or_nets_to_zero(prove_bytes: Prove, content: bytes) -> None:
    outcome = prove_bytes(content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
        return
    naive = read_naively(content)
    assert naive == {code: (Decimal(0), True) for code in outcome.currencies}
    assert not any(totals.net_minor for totals in outcome.currencies.values())


@settings(max_examples=300)
@given(
    st.sampled_from([HEADER.encode() + b"\n", ACCOUNTING_HEADER.encode() + b"\n", WHOLE]),
    st.binary(max_size=300) | st.text(',\n"0.-EURSettled ', max_size=300).map(str.encode),
)
def test_any_bytes_are_answered(prove_bytes: Prove, head: bytes, content: bytes) -> None:
    outcome = prove_bytes(head + content)
    if isinstance(outcome, FileRefused):
        assert outcome.message.isprintable()
    else:
        assert not content.strip(b"\r\n")
        assert outcome.lines == len(ALL)


def test_a_payout_alone_does_not_net_to_zero(prove_bytes: Prove) -> None:
    outcome = prove_bytes(report(PAYOUT))
    assert isinstance(outcome, FileRefused)
    assert outcome.expected == "-29.33"
