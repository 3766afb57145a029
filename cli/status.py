"""`tally status`: what runs, how far it is, how fast, and what waits for what."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, Call, complain, refuse, with_call
from cli.printing import NUMBER, ago, counted, document, moment, said, say, table
from cli.programs import ProgramName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.observing.standing import BookLine, Lag, Standing

Check = Annotated[
    ProgramName | None,
    typer.Option(help="Say only whether this program is alive here: exit code 0 or 1."),
]
Interval = Annotated[
    float, typer.Option(metavar="SECONDS", min=0.0, max=60.0, help="Between two looks, for rates.")
]
RIGHT = [("events", NUMBER), ("answers", NUMBER), ("events/s", NUMBER)]
BOOK_COLUMNS = [
    "book",
    *RIGHT,
    "writer behind",
    "relay behind",
    "projector behind",
    ("outbox", NUMBER),
    ("timers", NUMBER),
    "last event",
]


@with_call
def status(call: Call, program: Check = None, interval: Interval = 1.0) -> None:
    """Say what runs, how far behind each step is, and what waits for what.

    Works while a server is down, and says which; then it exits with 1. With --program it looks at
    nothing but that program's heartbeat in the folder of the data: for health checks.

    Example: tally status --json
    """
    from cli.observing.standing import look

    settings = call.settings()
    if program is not None:
        _check(call, program)
        return
    if not (settings.kafka or settings.postgres or settings.registry):
        settings = call.settings("kafka", "postgres", "registry")
    standing = look(settings, interval)
    if call.json:
        document(said(standing))
    else:
        _show(standing)
    if not all(each.answers for each in standing.servers):
        raise typer.Exit(BROKEN)


def _check(call: Call, program: ProgramName) -> None:
    from infra import heartbeat

    data = call.settings().data
    found = [each for each in heartbeat.beats(data) if each.program == program.value]
    alive = [each for each in found if each.is_fresh(time.time_ns() // 1_000)]
    if call.json:
        document([said(each) for each in alive])
    if not alive:
        words = "; ".join(f"{each.state}: {each.why}" for each in found if each.why)
        raise refuse(f"{program.value} is not alive under {data}{words and f' ({words})'}")
    if not call.json:
        complain(f"{program.value} is {alive[0].state}{alive[0].why and f': {alive[0].why}'}")


def _show(standing: "Standing") -> None:
    table(
        "Servers",
        ["server", "address", "state"],
        [
            (each.name, each.address, "answers" if each.answers else f"down: {each.why}")
            for each in standing.servers
        ],
    )
    _show_programs(standing)
    if standing.books is not None:
        table("Books", BOOK_COLUMNS, [_row(each) for each in standing.books])
        _show_models(standing.books)
    say(f"Dead letters: {_letters(standing)}")
    for each in standing.waits:
        say(f"- {each}")
    if not standing.waits:
        say("Nothing waits.")


def _letters(standing: "Standing") -> str:
    if standing.dead_letters is not None:
        return str(standing.dead_letters)
    ever = standing.dead_letters_ever
    return "unknown" if ever is None else f"unknown how many wait, {ever} were ever put aside"


def _show_programs(standing: "Standing") -> None:
    rows: list[tuple[object, ...]] = []
    for each in standing.programs:
        beat = each.beat
        children = beat.facts.get("children", {})
        restarts = sum(child["restarts"] for child in children.values())
        more = f"{counted(restarts, 'restart')} in all" if children else beat.why
        state = beat.state if each.alive else f"{beat.state}, not alive"
        rows.append((beat.program, beat.pid, state, moment(beat.since_us), more))
    table("Programs", ["program", ("process", NUMBER), "state", "since (UTC)", "why"], rows)


def _show_models(books: "Sequence[BookLine]") -> None:
    rows = [
        (each.standing.book, model.model, model.sequence, model.behind, model.parked)
        for each in books
        for model in each.standing.models
        if model.behind or model.parked
    ]
    if rows:
        right = [("at", NUMBER), ("behind", NUMBER), ("parked", NUMBER)]
        table("Read models that are not caught up", ["book", "model", *right], rows)


def _row(each: "BookLine") -> tuple[object, ...]:
    book = each.standing
    rate = "" if each.events_per_s is None else f"{each.events_per_s:,.0f}"
    return (
        book.book,
        f"{book.sequence:,}",
        f"{book.answers:,}",
        rate,
        _lag(each.writer),
        _lag(each.relay),
        _lag(each.projector),
        book.outbox,
        book.timers,
        moment(book.recorded_at_us or None),
    )


def _lag(lag: "Lag") -> str:
    if lag.behind is None:
        return "unknown"
    since = "" if lag.seconds is None else f" ({ago(lag.seconds)})"
    return f"{lag.behind:,}{since}"
