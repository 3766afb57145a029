"""Lines of a file whose encoding nobody states: UTF-8 where a line can be, else Latin-1.

Shape: mixed_batches(source) yields lists of lines as Source.batches does. Banks print ASCII, UTF-8
and Latin-1, some of them in one file, and a stream cannot be decided as a whole; so each line is.
A character of UTF-8 that is cut in two by a line end is read as Latin-1: no byte is lost.
Line ends: CR alone and more than one CR before LF end a line too.
"""

from collections.abc import Iterator

from providers.source import Source

_ANY_BYTE = "latin-1"  # Never fails, and gives every byte back.


def mixed_batches(source: Source) -> Iterator[list[str]]:
    """Yield all lines in order, many at a time."""
    for batch in source.batches(_ANY_BYTE):
        lines = [line if line.isascii() else _as_meant(line) for line in batch]
        if any("\r" in line for line in lines):
            lines = [part for line in lines for part in line.rstrip("\r").split("\r")]
        yield lines


def _as_meant(line: str) -> str:
    try:
        return line.encode(_ANY_BYTE).decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return line
