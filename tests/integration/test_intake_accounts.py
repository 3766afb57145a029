"""Importing what a person answers for, and files of no account, of one and of several."""

from pathlib import Path

from consumers.intake.acceptance import Acceptance
from consumers.intake.importing import Importer
from consumers.intake.records import recorded
from consumers.intake.reporting import ImportReport
from consumers.projector import log_reader
from domain.settlement import SettlementFileImported
from infra.event_store import directory
from providers.formats import prove
from providers.settlement_file import FileProof, FileRefused
from tests.integration.billed import imported, last_sequence, refused
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

EVERYTHING = ("writer", "relay", "projector")
SAMPLES = Path(__file__).parents[1] / "unit" / "providers" / "samples"
UNBALANCED = SAMPLES / "nacha" / "moov-io_ach__20110805A.ach"
PENDING = SAMPLES / "camt" / "moov-io_iso20022__FI_camt_052_sample.xml.xml"
SHARED_WORDS = SAMPLES / "mt940" / "svenstaro_mt940-rs__MT940_SE_Example.sta"
SEVERAL = SAMPLES / "mt940" / "wolph_mt940__cmxl__mt940.sta"
FILES_HELD = """SELECT batch_id, status, lines, lines_reported FROM read.settlement_files
ORDER BY batch_id"""
NAMELESS = SAMPLES / "amazon" / "xieyi138-star_amazon-settlement-parser__settlement-sample.txt"


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
