"""Following the books: what their logs and answers have more than the models becomes rows.

Shape: Follower.take(books) says which books are ours; step() applies the next part of each and
says how much that was, 0 where nobody has anything new.
Rules: the log is the truth, so it is what is followed, not what the bus says of it: nothing put on
a topic can move a balance. A book whose read models are ahead of its log, or made of another one,
is waited for: it was restored, and either its tail comes back or the models are rebuilt.
Bounds: BATCH records of a book and feed at a time; one look at all books a step.
Errors: Outage; psycopg's.
Source: docs/decisions/0010-projector.md.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import structlog

from consumers.projector import log_reader
from consumers.projector.feed import Feed, Searching
from infra.event_store.directory import Book
from projections.batches import Gap

BATCH = 10_000
AHEAD_S = 1.0  # Between two looks at a book that was restored.
POSITIONS = "SELECT model, sequence FROM read.position WHERE book = %s"
RESTORED = "was it restored?"


Redrive = Callable[[str], None]
log = structlog.get_logger()


@dataclass(slots=True)
class Place:
    """How far a book goes, or the last of its models that go on."""

    events: int
    answers: int

    def __str__(self) -> str:
        return f"{self.events} events and {self.answers} answers"


class Follower:
    """Applies books to models. The connection is ours alone."""

    def __init__(
        self, connection: psycopg.Connection, redrive: Redrive, *, events: Feed, answers: Feed
    ) -> None:
        self._connection = connection
        self._redrive = redrive  # What was put aside of a book, as it is first begun.
        self._begun: set[str] = set()
        self._log = log_reader.Following(connection)
        self._events, self._answers = events, answers
        self._books: dict[str, Book] = {}
        self._places: dict[str, Place] = {}
        self._heads = b""
        self._not_before_s: dict[str, float] = {}
        self._filling = ""  # The book whose dropped answers are being read.

    def take(self, books: Iterable[Book]) -> None:
        """These are ours from now on, and no others."""
        found = {book.name: book for book in books}
        if found == self._books:
            return
        for name in self._books.keys() - found.keys():
            self._leave(name)
        self._books = found
        self._heads = log_reader.ends_of_all(found.values()).as_bytes(self._connection)

    def step(self) -> int:
        """Apply the next part of every book; how many records."""
        return sum(self._follow(*each) for each in self._look())

    def _look(self) -> Iterator[tuple[str, Place]]:
        """Where every book ends now."""
        if self._heads:
            rows = self._connection.execute(self._heads, prepare=True).fetchall()
            yield from ((name, Place(events, answers)) for name, events, answers in rows)

    def _follow(self, name: str, end: Place) -> int:
        place = self._places.get(name)
        if place is None:  # Whoever had it before may be ahead of this look at the ends.
            if time.monotonic() >= self._not_before_s.get(name, 0.0):
                self._begin(name)
            return 0
        if place == end:
            return 0
        if place.events > end.events or place.answers > end.answers:
            outage = f"the read models hold {place}, the log {end}: {RESTORED}"
            self._wait(name, outage=outage)
            return 0
        book, done = self._books[name], 0
        if place.events < end.events and self._events.going(name):
            done += self._follow_events(book, place)
        begun = self._places.get(name)  # None: it has turned out to be another log.
        if begun is not None and begun.answers < end.answers:
            with suppress(Searching):  # It goes on at the next step.
                done += self._follow_answers(book, begun, end)
        return done

    def _follow_events(self, book: Book, place: Place) -> int:
        going = len(self._events.going(book.name))
        batch = self._log.events(book, after=place.events, limit=BATCH)
        assert batch, "the log ends before its head"
        self._events.apply(self._connection, book.name, batch)
        place.events = batch[-1].sequence
        if len(self._events.going(book.name)) < going:
            # Who has stopped may have stood far behind the others.
            self._begin(book.name)
        return len(batch)

    def _follow_answers(self, book: Book, place: Place, end: Place) -> int:
        """Those that the book has; of what it has not any more, the first part."""
        batch = self._log.answers(book, after=place.answers, limit=BATCH)
        if batch and batch[0].sequence == place.answers + 1:
            self._answers.apply(self._connection, book.name, batch)
            place.answers = batch[-1].sequence
            return len(batch)
        if self._filling not in ("", book.name):
            return 0  # One book at a time: each is read from the beginning of the topic.
        self._filling = book.name
        found = batch[0].sequence if batch else end.answers + 1
        self._answers.fill(self._connection, Gap(book.name, place.answers + 1, found))
        before = place.answers
        place.answers = self._held(book.name).answers
        if place.answers + 1 >= found:
            self._filling = ""
        return place.answers - before

    def _wait(self, name: str, *, outage: str) -> None:
        """One book's trouble is not the others'."""
        log.warning("waiting", book=name, outage=outage, pause_s=AHEAD_S)
        self._not_before_s[name] = time.monotonic() + AHEAD_S
        self._put_down(name)

    def _leave(self, name: str) -> None:
        """Of a book that comes back we cannot know what others did with it meanwhile."""
        self._put_down(name)
        self._begun.discard(name)
        self._events.leave(name)

    def _put_down(self, name: str) -> None:
        self._places.pop(name, None)
        if self._filling == name:
            self._filling = ""

    def _begin(self, name: str) -> None:
        """From where the models stand, if the log is still the one that they were made of."""
        if other := self._other(name):
            self._wait(name, outage=f"the log has another {other} than the read models: {RESTORED}")
            return
        if name not in self._begun:
            self._redrive(name)
            self._begun.add(name)
        self._places[name] = self._held(name)

    def _other(self, name: str) -> str:
        """What the models hold otherwise than the log; empty: nothing."""
        looks = (
            ("event", self._events, log_reader.other_event),
            ("answer", self._answers, log_reader.other_answer),
        )
        for kind, feed, look in looks:
            models = [each.name for each in feed.going(name)]
            if (place := look(self._connection, self._books[name], models)) is not None:
                return f"{kind} {place}"
        return ""

    def _held(self, name: str) -> Place:
        """Where the models stand that go on, by their own word: the last of them."""
        rows = self._connection.execute(POSITIONS, (name,)).fetchall()
        held: dict[str, int] = dict(rows)
        going = [{each.name for each in feed.going(name)} for feed in (self._events, self._answers)]
        events, answers = (min((held.get(model, 0) for model in feed), default=0) for feed in going)
        return Place(events, answers)
