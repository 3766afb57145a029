"""The lines of a file go out ahead of their answers, and what came of them is counted.

Shape: Tally(batch) hears each answer; publish_lines(asker, published, lines, tally) feeds the asker
and yields now and then, so that the caller can save how far it is. A line that is not accepted ends
the feeding; what is under way is still heard.
Bound: as many lines in memory as the asker has outstanding, REFUSED_MAX refusals in words.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from commands.answer import CommandAnswered
from commands.answering import ACCEPTED
from consumers.asking import Ask, Asker
from consumers.intake.lines import Published, line_number_of
from providers.settlement_file import SettlementLine

REFUSED_MAX = 20  # Said in words: a page. The others are counted.


class RefusedLine(NamedTuple):
    """A line that the book did not take. `status`: refused or internal_error."""

    line_number: int
    status: str
    code: str
    detail: str


@dataclass(slots=True)
class Tally:
    """What came of the lines. `last_line`: all up to it are in the book."""

    last_line: int
    skipped: int = 0  # In by what an earlier run has saved.
    fresh: int = 0  # New to the book.
    repeated: int = 0  # In already, though nobody had saved it.
    refused: int = 0
    refusals: list[RefusedLine] = field(default_factory=list[RefusedLine])
    _under_way: deque[int] = field(default_factory=deque[int])
    _in: set[int] = field(default_factory=set[int])

    @property
    def answered(self) -> int:
        return self.skipped + self.fresh + self.repeated + self.refused

    def asked(self, line_number: int) -> None:
        self._under_way.append(line_number)

    def heard(self, answer: CommandAnswered) -> None:
        number = line_number_of(answer)
        if answer.status != ACCEPTED:
            self.refused += 1
            if len(self.refusals) < REFUSED_MAX:
                said = RefusedLine(number, answer.status, answer.code, answer.detail)
                self.refusals.append(said)
            return
        if answer.replayed or not answer.first_sequence:
            self.repeated += 1
        else:
            self.fresh += 1
        self._in.add(number)
        while self._under_way and self._under_way[0] in self._in:
            self.last_line = self._under_way.popleft()
            self._in.remove(self.last_line)


def publish_lines(
    asker: Asker, published: Published, lines: Iterable[SettlementLine], tally: Tally
) -> Iterator[Tally]:
    """Every answer is heard by the tally, which is given after each."""

    def asks() -> Iterator[Ask]:
        saved = tally.last_line
        for line in lines:
            if tally.refused:
                return
            if line.line_number <= saved:
                tally.skipped += 1
                continue
            tally.asked(line.line_number)
            yield published.line(line)

    for answer in asker.ask_all(asks()):
        tally.heard(answer)
        yield tally
