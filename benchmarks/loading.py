"""A wallet with very many events: how long it takes to load, from its snapshot and without one.

Shape: deposits are written by a desk in large batches, as a writer writes them, without Kafka's
part, the last TAIL of them behind the last snapshot: the most that a batch leaves there. Then a
store that has never seen the wallet loads it, again and again. Prints JSON.
"""

import argparse
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from statistics import median
from threading import Event

import psycopg

from benchmarks.system import report, said, system
from commands.incoming import Incoming, Origin, Record
from commands.unit_of_work import SNAPSHOT_EVERY
from consumers.surroundings import FIRST_BOOK, Surroundings
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from domain.wallet import CreditWallet, OpenWallet
from infra.codec import AvroCodec
from infra.event_store import books, directory
from infra.event_store.directory import Book
from infra.event_store.store import PostgresStore
from schemas import codec
from schemas.framing import frame
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command

BATCH = 5_000
TAIL = SNAPSHOT_EVERY - 1
LOADS = 200
WALLET = "wallet"
STREAM = ("wallet", WALLET)


def commands(events: int) -> Iterator[Command]:
    """Of as many events, each another."""
    yield OpenWallet(WALLET, "owner", "buyer", "EUR")
    for number in range(1, events):
        yield CreditWallet(WALLET, f"deposit-{number}", 1, "EUR", "bank")


def incoming(surroundings: Surroundings, events: int) -> Iterator[Incoming]:
    """As they would come from Kafka."""
    decoder, topic = Decoder(surroundings.schemas), surroundings.topics.commands
    for offset, command in enumerate(commands(events)):
        payload = codec.encode_command(CommandMeta("bench", f"{offset}"), command)
        value = frame(surroundings.ids[FULL_NAMES[type(command)]], payload)
        record = Record(topic, 0, offset, FIRST_BOOK.encode(), value, ())
        yield decoder.read(record, Origin.COMMANDS)


def fill(surroundings: Surroundings, book: Book, events: int) -> float:
    """Write the wallet's events; seconds it took."""
    take = partial(
        books.take,
        surroundings.settings.postgres,
        book,
        surroundings.bus,
        (0, 0),
        codec.decode_event,
    )
    decoder = Decoder(surroundings.schemas)
    desk = Desk(take, AvroCodec(), decoder.timer, Event(), Limits(1_000, 20))
    began_s = time.monotonic()
    arriving = incoming(surroundings, events)
    while batch := list(islice(arriving, BATCH)):
        desk.handle(batch)
    assert desk.head.sequence == events, "a deposit was refused"
    desk.close()
    return time.monotonic() - began_s


def loads(surroundings: Surroundings, book: Book, *, count: int, version: int) -> list[float]:
    """Milliseconds of each load, ascending, by a store of its own."""
    dsn = surroundings.settings.postgres
    store = PostgresStore(dsn, schema=book.schema, decode_event=codec.decode_event)
    found: list[float] = []
    store.look_up((), (), (("wallet", "nobody"),))  # Connected, and its statements prepared.
    for _ in range(count):
        began_s = time.perf_counter()
        loaded = store.look_up((), (), (STREAM,)).streams[STREAM]
        found.append((time.perf_counter() - began_s) * 1e3)
        assert loaded.version == version, "an event was lost"
    store.close()
    return sorted(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    whole_batches: int = max(1, parser.parse_args().events // BATCH)
    events = whole_batches * BATCH + TAIL
    with system() as up:
        surroundings = Surroundings.reach(up.settings)
        dsn = surroundings.settings.postgres
        (book,) = directory.list_books(dsn)
        filled_s = fill(surroundings, book, events)
        said("wallet", f"{events} events in {filled_s:.1f} s")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE book_main.events")
            by_snapshot = loads(surroundings, book, count=LOADS, version=events)
            connection.execute("DELETE FROM book_main.snapshots")
            (whole,) = loads(surroundings, book, count=1, version=events)
    report(
        "loading",
        {
            "events": events,
            "filled_s": round(filled_s, 1),
            "filled_events_per_s": round(events / filled_s),
            "behind_snapshot": TAIL,
            "loads": LOADS,
            "by_snapshot_ms": {
                "p50": round(median(by_snapshot), 2),
                "p99": round(by_snapshot[len(by_snapshot) * 99 // 100], 2),
                "max": round(by_snapshot[-1], 2),
            },
            "without_snapshot_ms": round(whole, 1),
        },
    )


if __name__ == "__main__":
    main()
