"""Editions: by which shape of its schema a stored record was written.

Bare Avro does not say who wrote it, and a log is read for ever. So a record is stored under a name
that says both what it is and its edition: `tally.wallet.v1.FundsHeld` of the first edition,
`tally.wallet.v1.FundsHeld#2` of the second, counted of each record by itself.
Shape: name_of(full_name) is the name that is written today; parted(name) -> (full name, edition),
text_of(name) is the schema; earlier() is every schema that is not in force any more, by the name
that its records are stored under.
Errors: Malformed of a name that no edition has; code "unknown_type" where a later release wrote it.
Source: docs/decisions/0007-editions.md; the files of this folder (schemas/files.py).
"""

from collections.abc import Mapping
from functools import cache

from schemas import files
from schemas.malformed import UNKNOWN_TYPE, Malformed

MARK = "#"


@cache
def name_of(full_name: str) -> str:
    """The name under which a record that is written today is stored."""
    return _name(full_name, len(files.editions(full_name)))


def parted(name: str) -> tuple[str, int]:
    """The full name and the edition of a stored record."""
    full_name, mark, number = name.partition(MARK)
    if not mark:
        return full_name, 1
    known = len(files.editions(full_name)) if full_name in files.texts() else 0
    edition = int(number) if number.isdecimal() else 0
    if name != f"{full_name}{MARK}{edition}" or not 1 < edition <= known:
        raise Malformed(f"this release has no {name:.100}", code=UNKNOWN_TYPE)
    return full_name, edition


def text_of(name: str) -> str:
    """The schema that a stored record was written by."""
    full_name, edition = parted(name)
    if full_name not in files.texts():
        raise Malformed(f"this release has no {name:.100}", code=UNKNOWN_TYPE)
    return files.editions(full_name)[edition - 1]


def earlier() -> Mapping[str, str]:
    """The first editions first."""
    return {
        _name(full_name, edition): text
        for full_name in files.texts()
        for edition, text in enumerate(files.editions(full_name)[:-1], 1)
    }


def _name(full_name: str, edition: int) -> str:
    return full_name if edition == 1 else f"{full_name}{MARK}{edition}"
