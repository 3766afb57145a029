"""The protocol of a settlement format: what one small module offers so that its files are read.

Shape: a module ends with `FORMAT = Format(...)` and is listed in providers.formats.
`read` is a generator: it yields every money line of the file in order and returns an Ending, or a
FileRefused at the first thing that it cannot read exactly. It does not sum, count, hash or judge
controls: providers.formats does, the same way for every format.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from providers.settlement_file import Ending, FileRefused, SettlementLine
from providers.source import Source

Reading = Generator[SettlementLine, None, Ending | FileRefused]


@dataclass(frozen=True, slots=True)
class Format:
    """One format. The heads are plain bytes: the first few KiB of a file, gzip undone."""

    name: str
    provider: str
    about: str
    proves: tuple[str, ...]  # The names of controls that its files may carry.
    recognises: Callable[[bytes], bool]
    resembles: Callable[[bytes], str]  # What it is, if of this provider but not read; or nothing.
    read: Callable[[Source, str], Reading]  # The source and the batch id that the lines carry.


class Run:
    """A reading on its way; `outcome` is set when its lines have all been taken."""

    def __init__(self, reading: Reading) -> None:
        """Take over a reading that has not begun."""
        self._reading = reading
        self.outcome: Ending | FileRefused | None = None

    def __iter__(self) -> Iterator[SettlementLine]:
        """Yield the lines, then keep how it ended."""
        self.outcome = yield from self._reading
