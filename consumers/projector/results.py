"""Answers that their book has dropped and tally.results still has.

Shape: since(surroundings, book, after) yields them in order; Results.fetch(book, span) gives the
first of a span, and goes on where it was when the next part is asked for.
Bound: FETCH_MAX answers in memory; a fetch takes SEARCH_S, however much of other books lies
between: whoever asks has a membership to keep and other books to follow. Errors: Outage; Searching.
"""

import time
from collections.abc import Generator, Sequence
from contextlib import closing

import structlog
from confluent_kafka import TopicPartition

from consumers.projector.decoding import Foreign, read_answer
from consumers.projector.feed import FETCH_MAX, Searching, Span
from consumers.surroundings import Surroundings
from infra.kafka.partition import partition_of
from infra.kafka.reading import records
from projections.recorded import Recorded

SEARCH_S = 1.0
log = structlog.get_logger()


def since(surroundings: Surroundings, book: str, *, after: int) -> Generator[Recorded]:
    """A book's answers after a place; a repeat of the relay's is passed over."""
    with closing(_looked_at(surroundings, book, after=after)) as looked_at:
        for each in looked_at:
            if each is not None:
                yield each


class Results:
    """A reader of what is missing, part by part."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._left = "", Span(0, 0)  # The book, and what of it has not been given yet.
        self._began_after = 0  # What was asked for first of it.
        self._reading: Generator[Recorded | None] | None = None

    def fetch(self, book: str, span: Span) -> Sequence[Recorded]:
        """What is found of it in SEARCH_S; Searching: nothing is, so far."""
        if self._reading is None or self._left != (book, span):
            self.close()
            self._reading = _looked_at(self._surroundings, book, after=span.after)
            self._left, self._began_after = (book, span), span.after
        found: list[Recorded] = []
        until_s = time.monotonic() + SEARCH_S
        for each in self._reading:
            if each is not None:
                found.append(each)
                if each.sequence >= span.to or len(found) == FETCH_MAX:
                    break
            if time.monotonic() > until_s:
                if not found:
                    raise Searching
                break
        if not found and self._began_after < span.after:
            self.close()  # It ended where the topic did as it began: there may be more by now.
            return self.fetch(book, span)
        if found and found[-1].sequence < span.to:
            self._left = book, Span(found[-1].sequence, span.to)
        else:
            self.close()
        return [each for each in found if each.sequence <= span.to]

    def close(self) -> None:
        if self._reading is not None:
            self._reading.close()
        self._reading = None


def _looked_at(surroundings: Surroundings, book: str, *, after: int) -> Generator[Recorded | None]:
    """For every record of the book's partition an answer that is wanted, or None."""
    number = partition_of(book.encode(), surroundings.cluster.partitions)
    last = after
    place = TopicPartition(surroundings.topics.results, number, 0)
    for message in records(surroundings.settings.kafka_address, place):
        try:
            found = read_answer(message)
        except Foreign as foreign:
            log.warning("foreign_records", records=[str(foreign)])
            found = None
        if found is not None and found[0] == book and found[1].sequence > last:
            last = found[1].sequence
            yield found[1]
        else:
            yield None
