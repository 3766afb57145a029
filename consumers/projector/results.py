"""Answers that their book has dropped and tally.results still has.

Shape: since(surroundings, book, after) yields them in order; Results.fetch(book, span) gives the
first of a span, and goes on where it was when the next part is asked for.
Bound: FETCH_MAX answers in memory. Errors: Outage.
"""

from collections.abc import Generator, Sequence
from itertools import islice, takewhile
from threading import Event

import structlog
from confluent_kafka import TopicPartition

from commands.outage import Outage
from consumers.projector.decoding import Foreign, read_answer
from consumers.projector.feed import FETCH_MAX, Span
from consumers.surroundings import Surroundings
from infra.kafka.partition import partition_of
from infra.kafka.reading import records
from projections.recorded import Recorded

log = structlog.get_logger()


def since(
    surroundings: Surroundings, book: str, *, after: int, stop: Event | None = None
) -> Generator[Recorded]:
    """A book's answers after a place; a repeat of the relay's is passed over.

    There may be much of other books between: it is looked whether to stop meanwhile.
    """
    number = partition_of(book.encode(), surroundings.cluster.partitions)
    last = after
    place = TopicPartition(surroundings.topics.results, number, 0)
    for message in records(surroundings.settings.kafka_address, place):
        if stop is not None and stop.is_set():
            raise Outage("asked to stop", retry=True)
        try:
            found = read_answer(message)
        except Foreign as foreign:
            log.warning("foreign_records", records=[str(foreign)])
            continue
        if found is not None and found[0] == book and found[1].sequence > last:
            last = found[1].sequence
            yield found[1]


class Results:
    """A reader of what is missing, part by part."""

    def __init__(self, surroundings: Surroundings, stop: Event) -> None:
        self._surroundings = surroundings
        self._stop = stop
        self._stands = "", 0  # The book, and the last answer of it that was given.
        self._reading: Generator[Recorded] | None = None

    def fetch(self, book: str, span: Span) -> Sequence[Recorded]:
        if self._reading is None or self._stands != (book, span.after):
            self.close()
            self._reading = since(self._surroundings, book, after=span.after, stop=self._stop)
        part = islice(self._reading, min(FETCH_MAX, span.to - span.after))
        found = list(takewhile(lambda each: each.sequence <= span.to, part))
        self._stands = book, found[-1].sequence if found else span.to
        if self._stands[1] >= span.to:
            self.close()
        return found

    def close(self) -> None:
        if self._reading is not None:
            self._reading.close()
        self._reading = None
