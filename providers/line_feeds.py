"""Bytes of a document whose line ends do not matter: every CR and CRLF as LF.

Shape: line_feeds(source) yields chunks. For documents of ASCII-compatible encodings; UTF-16, known
by zero bytes at its start, is let be.
"""

from collections.abc import Iterator

from providers.source import Source


def line_feeds(source: Source) -> Iterator[bytes]:
    """All bytes in order; a CR at the end of a chunk waits for the next one."""
    carried = b""
    wide: bool | None = None
    while chunk := source.read():
        if wide is None:
            wide = b"\0" in chunk[:4]
        if wide:
            yield chunk
            continue
        whole = carried + chunk
        carried = b"\r" if whole.endswith(b"\r") else b""
        if b"\r" in whole:
            whole = whole[: len(whole) - len(carried)]
            whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if whole:
            yield whole
    if carried:
        yield b"\n"
