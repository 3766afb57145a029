"""The lines of a file go out ahead of their answers, and what came of them is counted.

Shape: Tally(last_line) hears each answer; publish_lines(asker, published, lines, tally) feeds the
asker and yields now and then, so that the caller can save how far it is. Lines of one command come
to the same: all are in, or none is. What is not accepted ends the feeding; what is under way is
still heard.
Bound: UNDER_WAY_MAX commands, REFUSED_MAX refusals in words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from commands.answer import CommandAnswered
from commands.answering import ACCEPTED
from consumers.asking import Ask, Asker
from consumers.intake.lines import LINES_MAX, Published, first_line_of, parts
from providers.settlement_file import SettlementLine

REFUSED_MAX = 20  # Said in words: a page. The others are counted.
UNDER_WAY_MAX = 4_000 // LINES_MAX  # The writer may take as many lines in one transaction.


class RefusedLines(NamedTuple):
    """Lines that the book did not take. `status`: refused or internal_error."""

    first_line: int
    last_line: int
    status: str
    code: str
    detail: str


class Sent(NamedTuple):
    """A command on its way. `lines`: how many, fewer than the numbers may say."""

    last_line: int
    lines: int


@dataclass(slots=True)
class Tally:
    """What came of the lines. `last_line`: all up to it are in the book."""

    last_line: int
    skipped: int = 0  # In by what an earlier run has saved.
    fresh: int = 0  # New to the book.
    repeated: int = 0  # In already, though nobody had saved it.
    refused: int = 0
    refusals: list[RefusedLines] = field(default_factory=list[RefusedLines])
    _under_way: dict[int, Sent] = field(default_factory=dict[int, Sent])  # By first line, in order.
    _in: set[int] = field(default_factory=set[int])

    @property
    def answered(self) -> int:
        return self.skipped + self.fresh + self.repeated + self.refused

    def asked(self, lines: Sequence[SettlementLine]) -> None:
        self._under_way[lines[0].line_number] = Sent(lines[-1].line_number, len(lines))

    def heard(self, answer: CommandAnswered) -> None:
        first = first_line_of(answer)
        last, lines = self._under_way[first]
        if answer.status != ACCEPTED:
            self.refused += lines
            if len(self.refusals) < REFUSED_MAX:
                said = RefusedLines(first, last, answer.status, answer.code, answer.detail)
                self.refusals.append(said)
            return
        if answer.replayed or not answer.first_sequence:
            self.repeated += lines
        else:
            self.fresh += lines
        self._in.add(first)
        while self._under_way and (oldest := next(iter(self._under_way))) in self._in:
            self._in.remove(oldest)
            self.last_line = self._under_way.pop(oldest).last_line


def publish_lines(
    asker: Asker, published: Published, lines: Iterable[SettlementLine], tally: Tally
) -> Iterator[Tally]:
    """Every answer is heard by the tally, which is given after each."""

    def asks() -> Iterator[Ask]:
        saved = tally.last_line
        for part in parts(lines):
            if tally.refused:
                return
            if part[-1].line_number <= saved:
                tally.skipped += len(part)
                continue
            tally.asked(part)
            yield published.lines(part)

    for answer in asker.ask_all(asks(), outstanding_max=UNDER_WAY_MAX):
        tally.heard(answer)
        yield tally
