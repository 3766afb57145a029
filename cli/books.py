"""`tally init` and `tally book …`: what there is to work on."""

from typing import Annotated

import typer

from cli.application import Application
from cli.calls import Call, misused, refuse, with_call
from cli.printing import counted, document, progress, rfc_3339, say, second, table

BOOKS = "SELECT name, schema_name, created_at FROM tally.books ORDER BY name"
# docs/operating.md, "Connections to PostgreSQL", says what each is for.
CONNECTIONS_A_BOOK, CONNECTIONS_BESIDE = 2, 20
ROOM = """SELECT current_setting('max_connections')::int, count(*),
  coalesce(bool_or(name = %s), false) FROM tally.books"""
MADE = "SELECT to_regclass('tally.books') IS NOT NULL"

book = Application(help="Books: totally ordered logs, each with one writer.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower case letters, digits, - and _.")]


@with_call
def init(call: Call) -> None:
    """Make what is missing: topics, schemas, the directory of books, and the book `main`.

    Every program does so as it starts; this is for who wants it done before. Doing it twice does
    no harm.

    Example: tally init --kafka localhost:9092 --postgres postgresql://… --registry http://…
    """
    surroundings = call.surroundings()
    if call.json:
        cluster = surroundings.cluster
        document(
            {
                "cluster_id": cluster.cluster_id,
                "topics": sorted(cluster.topic_ids),
                "partitions": cluster.partitions,
                "schemas": len(surroundings.ids),
            }
        )
    else:
        progress("tally", f"{len(surroundings.ids)} schemas, topics and books are there")


@book.command()
@with_call
def create(call: Call, name: Name) -> None:
    """Make a book. Exits with 1 if it exists already, or if PostgreSQL has no room for another.

    Each costs two connections: with 100 (`max_connections`) there is room for 40 books.

    Example: tally book create shop-eu
    """
    from infra.event_store import directory

    settings = call.settings("postgres")
    directory.prepare(settings.postgres)
    _require_room(settings.postgres, book_name=name)
    try:
        made = directory.create(settings.postgres, name=name)
    except ValueError as error:
        raise misused(str(error)) from error
    if not made:
        raise refuse(f"the book {name} exists already")
    if call.json:
        document({"book": name})
    else:
        say(f"the book {name} is made")


def _require_room(dsn: str, *, book_name: str) -> None:
    """Refuse a book that its neighbours would have to wait for; one that exists needs no room."""
    from infra.event_store.directory import connect

    with connect(dsn) as connection:
        row = connection.execute(ROOM, (book_name,)).fetchone()
    assert row is not None, "a count is a row"
    connections, books, exists = row
    most = max(1, (connections - CONNECTIONS_BESIDE) // CONNECTIONS_A_BOOK)
    if books >= most and not exists:
        raise refuse(
            f"PostgreSQL admits {connections} connections, which is {counted(most, 'book')}, and"
            f" there are {books}: raise its max_connections by {CONNECTIONS_A_BOOK} a book"
        )


@book.command("list")
@with_call
def list_books(call: Call) -> None:
    """List the books.

    Example: tally book list --json
    """
    from infra.event_store.directory import connect

    with connect(call.settings("postgres").postgres) as connection:
        made = connection.execute(MADE).fetchone() == (True,)
        rows = connection.execute(BOOKS).fetchall() if made else []
    found = [(str(name), str(schema), rfc_3339(at)) for name, schema, at in rows]
    if call.json:
        keys = ("book", "schema", "created_at")
        document([dict(zip(keys, each, strict=True)) for each in found])
    else:
        shown = [(name, schema, second(at)) for name, schema, at in found]
        table("Books", ["book", "schema", "made (UTC)"], shown)
