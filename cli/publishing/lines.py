"""A file of commands, one JSON object a line: each line is good, or it is said what is wrong.

Shape: read(source) yields Good or Bad in order, whatever comes; empty lines are passed over.
Bounds: a line has LINE_BYTES_MAX, so that a file without line ends costs no memory.
Rules: whatever the writer would refuse for its shape alone is wrong here already, by the same
checks (commands/checks.py); what depends on the books is the writer's to judge.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast

from commands import checks
from commands.catalogue import CLIENT_COMMANDS
from infra.event_store.directory import NAME as BOOK
from schemas import codec
from schemas.from_json import Line, command_from_json, full_name
from schemas.malformed import Malformed
from schemas.names import COMMANDS

# Six characters of JSON (an escape) for each byte of the largest command, and its envelope.
LINE_BYTES_MAX = 6 * codec.COMMAND_BYTES_MAX + 65_536
NO_UTF_8 = "line: expected UTF-8, found other bytes (is the file UTF-16?)"
ENVELOPE = {"book": BOOK, "client": checks.ID, "idempotency_key": checks.KEY}


class Good(NamedTuple):
    """A command, ready to be framed."""

    number: int
    book: str
    type_name: str
    payload: bytes


class Bad(NamedTuple):
    """What is wrong with a line: `data.amount_minor: expected an integer, found "12"`."""

    number: int
    problems: tuple[str, ...]


def read(source: BinaryIO) -> Iterator[Good | Bad]:
    """Every line that is not empty."""
    number = 0
    while raw := source.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(raw) > LINE_BYTES_MAX:
            while raw and not raw.endswith(b"\n"):
                raw = source.readline(LINE_BYTES_MAX)
            yield Bad(number, (f"line: expected at most {LINE_BYTES_MAX} bytes, found more",))
        elif raw.strip():
            yield _read_line(number, raw)


def _read_line(number: int, raw: bytes) -> Good | Bad:
    try:
        value: object = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object)
        problems = [f"{path}: expected once, found more than once" for path in _repeated(value)]
    except (ValueError, RecursionError) as error:
        # UTF-16 has zeros between letters that are UTF-8.
        foreign = isinstance(error, UnicodeDecodeError) or b"\0" in raw
        said = NO_UTF_8 if foreign else f"line: expected one JSON object, found none ({error})"
        return Bad(number, (said,))
    if our_own := _our_own(value):
        return Bad(number, (*problems, our_own, *_envelope(value)))
    found = command_from_json(value)
    if not isinstance(found, Line):
        return Bad(number, (*problems, *map(str, found), *_envelope(value)))
    problems += _problems(found)
    if problems:
        return Bad(number, tuple(problems))
    try:
        payload = codec.encode_command(found.meta, found.command)
    except Malformed as malformed:
        return Bad(number, (f"line: {malformed}",))
    return Good(number, found.book, found.type_name, payload)


def _problems(line: Line) -> Iterator[str]:
    if not BOOK.fullmatch(line.book):
        yield f"book: expected {BOOK.pattern}, found {line.book!r:.80}"
    for refused in checks.wrong(line.meta, line.command):
        meta = refused.detail.startswith("meta.")
        yield refused.detail.removeprefix("meta.") if meta else f"data.{refused.detail}"


def _our_own(value: object) -> str:
    """A command of our own programs: what is wrong with its data is nobody's matter."""
    named = cast("dict[str, object]", value).get("type") if isinstance(value, dict) else None
    name = full_name(named)
    if name is None or COMMANDS[name] in CLIENT_COMMANDS:
        return ""
    short = name.rpartition(".")[2]
    said = f"expected a command that clients publish, found {short}, which is our own"
    return f"type: {said} (not_allowed)"


def _envelope(value: object) -> Iterator[str]:
    """Of a line whose command cannot be made: what is wrong around it all the same."""
    values = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    for name, pattern in ENVELOPE.items():
        found = values.get(name)
        if found and isinstance(found, str) and not pattern.fullmatch(found):
            yield f"{name}: expected {pattern.pattern}, found {found!r:.80}"


class _Repeating(dict[str, object]):
    """An object that has names twice; which one was meant nobody knows."""

    def __init__(self, pairs: Sequence[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _ in pairs)
        self.repeated = [name for name, count in counts.items() if count > 1]


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeating(pairs)


def _repeated(value: object, path: str = "") -> Iterator[str]:
    """The paths of all names that an object has twice."""
    if isinstance(value, _Repeating):
        yield from (f"{path}{name}" for name in value.repeated)
    if isinstance(value, dict):
        for name, each in cast("dict[str, object]", value).items():
            yield from _repeated(each, f"{path}{name}.")
    elif isinstance(value, list):
        for index, each in enumerate(cast("list[object]", value)):
            yield from _repeated(each, f"{path.removesuffix('.')}[{index}].")
