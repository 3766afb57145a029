"""Columns of a file by their printed names: where each is, each once, and a quick way to take them.

Shape: find_columns(names, fields) -> field to position; pick(found, fields) -> cells to a tuple;
is_rounded(cell) tells a key that a spreadsheet has spoiled.
Errors: FileRefused `column_twice`, `column_missing`; the caller's line number is in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import cast

from providers.settlement_file import FileRefused, shown

Pick = Callable[[list[str]], tuple[str, ...]]

ROUNDED = "E+"  # Hardly a key has it: where it is not, nothing more is looked at.
UNROUNDED = "a key with all its digits: a spreadsheet has rounded them"
_ROUNDED = re.compile(r"[0-9]{1,20}[.,][0-9]{1,20}E\+[0-9]{1,4}")


def find_columns(
    names: Sequence[str], fields: Mapping[str, str], *, line_number: int
) -> dict[str, int] | FileRefused:
    """Where each field is. `fields`: printed name to field; a field may have several names.

    Every name stands once, and every field under one of its names only; other names are let be.
    """
    if len(set(names)) != len(names):
        double = shown(next(name for name in names if names.count(name) > 1))
        message = f"line {line_number} names {double!r} twice"
        return FileRefused("column_twice", message, line_number, double)
    found: dict[str, int] = {}
    for position, name in enumerate(names):
        field = fields.get(name)
        if field is None:
            continue
        if field in found:
            message = f"line {line_number} names {name} beside its other name"
            return FileRefused("column_twice", message, line_number, name)
        found[field] = position
    return found


def names_to_fields(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Turn `field: (its names)` round."""
    return {name: field for field, names in columns.items() for name in names}


def missing_column(
    found: Iterable[str], columns: Mapping[str, Sequence[str]], required: Iterable[str], number: int
) -> FileRefused | None:
    """The first required field that no column has, in words; None if all are there."""
    there = set(found)
    for field in required:
        if field not in there:
            name = " or ".join(columns[field])
            return FileRefused("column_missing", f"the header has no column {name}", number, name)
    return None


def wrong_width(number: int, *, printed: int, expected: int) -> FileRefused:
    """Say that a row has another number of cells than the header."""
    message = f"line {number} has {printed} columns, the header has {expected}"
    return FileRefused("column_count", message, number, "", str(printed), str(expected))


def pick(found: Mapping[str, int], fields: Sequence[str], *, absent: int) -> Pick:
    """Take these fields (two at least) of a row; `absent` is the position of those not there."""
    assert len(fields) > 1, "one alone would not come as a tuple"
    return cast("Pick", itemgetter(*(found.get(field, absent) for field in fields)))


def any_rounded(*keys: str) -> bool:
    """Whether one of them is; to be asked where ROUNDED is in a row's keys."""
    return any(map(is_rounded, keys))


def is_rounded(cell: str) -> bool:
    """Whether a spreadsheet took a key for a number and cut its digits: `8.8E+15`."""
    return ROUNDED in cell and _ROUNDED.fullmatch(cell) is not None


def rounded_keys(row: Mapping[str, str], fields: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Of a row that failed, the keys that are rounded: code, field and what was expected."""
    for field in fields:
        if is_rounded(row[field]):
            yield "key_wrong", field, UNROUNDED
