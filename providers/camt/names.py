"""Which message a file is, by the namespace that it declares; prefixes do not matter.

Shape: recogniser("053") -> recognises(head); message(head) -> (`053`, version) or None.
Source: docs/formats/camt.md.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from providers.camt.values import BOOKED

VERSIONS = range(2, 15)
UNSTATED = 0  # A document without any namespace does not say its version.
_NAMESPACE = re.compile(
    r"""\sxmlns(?::[\w.-]+)?\s*=\s*["'][^"'<]*\bcamt\.(05[234])\.001\.(\d\d)["']"""
)
_BARE = re.compile(
    r"<Document(?:\s[^<>]*)?>\s*<(BkToCstmrAcctRpt|BkToCstmrStmt|BkToCstmrDbtCdtNtfctn)[\s>]"
)
_MESSAGES = {"052": "BkToCstmrAcctRpt", "053": "BkToCstmrStmt", "054": "BkToCstmrDbtCdtNtfctn"}
_STATEMENTS = {"052": "Rpt", "053": "Stmt", "054": "Ntfctn"}
_UTF_16 = {
    **dict.fromkeys((codecs.BOM_UTF16_LE, b"<\0"), "utf-16-le"),
    **dict.fromkeys((codecs.BOM_UTF16_BE, b"\0<"), "utf-16-be"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What the parts of one of the three messages are called."""

    name: str
    message: str
    statement: str
    unstated: str  # What an entry without a status is: a statement has booked ones alone.


KINDS = {
    name: Kind(name, _MESSAGES[name], _STATEMENTS[name], BOOKED if name == "053" else "")
    for name in _MESSAGES
}


def message(head: bytes) -> tuple[str, int] | None:
    """The kind and version of the message that begins here; None if it is none of the three."""
    text = head.decode(_UTF_16.get(head[:2], "latin-1"), errors="replace")
    if not text.lstrip("\ufeffï»¿ \t\r\n").startswith("<"):
        return None
    found = _NAMESPACE.search(text)
    if found is None:
        return _without_namespace(text)
    kind = found.group(1)
    if not re.search(rf"<(?:[\w.-]+:)?{_MESSAGES[kind]}(?:V\d\d)?[\s>]", text):
        return None
    return kind, int(found.group(2))


def _without_namespace(text: str) -> tuple[str, int] | None:
    found = _BARE.search(text)
    if found is None or "xmlns=" in found.group():
        return None
    return next(kind for kind, name in _MESSAGES.items() if name == found.group(1)), UNSTATED


def recogniser(kind: str) -> Callable[[bytes], bool]:
    """Whether a file is of one kind, in a version that is read."""

    def recognises(head: bytes) -> bool:
        found = message(head)
        return found is not None and found[0] == kind and found[1] in (UNSTATED, *VERSIONS)

    return recognises


def resembles(head: bytes) -> str:
    """Name a version that is not read."""
    found = message(head)
    return "" if found is None else f"a camt.{found[0]} in version {found[1]}, which is not read"
