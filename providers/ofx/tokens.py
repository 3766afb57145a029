"""The tags of OFX and what follows each, as a stream: SGML without end tags, and XML alike.

Shape: tokens(source) yields Token: `<NAME>text` or `</NAME>`; the first has the name of no tag and
the text before `<OFX>`. A transaction that is whole and plain comes as one Block, which
plain_tokens() cuts as if it had not. Texts are Latin-1, so that every byte is one character; the
reader decodes what it keeps. A `<` that begins no tag is text; CDATA is text; comments are passed
over; zero bytes and a Ctrl-Z that pad the end of the file are no part of it.
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
_PADDING = "\0\x1a"
_BEGIN, _END = "<STMTTRN>", "</STMTTRN>"


class Token(NamedTuple):
    """A tag, and the text up to the next one."""

    name: str  # Upper case; empty: the text before the first tag.
    closes: bool
    text: str
    raw: str
    line_number: int


class Block(NamedTuple):
    """A transaction from `<STMTTRN>` to `</STMTTRN>`, uncut; only blanks follow it."""

    raw: str
    line_number: int


class _Cutter:
    """Cuts what has arrived; an unfinished token waits."""

    def __init__(self, line_number: int = 1, *, whole: bool = True) -> None:
        self.rest = ""
        self._open: Token | None = Token("", closes=False, text="", raw="", line_number=1)
        self._texts: list[str] = []
        self._raws: list[str] = []
        self._size = 0
        self._line = line_number
        self._ready: list[Token | Block] = []
        self._whole = whole  # Transactions in one piece where they are plain.

    def cut(self, *, last: bool) -> Iterator[Token | Block | FileRefused]:
        """Yield every token that is whole."""
        content, at, end = self.rest, 0, len(self.rest)
        if at < end and content[0] != "<":
            at = self._text(content, 0)
        while at < end:
            after = self._take(content, at, last=last)
            if after is None:
                break
            yield from self._ready
            self._ready.clear()
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
        elif last and self._open is not None:
            yield self._finished()

    def _take(self, content: str, at: int, *, last: bool) -> int | FileRefused | None:
        """Go on by a transaction, a tag or a text; None if more has to arrive."""
        if self._whole and content.startswith(_BEGIN, at):
            after = self._end_of_block(content, at, last=last)
            if after is None:
                return None
            if after > at:
                self._ready_when_open()
                self._ready.append(self._block(content[at:after]))
                return after
        found = _TAG.match(content, at)
        if found is None:
            return self._other(content, at, last=last)
        if found.end() == len(content) and not last:
            return None  # Its text may go on.
        self._ready_when_open()
        self._begin(found)
        return found.end()

    def _ready_when_open(self) -> None:
        if self._open is not None:
            self._ready.append(self._finished())

    def _end_of_block(self, content: str, at: int, *, last: bool) -> int | None:
        """Where the tag behind a transaction begins; None: not here yet; `at`: not in one piece."""
        end = content.find(_END, at, at + TOKEN_CHARACTERS_MAX)
        after = -1 if end < 0 else content.find("<", end + len(_END))
        if after < 0:
            if not last and len(content) - at <= TOKEN_CHARACTERS_MAX // 2:
                return None
            after = len(content) if end >= 0 and last else at
        if after - at > TOKEN_CHARACTERS_MAX or content[end + len(_END) : after].strip():
            return at
        marked = content.find("<!", at, end) >= 0 or content.find("<?", at, end) >= 0
        return at if marked else after

    def _block(self, raw: str) -> Block:
        block = Block(raw.rstrip(), self._line)
        self._line += raw.count("\n")
        self._open, self._texts, self._raws, self._size = None, [], [], 0
        return block

    def _begin(self, found: re.Match[str]) -> None:
        closes, name, empty, text = found.groups()
        raw = found.group()
        shut = bool(closes) and not empty
        self._open = Token(name.upper(), closes=shut, text="", raw="", line_number=self._line)
        self._texts, self._raws, self._size = [text], [raw], len(raw)
        self._line += raw.count("\n")

    def _finished(self) -> Token:
        assert self._open is not None, "only a token that was begun is finished"
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


def tokens(source: Source) -> Iterator[Token | Block | FileRefused]:
    """Yield all of them in order."""
    cutter, padding = _Cutter(), ""
    for chunk in line_feeds(source):
        arrived = padding + chunk.decode("latin-1")
        text = arrived.rstrip(_PADDING)
        padding = arrived[len(text) :]
        if "\0" in text or len(padding) > TOKEN_CHARACTERS_MAX:
            yield FileRefused("zero_byte", "the file has a zero byte")
            return
        cutter.rest += text
        for token in cutter.cut(last=False):
            yield token
            if isinstance(token, FileRefused):
                return
    yield from cutter.cut(last=True)


def plain_tokens(block: Block) -> Iterator[Token]:
    """The same as if the transaction had come tag by tag."""
    cutter = _Cutter(block.line_number, whole=False)
    cutter.rest = block.raw
    for token in cutter.cut(last=True):
        assert isinstance(token, Token), "a block is neither too large nor does it hold blocks"
        if token.name:
            yield token
