"""The tags of OFX and what follows each, as a stream: SGML without end tags, and XML alike.

Shape: tokens(source) yields Token: `<NAME>text` or `</NAME>`; the first has the name of no tag and
the text before `<OFX>`. Texts are Latin-1, so that every byte is one character; the reader decodes
what it keeps. A `<` that begins no tag is text; CDATA is text; comments are passed over.
Bounds: a tag with its text has at most TOKEN_CHARACTERS_MAX characters.
Errors: FileRefused: too large, a DOCTYPE, a zero byte; it is the last that is yielded.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from providers.line_feeds import line_feeds
from providers.settlement_file import FileRefused
from providers.source import Source

TOKEN_CHARACTERS_MAX = 65_536  # A memo has 255; a header a few hundred.
_TAG = re.compile(r"<(/?)([A-Za-z][\w.\-]*)(?:\s[^<>]*?)?(/?)>([^<]*)", re.ASCII)
_CDATA = "<![CDATA["
_OPENERS = {_CDATA: "]]>", "<!--": "-->", "<?": "?>"}
_DOCTYPE = "<!DOCTYPE"
_LONGEST = 9  # Of the openers and the DOCTYPE.


class Token(NamedTuple):
    """A tag, and the text up to the next one."""

    name: str  # Upper case; empty: the text before the first tag.
    closes: bool
    text: str
    raw: str
    line_number: int


class _Cutter:
    """Cuts what has arrived; an unfinished token waits."""

    def __init__(self) -> None:
        self.rest = ""
        self._open = Token("", closes=False, text="", raw="", line_number=1)
        self._texts: list[str] = []
        self._raws: list[str] = []
        self._size = 0
        self._line = 1

    def cut(self, *, last: bool) -> Iterator[Token | FileRefused]:
        """Yield every token that is whole."""
        content, at, end = self.rest, 0, len(self.rest)
        if at < end and content[0] != "<":
            at = self._text(content, 0)
        while at < end:
            found = _TAG.match(content, at)
            if found is not None and (found.end() < end or last):
                yield self._finished()
                self._begin(found)
                at = found.end()
            elif found is not None:
                break  # Its text may go on.
            else:
                after = self._other(content, at, last=last)
                if after is None:
                    break
                if isinstance(after, FileRefused):
                    yield after
                    return
                at = after
            if self._size > TOKEN_CHARACTERS_MAX:
                yield self._too_large()
                return
        self.rest = content[at:]
        if len(self.rest) > TOKEN_CHARACTERS_MAX:
            yield self._too_large()
        elif last:
            yield self._finished()

    def _begin(self, found: re.Match[str]) -> None:
        closes, name, empty, text = found.groups()
        raw = found.group()
        shut = bool(closes) and not empty
        self._open = Token(name.upper(), closes=shut, text="", raw="", line_number=self._line)
        self._texts, self._raws, self._size = [text], [raw], len(raw)
        self._line += raw.count("\n")

    def _finished(self) -> Token:
        one = len(self._texts) == 1
        text = self._texts[0] if one else "".join(self._texts)
        raw = self._raws[0] if one else "".join(self._raws)
        return self._open._replace(text=text, raw=raw)

    def _text(self, content: str, at: int) -> int:
        """Take text that belongs to the open token."""
        after = content.find("<", at)
        text = content[at:] if after < 0 else content[at:after]
        self._add(text, raw=text)
        return at + len(text)

    def _add(self, text: str, *, raw: str) -> None:
        self._texts.append(text)
        self._raws.append(raw)
        self._size += len(raw)
        self._line += raw.count("\n")

    def _other(self, content: str, at: int, *, last: bool) -> int | FileRefused | None:
        """A `<` that begins no tag: where it ends; None if that has not arrived."""
        if not last and (len(content) - at < _LONGEST or content.find(">", at) < 0):
            return None
        if content[at : at + len(_DOCTYPE)].upper() == _DOCTYPE:
            message = f"line {self._line}: the file has a DOCTYPE; nothing in it is followed"
            return FileRefused("doctype_refused", message, self._line)
        opener = next((each for each in _OPENERS if content.startswith(each, at)), "")
        closer = _OPENERS.get(opener, "")
        after = content.find(closer, at + len(opener)) if opener else -1
        if after >= 0:
            inner = content[at + len(opener) : after] if opener == _CDATA else ""
            self._add(inner, raw=content[at : after + len(closer)])
            return self._text(content, after + len(closer))
        if opener and not last:
            return None
        self._add("<", raw="<")
        return self._text(content, at + 1)

    def _too_large(self) -> FileRefused:
        message = f"line {self._line}: a tag has more than {TOKEN_CHARACTERS_MAX} characters"
        return FileRefused("element_too_large", message, self._line)


def tokens(source: Source) -> Iterator[Token | FileRefused]:
    """Yield all of them in order."""
    cutter = _Cutter()
    for chunk in line_feeds(source):
        if b"\0" in chunk:
            yield FileRefused("zero_byte", "the file has a zero byte")
            return
        cutter.rest += chunk.decode("latin-1")
        for token in cutter.cut(last=False):
            yield token
            if isinstance(token, FileRefused):
                return
    yield from cutter.cut(last=True)
