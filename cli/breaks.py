"""`tally breaks`: where our books and a provider's file do not agree.

Shape: breaks(…) is the command; by_kind(…), of_file(…), amounts(…) and show_kinds(…) serve whoever
shows the breaks of one file.
Units: JSON has minor units. `amount_minor` is what the file says less what we say; `net_minor` is
the net of the line that it is about, null where there is none: a line that is all fee has a gross
of 0, and so an amount of 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, LiteralString

import typer

from cli.calls import Call, misused, refuse, with_call
from cli.listing import note_cut, up_to
from cli.printing import NUMBER, money, second, stream, table
from cli.shared_options import AnyBook, LimitOrAll

if TYPE_CHECKING:
    from cli.reading import Reader, Row

CHOSEN: LiteralString = """FROM read.breaks WHERE status = ANY(%(statuses)s)
  AND (%(book)s::text IS NULL OR book = %(book)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(account)s::text IS NULL OR merchant_account = %(account)s)
  AND (%(file)s::text IS NULL OR batch_id = %(file)s)"""
LIST = """WITH chosen AS (SELECT * {chosen} ORDER BY {order} LIMIT %(limit)s)
SELECT b.break_id, book, b.kind, b.status, b.reference, b.amount AS amount_minor, b.currency,
  l.net AS net_minor, provider, merchant_account, batch_id, line_number, b.settlement_id, how,
  account, note, opened_at, resolved_at
FROM chosen AS b LEFT JOIN read.settlement_lines AS l USING (batch_id, line_number, book)
ORDER BY {order}""".replace("{chosen}", CHOSEN)
OLDEST_FIRST = LIST.replace("{order}", "opened_at, break_id")
AS_IN_THE_FILE = LIST.replace("{order}", "line_number, break_id")
BY_KIND = """SELECT kind, currency, count(*) AS breaks, sum(amount) AS amount_minor {chosen}
GROUP BY kind, currency ORDER BY kind, currency""".replace("{chosen}", CHOSEN)
OF_FILE = "SELECT FROM read.settlement_files WHERE batch_id = %s LIMIT 1"
OF_ACCOUNT = "SELECT FROM read.settlement_files WHERE merchant_account = %s LIMIT 1"

LIMIT = 1_000
ROWS = 1_000  # At a time: JSON of all of them needs no more memory than that.


class BreakStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which breaks; None: of any."""

    statuses: list[str]
    book: str | None = None
    kind: str | None = None
    account: str | None = None
    file: str | None = None


Status = Annotated[BreakStatus, typer.Option(help="Which breaks.")]
Kind = Annotated[
    str | None, typer.Option(metavar="KIND", help="One kind, such as missing_in_file. (all)")
]
Account = Annotated[
    str | None, typer.Option(metavar="NAME", help="One account at a provider. (all)")
]
File = Annotated[
    str | None, typer.Option(metavar="FILE_ID", help="One file, as settlement show names it. (all)")
]


@with_call
def breaks(  # noqa: PLR0913 - by name, as on the command line.
    call: Call,
    *,
    book: AnyBook = None,
    status: Status = BreakStatus.OPEN,
    kind: Kind = None,
    account: Account = None,
    file: File = None,
    limit: LimitOrAll = LIMIT,
) -> None:
    """List where our books and a provider's file do not agree, the oldest first.

    An amount is what the file says less what we say, by gross; the net is that of the line. A list
    that is cut says so on stderr, and people see what all of it comes to by kind.

    Example: tally breaks --kind missing_in_file --status all --json
    """
    from cli.reading import reading

    if kind is not None and kind not in kinds():
        raise misused(f"--kind: expected one of {', '.join(kinds())}, found {kind!r:.80}")
    statuses = ["open", "resolved"] if status is BreakStatus.ALL else [status.value]
    wanted = Wanted(statuses, book, kind, account, file)
    with reading(call) as connection:
        sums = by_kind(connection, wanted)
        if not sums:
            _require_known(connection, wanted)
        total = sum(each["breaks"] for each in sums)
        found = _each(connection, wanted, limit)
        if call.json:
            stream(found)
        else:
            _show(list(found), sums)
    note_cut(min(total, limit or total), total=total)


def kinds() -> list[str]:
    """All that there are."""
    from domain.settlement import naming

    return sorted({naming.AMOUNT_DIFFERS, naming.MISSING_IN_FILE, *naming.WHOLE_LINE_KINDS})


def by_kind(connection: "Reader", wanted: Wanted) -> list["Row"]:
    """How many, and what they come to, by kind and currency."""
    from cli.reading import rows

    return rows(connection, BY_KIND, asdict(wanted))


def of_file(connection: "Reader", batch_id: str, limit: int) -> list["Row"]:
    """The breaks of one file, in the order of its lines."""
    from cli.reading import rows

    wanted = of_any_status(batch_id)
    return rows(connection, AS_IN_THE_FILE, asdict(wanted) | {"limit": up_to(limit)})


def of_any_status(batch_id: str) -> Wanted:
    """All breaks of a file."""
    return Wanted(["open", "resolved"], file=batch_id)


def _each(connection: "Reader", wanted: Wanted, limit: int) -> Iterator["Row"]:
    from cli.reading import plain

    with connection.cursor("breaks") as cursor:
        cursor.itersize = ROWS
        cursor.execute(OLDEST_FIRST, asdict(wanted) | {"limit": up_to(limit)})
        for row in cursor:
            yield plain(row)


def _require_known(connection: "Reader", wanted: Wanted) -> None:
    """Nothing found of a name that is not there is no good news."""
    from cli.reading import require_book

    if wanted.book is not None:
        require_book(connection, wanted.book)
    file, account = wanted.file, wanted.account
    if file is not None and not connection.execute(OF_FILE, (file,)).rowcount:
        raise refuse(f"no file {file} was imported")
    if account is not None and not connection.execute(OF_ACCOUNT, (account,)).rowcount:
        raise refuse(f"no file of the account {account} was imported")


def _show(found: "Sequence[Row]", sums: "Sequence[Row]") -> None:
    right = [("amount", NUMBER), ("net", NUMBER)]
    columns = ["break", "kind", "status", "reference", *right, "file", "opened (UTC)"]
    shown = [
        (
            each["break_id"],
            each["kind"],
            each["status"] if not each["how"] else f"{each['status']}: {each['how']}",
            each["reference"],
            *amounts(each),
            _place(each["batch_id"], each["line_number"]),
            second(each["opened_at"]),
        )
        for each in found
    ]
    table("Breaks", columns, shown)
    show_kinds(sums)


def amounts(each: "Row") -> tuple[str, str]:
    """The amount of a break and the net of its line, as people read them."""
    net_minor, currency = each["net_minor"], each["currency"]
    net = "" if net_minor is None else money(net_minor, currency)
    return money(each["amount_minor"], currency), net


def show_kinds(sums: "Sequence[Row]") -> None:
    """What all of them come to, also those that a list has left out."""
    if not sums:
        return
    columns = ["kind", ("breaks", NUMBER), ("amount", NUMBER)]
    shown = [
        (each["kind"], f"{each['breaks']:,}", money(each["amount_minor"], each["currency"]))
        for each in sums
    ]
    table("By kind, all of them", columns, shown)


def _place(batch_id: str, line_number: int) -> str:
    """Where a break comes from; what a file has not brought is on no line of it."""
    return f"{batch_id} line {line_number}" if line_number else batch_id
