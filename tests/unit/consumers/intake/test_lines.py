"""What is published of a file is the file, under names that another run gives again."""

from dataclasses import replace
from pathlib import Path

from commands.answer import CommandAnswered
from consumers.asking import Ask
from consumers.intake.lines import (
    LINES_MAX,
    REFERENCE_MAX,
    Published,
    first_line_of,
    parts,
    reference_of,
)
from domain import settlement
from domain.settlement import (
    BatchSealed,
    ReportSettlementLines,
    SettlementFileImported,
    SettlementLineReported,
)
from providers.settlement_file import FileProof
from tests.unit.consumers.intake.files import proven
from tests.unit.domain.memory_book import MemoryBook

BILL = Path("somewhere/bill.csv")
ROWS = 2 * LINES_MAX + 20


def everything(folder: Path) -> tuple[FileProof, list[Ask]]:
    proof, lines = proven(folder, rows=ROWS)
    published = Published("main", proof)
    asks = [published.beginning(BILL.name), *map(published.lines, parts(lines)), published.seal(1)]
    return proof, asks


def test_the_book_can_seal_what_is_published(tmp_path: Path) -> None:
    """By the rules of settlement: count and totals of the lines are those that were told."""
    proof, asks = everything(tmp_path)
    book = MemoryBook("main", (settlement,))
    for ask in asks:
        outcome = book.execute(ask.command)
        assert isinstance(outcome, tuple), outcome
    reported = [each for each in book.events if isinstance(each, SettlementLineReported)]
    assert len(reported) == proof.lines
    assert book.events[-1] == BatchSealed(
        proof.batch_id, proof.provider, proof.merchant_account, "2026-03-31", proof.lines
    )


def test_the_book_keeps_why_a_file_counts_though_its_controls_fail(tmp_path: Path) -> None:
    because = "the bank has counted a batch twice"
    published = Published("main", proven(tmp_path)[0], because)
    outcome = MemoryBook("main", (settlement,)).execute(published.beginning(BILL.name).command)
    assert isinstance(outcome, tuple)
    (event,) = outcome
    assert isinstance(event, SettlementFileImported)
    assert event.accepted_because == because


def test_only_what_our_books_expect_goes_by_our_key_alone(tmp_path: Path) -> None:
    """Of anything else many lines share one: a bank's words, the fees of one order."""
    line = replace(proven(tmp_path)[1][0], reference="ours", line_identity="its own")
    told = {kind: reference_of(replace(line, kind=kind)) for kind in ("charge", "refund", "fee")}
    assert told == {"charge": "ours", "refund": "ours", "fee": "ours~its own"}
    long = replace(line, kind="fee", reference="r" * 300, line_identity="i" * 300)
    assert len(reference_of(long)) <= REFERENCE_MAX
    assert reference_of(long) != reference_of(replace(long, line_identity="j" * 300))
    assert reference_of(replace(line, kind="fee", reference="a\tb")).isprintable()
    nameless = replace(line, kind="bank_entry", reference="its own")
    assert reference_of(nameless) == "its own"


def test_a_file_without_some_of_its_lines_is_not_sealed(tmp_path: Path) -> None:
    _, asks = everything(tmp_path)
    book = MemoryBook("main", (settlement,))
    for ask in (*asks[:2], *asks[3:-1]):
        book.execute(ask.command)
    outcome = book.execute(asks[-1].command)
    assert getattr(outcome, "code", "") == "batch_incomplete"


def test_names_follow_from_batch_and_lines_alone(tmp_path: Path) -> None:
    proof, asks = everything(tmp_path)
    keys = [ask.meta.idempotency_key for ask in asks]
    last = ROWS + 1  # Under the header.
    assert keys == [
        f"{proof.batch_id}/begin",
        f"{proof.batch_id}/2-{LINES_MAX + 1}",
        f"{proof.batch_id}/{LINES_MAX + 2}-{2 * LINES_MAX + 1}",
        f"{proof.batch_id}/{2 * LINES_MAX + 2}-{last}",
        f"{proof.batch_id}/seal/1",
    ]
    assert {ask.meta.client for ask in asks} == {"intake"}
    assert {ask.meta.correlation_id for ask in asks} == {proof.batch_id}
    assert all(ask.internal for ask in asks)
    assert [each.meta for each in everything(tmp_path)[1]] == [each.meta for each in asks]


def test_another_attempt_asks_for_the_seal_anew(tmp_path: Path) -> None:
    """Else a refusal of the first would be the saved answer for a day."""
    published = Published("main", proven(tmp_path)[0])
    assert published.seal(2).meta != published.seal(1).meta
    assert published.seal(2).command == published.seal(1).command


def test_lines_happened_on_the_day_on_which_the_provider_booked_them(tmp_path: Path) -> None:
    proof, lines = proven(tmp_path)
    day_before = lines[0].booked_at.replace(day=30)
    lines[:3] = [replace(line, booked_at=day_before) for line in lines[:3]]
    asks = [Published("main", proof).lines(part) for part in parts(lines)]
    commands = [ask.command for ask in asks if isinstance(ask.command, ReportSettlementLines)]
    assert [len(each.lines) for each in commands] == [3, len(lines) - 3]
    days = ["2026-03-30", "2026-03-31"]
    assert [each.booked_on for each in commands] == days
    assert [ask.meta.effective_on for ask in asks] == days


def test_an_answer_says_which_lines_it_is_about(tmp_path: Path) -> None:
    proof, lines = proven(tmp_path)
    ask = Published("main", proof).lines(lines[7:9])
    answer = CommandAnswered(
        book="main",
        answer_sequence=1,
        command_id="",
        client=ask.meta.client,
        idempotency_key=ask.meta.idempotency_key,
        command_type="",
        status="accepted",
        code="",
        detail="",
        replayed=False,
        first_sequence=1,
        last_sequence=4,
        correlation_id="",
        answered_at_us=0,
    )
    assert first_line_of(answer) == 9
