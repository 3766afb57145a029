"""The intake program: an inbox whose files are imported once, whoever is killed and when."""

import errno
import gzip
import json
import os
import shutil
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from consumers.intake import records
from consumers.intake.start import Intake
from domain.settlement import (
    BatchSealed,
    BreakOpened,
    SettlementFileImported,
    SettlementLineReported,
)
from infra.event_store.directory import Listing
from providers.wechat.synthetic import synthetic_rows
from schemas import editions
from schemas.names import FULL_NAMES
from tests.integration.billed import bill_file, counts, until_counted
from tests.integration.cli.calls import caller, parsed
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

EVERYTHING = ("writer", "relay", "projector", "intake")
LINES = 30_000  # Many times what is under way at once.
KILLS_AFTER = (1, 12_000)


def inbox(system: System) -> Path:
    """Made by the program itself."""
    folder = system.settings.data / "inbox" / "main"
    system.until(lambda: (folder / "done").is_dir() or None, "the inbox")
    return folder


def status(system: System) -> str:
    with system.connect() as connection:
        rows = connection.execute("SELECT status FROM tally.imports").fetchall()
        return str(rows[0][0]) if rows else ""


def test_an_import_killed_half_way_goes_on_without_a_double_line(
    servers: Addresses, tmp_path: Path
) -> None:
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(LINES, seed=5))
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        folder = inbox(system)
        bill.rename(folder / "bill.csv")
        for lines in KILLS_AFTER:
            until_counted(system, SettlementLineReported, lines)
            system.kill("intake")
            assert counts(system)[FULL_NAMES[BatchSealed]] == 0
            assert status(system) == "arriving"
            system.start("intake")
        until_counted(system, BatchSealed, 1)
        system.until(lambda: (folder / "done" / "bill.csv").exists() or None, "it to be moved")
        system.until(lambda: status(system) == "done" or None, "its check")
        assert counts(system) == {
            editions.name_of(FULL_NAMES[SettlementFileImported]): 1,
            FULL_NAMES[SettlementLineReported]: LINES,
            FULL_NAMES[BreakOpened]: LINES,  # Nothing of ours is known.
            FULL_NAMES[BatchSealed]: 1,
        }
        system.caught_up("settlement")
        with system.connect() as connection:
            found = connection.execute(
                "SELECT count(*), max(line_number) FROM read.settlement_lines"
            )
            assert found.fetchone() == (LINES, LINES + 1)
        system.stop("intake")


def test_a_file_goes_to_done_or_to_refused_with_its_reason(
    servers: Addresses, tmp_path: Path
) -> None:
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(20, seed=6))
    content = bill.read_bytes()
    cut = b"".join(content.splitlines(keepends=True)[:-2])
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        folder = inbox(system)
        (folder / "still.csv.part").write_bytes(content[:100])
        (folder / ".hidden").write_bytes(content[:100])
        (folder / "cut.csv.part").write_bytes(cut)
        (folder / "cut.csv.part").rename(folder / "cut.csv")
        bill.rename(folder / "whole.csv")
        system.until(lambda: (folder / "done" / "whole.csv").exists() or None, "the whole one")
        reason = folder / "refused" / "cut.csv.reason.json"
        said = json.loads(reason.read_text(encoding="utf-8"))
        assert (said["file"], said["code"]) == ("cut.csv", "totals_missing")
        assert (folder / "refused" / "cut.csv").read_bytes() == cut

        packed = folder / "whole.csv.part"  # The same content again, gzipped: known already.
        packed.write_bytes(gzip.compress(content))
        before = counts(system)
        packed.rename(folder / "whole.csv")
        system.until(lambda: (folder / "done" / "whole.csv.2").exists() or None, "its repeat")
        assert counts(system) == before
        left = sorted(each.name for each in folder.iterdir() if each.is_file())
        assert left == [".hidden", "still.csv.part"]


def test_a_file_that_nobody_can_take_holds_up_no_other(servers: Addresses, tmp_path: Path) -> None:
    secret = bill_file(tmp_path / "bill.csv", synthetic_rows(20, seed=9))
    bill = secret.read_bytes()
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        folder = inbox(system)
        link, pipe = folder / "a.csv", folder / "pipe"
        link.symlink_to(secret)
        os.mkfifo(pipe)
        typo = folder.parent / "mian" / "bill.csv"
        typo.parent.mkdir()
        typo.write_bytes(bill)
        for name in (b"b-\xff.csv", b"c" * 251 + b".csv"):
            (folder / os.fsdecode(name)).write_bytes(bill)
        (folder / "d.csv").write_bytes(bill)
        system.until(lambda: (folder / "done" / "d.csv").exists() or None, "the good one")
        reasons = list((folder / "refused").glob("*.json"))
        codes = [json.loads(each.read_text(encoding="utf-8"))["code"] for each in reasons]
        assert codes == ["file_name_not_plain"] * 2
        assert link.is_symlink()
        link.unlink()
        link.write_bytes(bill)
        system.until(lambda: (folder / "done" / "a.csv").exists() or None, "the repaired one")
        assert counts(system)[FULL_NAMES[BatchSealed]] == 1
        said = system.programs["intake"].said()
        assert said.count("passed_over ") == 2
        assert said.count("book_unknown ") == 1
        waits = parsed(caller(system)("status", "--json", "--interval", "0"))["waits"]
        assert f"mian is no book, and there are files in {typo.parent}" in waits
        assert typo.exists()
        system.stop("intake")


def test_a_file_that_the_disk_does_not_give_holds_up_no_other(
    servers: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(20, seed=11)).read_bytes()
    copy = shutil.copyfile

    def failing(source: Path, target: Path) -> Path:
        if source.name == "a.csv":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return copy(source, target)

    with running(servers, tmp_path, programs=("writer", "relay", "projector")) as system:
        records.prepare(system.settings.postgres)
        folder = system.settings.data / "inbox" / "main"
        with closing(Listing(system.settings.postgres)) as listing:
            Intake(system.surroundings, listing, Event()).turn()
            for name in ("a.csv", "d.csv"):
                (folder / name).write_bytes(bill)
            monkeypatch.setattr(shutil, "copyfile", failing)
            Intake(system.surroundings, listing, Event()).turn()
            assert (folder / "done" / "d.csv").exists()
            assert (folder / "a.csv").exists()
            assert list((folder / "refused").iterdir()) == []
            monkeypatch.undo()
            Intake(system.surroundings, listing, Event()).turn()
            assert (folder / "done" / "a.csv").exists()
        assert counts(system)[FULL_NAMES[BatchSealed]] == 1


def test_what_a_newer_release_refuses_is_stopped_and_not_tried_for_ever(
    servers: Addresses, tmp_path: Path
) -> None:
    """As kept bytes look to a reader that has become stricter: a format that there is not."""
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(20, seed=10))
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        folder = inbox(system)
        system.kill("relay")
        bill.rename(folder / "bill.csv")
        system.until(lambda: status(system) == "arriving" or None, "it to begin")
        system.kill("intake")
        (folder / "bill.csv").unlink()
        with system.connect() as connection:
            connection.execute("UPDATE tally.imports SET format = 'older'")
        system.start("intake")
        system.until(lambda: status(system) == "stopped" or None, "it to be stopped")
        intake = system.programs["intake"]
        system.until(lambda: "format_unknown" in intake.said() or None, "it to say why")
        assert intake.said().count("format_unknown") == 1


def test_what_a_killed_import_left_is_gone_on_with_from_the_bytes_that_were_kept(
    servers: Addresses, tmp_path: Path
) -> None:
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(20, seed=8))
    with running(servers, tmp_path, programs=EVERYTHING) as system:
        folder = inbox(system)
        system.kill("relay")  # No answer comes: the import stays where it is.
        bill.rename(folder / "bill.csv")
        system.until(lambda: status(system) == "arriving" or None, "it to begin")
        system.kill("intake")
        (folder / "bill.csv").unlink()
        system.start("relay")
        system.start("intake")
        system.until(lambda: status(system) == "done" or None, "it to be done")
        assert counts(system)[FULL_NAMES[SettlementLineReported]] == 20
