"""What became of the lines of a sealed batch, by the read model.

Shape: compared(records, book, batch_id=…) -> Compared. Asked once the read model holds the seal:
what a line meant stands before it in the log. Units: lines; breaks by kind.
"""

from collections.abc import Mapping
from typing import NamedTuple

from psycopg import sql

from consumers.intake.records import Records
from projections.schema import LIVE

SCHEMA = sql.Identifier(LIVE)
MATCHED = sql.SQL(
    """SELECT count(*) FROM {}.settlement_lines
WHERE book = %s AND batch_id = %s AND status = 'matched'"""
).format(SCHEMA)
BREAKS = sql.SQL(
    """SELECT kind, count(*) FROM {}.breaks
WHERE book = %s AND batch_id = %s AND line_number > 0 GROUP BY kind ORDER BY kind"""
).format(SCHEMA)


class Compared(NamedTuple):
    """Lines that answer what we expected, and breaks of lines by kind."""

    matched: int
    breaks: Mapping[str, int]


def compared(records: Records, book: str, *, batch_id: str) -> Compared:
    """Count them."""
    row = records.connection.execute(MATCHED, (book, batch_id)).fetchone()
    assert row is not None, "a count is a row"
    rows = records.connection.execute(BREAKS, (book, batch_id)).fetchall()
    return Compared(int(row[0]), {str(kind): int(count) for kind, count in rows})
