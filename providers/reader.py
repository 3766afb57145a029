"""The protocol of a settlement format: what one small module offers so that its files are read.

Shape: providers/<name>/settlement.py ends with `FORMAT = Format(...)` and is listed in
providers.formats. A format has one variant for each layout of its files.
A variant's `read` is a generator: it yields every money line of the file in order and returns an
Ending, or a FileRefused at the first thing that it cannot read exactly. It does not sum, count,
hash or judge controls: providers.formats does, the same way for every format.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass

from providers.settlement_file import Ending, FileRefused, SettlementLine
from providers.source import Source

Reading = Generator[SettlementLine, None, Ending | FileRefused]


def nothing_known(_head: bytes) -> str:
    """No look-alike of a format is known."""
    return ""


def look_alike(head: bytes, known: Mapping[str, str]) -> str:
    """What a head is by the first of these marks that is in it; empty if none is."""
    text = head.decode("utf-8", errors="replace")
    return next((what for mark, what in known.items() if mark in text), "")


@dataclass(frozen=True, slots=True)
class Variant:
    """One layout. The head is plain bytes: the first few KiB of a file, gzip undone."""

    name: str
    about: str
    proves: tuple[str, ...]  # Names of its controls; empty: nothing in it proves it complete.
    recognises: Callable[[bytes], bool]
    read: Callable[[Source, str], Reading]  # The source and the batch id that the lines carry.


@dataclass(frozen=True, slots=True)
class Format:
    """All that is read of one provider, or of one standard of the banks."""

    name: str
    provider: str
    about: str
    variants: tuple[Variant, ...]  # The first is tried where a person names the format only.
    resembles: Callable[[bytes], str] = nothing_known  # What it is, if known but not read.

    def variant_of(self, head: bytes) -> Variant | None:
        """The layout that these bytes begin."""
        return next((each for each in self.variants if each.recognises(head)), None)


class Run:
    """A reading on its way; `outcome` is set when its lines have all been taken."""

    def __init__(self, reading: Reading) -> None:
        """Take over a reading that has not begun."""
        self._reading = reading
        self.outcome: Ending | FileRefused | None = None

    def __iter__(self) -> Iterator[SettlementLine]:
        """Yield the lines, then keep how it ended."""
        self.outcome = yield from self._reading
