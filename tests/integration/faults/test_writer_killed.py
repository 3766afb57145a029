"""Row 1: the writer is killed anywhere in a batch. No command is lost, none is done twice."""

import time
from pathlib import Path

from domain.wallet import HoldFunds
from tests.integration.faults.given import (
    EUR,
    Keyed,
    Raw,
    answers,
    assert_sound,
    balances,
    died,
    last_sequence,
    opened,
    outcomes,
    publish,
    put,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

TRANSFERS = 400
TOO_LARGE = 20
WALLETS = ("a", "b", "c")
CENTS = 100
HOUR_US = 3_600_000_000
SMALL_BATCHES = {"TALLY_BATCH": "40"}
POINTS = ("writer_before_transaction", "writer_before_commit", "writer_after_commit")


def commands() -> list[Keyed]:
    """Accepted and refused ones, and some that leave a timer."""
    expires_at_us = time.time_ns() // 1_000 + HOUR_US
    holds: list[Keyed] = [
        (f"h{number}", HoldFunds("a", f"h{number}", 1, EUR, expires_at_us)) for number in range(5)
    ]
    over = transfers(range(TRANSFERS, TRANSFERS + TOO_LARGE), WALLETS, cents=CENTS * 10)
    return [*opened(*WALLETS, cents=CENTS), *holds, *transfers(range(TRANSFERS), WALLETS), *over]


def killed_at(system: System, point: str, *, count: int) -> None:
    start(system, "writer", Fault(point, count, group=f"{point}-{count}"), more=SMALL_BATCHES)
    died(system, "writer")


def test_a_writer_killed_in_a_batch_loses_and_repeats_nothing(
    servers: Addresses, tmp_path: Path
) -> None:
    asked = commands()
    with running(servers, tmp_path, programs=("relay", "projector")) as system:
        publish(system, asked)
        before = 0
        for point in POINTS:
            killed_at(system, point, count=3)
            written = last_sequence(system)
            assert written > before, f"{point}: the batches before it are there"
            before = written
        start(system, "writer", more=SMALL_BATCHES)
        until_relayed(system, len(asked))
        assert outcomes(system) == dict.fromkeys((key for key, _ in asked), 1)
        refused = [each for each in answers(system) if each.status != "accepted"]
        assert {each.code for each in refused} == {"insufficient_funds"}
        assert len(refused) == TOO_LARGE
        assert_sound(system)
        assert balances(system) == len(WALLETS) * CENTS


def test_a_writer_killed_after_it_refused_strays_refuses_the_others_once(
    servers: Addresses, tmp_path: Path
) -> None:
    """A record of no book lies between those of a book: neither hides the other."""
    with running(servers, tmp_path, programs=("relay",), partitions=1) as system:
        asked = opened(*WALLETS)
        for key, command in asked:
            publish(system, [(key, command)])
            publish(system, [(f"stray-{key}", command)], book="nobody")
        put(system, [Raw(b"garbage", b"nobody")])
        killed_at(system, "writer_after_strays", count=1)
        assert last_sequence(system) == 0, "it died before the book's own"
        killed_at(system, "writer_after_commit", count=1)
        start(system, "writer")
        until_relayed(system, len(asked))
        found = outcomes(system)
        keys = [key for key, _ in asked]
        assert found == dict.fromkeys([*keys, *(f"stray-{key}" for key in keys)], 1)
