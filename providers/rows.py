"""The rows of a delimited file with RFC 4180 quotes: cells, and the lines that they came from.

Shape: rows(source), rows_of(lines) yield Row; at the first thing that is no row a FileRefused, the
last that they yield.
Lines are counted from 1; a quoted cell may hold line ends, its row has the number of its first.
Blank lines are passed over. Cells are as printed, blanks around them kept.
Errors: FileRefused `quote_wrong`: a quote amid a cell, or one that is never closed; `file_cut_off`,
of cut_off(source, last, columns).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from providers.settlement_file import FileRefused
from providers.source import LINE_CHARACTERS_MAX, Source

QUOTE = '"'
# A description with line breaks has a handful; an open quote must not swallow the file.
ROW_LINES_MAX = 64


class Row(NamedTuple):
    """One row; `raw` without its last line end."""

    number: int
    raw: str
    cells: list[str]


def rows(
    source: Source, *, delimiter: str = ",", encoding: str = "utf-8"
) -> Iterator[Row | FileRefused]:
    """Yield every row of a source in order."""
    yield from rows_of(source.batches(encoding), delimiter=delimiter)


def rows_of(batches: Iterable[list[str]], *, delimiter: str = ",") -> Iterator[Row | FileRefused]:
    """Yield every row of lines that were cut already; of a source with a fault, its end is moot."""
    number = 0
    open_lines: list[str] = []
    reader = _Reader(delimiter)
    for batch in batches:
        for line in batch:
            number += 1
            if not open_lines:
                if QUOTE not in line:
                    if line:
                        yield Row(number, line, line.split(delimiter))
                    continue
                cells = reader.at_once(line)
                if cells:
                    yield Row(number, line, cells)
                    continue
            open_lines.append(line)
            taken = reader.take(open_lines, number)
            if taken is None:
                continue
            yield taken
            if isinstance(taken, FileRefused):
                return
            open_lines = []
    if open_lines:
        yield _refused(number - len(open_lines) + 1, "a quote is opened and never closed")


def cut_off(
    source: Source, last: Row, columns: Mapping[str, int], *, width: int
) -> FileRefused | None:
    """Whether the last row may be cut amid a cell that is read: no line end, no quote behind it."""
    read = width - 1 in columns.values() and not last.raw.endswith(QUOTE)
    if not (source.last_line_open and read):
        return None
    message = f"line {last.number} has no line end: its last cell may be cut off"
    return FileRefused("file_cut_off", message, last.number)


class _Reader:
    """The csv module, given one row after the other: a reader made for each costs as much again."""

    def __init__(self, delimiter: str) -> None:
        self._raw: str | None = None
        self._between = f"{QUOTE}{delimiter}{QUOTE}"
        self._cells = csv.reader(iter(self._once, None), delimiter=delimiter, strict=True)

    def _once(self) -> str | None:
        """The row; nothing if it is asked for more, for a quote in it is still open."""
        raw, self._raw = self._raw, None
        return raw

    def at_once(self, line: str) -> list[str]:
        """The cells of a row that is one line; none if it is not, or is wrong."""
        quotes = line.count(QUOTE)
        cells = line[1:-1].split(self._between)
        if quotes == 2 * len(cells) and line[0] == line[-1] == QUOTE:
            return cells  # No quote is left in them: all were quoted, this is their only reading.
        return [] if quotes % 2 else self._parsed(line)

    def _parsed(self, raw: str) -> list[str]:
        """The cells of one row; none if its quotes are not those of a row, now or before."""
        self._raw = raw
        try:
            return next(self._cells)
        except (csv.Error, StopIteration):
            return []

    def take(self, lines: list[str], number: int) -> Row | FileRefused | None:
        """A row that has quotes; None while one of them is open."""
        raw, first = "\n".join(lines), number - len(lines) + 1
        if raw.count(QUOTE) % 2:
            if len(lines) < ROW_LINES_MAX and len(raw) <= LINE_CHARACTERS_MAX:
                return None
            return _refused(first, "a quote is opened and never closed")
        cells = self._parsed(raw)
        return Row(first, raw, cells) if cells else _refused(first, "a quote stands amid a cell")


def _refused(number: int, what: str) -> FileRefused:
    return FileRefused("quote_wrong", f"line {number}: {what}", number)
