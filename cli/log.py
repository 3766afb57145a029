"""`tally events`: what happened, decoded from the log of a book in PostgreSQL."""

import json
from typing import Annotated, Any

import typer

from cli.calls import Call, complain, misused, refuse, with_call
from cli.printing import line, say
from cli.shared_options import Book, LimitOrAll

LIMIT = 100
Aggregate = Annotated[
    str | None, typer.Option(metavar="ID", help="Of one wallet, order, payment … by its id.")
]
Type = Annotated[str | None, typer.Option("--type", metavar="NAME", help="Such as FundsCredited.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="WHEN", help="A place in the book, a day or a time in UTC."),
]
To = Annotated[str | None, typer.Option("--to", metavar="WHEN", help="The same, included.")]


@with_call
def events(  # noqa: PLR0913 - by name, as on the command line.
    call: Call,
    *,
    book: Book = "main",
    aggregate: Aggregate = None,
    type_name: Type = None,
    start: From = None,
    end: To = None,
    limit: LimitOrAll = LIMIT,
) -> None:
    """Print the events of a book in order: the last ones, or from a place, a day or a time on.

    A list that is cut before its end says so on stderr.

    Example: tally events --aggregate alice --from 2026-03-01 --to 2026-03-31 --limit 0 --json
    """
    from cli.observing.log import Wanted, read, type_of

    known = None if type_name is None else type_of(type_name)
    if type_name is not None and known is None:
        raise misused(f"--type: expected the name of an event, found {type_name!r:.80}")
    cut = bool(limit) and start is not None  # Else they are the last ones, as was asked.
    most = limit + 1 if cut else limit
    try:
        wanted = Wanted.parsed(start, end, aggregate=aggregate, type_name=known, limit=most)
    except ValueError as error:
        raise misused(str(error)) from error
    found = read(call.settings("postgres").postgres, wanted, book=book)
    if found is None:
        raise refuse(f"there is no book {book}")
    shown = 0
    for each in found:
        if cut and shown == limit:
            complain(f"{shown:,} shown, there are more; --limit 0 for all")
            break
        shown += 1
        line(each) if call.json else _show(each)
    if not shown and not call.json:
        say("Events: none")


def _show(each: dict[str, Any]) -> None:
    data = json.dumps(each["data"], ensure_ascii=False)
    place = f"{each['book_sequence']:>8}  {each['recorded_at']}"
    stream = f"{each['aggregate']}/{each['aggregate_id']} v{each['version']}"
    say(f"{place}  {each['type']}  {stream}  {data}")
