"""Importing a bill: exact once, refused whole, and what it finds is what was changed in it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from consumers.asking import Ask
from consumers.intake.importing import import_file
from consumers.intake.lines import LINES_MAX, Published
from consumers.intake.records import recorded
from domain.settlement import ImportSettlementFile, SealBatch
from providers.formats import prove
from providers.settlement_file import FileProof, FileRefused
from providers.wechat.bill import BillRow
from providers.wechat.plant import plant
from providers.wechat.synthetic import synthetic_rows
from schemas.meta import CommandMeta
from tests.integration.billed import bill_file, imported, last_sequence, play, refused
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

EVERYTHING = ("writer", "relay", "projector")
ROWS = 60


def rows_of_a_day() -> Sequence[BillRow]:
    return tuple(synthetic_rows(ROWS, seed=11))


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


def test_a_file_that_an_earlier_release_has_begun_is_gone_on_with(
    servers: Addresses, tmp_path: Path
) -> None:
    """It gave the first command another key; a batch is told by its content all the same."""
    bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
    proof = prove(bill)
    assert isinstance(proof, FileProof)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        begun = Published("main", proof).beginning(bill.name)
        meta = replace(begun.meta, idempotency_key=f"{proof.batch_id}/import")
        with system.asker() as asker:
            assert asker.ask(begun._replace(meta=meta)).status == "accepted"
        report = imported(system, bill)
        assert (report.outcome, report.refused) == ("imported", 0)


def test_an_import_is_gone_on_with_under_another_file_name(
    servers: Addresses, tmp_path: Path
) -> None:
    """Cut off behind its first command, and put there again as the provider's second download."""
    bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
    proof = prove(bill)
    assert isinstance(proof, FileProof)
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        with recorded(system.settings.postgres) as kept, system.asker() as asker:
            kept.keep(bill, proof)
            kept.begin("main", proof, file_name=bill.name)
            begun = asker.ask(Published("main", proof).beginning(bill.name))
            assert begun.status == "accepted"
        report = imported(system, bill.rename(tmp_path / "bill (1).csv"))
        assert (report.outcome, report.refused, report.fresh) == ("imported", 0, proof.lines)


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
