"""Rows 1 to 4 and 10 at once: programs are killed at random under load, again and again.

Then `tally verify` holds, every command has one outcome, every repeat an answer, the money file is
in once, and the wallets hold what was put in.
TALLY_STORM_STRIKES: how many times somebody is killed, 20 if nobody says; TALLY_STORM_SEED: whom.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random

from domain.settlement import BatchSealed, SettlementLineReported
from providers.wechat.synthetic import synthetic_rows
from schemas.names import FULL_NAMES
from tests.integration.billed import bill_file, counts
from tests.integration.faults.given import (
    CLIENT,
    answers,
    assert_sound,
    balances,
    opened,
    publish,
    start,
    until_written,
)
from tests.integration.faults.program import Fault
from tests.integration.faults.storm import BOOKS, WALLETS, Killer, Load, settled
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

STRIKES = int(os.environ.get("TALLY_STORM_STRIKES", "20"))
SEED = int(os.environ.get("TALLY_STORM_SEED", "7"))
PROGRAMS = ("writer", "relay", "projector", "intake")
CENTS = 2_000
LINES = 2_000
SEALED = FULL_NAMES[BatchSealed]


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
            killer.run(STRIKES)
        system.until(lambda: counts(system)[SEALED] == 1 or None, "the file")
        for book in BOOKS:
            system.until(
                lambda book=book: settled(system, book, load.ends[book]) or None,
                f"{book} to settle",
            )
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
