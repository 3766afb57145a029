"""Importing a bill: exact once, refused whole, and what it finds is what was changed in it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from consumers.asking import Ask
from consumers.intake.acceptance import Acceptance
from consumers.intake.importing import Importer, import_file
from consumers.intake.lines import LINES_MAX, Published
from consumers.intake.records import recorded
from consumers.intake.reporting import ImportReport
from consumers.projector import log_reader
from domain.settlement import ImportSettlementFile, SealBatch, SettlementFileImported
from infra.event_store import directory
from providers.formats import prove
from providers.settlement_file import FileProof, FileRefused
from providers.wechat.bill import BillRow
from providers.wechat.plant import plant
from providers.wechat.synthetic import synthetic_rows
from schemas.meta import CommandMeta
from tests.integration.billed import bill_file, play
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

EVERYTHING = ("writer", "relay", "projector")
ROWS = 60
SAMPLES = Path(__file__).parents[1] / "unit" / "providers" / "samples"
UNBALANCED = SAMPLES / "nacha" / "moov-io_ach__20110805A.ach"
PENDING = SAMPLES / "camt" / "moov-io_iso20022__FI_camt_052_sample.xml.xml"
SHARED_WORDS = SAMPLES / "mt940" / "svenstaro_mt940-rs__MT940_SE_Example.sta"
SEVERAL = SAMPLES / "mt940" / "wolph_mt940__cmxl__mt940.sta"
FILES_HELD = """SELECT batch_id, status, lines, lines_reported FROM read.settlement_files
ORDER BY batch_id"""
NAMELESS = SAMPLES / "amazon" / "xieyi138-star_amazon-settlement-parser__settlement-sample.txt"


def rows_of_a_day() -> Sequence[BillRow]:
    return tuple(synthetic_rows(ROWS, seed=11))


def imported(system: System, path: Path) -> ImportReport:
    report = import_file(system.surroundings, path, book="main")
    assert isinstance(report, ImportReport), report
    return report


def refused(system: System, path: Path) -> FileRefused:
    outcome = import_file(system.surroundings, path, book="main")
    assert isinstance(outcome, FileRefused), outcome
    return outcome


def last_sequence(system: System) -> int:
    with system.connect() as connection:
        row = connection.execute("SELECT last_sequence FROM book_main.head").fetchone()
        assert row is not None
        return int(row[0])


def open_breaks(system: System) -> list[tuple[object, ...]]:
    system.caught_up("settlement")
    text = "SELECT kind, reference, amount, currency FROM read.breaks WHERE status = 'open'"
    with system.connect() as connection:
        return sorted(connection.execute(text).fetchall())


def test_a_planted_bill_is_reconciled_exactly_and_once(servers: Addresses, tmp_path: Path) -> None:
    rows = rows_of_a_day()
    changed, planted = plant(rows, seed=3)
    whole = bill_file(tmp_path / "bill.csv", rows)
    bill = bill_file(tmp_path / "planted.csv", changed)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        play(system, rows, whole)
        report = imported(system, bill)
        assert (report.outcome, report.fresh, report.repeated) == ("imported", len(changed), 0)
        assert (report.refused, report.absent) == (0, 1)
        expected = [(p.kind, p.reference, p.amount_minor, p.currency) for p in planted]
        assert open_breaks(system) == sorted(expected)

        after = last_sequence(system)
        again = imported(system, bill)
        assert (again.outcome, again.fresh) == ("already_imported", 0)
        with system.connect() as connection:  # As if intake had forgotten everything.
            connection.execute("DELETE FROM tally.imports")
        forgotten = imported(system, bill)
        assert (forgotten.outcome, forgotten.fresh) == ("already_imported", 0)
        assert forgotten.repeated == len(changed)
        assert last_sequence(system) == after
        assert open_breaks(system) == sorted(expected)


def test_a_damaged_file_is_refused_whole_and_leaves_nothing(
    servers: Addresses, tmp_path: Path
) -> None:
    content = bill_file(tmp_path / "bill.csv", rows_of_a_day()).read_bytes()
    lines = content.splitlines(keepends=True)
    other_digit = b"1" if content[-4:-3] != b"1" else b"2"
    damaged = {
        "totals_missing": b"".join(lines[: len(lines) // 2]),
        "control_failed": content[:-4] + other_digit + content[-3:],
        "no_lines": b"".join([lines[0], *lines[-2:]]),
    }
    with running(servers, tmp_path, programs=()) as system:
        for code, wrong in damaged.items():
            path = tmp_path / f"{code}.csv"
            path.write_bytes(wrong)
            assert refused(system, path).code == code
        assert last_sequence(system) == 0
        with system.connect() as connection:
            made = connection.execute("SELECT to_regclass('tally.imports')").fetchone()
        assert made == (None,)


def test_what_the_book_does_not_take_stops_the_import_before_the_seal(
    servers: Addresses, tmp_path: Path
) -> None:
    bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
    proof = prove(bill)
    assert isinstance(proof, FileProof)
    longer = bill_file(tmp_path / "longer.csv", synthetic_rows(ROWS, seed=12))
    other = prove(longer)
    assert isinstance(other, FileProof)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        with system.asker() as asker:
            assert asker.ask(by_hand(begun(proof, lines=0))).status == "accepted"
            assert asker.ask(by_hand(SealBatch(proof.batch_id))).status == "accepted"
            assert asker.ask(by_hand(begun(other, lines=other.lines + 1))).status == "accepted"

        report = imported(system, bill)
        assert (report.outcome, report.refused) == ("stopped", ROWS)
        assert report.refusals[0][:2] == (2, LINES_MAX + 1)
        assert {each.code for each in report.refusals} == {"batch_sealed"}

        report = imported(system, longer)
        assert (report.outcome, report.fresh, report.refused) == ("stopped", ROWS, 0)
        assert [(each.first_line, each.code) for each in report.refusals] == [
            (0, "batch_incomplete")
        ]


def test_a_file_goes_into_a_book_that_exists_and_is_its_own(
    servers: Addresses, tmp_path: Path
) -> None:
    bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        outcome = import_file(system.surroundings, bill, book="nowhere")
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "book_unknown"
        system.create_book("other")
        assert imported(system, bill).outcome == "imported"
        outcome = import_file(system.surroundings, bill, book="other")
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "account_of_another_book"


def test_what_a_person_answers_for_is_on_record_and_gone_on_with(
    servers: Addresses, tmp_path: Path
) -> None:
    """A file with one wrong control; its import is cut off, and goes on without being asked."""
    reason = "the bank has counted a batch twice"
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        assert refused(system, UNBALANCED).code == "control_failed"
        importer = Importer(system.surroundings)
        report = importer.import_file(UNBALANCED, book="main", said=Acceptance(reason))
        assert isinstance(report, ImportReport)
        assert (report.outcome, report.fresh, report.accepted_because) == ("imported", 48, reason)
        with system.connect() as connection:
            connection.execute("UPDATE tally.imports SET status = 'arriving', last_line = 0")
        with recorded(system.settings.postgres) as kept:
            (unfinished,) = kept.unfinished()
        assert unfinished.accepted_because == reason
        assert of_the_event(system) == reason
        again = importer.resume(unfinished)
        assert isinstance(again, ImportReport)
        assert (again.outcome, again.repeated) == ("already_imported", 48)


def test_the_same_bytes_are_of_one_account_unless_somebody_insists(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        importer = Importer(system.surroundings)

        def told(said: Acceptance) -> ImportReport | FileRefused:
            return importer.import_file(NAMELESS, book="main", said=said)

        first = told(Acceptance(account="acct_1"))
        assert isinstance(first, ImportReport)
        before = last_sequence(system)
        twice = told(Acceptance(account="acct_l"))
        assert isinstance(twice, FileRefused)
        assert twice.code == "file_of_another_account"
        assert "in book main as a file of acct_1" in twice.message
        assert last_sequence(system) == before
        same = told(Acceptance(account="acct_1"))
        assert isinstance(same, ImportReport)
        assert same.outcome == "already_imported"
        insisted = told(Acceptance(account="acct_l", again=True))
        assert isinstance(insisted, ImportReport)
        assert (insisted.outcome, insisted.fresh) == ("imported", first.fresh)


def test_movements_that_share_a_banks_words_are_none_twice(
    servers: Addresses, tmp_path: Path
) -> None:
    """84 of 103 say `DBT.Test`; the bank repeating itself in another file is what a break says."""
    again = tmp_path / "again.sta"
    again.write_bytes(SHARED_WORDS.read_bytes() + b"\n")
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        report = imported(system, SHARED_WORDS)
        assert (report.matched, report.breaks) == (0, {"missing_in_events": 103})
        report = imported(system, again)
        assert (report.matched, report.breaks) == (0, {"duplicate_line": 103})


def test_what_is_pending_moves_no_money(servers: Addresses, tmp_path: Path) -> None:
    """Of two entries one is announced; once booked, it is another line of another file."""
    proof = prove(PENDING)
    assert isinstance(proof, FileProof)
    assert (proof.lines, proof.currencies["EUR"].net_minor) == (2, 222_000)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        report = imported(system, PENDING)
        assert (report.outcome, report.fresh) == ("imported", 1)
        system.caught_up("settlement")
        with system.connect() as connection:
            found = connection.execute("SELECT net FROM read.settlement_lines").fetchall()
            stated = connection.execute("SELECT net FROM read.settlement_totals").fetchall()
        assert found == stated == [(10_000,)]


def of_the_event(system: System) -> str:
    """Why the file counts, by the book's own log."""
    with system.connect() as connection:
        (book,) = [each for each in directory.listed(connection) if each.name == "main"]
        last, _ = log_reader.ends_of(connection, book)
        events = [each.event for each in log_reader.read(connection, book, after=0, to=last)]
    (event,) = [each for each in events if isinstance(each, SettlementFileImported)]
    return event.accepted_because


def test_a_file_that_an_earlier_release_has_begun_is_gone_on_with(
    servers: Addresses, tmp_path: Path
) -> None:
    """It gave the first command another key; a batch is told by its content all the same."""
    bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
    proof = prove(bill)
    assert isinstance(proof, FileProof)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        begun = Published("main", proof).beginning(bill)
        meta = replace(begun.meta, idempotency_key=f"{proof.batch_id}/import")
        with system.asker() as asker:
            assert asker.ask(begun._replace(meta=meta)).status == "accepted"
        report = imported(system, bill)
        assert (report.outcome, report.refused) == ("imported", 0)


def test_a_file_that_does_not_say_whose_it_is_needs_an_account(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        assert refused(system, NAMELESS).code == "account_unknown"
        importer = Importer(system.surroundings)
        report = importer.import_file(NAMELESS, book="main", said=Acceptance(account="acct_1"))
        assert isinstance(report, ImportReport)
        assert report.outcome == "imported"
        assert report.proof.merchant_account == "acct_1"
        with system.connect() as connection:
            connection.execute("UPDATE tally.imports SET status = 'arriving', last_line = 0")
        with recorded(system.settings.postgres) as kept:
            (unfinished,) = kept.unfinished()
        again = importer.resume(unfinished)
        assert isinstance(again, ImportReport)
        assert (again.outcome, again.proof.batch_id) == ("already_imported", report.proof.batch_id)


def test_a_file_of_several_accounts_is_a_batch_of_each_and_each_is_gone_on_with(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        report = imported(system, SEVERAL)
        assert (report.outcome, report.fresh, report.proof.lines) == ("imported", 16, 16)
        assert len(report.batches) == 3
        system.caught_up("settlement")
        with system.connect() as connection:
            held = connection.execute(FILES_HELD).fetchall()
            assert [(batch, status) for batch, status, _, _ in held] == [
                (each, "sealed") for each in report.batches
            ]
            assert [(lines, reported) for _, _, lines, reported in held] == [
                (2, 2), (11, 11), (3, 3),
            ]  # fmt: skip
            again = imported(system, SEVERAL)
            assert (again.outcome, again.repeated) == ("already_imported", 16)
            connection.execute("UPDATE tally.imports SET status = 'arriving', last_line = 0")
        with recorded(system.settings.postgres) as kept:
            unfinished = kept.unfinished()
        assert {each.batch_id for each in unfinished} == {*report.batches}
        for each in unfinished:
            outcome = Importer(system.surroundings).resume(each)
            assert isinstance(outcome, ImportReport)
            assert (outcome.outcome, outcome.proof.batch_id) == ("already_imported", each.batch_id)
        with recorded(system.settings.postgres) as kept:
            assert kept.unfinished() == []


def begun(proof: FileProof, *, lines: int) -> ImportSettlementFile:
    """The batch of a file, as if the file were another."""
    return ImportSettlementFile(
        proof.batch_id,
        proof.provider,
        proof.merchant_account,
        proof.format,
        "another.csv",
        proof.sha256[::-1],
        proof.business_day.isoformat(),
        lines,
        (),
    )


def by_hand(command: ImportSettlementFile | SealBatch) -> Ask:
    key = f"{type(command).__name__}/{command.batch_id}"
    return Ask("main", CommandMeta("hand", key), command, internal=True)
