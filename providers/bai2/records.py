"""The records of a BAI2 file: several on one line, continued by 88, text with commas and slashes.

Shape: records(source) yields a Record with its continuations in it, or a FileRefused and then ends.
A record ends with `/` or with its line. Only 16 and 88 carry text, and text may have slashes; there
the next record on the same line is known by its first fields. A line that begins with no code goes
on with the text before it, if that has not ended: somebody wrapped it.
Errors: FileRefused `record_wrong`, `record_order`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from providers.mixed_text import mixed_batches
from providers.settlement_file import FileRefused, shown
from providers.source import Source

CONTINUATION = "88"
CODES = frozenset(("01", "02", "03", "16", "49", CONTINUATION, "98", "99"))
WITH_TEXT = frozenset(("16", CONTINUATION))
JOINT = "\n"  # Between the pieces of a continued record: a comma between fields, a break in text.
# Every type code there is, four fields each, a few to a line; also bounds what a record can hold.
CONTINUATIONS_MAX = 1_000
_NEXT = re.compile(
    r"/\s*(?=(?:16,[0-9]{3},[+0-9]*,|88,|(?:49|98|99),[+-]?[0-9]+,[0-9,]*/"
    r"|03,[^,/]*,[A-Z]{0,3},|02,[^,/]*,[^,/]*,[1-4],|01,[^,/]*,[^,/]*,[0-9]{6},))"
)
_CODE_CHARACTERS = 3  # Two digits and a comma.
_WIDTH_DIGITS_MAX = 4


class Record(NamedTuple):
    """One record. `body` is what follows its code, without the last slash, pieces put by JOINT."""

    number: int
    code: str
    body: str
    raw: str
    physical: int  # Itself and its continuations.

    def cells(self) -> list[str]:
        """The fields of a record without text."""
        return [cell.strip() for cell in self.body.replace(JOINT, ",").split(",")]


def records(source: Source) -> Iterator[Record | FileRefused]:
    """Yield every record in order."""
    open_record = None
    for number, piece in _numbered(source):
        code = piece[:2]
        if not _begins_record(piece):
            if open_record is not None and open_record.wrapped(piece):
                continue
            yield refuse("record_wrong", number, printed=piece, expected="a record of BAI2")
            return
        if code != CONTINUATION:
            if open_record is not None:
                yield open_record.done()
            open_record = _Open(number, code, raw=piece)
        elif open_record is None or len(open_record.raw) > CONTINUATIONS_MAX:
            expected = f"a record before it, and at most {CONTINUATIONS_MAX} of 88"
            yield refuse("record_order", number, printed=piece, expected=expected)
            return
        else:
            open_record.raw.append(piece)
    if open_record is not None:
        yield open_record.done()


def refuse(code: str, number: int, *, printed: str, expected: str) -> FileRefused:
    """Refuse a file for one record."""
    words, name = shown(printed), printed[:2] if printed[:2] in CODES else ""
    message = f"line {number}: printed {words!r}, expected {expected}"
    return FileRefused(code, message, number, name, words, expected)


class _Open:
    """A record that may be continued."""

    __slots__ = ("code", "number", "raw", "wraps")

    def __init__(self, number: int, code: str, *, raw: str) -> None:
        self.number, self.code, self.raw = number, code, [raw]
        self.wraps = 0

    def wrapped(self, line: str) -> bool:
        """Take a line that is the rest of a text; no record of its own, so it is not counted."""
        if self.code not in WITH_TEXT or self.raw[-1].rstrip().endswith("/"):
            return False
        self.raw[-1] += JOINT + line
        self.wraps += 1
        return self.wraps <= CONTINUATIONS_MAX

    def done(self) -> Record:
        bodies = (piece[_CODE_CHARACTERS:].rstrip().removesuffix("/") for piece in self.raw)
        raw = "\n".join(self.raw)
        return Record(self.number, self.code, JOINT.join(bodies), raw, len(self.raw))


def _numbered(source: Source) -> Iterator[tuple[int, str]]:
    """Every record or line of text with the number of its line."""
    number, width = 0, 0
    for batch in mixed_batches(source):
        for line in batch:
            number += 1
            width = _width_of(line) if number == 1 else width
            for piece in _cut(line, width) if width else _pieces(line):
                yield number, piece


def _width_of(header: str) -> int:
    """How long records are if no line ends part them, as their file header says; 0: they do."""
    told = [*header.split(",", 6), ""][6].partition(",")[0]
    width = int(told) if told.isascii() and told.isdigit() and len(told) <= _WIDTH_DIGITS_MAX else 0
    return width if width and _begins_record(header[width:]) else 0


def _begins_record(text: str) -> bool:
    return text[:2] in CODES and text[2:_CODE_CHARACTERS] == ","


def _cut(line: str, width: int) -> Iterator[str]:
    """The records of a line that are told apart by their length only, filled up by blanks."""
    for start in range(0, len(line), width):
        piece = line[start : start + width].rstrip()
        yield from _pieces(piece)


def _pieces(line: str) -> Iterator[str]:
    """The records of one line, each with its slash."""
    rest = line
    while rest and not rest.isspace():
        if "/" not in rest[:-1]:  # Most lines.
            yield rest
            return
        if rest[:2] in WITH_TEXT or rest[:2] not in CODES:
            found = _NEXT.search(rest)
            end = found.start() + 1 if found is not None else len(rest)
        else:
            end = rest.index("/") + 1
        piece, rest = rest[:end], rest[end:].lstrip()
        yield piece
