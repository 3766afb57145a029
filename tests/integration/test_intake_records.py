"""What intake remembers: bytes as they were proven, and imports that move in one direction."""

import gzip
import random
from collections.abc import Generator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from consumers.intake import records
from consumers.intake.records import ARRIVING, DONE, SEALED, STOPPED, Busy, State, recorded
from providers.formats import prove
from providers.settlement_file import FileChangedError, FileProof
from providers.wechat.synthetic import synthetic_rows
from tests.integration.billed import bill_file
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

SIZES = "SELECT size, packed_size FROM tally.files WHERE sha256 = %s"


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    with running(servers, tmp_path_factory.mktemp("records"), programs=()) as system:
        records.prepare(system.settings.postgres)
        records.prepare(system.settings.postgres)
        yield system


@pytest.fixture
def dsn(system: System) -> str:
    return system.settings.postgres


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> FileProof:
    proof = prove(bill_file(tmp_path_factory.mktemp("bill") / "b.csv", synthetic_rows(9, seed=2)))
    assert isinstance(proof, FileProof), proof
    return proof


def of_content(proof: FileProof, content: bytes) -> FileProof:
    return replace(proof, sha256=sha256(content).hexdigest())


@pytest.mark.parametrize("size", [0, 1, 3 * records.PART_BYTES + 17])
def test_bytes_are_kept_as_they_were_proven(
    dsn: str, proof: FileProof, tmp_path: Path, size: int
) -> None:
    content = random.Random(size).randbytes(size)  # It does not shrink: several parts.
    path = tmp_path / "bill.bin"
    path.write_bytes(content)
    known = of_content(proof, content)
    with recorded(dsn) as kept:
        kept.keep(path, known)
        kept.keep(path, known)  # Once is enough.
        parts = list(kept.kept(known.sha256))
        row = kept.connection.execute(SIZES, (known.sha256,)).fetchone()
    packed = b"".join(parts)
    assert gzip.decompress(packed) == content
    assert row == (size, len(packed))
    assert len(parts) == size // records.PART_BYTES + 1
    assert max(map(len, parts)) <= records.PART_BYTES


def test_a_file_that_came_gzipped_is_kept_as_its_plain_bytes(
    dsn: str, proof: FileProof, tmp_path: Path
) -> None:
    content = b"plain content, as it was proven"
    path = tmp_path / "bill.gz"
    path.write_bytes(gzip.compress(content))
    known = of_content(proof, content)
    with recorded(dsn) as kept:
        kept.keep(path, known)
        assert gzip.decompress(b"".join(kept.kept(known.sha256))) == content


def test_nothing_is_kept_of_a_file_that_is_another_now(
    dsn: str, proof: FileProof, tmp_path: Path
) -> None:
    path = tmp_path / "bill.bin"
    path.write_bytes(b"changed")
    known = of_content(proof, b"proven")
    with recorded(dsn) as kept:
        with pytest.raises(FileChangedError):
            kept.keep(path, known)
        assert list(kept.kept(known.sha256)) == []


def test_a_table_of_an_earlier_release_gets_the_column(dsn: str) -> None:
    with recorded(dsn) as kept:
        kept.connection.execute("ALTER TABLE tally.imports DROP COLUMN accepted_because")
    with recorded(dsn) as kept:
        assert kept.connection.execute("SELECT accepted_because FROM tally.imports LIMIT 0")


def test_an_import_moves_in_one_direction(dsn: str, proof: FileProof, tmp_path: Path) -> None:
    path = tmp_path / "bill.bin"
    path.write_bytes(b"one direction")
    known = replace(of_content(proof, b"one direction"), batch_id="wechat-one")
    batch_id = known.batch_id

    with recorded(dsn) as kept:
        kept.keep(path, known)

        def begun() -> State:
            return kept.begin("main", known, file_name="bill.bin")

        assert begun()[:4] == (ARRIVING, 1, 0, 0)
        kept.advance("main", batch_id=batch_id, last_line=7)
        kept.advance("main", batch_id=batch_id, last_line=3)
        assert begun()[:4] == (ARRIVING, 2, 7, 0)
        assert [each.batch_id for each in kept.unfinished()] == [batch_id]
        kept.turn("main", batch_id=batch_id, status=STOPPED)
        assert kept.unfinished() == []
        assert begun()[:4] == (ARRIVING, 3, 7, 0)  # A person has put the file there again.
        kept.turn("main", batch_id=batch_id, status=SEALED, sealed_sequence=40)
        assert begun()[:4] == (SEALED, 4, 7, 40)
        assert [each.sealed_sequence for each in kept.unfinished()] == [40]
        kept.turn("main", batch_id=batch_id, status=DONE)
        assert begun()[:4] == (DONE, 5, 7, 40)
        assert kept.unfinished() == []
        assert kept.elsewhere(known, "main") == ""
        assert kept.elsewhere(known, "other") == "main"


def test_one_import_of_an_account_at_a_time(dsn: str, proof: FileProof) -> None:
    another = replace(proof, merchant_account="another")
    with recorded(dsn) as one, recorded(dsn) as two:
        with one.alone(proof):
            with pytest.raises(Busy), two.alone(proof):
                pass
            with two.alone(another):
                pass
        with two.alone(proof):
            pass


def test_whoever_ends_amid_an_import_leaves_no_lock(dsn: str, proof: FileProof) -> None:
    with pytest.raises(ZeroDivisionError), recorded(dsn) as one, one.alone(proof):
        raise ZeroDivisionError
    with recorded(dsn) as two, two.alone(proof):
        pass
