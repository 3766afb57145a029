"""What a file is that no format recognises, as far as its first bytes tell, in words for a person.

Units: bytes; a head is the first 64 KiB of a file at most, gzip undone.
Shape: what_it_is(head, name_of) -> a clause like `this is a PDF`; empty if nothing can be told.
`name_of` gives the name of the format that recognises a head, empty if none does.
What would be recognised if it were written otherwise (in UTF-8, with commas) is written so and
tried, once for each way: nothing is read so, it is only said.
Errors: none, whatever the bytes.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import cast

from providers.source import GZIP_MAGIC

NameOf = Callable[[bytes], str]

ZIP, WORKBOOK = b"PK\x03\x04", b"xl/"
MAGIC = {
    b"%PDF-": "a PDF",
    b"\x89PNG\r\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Excel workbook (.xls) or another Office file",
    b"PK\x05\x06": "a ZIP archive with nothing in it",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    GZIP_MAGIC: "packed by gzip twice",
}
UNPACK = "a ZIP archive: unpack it and give the file in it"
AS_MADE = "get the file as the provider made it"
TEXT_BYTES_MAX = 1 << 14  # 16 KiB: the comments before a header take a few.
LINES_MAX = 64
# A page may have a comment, an XML declaration or styles before its first known tag.
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
PAGE_BYTES_MAX = 1 << 10
# What the errors of the providers' APIs name; none of them stands on top of a list of payments.
ERROR_MEMBERS = frozenset({
    "error", "errors", "errorCode", "error_code", "error_description", "message", "detail",
    "debug_id", "fault", "errcode", "errmsg",
})  # fmt: skip
WIDE = ("utf-16-le", "utf-16-be")
BOMS = (b"\xff\xfe", b"\xfe\xff")
_UTF8 = codecs.getincrementaldecoder("utf-8")  # The last character of a part may be cut.
# Commas first: who has them and other marks too is most likely quoted otherwise.
PARTED_BY = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
PARTERS = (",", "\t")  # Of the formats that are read.
EXCEL_HINT = "sep="  # A line that Excel puts above the header.


def what_it_is(head: bytes, name_of: NameOf) -> str:
    """Say what a file is that is not recognised."""
    if not head:
        return "the file is empty"
    known = _by_magic(head) or _page_or_answer(head)
    if known:
        return f"this is {known}"
    for text, encoding in _texts(head):
        found = _looks_like(text, name_of, encoding=encoding)
        if found:
            return f"this looks like {found}"
    if head.startswith(BOMS):
        return "this is text in UTF-16, of no format that is known"
    return "the file is blank" if not head.strip(b"\xef\xbb\xbf \t\r\n\0") else ""


def _by_magic(head: bytes) -> str:
    if head.startswith(ZIP):
        return f"an Excel workbook: {AS_MADE}" if WORKBOOK in head else UNPACK
    return next((what for magic, what in MAGIC.items() if head.startswith(magic)), "")


def _page_or_answer(head: bytes) -> str:
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begins[:1] == b"<" and _PAGE.search(begins, 0, PAGE_BYTES_MAX):
        return "a web page, perhaps one that asks to log in, and not the file itself"
    if begins[:1] not in {b"{", b"["} or b"\0" in begins:
        return ""
    try:
        answer: object = json.loads(begins)
    except (ValueError, RecursionError):  # Longer than a head as well: no error is.
        return ""
    if isinstance(answer, dict) and ERROR_MEMBERS & cast("dict[str, object]", answer).keys():
        return "an API's answer that says what went wrong, and not the file itself"
    return "JSON of no layout that is read"


def _texts(head: bytes) -> Iterator[tuple[str, str]]:
    """The head as text, in each encoding that it may have, and the encoding's name if it is odd."""
    part = head[:TEXT_BYTES_MAX]
    if head.startswith(BOMS) or b"\0" in part:
        for encoding in WIDE:
            yield part.decode(encoding, errors="replace").removeprefix("\ufeff"), "UTF-16"
        return
    try:
        yield _UTF8().decode(part, final=len(part) == len(head)), ""
    except UnicodeDecodeError:
        yield part.decode("latin-1"), ""
        yield part.decode("gb18030", errors="replace"), "GB18030"


def _looks_like(text: str, name_of: NameOf, *, encoding: str) -> str:
    """The format of a text if it were UTF-8, or its cells parted as the format has them."""
    if encoding:
        name = name_of(text.encode(errors="replace"))
        if name:
            return f"{name}, but it is {encoding}: save it as UTF-8"
    before = f"it is {encoding} and " if encoding else ""
    for parted_by, rewritten in _rewritten(text.removeprefix("\ufeff")):
        name = name_of(rewritten.encode(errors="replace"))
        if name:
            return f"{name}, but {before}{parted_by}: was it saved by a spreadsheet? {AS_MADE}"
    return ""


def _rewritten(text: str) -> Iterator[tuple[str, str]]:
    """The first lines as if their cells were parted and quoted in another way."""
    lines = text.splitlines()[:LINES_MAX]
    if lines and lines[0].strip('"').lower().startswith(EXCEL_HINT):
        del lines[0]
    for mark, name in PARTED_BY.items():
        if any(mark in line for line in lines):
            rows = [[cell.strip("\"' ") for cell in line.split(mark)] for line in lines]
            for parter in PARTERS:
                how = "quoted otherwise" if parter == mark else f"parted by {name}"
                yield f"its cells are {how}", "\n".join(parter.join(cells) for cells in rows)
