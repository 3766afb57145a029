"""Apply a batch of events to read models: rows and positions move in one transaction, or neither.

Shape: apply_batch(connection, models, book, batch) -> Applied | Gap. The batch is of one book and
in order; it may repeat what a model holds already, or itself: told twice counts once. skip(…) moves
models over records that nobody has any more, and counts them.
Errors: Gap, a value: an event is missing between what a model holds and what came; nothing was
applied, fetch from `expected` on. Applied.stopped: models of money before an event that they do not
know; leave them out of later calls until a program that knows it runs. WrongVersionError: the
tables are another version's. Whatever else fails leaves the tables as they were; try again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from psycopg import Cursor
from psycopg.pq import TransactionStatus

from projections import parking
from projections.batches import Batch, Gap, batch_of, in_order
from projections.model import Model, UnknownEvent
from projections.positions import Moved, Position, enter, lock, move, pass_over
from projections.recorded import Recorded
from projections.schema import LIVE


@dataclass(frozen=True, slots=True)
class Applied:
    """Where the models stand now; who stopped, and how many events were put aside."""

    positions: Mapping[str, int]
    stopped: tuple[UnknownEvent, ...]
    parked: int


class Done(NamedTuple):
    """How far a model came: the last event that it holds now, none if it stopped at the first."""

    last: Recorded | None
    parked: int
    unknown: UnknownEvent | None


def apply_batch(
    connection: psycopg.Connection,
    models: Sequence[Model],
    book: str,
    batch: Sequence[Recorded],
    *,
    schema: str = LIVE,
) -> Applied | Gap:
    """Apply what each model does not hold yet. The connection is ours alone meanwhile."""
    assert models, "a batch for nobody"
    assert connection.info.transaction_status == TransactionStatus.IDLE, "in another transaction"
    ordered = in_order(book, batch)
    if isinstance(ordered, Gap):
        return ordered
    try:
        with connection.transaction(), connection.cursor() as cursor:
            enter(cursor, schema)
            positions = lock(cursor, book, {model.name: model.version for model in models})
            lowest = min(position.sequence for position in positions.values())
            if ordered.events and ordered.events[0].sequence > lowest + 1:
                return Gap(book, lowest + 1, ordered.events[0].sequence)
            for model in models:
                position = positions[model.name]
                model.remember(book, (schema, position.build, position.sequence))
            return _apply(cursor, models, positions, ordered)
    except BaseException:
        for model in models:
            model.forget()  # What it remembers was of rows that are not there now.
        raise


def skip(
    connection: psycopg.Connection,
    models: Sequence[Model],
    book: str,
    *,
    to: int,
    schema: str = LIVE,
) -> None:
    """Let models that pass go on behind a place: up to there nobody has anything any more."""
    assert all(model.passes for model in models), "a model that waits for what is missing"
    with connection.transaction(), connection.cursor() as cursor:
        enter(cursor, schema)
        lock(cursor, book, {model.name: model.version for model in models})
        pass_over(cursor, book, [model.name for model in models], to=to)


def _apply(
    cursor: Cursor, models: Sequence[Model], positions: Mapping[str, Position], batch: Batch
) -> Applied:
    behind: dict[int, Batch] = {}
    moved: list[Moved] = []
    stopped: list[UnknownEvent] = []
    for model in models:
        position = positions[model.name]
        new = behind.get(position.sequence)
        if new is None:
            new = behind[position.sequence] = batch.after(position.sequence)
        if not new.events:
            continue
        step = _apply_or_park if model.parks else _apply_or_stop
        last, parked, unknown = step(cursor, model, position, new)
        if unknown is not None:
            stopped.append(unknown)
        if last is not None:
            parked += position.parked
            moved.append(Moved(model.name, last.sequence, parked, last.recorded_at_us))
            model.moved(batch.book, last.sequence)
    if moved:
        move(cursor, batch.book, moved)
    held = {name: position.sequence for name, position in positions.items()}
    held |= {each.model: each.sequence for each in moved}
    aside = sum(each.parked - positions[each.model].parked for each in moved)
    return Applied(held, tuple(stopped), aside)


def _apply_or_park(cursor: Cursor, model: Model, position: Position, batch: Batch) -> Done:
    """A model keyed by one stream goes on: what it does not know waits, with its stream."""
    wanted, aside = batch.about(model.aggregates), 0
    if wanted.events and (position.parked or wanted.unknown):
        waiting: set[parking.Stream] = set()
        if position.parked:
            waiting = parking.waiting(cursor, model, wanted)
        parted = parking.sort(wanted.events, waiting)
        parking.park(cursor, model, batch.book, parted.parked)
        wanted, aside = batch_of(batch.book, parted.going), len(parted.parked)
    if wanted.events:
        unknown = model.apply(cursor, wanted)
        assert unknown is None, "a model that parks does not stop"
    return Done(batch.events[-1], aside, None)


def _apply_or_stop(cursor: Cursor, model: Model, position: Position, batch: Batch) -> Done:
    """A model of money stops before the first event that it does not know, whoever's it is."""
    stop, unknown = batch.unknown, None
    if stop is not None:
        unknown = UnknownEvent(model.name, position.book, stop.sequence, stop.type_name)
        batch = batch.before(stop)
    wanted = batch.about(model.aggregates)
    if wanted.events:
        unknown = model.apply(cursor, wanted) or unknown
    held = batch.events
    if unknown is not None and held:
        held = held[: unknown.sequence - held[0].sequence]
    return Done(held[-1] if held else None, 0, unknown)
