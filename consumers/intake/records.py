"""What intake remembers: the bytes of every money file, and how far each import is.

Shape: Records(connection) with the tables tally.files, tally.file_parts and tally.imports.
Rules: a file is kept as the plain bytes that were proven (gzip undone), packed by us in parts, so
that unpacked they have the checksum that its batch carries; the same bytes are kept once. An
import moves in one direction: arriving (or stopped), sealed, done; `last_line` is a line up to
which the book has every one. One import of an account at a time, by a lock of the session.
Units: bytes. Bound: a part is PART_BYTES, whatever the size of the file.
Errors: Outage; FileChangedError where the bytes are no longer those that were proven.
"""

import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from commands.outage import Outage
from infra.event_store.directory import ADVISORY_DIRECTORY, connect
from providers.settlement_file import FileChangedError, FileProof
from providers.source import Source, open_source

PART_BYTES = 1 << 20
PACKING_LEVEL = 3  # A third of the time of the usual 6, for a tenth more bytes.
GZIP = zlib.MAX_WBITS | 16  # zlib's word for gzip around it: any tool can unpack the parts.
ARRIVING, STOPPED, SEALED, DONE = "arriving", "stopped", "sealed", "done"

TABLES = """
CREATE TABLE IF NOT EXISTS tally.files (
  sha256 text PRIMARY KEY,
  name text NOT NULL,
  size bigint NOT NULL,
  packed_size bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS tally.file_parts (
  sha256 text NOT NULL REFERENCES tally.files DEFERRABLE INITIALLY DEFERRED,
  part int NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (sha256, part)
);
ALTER TABLE tally.file_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS tally.imports (
  book text NOT NULL,
  batch_id text NOT NULL,
  provider text NOT NULL,
  merchant_account text NOT NULL,
  format text NOT NULL,
  file_name text NOT NULL,
  sha256 text NOT NULL REFERENCES tally.files,
  status text NOT NULL,
  attempt int NOT NULL,
  last_line bigint NOT NULL,
  sealed_sequence bigint NOT NULL,
  began_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (book, batch_id)
);
ALTER TABLE tally.imports ADD COLUMN IF NOT EXISTS accepted_because text NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS imports_unfinished_idx ON tally.imports (began_at)
  WHERE status IN ('arriving', 'sealed');
CREATE INDEX IF NOT EXISTS imports_account_idx ON tally.imports (provider, merchant_account);
COMMENT ON TABLE tally.files IS
  'Money files as they were proven: size of the plain bytes, by their SHA-256';
COMMENT ON TABLE tally.file_parts IS 'Their bytes: the parts in order are one gzip stream';
COMMENT ON TABLE tally.imports IS 'How far each money file has gone into its book';
COMMENT ON COLUMN tally.imports.accepted_because IS
  'Why the file counts though its own controls do not hold; empty: they do';
"""
MADE = """SELECT EXISTS (SELECT FROM pg_attribute WHERE attname = 'accepted_because'
  AND attrelid = to_regclass('tally.imports'))"""
KEPT = "SELECT TRUE FROM tally.files WHERE sha256 = %s"
KEEP = "INSERT INTO tally.files (sha256, name, size, packed_size) VALUES (%s, %s, %s, %s)"
KEEP_PART = "INSERT INTO tally.file_parts (sha256, part, bytes) VALUES (%s, %s, %s)"
PARTS = "SELECT bytes FROM tally.file_parts WHERE sha256 = %s ORDER BY part"
LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 7411))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 7411))"
ELSEWHERE = """SELECT book FROM tally.imports
WHERE provider = %s AND merchant_account = %s AND book <> %s LIMIT 1"""
UNDER_ANOTHER_NAME = """SELECT merchant_account, book FROM tally.imports
WHERE sha256 = %s AND merchant_account <> ALL(%s) ORDER BY began_at LIMIT 1"""
BEGIN = """INSERT INTO tally.imports AS i (book, batch_id, provider, merchant_account, format,
  file_name, sha256, accepted_because, status, attempt, last_line, sealed_sequence)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'arriving', 1, 0, 0)
ON CONFLICT (book, batch_id) DO UPDATE SET attempt = i.attempt + 1, updated_at = now(),
  status = CASE i.status WHEN 'stopped' THEN 'arriving' ELSE i.status END,
  accepted_because = coalesce(nullif(i.accepted_because, ''), excluded.accepted_because)
RETURNING status, attempt, last_line, sealed_sequence, accepted_because, file_name"""
ADVANCE = """UPDATE tally.imports SET last_line = greatest(last_line, %s), updated_at = now()
WHERE book = %s AND batch_id = %s"""
TURN = """UPDATE tally.imports SET status = %s, updated_at = now(),
  sealed_sequence = greatest(sealed_sequence, %s) WHERE book = %s AND batch_id = %s"""
UNFINISHED = """SELECT book, batch_id, format, file_name, sha256, status, sealed_sequence,
  merchant_account, accepted_because
FROM tally.imports
WHERE status IN ('arriving', 'sealed') ORDER BY began_at"""
BOOK_SCHEMA = "SELECT schema_name FROM tally.books WHERE name = %s"
HEAD = "SELECT last_sequence FROM {schema}.head"


class State(NamedTuple):
    """How far an import is. `sealed_sequence`: where the book says so, 0 before."""

    status: str
    attempt: int
    last_line: int
    sealed_sequence: int
    accepted_because: str = ""  # As it was said first.
    file_name: str = ""  # As it was at first.


class Unfinished(NamedTuple):
    """An import that somebody has to go on with."""

    book: str
    batch_id: str
    format: str
    file_name: str
    sha256: str
    status: str
    sealed_sequence: int
    merchant_account: str
    accepted_because: str


class Busy(Outage):
    """Another program is importing a file of this account."""


def prepare(dsn: str) -> None:
    """Make what is missing. Errors: Outage."""
    with recorded(dsn):
        pass


@contextmanager
def recorded(dsn: str) -> Generator["Records"]:
    """Open the records, made where they are missing. Errors: Outage."""
    try:
        with connect(dsn) as connection:
            _prepare(connection)
            yield Records(connection)
    except psycopg.OperationalError as error:
        raise Outage(f"PostgreSQL: {error}", retry=True) from error


def _prepare(connection: psycopg.Connection[TupleRow]) -> None:
    """Looks first: making takes locks that whoever reads a file would have to wait for."""
    if connection.execute(MADE).fetchone() != (True,):
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_DIRECTORY,))
            connection.execute(TABLES)


@dataclass(frozen=True, slots=True)
class Records:
    """Each statement is a transaction of its own, but for the parts of a file."""

    connection: psycopg.Connection[TupleRow]

    def has_book(self, book: str) -> bool:
        return self._one(BOOK_SCHEMA, book) is not None

    def end_of(self, book: str) -> int:
        """The last sequence of a book's log."""
        row = self._one(BOOK_SCHEMA, book)
        assert row is not None, "a book that is in no directory"
        head = sql.SQL(HEAD).format(schema=sql.Identifier(str(row[0])))
        found = self.connection.execute(head).fetchone()
        assert found is not None, "a book without a head"
        return int(found[0])

    @contextmanager
    def alone(self, proof: FileProof) -> Generator[None]:
        """Nobody else imports a file of this account meanwhile. Errors: Busy."""
        name = f"intake/{proof.provider}/{proof.merchant_account}"
        if self._one(LOCK, name) != (True,):
            said = f"another program imports a file of {proof.provider} {proof.merchant_account}"
            raise Busy(said, retry=True)
        yield
        # Whatever goes wrong ends the session, and its locks with it.
        self._one(UNLOCK, name)

    def elsewhere(self, proof: FileProof, book: str) -> str:
        """Another book that has files of this account; empty: there is none."""
        row = self._one(ELSEWHERE, proof.provider, proof.merchant_account, book)
        return "" if row is None else str(row[0])

    def under_another_name(self, sha256: str, accounts: Sequence[str]) -> tuple[str, str] | None:
        """Account and book under which these very bytes are in, as a file of somebody else."""
        row = self._one(UNDER_ANOTHER_NAME, sha256, list(accounts))
        return None if row is None else (str(row[0]), str(row[1]))

    def keep(self, path: Path, proof: FileProof) -> None:
        """Keep the bytes of a proven file, all or none. Errors: FileChangedError."""
        if self._one(KEPT, proof.sha256) is not None:
            return
        with self.connection.transaction(), open_source(path) as source:
            packing = _Packing(source)
            for part, data in enumerate(packing.parts()):
                self.connection.execute(KEEP_PART, (proof.sha256, part, data))
            if source.fault is not None or source.sha256 != proof.sha256:
                raise FileChangedError(f"{path.name} is no longer the file that was proven")
            row = (proof.sha256, path.name, packing.size, packing.packed_size)
            self.connection.execute(KEEP, row)

    def kept(self, sha256: str) -> Iterator[bytes]:
        """The packed parts of a kept file, in order, one at a time in memory."""
        with self.connection.transaction(), self.connection.cursor("parts", binary=True) as cursor:
            cursor.itersize = 1
            for (part,) in cursor.execute(PARTS, (sha256,)):
                yield bytes(part)

    def begin(
        self, book: str, proof: FileProof, *, file_name: str, accepted_because: str = ""
    ) -> State:
        """Take an import up, for the first time or again."""
        values = (proof.provider, proof.merchant_account, proof.format, file_name, proof.sha256)
        row = self._one(BEGIN, book, proof.batch_id, *values, accepted_because)
        assert row is not None, "an upsert returns its row"
        status, attempt, last_line, sealed_sequence, because, name = row
        numbers = int(attempt), int(last_line), int(sealed_sequence)
        return State(str(status), *numbers, str(because), str(name))

    def advance(self, book: str, *, batch_id: str, last_line: int) -> None:
        self.connection.execute(ADVANCE, (last_line, book, batch_id))

    def turn(self, book: str, *, batch_id: str, status: str, sealed_sequence: int = 0) -> None:
        self.connection.execute(TURN, (status, sealed_sequence, book, batch_id))

    def unfinished(self) -> list[Unfinished]:
        """The oldest first."""
        rows = self.connection.execute(UNFINISHED).fetchall()
        return [Unfinished(*row) for row in rows]

    def _one(self, statement: LiteralString, *parameters: object) -> TupleRow | None:
        return self.connection.execute(statement, parameters).fetchone()


class _Packing:
    """A source on its way into parts of a gzip stream."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._packer = zlib.compressobj(PACKING_LEVEL, zlib.DEFLATED, GZIP)
        self.size = self.packed_size = 0

    def parts(self) -> Iterator[bytes]:
        """One at least, all but the last of PART_BYTES."""
        waiting = bytearray()
        for packed in self._packed():
            waiting += packed
            while len(waiting) > PART_BYTES:
                yield bytes(waiting[:PART_BYTES])
                del waiting[:PART_BYTES]
        yield bytes(waiting)

    def _packed(self) -> Iterator[bytes]:
        while chunk := self._source.read():
            self.size += len(chunk)
            yield self._counted(self._packer.compress(chunk))
        yield self._counted(self._packer.flush())

    def _counted(self, packed: bytes) -> bytes:
        self.packed_size += len(packed)
        return packed
