"""Rebuild read models from the log, beside those that serve, compare both, and swap them in.

Shape: rebuild(connect, models, source) -> Rebuilt. `connect` opens a connection; models are fresh
ones of models.py.
Way: build up to where the serving ones stand; compare both at the same places; catch up; hold the
gate while the last events are built and the two are swapped. Until then the serving ones serve,
and move on.
Rules: one rebuild at a time in a database. Whatever kills it leaves the serving models as they
are; the unfinished build lies in a schema of its own, where the next rebuild of the same models
and versions goes on with it, if the log is still the one it was made of, and any other drops it.
If the two differ though the version is the same, somebody has changed rows or code behind us:
nothing is swapped unless it is accepted.
Errors: AlreadyRunningError; SourceError where the log does not give what follows; psycopg's.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

import psycopg
from psycopg import IsolationLevel

from projections.building import Build, Source, SourceError, Targets, positions, versions
from projections.comparing import Difference, Side, compare
from projections.model import Model, UnknownEvent
from projections.models import feed_of
from projections.positions import GATE
from projections.schema import LIVE
from projections.swapping import swap

FRESH = "read_next"
REBUILDING = GATE + 2  # A number of ours among the locks of a database.
LOCK = "SELECT pg_try_advisory_lock(%s)"
CATCH_UP_EVENTS = 5_000  # Fewer are built while the gate is held: a fraction of a second.
CATCH_UP_ROUNDS = 100  # Each is shorter than the one before, or the log grows faster than we read.
Connect = Callable[[], psycopg.Connection]


class AlreadyRunningError(Exception):
    """Somebody else is rebuilding in this database."""


class Schemas(NamedTuple):
    """Where the models serve, and where they are built."""

    live: str = LIVE
    fresh: str = FRESH


SCHEMAS: Final = Schemas()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Not swapped: differences wait for a person, or the log has events that are not known."""

    swapped: bool
    events: int
    differences: tuple[Difference, ...]
    unknown: tuple[UnknownEvent, ...]


def rebuild(
    connect: Connect,
    models: Sequence[Model],
    source: Source,
    *,
    accept: bool = False,
    schemas: Schemas = SCHEMAS,
) -> Rebuilt:
    """Build models afresh and put them in the place of those that serve."""
    with _alone(connect) as connection:
        build = Build(connection, models, source, schemas.fresh)
        wanted = targets(build, schemas.live)
        build.begin(wanted)
        build.advance(wanted)
        build.analyze()
        differences: list[Difference] = []
        if not build.unknown:
            differences = _compare(connect, build, schemas)
        serving = versions(connection, schemas.live)
        changed = {name for name, version in build.versions.items() if serving.get(name) != version}
        waits = [each for each in differences if each.model not in changed]
        swapped = not build.unknown and (accept or not waits) and _swap(connect, build, schemas)
        return Rebuilt(swapped, build.events, tuple(differences), tuple(build.unknown))


def targets(build: Build, live: str) -> Targets:
    """Where the serving models stand; one that stands nowhere in a book gets level with the others.

    Where nothing serves at all, the log's end is the target; and where what serves is beyond the
    end, for the log was restored: or is gone, with its book.
    """
    serving = positions(build.connection, live)
    feeds = {model.name: model.feed for model in build.models}
    level: dict[tuple[str, str], int] = {}
    for (name, book), place in serving.items():
        feed = feed_of(name)
        level[feed, book] = max(place, level.get((feed, book), 0))
    books = {*build.source.books(), *(book for _, book in serving)}
    return _bounded(
        build.source,
        {
            (name, book): serving.get((name, book), level.get((feed, book)))
            for name, feed in feeds.items()
            for book in sorted(books)
        },
    )


def _bounded(source: Source, wanted: Targets) -> Targets:
    """The same, and nothing beyond the ends: asked after the places, for what serves moves."""
    ends = source.ends({book for _, book in wanted})
    found: dict[tuple[str, str], int | None] = {}
    for (name, book), place in wanted.items():
        known = [each for each in (place, ends.get((feed_of(name), book))) if each is not None]
        found[name, book] = min(known, default=None)
    return found


def _compare(connect: Connect, build: Build, schemas: Schemas) -> list[Difference]:
    """Hold still what serves, in a snapshot, bring the build to the same places, and compare."""
    with closing(connect()) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        serving = positions(connection, schemas.live)
        names = build.versions
        places = {place: at for place, at in serving.items() if place[0] in names}
        build.advance(_bounded(build.source, places))
        with build.connection.transaction():
            live, fresh = Side(connection, schemas.live), Side(build.connection, schemas.fresh)
            return compare(build.models, live, fresh, places)


def _swap(connect: Connect, build: Build, schemas: Schemas) -> bool:
    """Hold the gate, so that what serves stands still; build what is left and swap."""
    _catch_up(build, schemas.live)
    with closing(connect()) as holder:
        holder.autocommit = True
        holder.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", (schemas.live, GATE))
        build.advance(targets(build, schemas.live))
        if build.unknown:
            return False
        swap(build.connection, build.models, live=schemas.live, fresh=schemas.fresh)
        return True


def _catch_up(build: Build, live: str) -> None:
    """Come close to what serves while it moves on."""
    for _ in range(CATCH_UP_ROUNDS):
        wanted = targets(build, live)
        held = positions(build.connection, build.schema)
        behind = [(at or 0) - held.get(place, 0) for place, at in wanted.items()]
        if max(behind, default=0) <= CATCH_UP_EVENTS:
            return
        build.advance(wanted)
    raise SourceError("the log grows faster than it is read: rebuild when there is less to do")


@contextmanager
def _alone(connect: Connect) -> Generator[psycopg.Connection]:
    """A connection that commits by itself and holds the lock of rebuilds."""
    with closing(connect()) as connection:
        connection.autocommit = True
        if connection.execute(LOCK, (REBUILDING,)).fetchone() != (True,):
            raise AlreadyRunningError
        try:
            yield connection
        finally:
            if not connection.broken:  # Else the server has let go, or will as it notices.
                connection.execute("SELECT pg_advisory_unlock(%s)", (REBUILDING,))
