"""The storm: programs are killed at random under load, again and again; then everything adds up.

TALLY_STORM_S: for how long, 20 s if nobody says; TALLY_STORM_SEED: which one.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random

from psycopg import sql

from domain.settlement import BatchSealed, SettlementLineReported
from domain.transfer import TransferCompleted, TransferFailed, TransferStarted
from providers.wechat.synthetic import synthetic_rows
from schemas.names import FULL_NAMES
from tests.integration.billed import bill_file, counts
from tests.integration.faults.given import (
    CLIENT,
    answers,
    assert_sound,
    balances,
    opened,
    outcomes,
    publish,
    start,
    until_written,
)
from tests.integration.faults.program import Fault
from tests.integration.faults.storm import BOOKS, WALLETS, Killer, Load, waiting
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

STORM_S = float(os.environ.get("TALLY_STORM_S", "20"))
SEED = int(os.environ.get("TALLY_STORM_SEED", "7"))
PROGRAMS = ("writer", "relay", "projector", "intake")
CENTS = 2_000
LINES = 2_000
SETTLED = """SELECT count(*) FILTER (WHERE topic = %s) - count(*) FILTER (WHERE topic = ANY(%s))
  + (SELECT count(*) FROM {schema}.timers) + (SELECT count(*) FROM {schema}.outbox)
FROM {schema}.events"""


def under_way(system: System, book: str) -> int:
    """Transfers to another book that are neither done nor undone, timers, and what must leave."""
    ended = [FULL_NAMES[TransferCompleted], FULL_NAMES[TransferFailed]]
    statement = sql.SQL(SETTLED).format(schema=sql.Identifier(f"book_{book}"))
    with system.connect() as connection:
        row = connection.execute(statement, (FULL_NAMES[TransferStarted], ended)).fetchone()
        assert row is not None, "a count is a row"
        return int(row[0])


def funded(system: System) -> int:
    """Wallets with money in every book; how much it is. All of it is in before the storm."""
    start(system, "writer", Fault(group="before"))
    asked = opened(*WALLETS, cents=CENTS)
    for book in BOOKS:
        publish(system, asked, book=book, client="founder")
        until_written(system, len(asked), book=book)
    system.kill("writer")
    return len(BOOKS) * len(WALLETS) * CENTS


def assert_one_outcome_each(system: System, load: Load) -> None:
    """And an answer to every repeat."""
    found = [each for each in answers(system) if each.client == CLIENT]
    assert Counter((each.book, each.idempotency_key) for each in found) == load.published
    first = Counter((each.book, each.idempotency_key) for each in found if not each.replayed)
    assert first == dict.fromkeys(load.published, 1)
    assert {each.status for each in found} == {"accepted", "refused"}


def test_after_a_storm_everything_adds_up(servers: Addresses, tmp_path: Path) -> None:
    bill = bill_file(tmp_path / "bill.csv", synthetic_rows(LINES, seed=SEED))
    with running(servers, tmp_path, programs=()) as system:
        system.create_book("second")
        put_in = funded(system)
        inbox = system.settings.data / "inbox" / "main"
        inbox.mkdir(parents=True)
        bill.rename(inbox / "bill.csv")
        killer = Killer(system, Random(SEED), PROGRAMS)
        with Load(system, Random(SEED + 1)) as load:
            killer.run(STORM_S)
        expected = len(load.published)
        waiting(lambda: len(outcomes(system)) >= expected, system, f"{expected} outcomes")
        for book in BOOKS:
            waiting(lambda book=book: under_way(system, book) == 0, system, f"{book} to be done")
        waiting(lambda: counts(system)[FULL_NAMES[BatchSealed]] == 1, system, "the file")
        assert counts(system)[FULL_NAMES[SettlementLineReported]] == LINES
        for book in BOOKS:
            system.caught_up("wallets", book=book)
        assert_sound(system)
        assert_one_outcome_each(system, load)
        assert balances(system) == put_in
        with system.connect() as connection:
            left = connection.execute(
                "SELECT sum(reserved_balance), (SELECT count(*) FROM read.dead_letters)"
                " FROM read.wallets"
            )
            assert left.fetchone() == (0, 0)
        assert all(killer.done[f"{name} killed"] for name in PROGRAMS), killer.done
