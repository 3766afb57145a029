"""A file of commands, one JSON object a line: each line is good, or it is said what is wrong.

Shape: read(source) yields Good or Bad in order, whatever comes; empty lines are passed over.
Bounds: a line has LINE_BYTES_MAX, so that a file without line ends costs no memory.
Rules: whatever the writer would refuse for its shape alone is wrong here already, by the same
checks (commands/checks.py); what depends on the books is the writer's to judge.
"""

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from commands import checks
from commands.catalogue import CLIENT_COMMANDS
from infra.event_store.directory import NAME as BOOK
from schemas import codec
from schemas.from_json import Line, command_from_json
from schemas.malformed import Malformed

# Six characters of JSON (an escape) for each byte of the largest command, and its envelope.
LINE_BYTES_MAX = 6 * codec.COMMAND_BYTES_MAX + 65_536


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
    except _Repeated as error:
        return Bad(number, (f"{error}: expected once, found more than once",))
    except (ValueError, RecursionError) as error:
        return Bad(number, (f"line: expected one JSON object in UTF-8, found none ({error})",))
    found = command_from_json(value)
    if not isinstance(found, Line):
        return Bad(number, tuple(str(problem) for problem in found))
    if problems := tuple(_problems(found)):
        return Bad(number, problems)
    try:
        payload = codec.encode_command(found.meta, found.command)
    except Malformed as malformed:
        return Bad(number, (f"line: {malformed}",))
    return Good(number, found.book, found.type_name, payload)


def _problems(line: Line) -> Iterator[str]:
    if type(line.command) not in CLIENT_COMMANDS:
        short = line.type_name.rpartition(".")[2]
        yield f"type: expected a command that clients publish, found {short}, which is our own"
    if not BOOK.fullmatch(line.book):
        yield f"book: expected {BOOK.pattern}, found {line.book!r:.80}"
    refused = checks.check(line.meta, line.command)
    if refused is not None:
        meta = refused.detail.startswith("meta.")
        yield refused.detail.removeprefix("meta.") if meta else f"data.{refused.detail}"


class _Repeated(Exception):  # noqa: N818 - a fact about the line.
    """A name that an object has twice; which one was meant nobody knows."""


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(next(name for name in names if names.count(name) > 1))
    return found
