"""docs/read-models.md and docs/querying.md: the parts of them that are made from what runs.

Shape: `<!-- reference -->` begins a made part that `<!-- end -->` ends: every relation with the
comments that a database has. In a page of questions each block of sql is followed by a block of
text, its answer. render(page, connection) is the page with all of that made anew; a test compares,
`python -m tests.integration.read_pages DSN` writes.
The data is the story of the unit tests, on 31 March 2026, an event every six minutes.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from domain.decision import Refused
from domain.wallet import checks
from domain.wallet.state import OPEN, Account, Reserved, Wallet
from projections.answers import Commands
from projections.dead_letters import keep
from projections.models import MODELS
from projections.positions import RELATIONS
from projections.recorded import Answer, DeadLetter, Recorded, answered
from projections.relations import Relations
from tests.integration.read_side import apply, ask, clean, database, prepared
from tests.unit.projections.records import DAY_US, record
from tests.unit.projections.story import Story

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "read-models.md", DOCS / "querying.md")
REFERENCE = re.compile(r"<!-- reference -->\n.*?<!-- end -->", re.DOTALL)
QUESTION = re.compile(r"(```sql\n(.*?)```)\n\n```text\n.*?```", re.DOTALL)
BEGIN_US = int(datetime(2026, 3, 31, 7, tzinfo=UTC).timestamp()) * 1_000_000
SIX_MINUTES_US = 360_000_000
COLUMNS = """SELECT a.attname, format_type(a.atttypid, a.atttypmod),
  col_description(c.oid, a.attnum)
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.oid = to_regclass(%s) AND a.attnum > 0 ORDER BY a.attnum"""
COMMENT = "SELECT obj_description(to_regclass(%s))"
FUNCTION = """SELECT pg_get_function_arguments(oid), pg_get_function_result(oid),
obj_description(oid) FROM pg_proc WHERE pronamespace = 'read'::regnamespace AND proname = %s"""


def log() -> list[Recorded]:
    """The story's events, at the times of its day."""
    moments = ((each, BEGIN_US + each.sequence * SIX_MINUTES_US) for each in record(Story().events))
    return [
        each._replace(recorded_at_us=at_us, effective_on=at_us // DAY_US) for each, at_us in moments
    ]


def too_much() -> Refused:
    """What the rule says of 500.00 CNY where 488.00 are there."""
    alice = Account("alice", "person-1", "buyer", "CNY", 0)
    refused = checks.funds(Wallet(alice, OPEN, 488_00, Reserved({}, 0, 0), 0), 500_00)
    assert refused is not None
    return refused


def answer(
    sequence: int, key: str, *, refused: Refused | None = None, replayed: bool = False
) -> Recorded:
    """What came of a command of the shop's."""
    return answered(
        Answer(
            "main",
            sequence,
            f"{len(key):032x}",
            "shop",
            key,
            "tally.transfer.v1.TransferFunds",
            "refused" if refused else "accepted",
            refused.code if refused else "",
            refused.detail if refused else "",
            replayed,
            0 if refused else 16,
            0 if refused else 17,
            "rent of March",
            BEGIN_US + sequence * SIX_MINUTES_US,
        )
    )


LETTER = DeadLetter(
    "tally.commands-0-42",
    "main",
    "tally.commands",
    0,
    42,
    b"main",
    b"\x00\xff",
    (),
    "not_confluent_framed",
    "no schema id of Confluent's wire format in front",
    "",
    "",
    "",
    BEGIN_US,
)


def fill(connection: psycopg.Connection) -> None:
    apply(connection, log())
    answers = [answer(1, "rent-2", refused=too_much()), answer(2, "rent")]
    apply(connection, [*answers, answer(3, "rent", replayed=True)], models=[Commands()])
    keep(connection, [LETTER])
    connection.execute("SET TimeZone TO 'UTC'")
    connection.commit()


def render(page: str, connection: psycopg.Connection) -> str:
    page = REFERENCE.sub(
        lambda _: f"<!-- reference -->\n\n{reference(connection)}\n\n<!-- end -->", page
    )
    return QUESTION.sub(
        lambda found: f"{found[1]}\n\n```text\n{table(connection, found[2])}\n```", page
    )


def questions(page: str) -> list[str]:
    return [found[2] for found in QUESTION.finditer(page)]


def table(connection: psycopg.Connection, query: str) -> str:
    """The answer, in columns."""
    with connection.transaction():
        cursor = connection.execute(query.encode())
        names = [column.name for column in cursor.description or ()]
        rows = [names, *([shown(value) for value in row] for row in cursor.fetchall())]
    widths = [max(len(row[place]) for row in rows) for place in range(len(names))]
    lines = [
        " | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def shown(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case bool():
            return "t" if value else "f"
        case _:
            return str(value)


def reference(connection: psycopg.Connection) -> str:
    chapters = [(model.name, model.relations) for model in MODELS]
    chapters.append(("where the models stand", RELATIONS))
    return "\n\n".join(
        part for name, relations in chapters for part in chapter(connection, name, relations)
    )


def chapter(connection: psycopg.Connection, name: str, relations: Relations) -> Iterator[str]:
    """Views before tables: people ask them first."""
    yield f"### {name}"
    for relation in (*relations.views, *relations.tables):
        (comment,) = ask(connection, COMMENT, f"read.{relation.name}")[0]
        kind = "view" if relation in relations.views else "table"
        rows = ask(connection, COLUMNS, f"read.{relation.name}")
        head = [("column", "type", "what it holds"), ("---", "---", "---")]
        lines = [*head, *((f"`{column}`", kind_of, words) for column, kind_of, words in rows)]
        yield f"**`{relation.name}`** ({kind}): {comment}"
        yield "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
    for function in relations.functions:
        arguments, result, comment = ask(connection, FUNCTION, function.name)[0]
        yield f"**`{function.name}`** (function): {comment}"
        yield f"```\n{function.name}({arguments})\nreturns {result}\n```"


def main(dsns: Sequence[str]) -> None:
    """Write the pages."""
    with database(dsns[0]) as dsn, prepared(clean(dsn)) as connection:
        fill(connection)
        for path in PAGES:
            path.write_text(render(path.read_text(encoding="utf-8"), connection), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
