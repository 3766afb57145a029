"""The bytes of a money file: gzip undone, hashed, bounded, cut into lines.

Units: bytes; lines are counted from 1.
Shape: open_source(path) gives a Source; a reader takes `read` (bytes) or `batches` (text lines).
Errors: what is wrong with the bytes becomes `fault`, a FileRefused, and the reader sees an early
end; providers.formats looks at `fault` first. A disk that fails is an OSError, not a bad file.
"""

import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from providers.settlement_file import FileRefused, shown

GZIP_MAGIC = b"\x1f\x8b"
HEAD_BYTES = 1 << 16  # 64 KiB: the comments before a header take a few KiB in what was seen.
CHUNK_BYTES = 1 << 18  # 256 KiB: some 700 lines at a time, a hundredth of the memory allowed.
# 10 million lines: 115 payments in every second of a day, five times the two million we aim at.
LINES_MAX = 10_000_000
# The widest known line has 38 columns of at most 128 characters: 4864; room for three of them.
LINE_CHARACTERS_MAX = 16_384
FILE_BYTES_MAX = LINES_MAX * 1_024  # Lines seen have 300 to 500 bytes; also ends a gzip bomb.


class Source:
    """A money file as plain bytes, read once from its start to its end."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from a binary stream that stands at its start."""
        self._stream = stream
        self._hash = sha256()
        self._bytes_read = 0
        self._lines_read = 0
        self.fault: FileRefused | None = None
        self.last_line_open = False  # Set at the end: the last line of `batches` has no line end.

    @property
    def sha256(self) -> str:
        """Hash of the plain bytes read so far."""
        return self._hash.hexdigest()

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Up to `size` bytes; none at the end of the file, or once something is wrong."""
        assert size > 0, "a file is never read in one piece"
        if self.fault is not None:
            return b""
        try:
            chunk = self._stream.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as damage:
            return self._stop(
                "gzip_damaged", message=f"the gzip stream is damaged or cut off: {damage}"
            )
        self._bytes_read += len(chunk)
        if self._bytes_read > FILE_BYTES_MAX:
            return self._stop(
                "file_too_large", message=f"more than {FILE_BYTES_MAX} bytes when unpacked"
            )
        self._hash.update(chunk)
        return chunk

    def batches(self, encoding: str = "utf-8") -> Iterator[list[str]]:
        """All lines in order, many at a time, without BOM and line ends (LF or CRLF).

        The encoding must not use the byte of LF inside a character: UTF-8 and GB18030 do not.
        """
        tail = b""
        while chunk := self.read():
            block, found, rest = chunk.rpartition(b"\n")
            if found:
                yield self._cut(tail + block, encoding)
                tail = rest
            else:
                tail += chunk
            if len(tail) > 4 * LINE_CHARACTERS_MAX:  # No encoding needs more bytes a character.
                self._stop_at_long_line(self._lines_read + 1)
        if tail and self.fault is None:
            self.last_line_open = True
            yield self._cut(tail, encoding)

    def numbered(self, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
        """All lines in order, each with its number."""
        number = 0
        for batch in self.batches(encoding):
            yield from enumerate(batch, number + 1)
            number += len(batch)

    def _cut(self, block: bytes, encoding: str) -> list[str]:
        """Whole lines of a block that has lost its last LF; none if something is wrong."""
        try:
            text = block.decode(encoding) + "\n"
        except UnicodeDecodeError as wrong:
            number = self._lines_read + 1 + block.count(b"\n", 0, wrong.start)
            self._stop(
                "encoding_wrong", message=f"line {number} is not {encoding}", line_number=number
            )
            return []
        if not self._lines_read:
            text = text.removeprefix("\ufeff")
        lines = text.split("\n")
        lines.pop()  # What follows the last LF: nothing.
        if "\r" in text:
            lines = [line.removesuffix("\r") for line in lines]
        if "\0" in text:
            number = self._lines_read + 1 + next(i for i, one in enumerate(lines) if "\0" in one)
            self._stop("zero_byte", message=f"line {number} has a zero byte", line_number=number)
        elif len(max(lines, key=len)) > LINE_CHARACTERS_MAX:
            far = (i for i, one in enumerate(lines) if len(one) > LINE_CHARACTERS_MAX)
            self._stop_at_long_line(self._lines_read + 1 + next(far))
        self._lines_read += len(lines)
        if self._lines_read > LINES_MAX:
            self._stop(
                "too_many_lines", message=f"more than {LINES_MAX} lines", line_number=LINES_MAX + 1
            )
        return [] if self.fault is not None else lines

    def _stop_at_long_line(self, number: int) -> None:
        limit = LINE_CHARACTERS_MAX
        self._stop(
            "line_too_long",
            message=f"line {number} has more than {limit} characters",
            line_number=number,
        )

    def _stop(self, code: str, *, message: str, line_number: int | None = None) -> bytes:
        self.fault = FileRefused(code, shown(message), line_number)
        return b""


@contextmanager
def open_source(path: Path) -> Generator[Source]:
    """Open a money file; gzip is known by its content, whatever the name says."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield Source(cast("BinaryIO", unpacked))
        else:
            yield Source(file)


def plain_head(head: bytes) -> bytes:
    """The first bytes of a file, unpacked as far as they go if they are gzip."""
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def first_line(head: bytes, encoding: str = "utf-8") -> str:
    """The first line of a plain head, without BOM and line end."""
    line = head.partition(b"\n")[0].decode(encoding, errors="replace")
    return line.removeprefix("\ufeff").rstrip("\r")
