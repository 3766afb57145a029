"""The balance transactions in JSON of Stripe's API, one at a time, whatever they are wrapped in.

Shape: elements(source) yields Element for every object, Page for what a list says about itself, or,
at the first thing that is no such JSON, a FileRefused and then ends.
Read are list objects (`{"object": "list", "data": […]}`, one or several), an array, and objects one
after the other. Numbers are integers or exact decimals, never floats.
Bounds: DEPTH_MAX, VALUES_MAX and TEXT_MAX for each object, LINES_MAX objects; a value longer than
STALLED_MAX chunks of CHUNK_BYTES is refused before it is whole.
"""

import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any, NamedTuple, cast

import ijson  # pyright: ignore[reportMissingTypeStubs]

from providers.settlement_file import FileRefused, shown
from providers.source import LINE_CHARACTERS_MAX, LINES_MAX, Source

CHUNK_BYTES = 1 << 16  # The parser gives all events of a chunk at once: some 10,000 of them.
STALLED_MAX = 4  # Chunks without an event: the parser holds a value of 256 KiB.
DEPTH_MAX = 32  # A charge within a balance transaction goes ten deep.
VALUES_MAX = 4_096  # Of one object; a charge within it has some 200.
TEXT_MAX = LINE_CHARACTERS_MAX
DATA = "data"  # Where a list object has its objects.
BOM = b"\xef\xbb\xbf"
# Python refuses to make an integer of 4,300 digits, and the parser passes that on as a crash.
# Across the edge of two chunks, a half of so many stands in one of them.
_DIGITS = re.compile(rb"[0-9]{1000}")


class Element(NamedTuple):
    """One object; its number among them, from 1."""

    number: int
    value: dict[str, Any]


class Page(NamedTuple):
    """What a list says beside its objects."""

    value: dict[str, Any]


Found = Element | Page | FileRefused
Event = tuple[str, Any]


class _NotReadError(Exception):
    """Why the JSON is not read; it does not leave this module."""

    def __init__(self, refused: FileRefused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def elements(source: Source) -> Iterator[Found]:
    """Give every object in order."""
    try:
        yield from _elements(source)
    except _NotReadError as stopped:
        yield stopped.refused


def _elements(source: Source) -> Generator[Element | Page]:
    builder = _Builder()
    for event in _events(source, builder):
        found = builder.take(*event)
        if found is not None:
            yield found


def _events(source: Source, builder: "_Builder") -> Iterator[Event]:
    """Push the file through the parser, chunk by chunk; what stood before a fault comes first."""
    waiting: Any = ijson.sendable_list()
    parser: Any = ijson.basic_parse_coro(waiting, multiple_values=True)
    stalled, is_first, wrong = 0, True, ""
    while not wrong and (chunk := source.read(CHUNK_BYTES)):
        if is_first:
            chunk, is_first = chunk.removeprefix(BOM), False
        many = _DIGITS.search(chunk)
        wrong = _push(partial(parser.send, chunk[: many.start()] if many else chunk))
        wrong = wrong or ("a number has more than 1000 digits" if many else "")
        stalled = 0 if waiting else stalled + 1
        if stalled == STALLED_MAX:
            wrong = wrong or "a value is longer than any that is known"
        yield from cast("list[Event]", waiting)
        del waiting[:]
    if not wrong and source.fault is None and not is_first:
        wrong = _push(parser.close)
        yield from cast("list[Event]", waiting)
    if wrong:
        raise builder.wrong("json_wrong", what=wrong)


def _push(step: Callable[[], None]) -> str:
    """Take a step of the parser; what is wrong, in words, if anything is."""
    try:
        step()
    except (ijson.JSONError, ValueError) as wrong:
        said: object = wrong.args[0] if wrong.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"this is no JSON: {shown(words.strip().partition(chr(10))[0])}"
    return ""


class _Listing:
    """Stands in the stack for an array whose objects are given out."""


class _Builder:
    """Puts events together to one object at a time."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._keys: list[str] = []  # Of each container in the stack, the key that waits.
        self._values = 0
        self._number = 0
        self._listed = False  # Whether the object at the top has a list in it.

    def wrong(self, code: str, *, what: str) -> _NotReadError:
        """A refusal at the object that is being read."""
        number = self._number + 1
        return _NotReadError(FileRefused(code, f"object {number}: {what}", number))

    def take(self, name: str, value: Any) -> Element | Page | None:  # noqa: ANN401 - any JSON.
        """Add an event; the object or list that it completes."""
        if name == "map_key":
            self._key(value)
        elif name in {"start_map", "start_array"}:
            self._open({} if name == "start_map" else [])
        elif name in {"end_map", "end_array"}:
            return self._close()
        else:
            if not self._stack or isinstance(self._stack[-1], _Listing):
                raise self.wrong("json_wrong", what="a bare value in place of an object")
            if isinstance(value, str) and len(value) > TEXT_MAX:
                raise self.wrong("json_wrong", what=f"a text has more than {TEXT_MAX} characters")
            self._add(value)
        return None

    def _key(self, key: str) -> None:
        if len(key) > TEXT_MAX or key in self._stack[-1] or self._again(key):
            raise self.wrong(
                "json_wrong", what=f"the name {shown(key)!r} is too long or there twice"
            )
        self._keys[-1] = key

    def _again(self, key: str) -> bool:
        return len(self._stack) == 1 and self._listed and key == DATA

    def _open(self, container: Any) -> None:  # noqa: ANN401 - a list or a dictionary.
        depth, top = len(self._stack), self._stack[-1] if self._stack else None
        if depth == DEPTH_MAX:
            raise self.wrong("too_deep", what=f"nested more than {DEPTH_MAX} deep")
        is_list = isinstance(container, list)
        if is_list and (not depth or (depth == 1 and self._keys[0] == DATA)):
            self._listed = self._listed or bool(depth)
            container = _Listing()
        elif isinstance(top, _Listing):
            if is_list:
                raise self.wrong("json_wrong", what="a list in place of an object")
        elif depth:
            self._add(container)
        if not depth or isinstance(top, _Listing):
            self._values = 0
        self._stack.append(container)
        self._keys.append("")

    def _add(self, value: Any) -> None:  # noqa: ANN401 - any JSON.
        self._values += 1
        if self._values > VALUES_MAX:
            raise self.wrong("too_many_parts", what=f"more than {VALUES_MAX} values in one object")
        top = self._stack[-1]
        if isinstance(top, list):
            cast("list[Any]", top).append(value)
        else:
            top[self._keys[-1]] = value

    def _close(self) -> Element | Page | None:
        done = self._stack.pop()
        self._keys.pop()
        if isinstance(done, _Listing):
            return None
        if not self._stack and self._listed:
            self._listed = False
            return Page(done)
        if self._stack and not isinstance(self._stack[-1], _Listing):
            return None
        if self._number == LINES_MAX:
            raise self.wrong("too_many_lines", what=f"more than {LINES_MAX} objects")
        self._number += 1
        return Element(self._number, done)
