"""Checked commands, kept in a temporary file until the whole input is known to be good.

Shape: `with Spool() as spool:` put(good) …, then iterate: each as it was put, in order. stdin can
be read once only, and memory does not grow with the file.
"""

import struct
import tempfile
from collections.abc import Iterator
from typing import Self

from cli.publishing.lines import Good

HEAD = struct.Struct(">QHHI")  # Number; lengths of book, type and payload.


class Spool:
    """A file without a name; it goes when it is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="tally-publish-")  # noqa: SIM115 - closed by __exit__.
        self.count = 0

    def put(self, good: Good) -> None:
        book, type_name = good.book.encode(), good.type_name.encode()
        head = HEAD.pack(good.number, len(book), len(type_name), len(good.payload))
        self._file.write(head + book + type_name + good.payload)
        self.count += 1

    def __iter__(self) -> Iterator[Good]:
        self._file.seek(0)
        while head := self._file.read(HEAD.size):
            number, book_size, type_size, size = HEAD.unpack(head)
            book = self._file.read(book_size).decode()
            type_name = self._file.read(type_size).decode()
            yield Good(number, book, type_name, self._file.read(size))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
