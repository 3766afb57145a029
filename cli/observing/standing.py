"""Everything together: what runs, how far it is, how fast, and what waits for what.

Shape: look(settings, interval_s) -> Standing. Rates come of two looks at the books. What cannot be
known while a server is down is None, and `waits` says which server that is.
Units: lags are records or events, and seconds since the first that waits was recorded.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cli.observing import books as looking
from cli.observing.books import Books, BookStanding, ModelStanding
from cli.observing.dropped import bookless
from cli.observing.servers import Server, probe
from cli.observing.topics import Ends, Place, written_at_ms
from cli.printing import counted
from consumers.supervisor import backoff
from infra import heartbeat
from infra.called import hint
from infra.heartbeat import Beat
from infra.kafka.partition import partition_of
from infra.settings import Settings

WAITERS = {
    "kafka": "every program that uses it waits",
    "postgres": "every program that uses it waits",
    "registry": "whoever starts, or meets a new schema, waits",
}


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a step is behind. `seconds` None: nothing waits, or nobody can say since when."""

    behind: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class BookLine:
    """One book with the lag of every step. `writer`: of the book's partition, all its books."""

    standing: BookStanding
    partition: int | None
    writer: Lag
    relay: Lag
    projector: Lag
    events_per_s: float | None
    answers_per_s: float | None


@dataclass(frozen=True, slots=True)
class Program:
    """What a program says of itself; `alive` False: it said so long ago, or gave up."""

    beat: Beat
    alive: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """All that can be known now.

    `dead_letters` wait for a person; `dead_letters_ever` lie on their topic, settled ones too.
    """

    servers: Sequence[Server]
    programs: Sequence[Program]
    books: Sequence[BookLine] | None
    strays: int | None
    dead_letters: int | None
    dead_letters_ever: int | None
    waits: Sequence[str]


def look(settings: Settings, interval_s: float) -> Standing:
    """Look once, and a second time after the interval for the rates."""
    servers = probe(settings)
    answers = {each.name for each in servers if each.answers}
    ends = Ends.of(settings) if "kafka" in answers else None
    before = looking.look(settings.postgres) if "postgres" in answers else None
    after = before
    if before is not None and interval_s > 0:
        time.sleep(max(0.0, interval_s - (time.monotonic() - before.at_s)))
        after = looking.look(settings.postgres)
    programs = [Program(each, each.is_fresh(_now_us())) for each in heartbeat.beats(settings.data)]
    lines = None
    if before is not None and after is not None:
        unread = {} if ends is None else _unread(settings, ends, after)
        lines = [_line(unread, ends, before, after, each) for each in after.books]
    letters, strays = (None, None) if after is None else (after.dead_letters, after.strays)
    ever = None if ends is None else ends.dead_letters
    waits = [
        *_servers_wait(servers),
        *_programs_wait(programs, all_answer=len(answers) == len(servers)),
        *_books_wait(lines or ()),
    ]
    if after is not None:
        waits.extend(bookless(settings.data, {each.book for each in after.books}))
    if letters:
        how = f"wait{'s' if letters == 1 else ''} for a person"
        listed = hint("dead-letters", "list", data=settings.data)
        waits.append(f"{counted(letters, 'dead letter')} {how}: {listed}")
    return Standing(servers, programs, lines, strays, letters, ever, waits)


def _line(
    unread: Mapping[int, Lag], ends: Ends | None, before: Books, after: Books, book: BookStanding
) -> BookLine:
    was = next((each for each in before.books if each.book == book.book), None)
    span_s = after.at_s - before.at_s
    rates = (None, None)
    if was is not None and span_s > 0:
        rates = (
            (book.sequence - was.sequence) / span_s,
            (book.answers - was.answers) / span_s,
        )
    partition = None if ends is None else partition_of(book.book.encode(), ends.partitions)
    relay = book.sequence - book.relayed + book.answers - book.relayed_answers
    slowest = max(book.models, key=_behind, default=None)
    projector = Lag(None, None)
    if slowest is not None:
        projector = Lag(slowest.behind, _since(slowest.next_at_us))
    writer = Lag(None, None) if partition is None else unread[partition]
    return BookLine(
        book, partition, writer, Lag(relay, _since(book.relay_next_at_us)), projector, *rates
    )


def _behind(model: ModelStanding) -> int:
    return model.behind


def _unread(settings: Settings, ends: Ends, after: Books) -> dict[int, Lag]:
    """What the writer has not read yet of each partition that has books.

    It reads a partition in one piece, so the furthest of its books says how far it is; the others
    had nothing in what was read.
    """
    reached: dict[Place, int] = {}
    for book in after.books:
        number = partition_of(book.book.encode(), ends.partitions)
        for place, position in (
            ((ends.topics.commands, number), book.commands_position),
            ((ends.topics.internal, number), book.internal_position),
        ):
            reached[place] = max(reached.get(place, 0), position or 0)
    found: dict[int, Lag] = {}
    for place, position in reached.items():
        missing = max(0, ends.ends[place] - position)
        since = _waits_since(settings, place, position) if missing else None
        one = found.get(place[1], Lag(0, None))
        seconds = max(filter(None, (one.seconds, since)), default=None)
        found[place[1]] = Lag((one.behind or 0) + missing, seconds)
    return found


def _waits_since(settings: Settings, place: Place, offset: int) -> float | None:
    at_ms = written_at_ms(settings.kafka_address, place, offset)
    return None if at_ms is None else _since(at_ms * 1_000)


def _since(at_us: int | None) -> float | None:
    return None if at_us is None else max(0.0, (_now_us() - at_us) / 1e6)


def _servers_wait(servers: Sequence[Server]) -> Iterator[str]:
    for each in servers:
        if not each.answers:
            yield f"{WAITERS[each.name]} for {each.name}: {each.why}"


def _programs_wait(programs: Sequence[Program], *, all_answer: bool) -> Iterator[str]:
    """A program that waits looks again after a pause, and says a while later that it is over."""
    at_most_s = backoff.AWAY_MAX_S + heartbeat.WAIT_RENEWED_S
    over = (
        f" (every server answers now: if it was one, {at_most_s:.0f} s at most)"
        if all_answer
        else ""
    )
    for each in programs:
        beat = each.beat
        if beat.state == heartbeat.FAILED:
            yield f"{beat.program} gave up: {beat.why}"
        elif not each.alive:
            yield f"{beat.program} (process {beat.pid}) is not heard of any more"
        elif beat.state == heartbeat.WAITING:
            yield f"{beat.program} waits{over}: {beat.why}"
    if not programs:
        yield "no program keeps its data here"


def _books_wait(lines: Sequence[BookLine]) -> Iterator[str]:
    unread = {each.partition: each.writer.behind for each in lines}
    for partition, behind in unread.items():
        if behind:
            yield f"not read by the writer: {counted(behind, 'record')} of partition {partition}"
    for each in lines:
        book = each.standing
        if each.relay.behind:
            behind = counted(each.relay.behind, "record")
            yield f"not published by the relay: {behind} of {book.book}"
        if each.projector.behind:
            behind = counted(each.projector.behind, "event")
            yield f"not applied by the projector: {behind} of {book.book}"
        if book.timers_due:
            yield f"not done by the writer: {counted(book.timers_due, 'due timer')} of {book.book}"
        for model in book.models:
            if model.parked:
                yield f"parked by {model.model}: {counted(model.parked, 'event')} of {book.book}"


def _now_us() -> int:
    return time.time_ns() // 1_000
