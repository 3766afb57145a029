"""After a seal: what our books expected by the file's day, and no file has brought.

Shape: check_absent(asker, records, published, looking) -> how many breaks it opened; None
where the read model did not get as far as the seal in time: to be tried again.
Rules: the read model only says whom to ask about; whether a thing is missing is decided where its
events are. It must hold the seal, or lines of the file itself might look absent.
Bound: `patience_s` of waiting; ROWS_AT_ONCE references in memory.
"""

import time
from collections.abc import Iterator
from threading import Event
from typing import NamedTuple

import structlog
from psycopg import sql

from commands.answering import ACCEPTED
from consumers.asking import Ask, Asker, Stopped
from consumers.intake.lines import Published
from consumers.intake.records import Records
from projections.schema import LIVE
from projections.settlement import Settlement

LOOK_EVERY_S = 0.05
ROWS_AT_ONCE = 5_000
SCHEMA = sql.Identifier(LIVE)
MADE = sql.SQL("SELECT to_regclass({}) IS NOT NULL").format(sql.Literal(f"{LIVE}.position"))
REACHED = sql.SQL(
    "SELECT TRUE FROM {}.position WHERE model = %s AND book = %s AND sequence >= %s"
).format(SCHEMA)
OPEN = sql.SQL(
    """SELECT settlement_id FROM {}.settlement_references
WHERE book = %s AND provider = %s AND merchant_account = %s AND expected_on <= %s
  AND status = 'expected' ORDER BY settlement_id"""
).format(SCHEMA)
log = structlog.get_logger()


class Looking(NamedTuple):
    """What the read model must hold, and how long somebody waits for it."""

    sealed_sequence: int
    patience_s: float
    stop: Event


def check_absent(
    asker: Asker, records: Records, published: Published, looking: Looking
) -> int | None:
    """Ask about everything still open that the sealed file should have brought."""
    if not _reached(records, published.book, looking):
        return None
    opened = 0
    for answer in asker.ask_all(_checks(records, published)):
        opened += answer.first_sequence > 0
        if answer.status != ACCEPTED:  # A dead letter now, to be redriven when we are put right.
            log.error(
                "check_failed",
                book=answer.book,
                correlation_id=answer.correlation_id,
                command_id=answer.command_id,
                code=answer.code,
            )
    return opened


def _reached(records: Records, book: str, looking: Looking) -> bool:
    until_s = time.monotonic() + looking.patience_s
    while not holds(records, book, looking.sealed_sequence):
        if time.monotonic() > until_s:
            return False
        if looking.stop.wait(LOOK_EVERY_S):
            raise Stopped
    return True


def holds(records: Records, book: str, sequence: int) -> bool:
    """Whether the read model is as far as that place in the book."""
    connection = records.connection
    if connection.execute(MADE).fetchone() != (True,):
        return False  # No projector has ever run here.
    return connection.execute(REACHED, (Settlement.name, book, sequence)).fetchone() is not None


def _checks(records: Records, published: Published) -> Iterator[Ask]:
    proof = published.proof
    asked = (published.book, proof.provider, proof.merchant_account, proof.business_day)
    connection = records.connection
    with connection.transaction(), connection.cursor("open_references") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        for (settlement_id,) in cursor.execute(OPEN, asked):
            yield published.check(str(settlement_id))
