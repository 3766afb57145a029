"""The fields of a file of SWIFT messages: a tag, its lines, and where messages end.

Shape: fields(source) yields a Field at each tag, with the `:86:` that belongs to a `:61:` in the
same Field, and a Field with the tag END where a message says that it ends, or another begins.
Encoding: UTF-8 or Latin-1, decided line by line (providers.mixed_text).
Envelopes: `{1:…}{2:…}{4:` and `-}` are taken off; text outside of messages is no field.
Errors: FileRefused `record_wrong` for a field of too many lines.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from providers.mixed_text import mixed_batches
from providers.settlement_file import FileRefused
from providers.source import Source

END = "-"
MOVEMENT, TEXT, TEXT_NOT_SWIFT = "61", "86", "NS"
TEXTS = frozenset((TEXT, TEXT_NOT_SWIFT))
AFTER_MOVEMENT = frozenset((
    END, MOVEMENT, "20", "21", "25", "25P", "28", "28C", "60F", "60M", "62F", "62M", "64", "65",
    "34F", "13", "13C", "13D", "90D", "90C",
))  # fmt: skip
_REST_OF_TIME = re.compile(":[0-5][0-9]:[0-5][0-9](?![0-9])")  # No balance or movement begins so.
_TEXT_TAG = re.compile(f"^:(?:{TEXT}|{TEXT_NOT_SWIFT}):")
# SWIFT allows 6 lines, banks were seen to use 30; also bounds what one movement can hold.
FIELD_LINES_MAX = 256
FRAMES = "\x01\x02\x03"  # Some banks frame messages with control characters.
_TAG = re.compile(r":(NS|[0-9]{2}[A-Z]?):")
_ENVELOPE = "{4:"
_ENVELOPES = ("{1:", _ENVELOPE, "\xe41:", "\xe44:")  # The last two in Swedish characters of 7 bits.
_ENDS = ("}", "\xe5", "+@")  # Of SWIFT, in those characters, of a German dialogue.
_MARKS = frozenset(f":-{{\xe4{FRAMES}")
_LINE_END = "@@:"  # In a German dialogue, before a tag.
_WRAPPED_AT = 65  # Characters of a line of text, by SWIFT.


class Field(NamedTuple):
    """One field; `number` is that of its first line, `lines` are as printed, the tag included."""

    number: int
    tag: str
    lines: list[str]

    @property
    def value(self) -> str:
        """What follows the tag in its first line."""
        return self.lines[0][len(self.tag) + 2 :].strip()


def fields(source: Source) -> Iterator[Field | FileRefused]:
    """Yield every field in order."""
    current = None
    for number, printed in _numbered(source):
        tag, line = _marked(printed) if printed[:1] in _MARKS else ("", printed)
        in_movement = current is not None and current.tag == MOVEMENT
        if tag and not (in_movement and current is not None and _is_text(tag, current, line=line)):
            if current is not None:
                yield current
            current = Field(number, tag, [line])
        elif current is not None and in_movement:
            current.lines.append(line)
            if len(current.lines) > FIELD_LINES_MAX:
                yield _too_long(current.number)
                return
    if current is not None:
        yield current


def _numbered(source: Source) -> Iterator[tuple[int, str]]:
    """Every line with its number; in some files one line is several."""
    number = 0
    for batch in mixed_batches(source):
        for line in batch:
            number += 1
            if _LINE_END in line:
                yield from ((number, part) for part in line.split(_LINE_END[:-1]))
            else:
                yield number, line


def words(lines: list[str], *, characters_max: int) -> str:
    """The text of a movement: what follows its first line, `:86:` taken off.

    A line as long as SWIFT allows was cut there, so the next one is joined to it; some banks count
    the tag in.
    """
    text = ""
    for line in lines[1:]:
        piece = _TEXT_TAG.sub("", line)
        full = len(piece) >= _WRAPPED_AT or len(line) == _WRAPPED_AT
        text += piece if full else f"{piece}\n"
        if len(text) > characters_max:
            break
    return text[:characters_max].strip()


def _is_text(tag: str, movement: Field, *, line: str) -> bool:
    """Whether this is text of a movement: its `:86:`, or words that a wrap made look like a tag."""
    if tag in TEXTS or tag not in AFTER_MOVEMENT:
        return True
    wrapped = len(movement.lines[-1]) >= _WRAPPED_AT
    return wrapped and _REST_OF_TIME.match(line) is not None


def _marked(line: str) -> tuple[str, str]:
    """The tag that a line begins with, and the line as the field has it; none: it is text."""
    if line[0] == ":":
        found = _TAG.match(line)
        return (found[1] if found is not None else ""), line
    line = line.lstrip(FRAMES)
    if line[:1] == ":":
        return _marked(line)
    rest = line[1:].strip(f"{FRAMES} ")
    ends = line[:1] == "-" and (not rest or rest.startswith(_ENDS))
    if not ends and not line.startswith(_ENVELOPES):
        return "", line
    inner = line.rpartition(_ENVELOPE)[2] if _ENVELOPE in line else ""
    return _marked(inner) if inner[:1] == ":" else (END, line)


def _too_long(number: int) -> FileRefused:
    message = f"line {number}: this field has more than {FIELD_LINES_MAX} lines"
    return FileRefused("record_wrong", message, number)
