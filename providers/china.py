"""What the files of China's wallets share: cells, keys, times of China.

Units: times are China's, +08:00 (no summer time since 1991).
Errors: None where a cell cannot be read; the caller names line and field.
"""

import csv
from datetime import datetime
from hashlib import sha256

from providers import columns
from providers.rows import QUOTE
from providers.settlement_file import UNKNOWN, FileRefused, shown

ZONE = "Asia/Shanghai"
FIRST_DAY, LAST_DAY = "2004", "2200"  # Alipay is of 2004, WeChat Pay younger; later is garbled.
TIME_CHARACTERS = len("2019-02-19 05:01:46")
CODE_CHARACTERS_MAX = 64  # The longest type seen has 17; it becomes part of a kind.
IDENTITY_CHARACTERS_MAX = 256


def cells_of(line: str, width: int) -> list[str] | None:
    """The cells of a row, quoted or not; None if there are not `width` of them.

    A quote may be followed by the tab that keeps a spreadsheet from rounding a number, and a cell
    without quotes may begin with one that means itself.
    """
    if QUOTE in line:
        try:
            cells = next(csv.reader([line.replace('"\t,', '",')], strict=True))
        except csv.Error:
            cells = []
        if len(cells) == width:
            return cells
    cells = line.split(",")
    return cells if len(cells) == width else None


def wrong_width(line: str, number: int, *, width: int) -> FileRefused:
    """Say that a row has another number of cells than the header."""
    return columns.wrong_width(number, printed=line.count(",") + 1, expected=width)


def cell_wrong(code: str, number: int, *, name: str, printed: str, expected: str) -> FileRefused:
    """Say what is wrong with a cell."""
    message = f"line {number}, {name}: printed {shown(printed)!r}, expected {expected}"
    return FileRefused(code, message, number, name, shown(printed), expected)


def china_time(text: str) -> datetime | None:
    """`2019-09-26 12:45:27`, and no other way to print it."""
    if len(text) != TIME_CHARACTERS or text[4:8:3] != "--" or text[10:17:3] != " ::":
        return None
    if not (FIRST_DAY <= text < LAST_DAY and text.isascii()):
        return None
    try:
        return datetime.fromisoformat(text + "+08:00")
    except ValueError:
        return None


def unknown_of(code: str) -> str:
    """The kind of a code nobody listed; empty if it is no code at all."""
    good = code and len(code) <= CODE_CHARACTERS_MAX and code.isprintable()
    return f"{UNKNOWN}{code}" if good else ""


def is_identity(text: str) -> bool:
    """Whether keys are short and printable enough to be stored and shown."""
    return len(text) <= IDENTITY_CHARACTERS_MAX and text.isprintable()


def digest(line: str) -> str:
    """The name of a row that names nothing: its own content."""
    return sha256(line.encode()).hexdigest()
