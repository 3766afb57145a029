"""`tally dead-letters …`: what could not be processed, doing it again, or settling it for good."""

import getpass
import time
from typing import Annotated, Any

import typer

from cli.application import Application
from cli.calls import BROKEN, Call, complain, misused, refuse, with_call
from cli.listing import note_cut, up_to
from cli.printing import counted, document, line, say, second, table
from cli.shared_options import AnyBook, LimitOrAll
from infra.called import hint

CHOSEN = """FROM read.dead_letters WHERE (%(settled)s OR settled_as = '')
  AND (%(book)s::text IS NULL OR book = %(book)s)"""
LIST = """SELECT dead_letter_id, book, reason, detail, command_type, topic, topic_partition,
  topic_offset, recorded_at, settled_as, settled_at, settled_by, settled_because, redriven_to
{chosen} ORDER BY recorded_at, dead_letter_id LIMIT %(limit)s""".replace("{chosen}", CHOSEN)
COUNT = "SELECT count(*) AS letters {chosen}".replace("{chosen}", CHOSEN)
SETTLED = "SELECT settled_as, settled_at FROM read.dead_letters WHERE dead_letter_id = %s"
SHOW = """SELECT * FROM read.dead_letters WHERE dead_letter_id = %s"""
WAITING = """SELECT dead_letter_id FROM read.dead_letters WHERE settled_as = ''
ORDER BY recorded_at, dead_letter_id"""

SHOWN_MAX = 1_000  # Characters of one thing; a value has up to a million.

dead_letters = Application(help="Records that could not be processed.")
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the dead letter.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Which ones.")]
SomeIds = Annotated[list[str], typer.Argument(metavar="ID...", help="Which ones.")]
Settled = Annotated[bool, typer.Option("--all", "--settled", help="Also those that are settled.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why nothing will come of it.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who says so. (your account here)")]
Everything = Annotated[bool, typer.Option("--all", help="All that wait.")]


@dead_letters.command("list")
@with_call
def list_all(
    call: Call, settled: Settled = False, book: AnyBook = None, limit: LimitOrAll = 100
) -> None:
    """List the dead letters that wait for a person, the oldest first.

    A list that is cut says so on stderr.

    Example: tally dead-letters list
    """
    from cli.reading import reading, require_book, rows

    with reading(call) as connection:
        asked = {"settled": settled, "book": book, "limit": up_to(limit)}
        found = rows(connection, LIST, asked)
        (count,) = rows(connection, COUNT, asked)
        if not found and book is not None:
            require_book(connection, book)
    note_cut(len(found), total=count["letters"])
    if call.json:
        document(found)
        return
    columns = ["id", "book", "reason", "detail", "recorded (UTC)", "settled"]
    names = ("dead_letter_id", "book", "reason", "detail")
    shown = [
        (*(each[name] for name in names), second(each["recorded_at"]), _settled(each))
        for each in found
    ]
    table("Dead letters", columns, shown)


def _settled(each: dict[str, Any]) -> str:
    if not each["settled_by"]:
        place = f" to {each['redriven_to']}" if each["redriven_to"] else ""
        return f"{each['settled_as']}{place}"
    return f"{each['settled_as']} by {each['settled_by']}: {each['settled_because']}"


@dead_letters.command()
@with_call
def show(call: Call, dead_letter_id: Id) -> None:
    """Show one whole: the record's bytes in hexadecimal digits, its headers, the traceback.

    Bytes that are text are shown as text too. What is long is whole only with --json.

    Example: tally dead-letters show tally.commands-0-17
    """
    from cli.reading import reading, rows

    with reading(call) as connection:
        found = rows(connection, SHOW, (dead_letter_id,))
    if not found:
        raise refuse(f"there is no dead letter {dead_letter_id}")
    (letter,) = found
    names, values = letter.pop("header_names"), letter.pop("header_values")
    headers = [
        {"name": name, **_both("value", bytes(value))}
        for name, value in zip(names, values, strict=True)
    ]
    whole = {
        **{name: value for name, value in letter.items() if name not in ("key", "value")},
        **_both("key", bytes.fromhex(letter["key"])),
        **_both("value", bytes.fromhex(letter["value"])),
        "headers": headers,
    }
    if call.json:
        document(whole)
        return
    traceback = whole.pop("traceback")
    whole["headers"] = ", ".join(
        f"{each['name']}: {each.get('value_text', each['value_hex'])}" for each in headers
    )
    table(
        f"Dead letter {dead_letter_id}", ["", ""], [(each, _cut(it)) for each, it in whole.items()]
    )
    if traceback:
        say(str(traceback))


def _cut(value: object) -> str:
    """What a person reads of it."""
    text = "" if value is None else str(value)
    if len(text) <= SHOWN_MAX:
        return text
    return f"{text[:SHOWN_MAX]}… ({len(text):,} characters; --json has them all)"


def _both(name: str, value: bytes) -> dict[str, str]:
    """Hexadecimal digits, and what somebody wrote, if it is text: it tells who."""
    found = {f"{name}_hex": value.hex()}
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return found
    if text and "".join(text.split()).isprintable():
        found[f"{name}_text"] = text
    return found


@dead_letters.command()
@with_call
def redrive(call: Call, dead_letter_ids: Ids = None, everything: Everything = False) -> None:
    """Publish records again where they came from, as they came, with key and headers.

    What was done before is not done twice: a command carries its key. A command of our own that
    came from no topic (a timer) goes to tally.internal. What the registry still has no schema for
    is left, for it would come back. Exits with 1 if one cannot be redriven.

    Example: tally dead-letters redrive tally.commands-0-17
    """
    from cli.reading import reading, rows
    from cli.redriving import Redriver

    if bool(dead_letter_ids) == everything:
        raise misused("ID: expected ids of dead letters, or --all")
    if everything:
        with reading(call) as connection:
            dead_letter_ids = [each["dead_letter_id"] for each in rows(connection, WAITING)]
    broken = 0
    with Redriver(call.settings("kafka", "postgres", "registry")) as redriver:
        for dead_letter_id in dead_letter_ids or ():
            outcome = redriver.redrive(dead_letter_id)
            if isinstance(outcome, str):
                broken += 1
                complain(f"{dead_letter_id}: {outcome}")
            elif call.json:
                line({"dead_letter_id": dead_letter_id, **outcome._asdict()})
            else:
                place = f"{outcome.topic}, partition {outcome.partition}, offset {outcome.offset}"
                say(f"{dead_letter_id}: published to {place}")
    if broken and everything:
        settle = hint("dead-letters", "dismiss", "ID", "--reason", "TEXT")
        complain(f"{counted(broken, 'letter')} left; where nothing will come of one: `{settle}`")
    if broken:
        raise typer.Exit(BROKEN)


@dead_letters.command()
@with_call
def dismiss(call: Call, dead_letter_ids: SomeIds, reason: Reason, by: By = None) -> None:
    """Settle dead letters of which nothing will come: garbage, or what was put right elsewhere.

    Nothing is deleted: they stay in read.dead_letters, with who said so, when and why, and
    `list --all` shows them. It cannot be taken back. Exits with 1 if one was settled before.

    Example: tally dead-letters dismiss tally.commands-0-17 --reason "a stray test of the shop"
    """
    from infra.event_store.directory import connect
    from projections import dead_letters as kept

    if not reason.strip():
        raise misused("--reason: expected why nothing will come of it, found nothing")
    who, broken = by or _account(), 0
    with connect(call.settings("postgres").postgres) as connection:
        for dead_letter_id in dead_letter_ids:
            at_us = time.time_ns() // 1_000
            if kept.dismiss(connection, dead_letter_id, by=who, because=reason, at_us=at_us):
                done = {"dead_letter_id": dead_letter_id, "settled_as": "dismissed", "by": who}
                line(done) if call.json else say(f"{dead_letter_id}: dismissed by {who}")
                continue
            broken += 1
            found = connection.execute(SETTLED, (dead_letter_id,)).fetchone()
            was = found and f"was {found[0]} at {found[1]:%Y-%m-%d %H:%M:%S %Z}"
            complain(f"{dead_letter_id}: {was or 'there is no such dead letter'}")
    if broken:
        raise typer.Exit(BROKEN)


def _account() -> str:
    """Whose account on this machine runs us."""
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # A container's number without a name.
        raise misused("--by: expected who says so, this account has no name") from error
