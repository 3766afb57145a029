"""`tally settlement show`: the files that were imported, or one with its totals and breaks.

Units: JSON has minor units. `stated_*` is what the file states, the same without it what its lines
in the book sum to.
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import breaks
from cli.calls import Call, refuse, with_call
from cli.listing import note_cut, up_to
from cli.printing import NUMBER, document, money, say, table
from cli.shared_options import AnyBook

if TYPE_CHECKING:
    from cli.reading import Reader, Row

CHOSEN = """FROM read.settlement_files WHERE (%(book)s::text IS NULL OR book = %(book)s)
  AND (%(file)s::text IS NULL OR batch_id = %(file)s)"""
FILES = """SELECT batch_id, book, provider, merchant_account, format, file_name, business_day,
  status, lines, lines_reported, imported_at, sealed_at, sha256, accepted_because
{chosen} ORDER BY imported_at DESC, batch_id LIMIT %(limit)s""".replace("{chosen}", CHOSEN)
COUNT = "SELECT count(*) AS files {chosen}".replace("{chosen}", CHOSEN)
COMPARISON = """SELECT batch_id, book, currency, stated_gross AS stated_gross_minor,
  stated_fee AS stated_fee_minor, stated_net AS stated_net_minor, lines, gross AS gross_minor,
  fee AS fee_minor, net AS net_minor, matched, in_question
FROM read.settlement_comparison WHERE batch_id = %s ORDER BY book, currency"""

FILES_SHOWN = 50
BatchId = Annotated[str | None, typer.Argument(metavar="[FILE_ID]", help="One file. (all)")]
Limit = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help=f"At most so many files ({FILES_SHOWN}), or breaks of one ({breaks.LIMIT}); 0: all.",
    ),
]


@with_call
def show(call: Call, file_id: BatchId = None, book: AnyBook = None, limit: Limit = None) -> None:
    """List the imported files, or one of them with its totals and breaks.

    A list that is cut says so on stderr.

    Example: tally settlement show
    """
    from cli.reading import reading, rows

    most = FILES_SHOWN if limit is None else limit
    with reading(call) as connection:
        asked = {"book": book, "file": file_id, "limit": up_to(most)}
        if file_id is not None:
            files = rows(connection, FILES, asked | {"limit": None})
            if not files:
                raise refuse(f"no file {file_id} was imported")
            _show_file(call, connection, files[0], breaks.LIMIT if limit is None else limit)
            return
        files = rows(connection, FILES, asked)
        (count,) = rows(connection, COUNT, asked)
    if call.json:
        document(files)
    else:
        _list(files)
    note_cut(len(files), total=count["files"])


def _show_file(call: Call, connection: "Reader", file: "Row", limit: int) -> None:
    from cli.reading import rows

    batch_id = file["batch_id"]
    totals = rows(connection, COMPARISON, (batch_id,))
    found = breaks.of_file(connection, batch_id, limit)
    sums = breaks.by_kind(connection, breaks.of_any_status(batch_id))
    if call.json:
        document(file | {"currencies": totals, "breaks": found})
    else:
        _list([file])
        _compare(totals)
        _list_breaks(found)
        breaks.show_kinds(sums)
    note_cut(len(found), total=sum(each["breaks"] for each in sums))


def _list(files: list["Row"]) -> None:
    names = ("batch_id", "book", "business_day", "status", "lines_reported", "lines", "file_name")
    columns = ["file", "book", "day", "status", ("arrived", NUMBER), ("lines", NUMBER), "name"]
    table("Settlement files", columns, [[each[name] for name in names] for each in files])
    for each in files:
        if each["accepted_because"]:
            say(f"{each['batch_id']} does not balance; accepted: {each['accepted_because']}")


def _compare(totals: list[dict[str, Any]]) -> None:
    kinds = ("gross", "fee", "net")
    rows = [
        (
            each["currency"],
            *(money(each[f"stated_{kind}_minor"], each["currency"]) for kind in kinds),
            *(money(each[f"{kind}_minor"], each["currency"]) for kind in kinds),
            each["matched"],
            each["in_question"],
        )
        for each in totals
    ]
    stated = [(f"{kind} stated", NUMBER) for kind in kinds]
    summed = [(f"{kind} of lines", NUMBER) for kind in kinds]
    right = [*stated, *summed, ("matched", NUMBER), ("in question", NUMBER)]
    table("Totals", ["currency", *right], rows)


def _list_breaks(found: list["Row"]) -> None:
    shown = [
        (
            each["line_number"] or "",  # What the file has not brought is on no line of it.
            each["kind"],
            each["status"],
            each["reference"],
            *breaks.amounts(each),
            each["break_id"],
        )
        for each in found
    ]
    right = [("amount", NUMBER), ("net", NUMBER)]
    table("Breaks", [("line", NUMBER), "kind", "status", "reference", *right, "break"], shown)
