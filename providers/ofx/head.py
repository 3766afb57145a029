"""What stands before `<OFX>`: which of the two it is, and in which encoding its texts are.

Shape: recognises_1(head), recognises_2(head), resembles(head); encoding_of(text) of the text before
`<OFX>`.
Head: lines of OFX 1's header in any order, the first one may be missing, in a comment or not.
Encodings: OFX 1 names CHARSET (1252, ISO-8859-1) beside ENCODING (USASCII, UTF-8, UNICODE), OFX 2
that of its XML declaration. A file that names none is UTF-8 where its texts can be, else 1252; a
text that is UTF-8 is read so whatever code page is named, since banks leave 1252 in place.
"""

import re

BOM = "ï»¿"  # UTF-8's, read as Latin-1.
UNSTATED = ""
UTF_8, LATIN_1, WINDOWS = "utf-8", "latin-1", "cp1252"
_ROOT = re.compile(r"<OFX(?:\s[^<>]*)?>")
_KEYS = "OFXHEADER|DATA|VERSION|SECURITY|ENCODING|CHARSET|COMPRESSION|OLDFILEUID|NEWFILEUID"
_FIELD = re.compile(rf"({_KEYS})\s*:\s*(.*?)\s*(?={_KEYS}|\Z)", re.DOTALL)
_BEGINS = re.compile(rf"(?:<!--\s*)?(?:{_KEYS})\s*:")
_DECLARED = re.compile(r"""<\?xml\s[^<>]*encoding\s*=\s*["']([\w-]+)["']""")
_CODE_PAGE = re.compile(r"(?:cp|windows-?)?(125[0-8])", re.IGNORECASE)


def _before_root(head: bytes) -> str | None:
    text = head.decode("latin-1").removeprefix(BOM)
    found = _ROOT.search(text)
    return None if found is None else text[: found.start()].strip()


def recognises_1(head: bytes) -> bool:
    """Whether it is OFX 1: header lines, or no header at all."""
    before = _before_root(head)
    return before is not None and (not before or _BEGINS.match(before) is not None)


def recognises_2(head: bytes) -> bool:
    """Whether it is OFX 2: an XML document with the root `<OFX>`."""
    before = _before_root(head)
    return before is not None and before.startswith("<?") and before.endswith((">", "?>"))


def resembles(head: bytes) -> str:
    """Other files that begin like OFX."""
    return "an OFX header without a document" if head.lstrip().startswith(b"OFXHEADER") else ""


def encoding_of(before: str) -> str:
    """The encoding that the text before `<OFX>` names; UNSTATED if none."""
    declared = _DECLARED.search(before)
    if declared is not None:
        return _codec(declared.group(1))
    fields = dict(_FIELD.findall(before))
    if "UTF" in fields.get("ENCODING", "").upper() or fields.get("ENCODING") == "UNICODE":
        return UTF_8
    return _codec(fields.get("CHARSET", ""))


def _codec(name: str) -> str:
    page = _CODE_PAGE.fullmatch(name)
    if page is not None:
        return f"cp{page.group(1)}"
    plain = name.upper().replace("-", "").replace("_", "")
    if plain in {"ISO88591", "88591", "LATIN1"}:
        return LATIN_1
    return UTF_8 if plain == "UTF8" else UNSTATED


def decoded(text: str, *, encoding: str) -> str | None:
    """What a text read as Latin-1 says in its encoding; None if it is not in it."""
    if text.isascii():
        return text
    content = text.encode("latin-1")
    try:
        return content.decode(UTF_8)
    except UnicodeDecodeError:
        if encoding == UTF_8:
            return None
    # A code page leaves five bytes open; banks send them all the same.
    return "".join(_of_code_page(byte, encoding or WINDOWS) for byte in content)


def _of_code_page(byte: int, encoding: str) -> str:
    try:
        return bytes((byte,)).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)
