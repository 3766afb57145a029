"""A build of read models in a schema of its own, as far as it is told to go.

Shape: Build(connection, models, source, schema): begin(targets) makes the schema or goes on with
an unfinished one, advance(targets) feeds the models up to places, analyze() tells the planner.
Rules: position and rows move together, as when serving; so a build that was killed is whole.
What is kept for a while only is built from where there is some, by models that pass. An unfinished
build is gone on with only if the log still has the records that it stands at: it may be another's
that was restored meanwhile.
Errors: SourceError where the log does not give what follows.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol

import psycopg
from psycopg import sql

from projections.apply import Applied, apply_batch, skip
from projections.batches import Gap, runs
from projections.model import Feed, Model, UnknownEvent
from projections.recorded import Recorded
from projections.schema import create, make, make_reader

Place = tuple[str, str]  # Model and book.
Targets = Mapping[Place, int | None]  # None: as far as the log goes.
Ends = Mapping[tuple[Feed, str], int]  # Of a feed in a book.
STANDS: Final = "SELECT model, book, sequence, recorded_at FROM {}.position WHERE sequence > 0"


class At(NamedTuple):
    """A record's place."""

    feed: Feed
    book: str
    sequence: int


class Source(Protocol):
    """The log: what a feed (events, answers) has of a book after a place, in order, in batches."""

    def books(self) -> Sequence[str]: ...

    def read(self, feed: Feed, book: str, *, after: int) -> Iterator[Sequence[Recorded]]: ...

    def recorded_at(self, places: Collection[At]) -> Mapping[At, datetime]:
        """When some records were made, of those that there are."""
        ...

    def ends(self, books: Collection[str]) -> Ends:
        """The last places there are; none of a feed: nothing that serves is beyond its end."""
        del books
        return {}


class SourceError(Exception):
    """The log does not give what comes next."""


@dataclass(slots=True)
class Build:
    """`connection` commits by itself whatever is no transaction."""

    connection: psycopg.Connection
    models: Sequence[Model]
    source: Source
    schema: str
    events: int = 0
    unknown: list[UnknownEvent] = field(default_factory=list[UnknownEvent])

    @property
    def versions(self) -> dict[str, int]:
        return {model.name: model.version for model in self.models}

    def begin(self, targets: Targets) -> None:
        """Go on with an unfinished build of these models and of this log, or afresh."""
        name = sql.Identifier(self.schema)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            if self._goes_on(targets):
                return
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
            make_reader(self.connection)
            make(cursor, self.schema)
            for model in self.models:
                create(cursor, model, build=1)

    def _goes_on(self, targets: Targets) -> bool:
        """Whether what is built is a part of what is wanted."""
        if versions(self.connection, self.schema) != self.versions:
            return False
        held = positions(self.connection, self.schema)
        ends = ((at, targets.get(place)) for place, at in held.items())
        if any(end is not None and at > end for at, end in ends):
            return False
        feeds: dict[str, Feed] = {model.name: model.feed for model in self.models}
        stands = sql.SQL(STANDS).format(sql.Identifier(self.schema))
        made_of = {
            (At(feeds[name], book, sequence), at)
            for name, book, sequence, at in self.connection.execute(stands).fetchall()
        }
        found = self.source.recorded_at({place for place, _ in made_of})
        return all(found.get(place) == at for place, at in made_of)

    def advance(self, targets: Targets) -> None:
        """Feed every model up to its target in every book; stop for good at an unknown event."""
        held = positions(self.connection, self.schema)
        groups: dict[tuple[Feed, str, int, int | None], list[Model]] = {}
        for model in self.models:
            for (name, book), target in targets.items():
                position = held.get((name, book), 0)
                if name == model.name and target != position:
                    groups.setdefault((model.feed, book, position, target), []).append(model)
        for (feed, book, position, target), models in groups.items():
            assert target is None or target > position, "a build ahead of what serves"
            wanted = until(self.source.read(feed, book, after=position), target)
            with closing(ahead(wanted)) as batches:
                reached = self._feed(models, book, batches)
            if self.unknown or target is None or reached == target:
                continue
            if not _pass(models):
                raise SourceError(f"book {book}: {feed} end at {reached}, wanted {target}")
            skip(self.connection, models, book, to=target, schema=self.schema)

    def _feed(
        self, models: Sequence[Model], book: str, batches: Iterator[Sequence[Recorded]]
    ) -> int:
        reached = 0
        for batch in batches:
            done = apply_batch(self.connection, models, book, batch, schema=self.schema)
            if isinstance(done, Gap):
                if not _pass(models):
                    said = f"book {book}: {done.found} comes where {done.expected} is next"
                    raise SourceError(said)
                done = self._feed_parts(models, book, runs(batch))
            self.events += len(batch)
            reached = batch[-1].sequence
            if done.stopped:
                self.unknown.extend(done.stopped)
                break
        return reached

    def _feed_parts(
        self, models: Sequence[Model], book: str, parts: Sequence[Sequence[Recorded]]
    ) -> Applied:
        """Nobody has what is missing before each."""
        done: Applied | Gap = Applied({}, (), 0)
        for part in parts:
            skip(self.connection, models, book, to=part[0].sequence - 1, schema=self.schema)
            done = apply_batch(self.connection, models, book, part, schema=self.schema)
            assert isinstance(done, Applied), "a part has no gap, and nothing is before it"
        return done

    def analyze(self) -> None:
        """Tell the planner what is there, before anybody asks."""
        for model in self.models:
            for table in model.relations.tables:
                name = sql.Identifier(self.schema, table.name)
                self.connection.execute(sql.SQL("ANALYZE {}").format(name))


def _pass(models: Sequence[Model]) -> bool:
    return all(model.passes for model in models)


def until(
    batches: Iterator[Sequence[Recorded]], target: int | None
) -> Iterator[Sequence[Recorded]]:
    """The batches up to and with a place."""
    for batch in batches:
        if target is None or (batch and batch[-1].sequence < target):
            yield batch
            continue
        wanted = [recorded for recorded in batch if recorded.sequence <= target]
        if wanted:
            yield wanted
        return


def ahead(batches: Iterator[Sequence[Recorded]]) -> Generator[Sequence[Recorded]]:
    """The same, where the next batch is read and decoded while PostgreSQL takes this one.

    Bound: two batches. The source is asked by one other thread, never by two at once.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def versions(connection: psycopg.Connection, schema: str) -> dict[str, int]:
    """Which models a schema holds, in which version; none where there is no such schema."""
    if not _there(connection, schema):
        return {}
    query = sql.SQL("SELECT model, version FROM {}.model").format(sql.Identifier(schema))
    return dict(connection.execute(query).fetchall())


def positions(connection: psycopg.Connection, schema: str) -> dict[Place, int]:
    """Where the models of a schema stand."""
    if not _there(connection, schema):
        return {}
    query = sql.SQL("SELECT model, book, sequence FROM {}.position").format(sql.Identifier(schema))
    return {(model, book): place for model, book, place in connection.execute(query).fetchall()}


def _there(connection: psycopg.Connection, schema: str) -> bool:
    name = sql.Identifier(schema, "model").as_string(connection)
    return connection.execute("SELECT to_regclass(%s)", (name,)).fetchone() != (None,)
