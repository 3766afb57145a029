"""What a read model is: a fold of the events of a book, and the tables that hold it.

Shape: Model.apply(cursor, batch) writes a batch, in the caller's transaction, into the
tables of the first schema of the search path. It gets only what it does not hold yet, in order,
without gap, of types that are known.
Rules: a model of money stops at an event that it does not know: stale, never wrong. A model keyed
by one stream parks that stream and goes on. A model of records that are kept for a while only
passes over those that are gone. What a model remembers between batches is a copy of
what its tables hold; `forget` drops it, whenever they may have changed behind it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, LiteralString

from psycopg import Cursor

from projections.batches import Batch
from projections.relations import Relations
from projections.rows import Rows

Feed = Literal["events", "answers", "dead_letters"]  # Records with a sequence of their own.
Mark = tuple[str, int, int]  # Schema, build and sequence: what a model's memory is a copy of.


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """A model of money stands before this event: it does not know what it means, or cannot hold it.

    `why`: unknown_event, or balance_too_large.
    """

    model: str
    book: str
    sequence: int
    type_name: str
    why: str = "unknown_event"


class Model(ABC):
    """One read model: it has its own position in every book."""

    name: ClassVar[LiteralString]
    version: ClassVar[int]
    relations: ClassVar[Relations]
    feed: ClassVar[Feed] = "events"
    aggregates: ClassVar[frozenset[str]] = frozenset()  # Whose events it wants; empty: everybody's.
    parks: ClassVar[bool] = False
    passes: ClassVar[bool] = False  # Over records that nobody has any more; else it waits for them.

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}

    @abstractmethod
    def apply(self, cursor: Cursor, batch: Batch) -> UnknownEvent | None:
        """Write a batch. An UnknownEvent: all before it is written, nothing from it on."""

    def remember(self, book: str, mark: Mark) -> None:
        """Before a batch: whatever is a copy of another state of the tables is dropped."""
        if self.marks.get(book, mark) != mark:
            self.forget()
        self.marks[book] = mark

    def moved(self, book: str, sequence: int) -> None:
        """After a batch: what is remembered is a copy of the tables as they are then."""
        schema, build, _ = self.marks[book]
        self.marks[book] = (schema, build, sequence)

    def forget(self) -> None:
        """Drop what is remembered, of all books: of a book without a mark there is nothing."""
        self.marks.clear()


class RowsModel(Model):
    """A model of tables that events change, one after another."""

    rows: ClassVar[tuple[Rows[Any], ...]]

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        for each in self.rows:
            each.apply(cursor, batch.book, batch.events)
