"""One record of 94 columns: its width made right, its columns, its words.

Units: columns count from 1 as the standard does; the slices here from 0, their end left out.
Shape: fit(line) -> exactly 94 characters, or None for a record that says more than it may.
Bytes: a file is read as Latin-1, which loses nothing and keeps a column a byte. A record whose
bytes are too many, but whose UTF-8 characters are not, was laid out in characters.
Errors: wrong(…) makes the refusal of one field.
Source: docs/formats/nacha.md.
"""

from collections.abc import Iterator

from providers.settlement_file import FileRefused, shown
from providers.source import Source

WIDTH = 94
BOM = b"\xef\xbb\xbf"
ZERO = "\0"  # No record: stands for one that has a zero byte anywhere.

# File header.
ORIGIN = slice(13, 23)
CREATED = slice(23, 33)  # YYMMDDHHMM
CREATED_DAY = slice(23, 29)
MODIFIER = slice(33, 34)  # Tells files of one day apart.

# Batch header, of an international batch too.
COMPANY_NAME = slice(4, 20)
COMPANY = slice(40, 50)
ENTRY_CLASS = slice(50, 53)
DESCRIPTION = slice(53, 63)
EFFECTIVE_DAY = slice(69, 75)  # YYMMDD
SETTLEMENT_DAY = slice(75, 78)  # The day of the year, put in by the operator.
BATCH_KEY = slice(79, 94)  # The bank and the batch's number; the same place in its control.
BATCH_NUMBER = slice(87, 94)

# Entry.
TRANSACTION = slice(1, 3)
ROUTING = slice(3, 11)  # Eight digits, without the check digit: what the hash adds.
AMOUNT = slice(29, 39)
AMOUNT_OF_ADVICE = slice(27, 39)
IDENTIFICATION = slice(39, 54)
NAME = slice(54, 76)
NAME_OF_COUNTED = slice(58, 74)
TRACE = slice(79, 94)

# Addenda.
ADDENDA_TYPE = slice(1, 3)
REASON = slice(3, 6)
ORIGINAL_TRACE = slice(6, 21)
PAYMENT_WORDS = slice(3, 83)
RECEIVER_NAME = slice(46, 81)


def fit(line: str) -> str | None:
    """Cut or fill a record to 94 columns; None if something stands beyond them."""
    if len(line) == WIDTH:
        return line
    if len(line) > WIDTH:
        line = line.rstrip(" ")
        if len(line) > WIDTH:
            line = words(line).rstrip(" ")
    return line.ljust(WIDTH) if len(line) <= WIDTH else None


def unbroken(source: Source) -> Iterator[tuple[int, str]]:
    """Records that their length parts, each with its number; line ends are let be."""
    number, left = 0, b""
    while chunk := source.read():
        block = left + chunk.translate(None, b"\r\n")
        if not number:
            block = block.removeprefix(BOM)
        whole = len(block) - len(block) % WIDTH
        left = block[whole:]
        for start in range(0, whole, WIDTH):
            number += 1
            record = block[start : start + WIDTH].decode("latin-1")
            yield number, record if ZERO not in record else ZERO
    rest = left.rstrip(b"\x1a ")
    if rest:
        yield number + 1, rest.decode("latin-1").replace(ZERO, "?")


def words(text: str) -> str:
    """Text as a person reads it: UTF-8 where it is that, else Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def is_digits(text: str) -> bool:
    """Only 0 to 9, at least one; not the digits of other scripts."""
    return text.isdigit() and text.isascii()


def wrong(code: str, number: int, *, field: str, printed: str, expected: str) -> FileRefused:
    """Say that one field of one record is not what it has to be."""
    seen = shown(printed)
    message = f"line {number}, {field}: printed {seen!r}, expected {expected}"
    return FileRefused(code, message, number, field, seen, expected)
