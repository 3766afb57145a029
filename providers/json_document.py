"""A JSON document of bounded size, read strictly: nothing said twice, numbers as they are printed.

Units: a number stays its text (Number); readers make exact integers of it, never floats.
Shape: read_document(source) -> Document | FileRefused; the values are None, bool, str, Number,
Span, lists and Members. Members and lists know nothing of money: providers.json_element does.
Bounds: bytes, depth, count of values, characters of a string. NaN and Infinity are no JSON.
Long text: under a key of `spans` a string is not decoded but kept as its place, and may hold raw
line breaks and tabs, which JSON forbids; `decoded` gives pieces of it.
Errors: FileRefused `json_wrong` with line and column, `file_cut_off` where the text just ends,
`too_deep`, `too_many_parts`, `file_too_large`, `encoding_wrong`.
Source: RFC 8259; docs/formats/trustly.md for raw line breaks.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from providers.settlement_file import FileRefused, shown
from providers.source import LINE_CHARACTERS_MAX, Source

# A Trustly row has 190 bytes: 250,000 rows. Bytes and text together stay below 100 MB.
DOCUMENT_BYTES_MAX = 48 << 20
DEPTH_MAX = 32  # The deepest that was seen has 9.
# A Mollie settlement has some 200 values, a page 250 settlements; six of them are 80 MB of memory.
VALUES_MAX = 300_000
NUMBER_CHARACTERS_MAX = 64  # 2^63 has 19 digits.

_SPACE = re.compile(r"[ \t\n\r]*+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_ESCAPE = r'(?:\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})'
# A string without the quote that closes it.
_STRICT = re.compile(rf'"((?:[^"\\\x00-\x1f]++|{_ESCAPE})*+)')
_SPAN = re.compile(rf'"((?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]++|{_ESCAPE})*+)')
_ESCAPE_BEGUN = re.compile(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)?")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Number(NamedTuple):
    """A number as it is printed."""

    text: str


class Span(NamedTuple):
    """Where a string lies that is not decoded, its quotes not counted."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Members:
    """An object: its members by name, and where its text lies."""

    by_name: dict[str, "Value"]
    start: int
    end: int


Value: TypeAlias = "bool | str | Number | Span | Members | list[Value] | None"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document and its text."""

    root: Value
    text: str


class _Fault(Exception):  # noqa: N818 - never leaves this module: it only unwinds the descent.
    def __init__(self, at: int, expected: str, *, code: str = "") -> None:
        super().__init__(expected)
        self.at, self.code = at, code


def read_document(
    source: Source, *, spans: Collection[str] = frozenset()
) -> Document | FileRefused:
    """Read a source to its end as one document."""
    chunks: list[bytes] = []
    size = 0
    while chunk := source.read():
        size += len(chunk)
        if size > DOCUMENT_BYTES_MAX:
            message = f"a JSON document of more than {DOCUMENT_BYTES_MAX} bytes"
            return FileRefused("file_too_large", message)
        chunks.append(chunk)
    content = b"".join(chunks)
    chunks.clear()
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        number = content.count(b"\n", 0, wrong.start) + 1
        return FileRefused("encoding_wrong", f"line {number} is not utf-8", number)
    del content
    return parse(text, spans=spans)


def parse(text: str, *, spans: Collection[str] = frozenset()) -> Document | FileRefused:
    """Read text as one document."""
    descent = _Descent(text, spans)
    try:
        root = descent.whole()
    except _Fault as fault:
        return _refused(text, fault)
    return Document(root, text)


def decoded(piece: str) -> str | None:
    """The text that a piece of a string stands for; None if it is half a character."""
    quoted = piece.replace('\\"', '"')
    if "\\" not in quoted:  # Nothing escaped but quotes, for no bare one stands in a string.
        return quoted
    plain = str(json.loads(f'"{piece}"', strict=False))
    return None if _LONE_SURROGATE.search(plain) else plain


class _Descent:
    """A descent through a text; each method begins at a place and gives the place behind."""

    def __init__(self, text: str, spans: Collection[str]) -> None:
        self._text = text
        self._spans = spans
        self._values = 0

    def whole(self) -> Value:
        root, at = self.value(self.space(0), depth=0)
        at = self.space(at)
        if at < len(self._text):
            raise _Fault(at, "nothing more after the document")
        return root

    def space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        assert found is not None, "no space is a match too"
        return found.end()

    def value(self, at: int, *, depth: int, key: str = "") -> tuple[Value, int]:
        self._values += 1
        if self._values > VALUES_MAX:
            raise _Fault(at, f"at most {VALUES_MAX} values", code="too_many_parts")
        if depth > DEPTH_MAX:
            raise _Fault(at, f"at most {DEPTH_MAX} levels", code="too_deep")
        first = self._text[at : at + 1]
        if first == "{":
            return self._members(at, depth=depth)
        if first == "[":
            return self._items(at, depth=depth)
        if first == '"':
            return self._span(at) if key in self._spans else self._string(at)
        for word, meant in _WORDS.items():
            if self._text.startswith(word, at):
                return meant, at + len(word)
        found = _NUMBER.match(self._text, at)
        if found is None:
            raise self._no_value(at)
        if len(found.group()) > NUMBER_CHARACTERS_MAX:
            raise _Fault(at, f"a number of at most {NUMBER_CHARACTERS_MAX} digits")
        return Number(found.group()), found.end()

    def _members(self, start: int, *, depth: int) -> tuple[Members, int]:
        by_name: dict[str, Value] = {}
        at = self.space(start + 1)
        while self._text[at : at + 1] != "}" or by_name:
            if self._text[at : at + 1] != '"':
                raise _Fault(at, "a name in quotes")
            name, behind = self._string(at)
            if name in by_name:
                raise _Fault(at, "each name once in an object")
            at = self._expect(":", self.space(behind))
            by_name[name], at = self.value(self.space(at), depth=depth + 1, key=name)
            at = self.space(at)
            if self._text[at : at + 1] == "}":
                break
            at = self.space(self._expect(",", at))
        return Members(by_name, start, at + 1), at + 1

    def _items(self, start: int, *, depth: int) -> tuple[list[Value], int]:
        items: list[Value] = []
        at = self.space(start + 1)
        while self._text[at : at + 1] != "]" or items:
            item, at = self.value(at, depth=depth + 1)
            items.append(item)
            at = self.space(at)
            if self._text[at : at + 1] == "]":
                break
            at = self.space(self._expect(",", at))
        return items, at + 1

    def _string(self, at: int) -> tuple[str, int]:
        start, end = self._body(_STRICT, at)
        if end - start > LINE_CHARACTERS_MAX:
            raise _Fault(at, f"a string of at most {LINE_CHARACTERS_MAX} characters")
        text = decoded(self._text[start:end])
        if text is None:
            raise _Fault(at, "whole characters")
        return text, end + 1

    def _span(self, at: int) -> tuple[Span, int]:
        start, end = self._body(_SPAN, at)
        return Span(start, end), end + 1

    def _body(self, pattern: re.Pattern[str], at: int) -> tuple[int, int]:
        """Where the inside of a string begins and ends."""
        found = pattern.match(self._text, at)
        assert found is not None, "a quote stands here"
        end = found.end()
        if self._text[end : end + 1] == '"':
            return found.span(1)
        rest = self._text[end : end + len("\\u0041")]
        ended = end + len(rest) == len(self._text) and _ESCAPE_BEGUN.fullmatch(rest)
        raise _Fault(len(self._text) if ended else end, "a string of JSON")

    def _no_value(self, at: int) -> _Fault:
        """A value that cannot be read: the text ends in a word, or this is no word of JSON."""
        rest = self._text[at : at + max(map(len, _WORDS))]
        begun = any(word.startswith(rest) for word in (*_WORDS, "-"))
        ended = at + len(rest) == len(self._text)
        return _Fault(len(self._text) if begun and ended else at, "a value")

    def _expect(self, mark: str, at: int) -> int:
        if self._text[at : at + 1] != mark:
            raise _Fault(at, f"the mark {mark}")
        return at + 1


def _refused(text: str, fault: _Fault) -> FileRefused:
    line = text.count("\n", 0, fault.at) + 1
    column = fault.at - (text.rfind("\n", 0, fault.at) + 1) + 1
    if fault.at >= len(text):
        message = f"line {line}: the document ends before it is closed: it is cut off"
        return FileRefused("file_cut_off", message, line)
    printed, expected = shown(text[fault.at : fault.at + 20]), str(fault)
    message = f"line {line}, column {column}: printed {printed!r}, expected {expected}"
    if fault.code:
        return FileRefused(fault.code, message, line, "", printed, expected)
    return FileRefused("json_wrong", message, line, "", printed, expected)
