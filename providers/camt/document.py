"""The XML of a message, element by element: nothing is resolved, followed or kept.

Shape: Document(source).ends() yields each finished entry and each finished statement; the caller
forgets an element as soon as it has read it. `fault` says why the elements ended early.
Bounds: libxml2's own on depth (256) and text (10 MB), and ours on what may stand between two ends.
Errors: a DOCTYPE, whatever is in it, refuses the file: no bank sends one. No entity is expanded,
no DTD is loaded, no network is touched.
Lines: where an element begins, as the parser tells. XML takes CR and CRLF for LF; so do we before
parsing, because the parser counts LF alone.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import cast

from lxml import etree

from providers.line_feeds import line_feeds
from providers.settlement_file import FileRefused, shown
from providers.source import Source

Element = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
# An entry of a batch with 10,000 details of 800 bytes; as a tree it takes ten times as much.
PENDING_BYTES_MAX = 8 << 20
# What is parsed at once becomes a tree of ten times the size; a small one stays near the processor.
FED_BYTES = 1 << 14
OR_1252 = "tallystick.or_1252"
ENTRY = "Ntry"
ENDS = ("{*}Ntry", "{*}Stmt", "{*}Rpt", "{*}Ntfctn")
CUT_OFF = {
    etree.ErrorTypes.ERR_DOCUMENT_END,
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
    etree.ErrorTypes.ERR_GT_REQUIRED,
}


class Document:
    """One file of XML, read once."""

    def __init__(self, source: Source) -> None:
        """Begin before the first byte."""
        self._source = source
        self._pending = 0  # Bytes since an element was forgotten: what the tree can hold.
        self.fault: FileRefused | None = None

    def ends(self) -> Iterator[Element]:
        """Yield every entry and every statement when its end tag has been read."""
        parser = etree.XMLPullParser(
            events=("end",),
            tag=ENDS,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        looked = False
        try:
            for chunk in _pieces(self._source):
                parser.feed(chunk)
                self._pending += len(chunk)
                for _, ended in parser.read_events():
                    element = cast("Element", ended)  # Only ends of elements were asked for.
                    if not looked and self._has_doctype(element):
                        return
                    looked = True  # A DOCTYPE stands before the first element.
                    yield element
                if self._pending > PENDING_BYTES_MAX:
                    message = f"more than {PENDING_BYTES_MAX} bytes without an end of an entry"
                    self.fault = FileRefused("element_too_large", message)
                    return
            if self._source.fault is None:
                parser.close()
        except etree.XMLSyntaxError as wrong:
            self.fault = _not_xml(wrong)

    def forget(self, element: Element) -> None:
        """Free an element that was read, and all before it under the same parent."""
        self._pending = 0
        element.clear()
        parent = element.getparent()
        if parent is not None:
            del parent[: parent.index(element)]

    def _has_doctype(self, element: Element) -> bool:
        if cast("etree.DTD | None", element.getroottree().docinfo.internalDTD) is None:
            return False
        message = "the file has a DOCTYPE, which no bank sends; nothing in it is followed"
        self.fault = FileRefused("doctype_refused", message)
        return True


def _pieces(source: Source) -> Iterator[bytes]:
    """The bytes to parse; a document that declares nothing is UTF-8 where it can be, else 1252."""
    chunks = line_feeds(source)
    first = next(chunks, b"")
    if first.startswith(b"<") and not first.startswith(b"<?xml") and b"\0" not in first[:4]:
        chunks = _as_utf_8(chain((first,), chunks))
    else:
        chunks = chain((first,), chunks)
    for chunk in chunks:
        for at in range(0, len(chunk), FED_BYTES):
            yield chunk[at : at + FED_BYTES]


def _as_utf_8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors=OR_1252)
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _or_1252(wrong: UnicodeError) -> tuple[str, int]:
    assert isinstance(wrong, UnicodeDecodeError), "nothing is encoded with it"
    content = wrong.object[wrong.start : wrong.end]
    return content.decode("cp1252", errors="replace"), wrong.end


codecs.register_error(OR_1252, _or_1252)


def local_name(element: Element) -> str:
    """The name without its namespace, whichever that is."""
    return element.tag.rpartition("}")[2]


def _not_xml(wrong: etree.XMLSyntaxError) -> FileRefused:
    words = shown((wrong.msg or "no XML").replace("\n", " "))
    line = wrong.lineno or None
    message = f"line {line}: {words}" if line else words
    if "xcessive depth" in words:
        return FileRefused("too_deep", message, line)
    if getattr(wrong, "code", None) in CUT_OFF:
        return FileRefused("file_cut_off", message, line)
    return FileRefused("xml_wrong", message, line)
