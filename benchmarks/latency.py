"""How long a command takes at a steady rate: to its answer, and to its row in the read models.

Shape: open loop: each command has its moment and is published then, however late the ones before
are; latency counts from that moment, so that a stall is told by all who waited in it. An answer is
seen on tally.results by a consumer; a row is visible when the slowest read model of events has
moved past the command's last event, which another connection asks every millisecond.
Prints JSON; milliseconds.
"""

import argparse
import logging
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from threading import Event, Thread

import psycopg
from confluent_kafka import TopicPartition

from benchmarks.pipeline import PROGRAMS, opening, publish, transfers, wait_for
from benchmarks.system import Usage, programs, report, said, system
from commands.outage import Outage
from consumers.surroundings import FIRST_BOOK, Surroundings
from infra import telemetry
from infra.codec import ANSWER
from infra.kafka import clients, messages
from infra.kafka.partition import partition_of
from schemas import codec
from schemas.framing import frame, unframe
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command

PATIENCE_S = 60.0
LOOK_S = 0.001
ANSWERS_MAX = 1_000
SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
HELD = "SELECT min(sequence) FROM read.position WHERE book = %s AND model <> 'commands'"


class Answers:
    """Reads tally.results: when each answer was seen, and its last event in the book."""

    def __init__(self, surroundings: Surroundings, count: int) -> None:
        self.seen: dict[str, tuple[float, int]] = {}
        self._count = count
        self._consumer = clients.reader(surroundings.settings.kafka_address)
        partition = partition_of(FIRST_BOOK.encode(), surroundings.cluster.partitions)
        place = TopicPartition(surroundings.topics.results, partition)
        _, place.offset = self._consumer.get_watermark_offsets(place, timeout=15.0)
        self._consumer.assign([place])
        self.ended = Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        while len(self.seen) < self._count:
            first = self._consumer.poll(0.1)
            if first is None:
                continue
            found = clients.checked([first, *self._consumer.consume(ANSWERS_MAX, 0.0)])
            now_s = time.monotonic()
            for message in found:
                answer = ANSWER.decode(unframe(messages.value(message))[1])
                assert answer.status == "accepted", answer
                self.seen[answer.idempotency_key] = now_s, answer.last_sequence
        self._consumer.close()


class Rows:
    """Looks at the read models: from when on they hold which sequence."""

    def __init__(self, dsn: str) -> None:
        self.sequences: list[int] = []
        self.moments_s: list[float] = []
        self._dsn = dsn
        self._stop = Event()
        self._ended = Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._ended.start()

    def until(self, sequence: int) -> None:
        """Until everything is visible."""
        until_s = time.monotonic() + PATIENCE_S
        while not self.sequences or self.sequences[-1] < sequence:
            if time.monotonic() > until_s:
                raise TimeoutError("the read models do not catch up")
            self._stop.wait(LOOK_S)
        self._stop.set()
        self._ended.join()

    def visible_s(self, sequence: int) -> float:
        return self.moments_s[bisect_left(self.sequences, sequence)]

    def _look(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            while not self._stop.wait(LOOK_S):
                row = connection.execute(HELD, (FIRST_BOOK,)).fetchone()
                assert row is not None, "a minimum is a row"
                if not self.sequences or row[0] > self.sequences[-1]:
                    self.moments_s.append(time.monotonic())
                    self.sequences.append(row[0])


def framed(
    surroundings: Surroundings, commands: Iterable[tuple[str, Command]]
) -> Iterator[tuple[str, bytes]]:
    """Ready to be published, by key."""
    for key, command in commands:
        schema_id = surroundings.ids[FULL_NAMES[type(command)]]
        payload = codec.encode_command(CommandMeta("latency", key), command)
        yield key, frame(schema_id, payload)


def paced(
    surroundings: Surroundings, load: Sequence[tuple[str, bytes]], *, rate: int
) -> dict[str, float]:
    """Publish each at its moment; the moments by key."""
    producer = clients.producer(surroundings.settings.kafka_address)
    due: dict[str, float] = {}
    begin_s = time.monotonic() + 0.1
    for number, (key, value) in enumerate(load):
        due[key] = begin_s + number / rate
        left_s = due[key] - time.monotonic()
        if left_s > 0:
            time.sleep(left_s)
        producer.produce(surroundings.topics.commands, value, FIRST_BOOK.encode())
        producer.poll(0)
    if producer.flush(PATIENCE_S):
        raise Outage("Kafka did not take the load", retry=False)
    return due


def shares(latencies_s: Iterable[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    ordered = sorted(latencies_s)
    found = {
        name: round(ordered[int(len(ordered) * share)] * 1e3, 1) for name, share in SHARES.items()
    }
    return found | {"max": round(ordered[-1] * 1e3, 1)}


def measure(
    surroundings: Surroundings, *, count: int, wallets: int, rate: int
) -> dict[str, object]:
    """One run of transfers at a rate, on a system that is at rest."""
    load = list(framed(surroundings, transfers(count, wallets=wallets, hot=False)))
    answers, rows = Answers(surroundings, count), Rows(surroundings.settings.postgres)
    answers.ended.start()
    rows.start()
    due = paced(surroundings, load, rate=rate)
    answers.ended.join(PATIENCE_S)
    assert len(answers.seen) == count, "not every command was answered"
    rows.until(max(last for _, last in answers.seen.values()))
    seen = answers.seen
    return {
        "to_answer_ms": shares(seen[key][0] - due[key] for key in due),
        "to_read_model_ms": shares(rows.visible_s(seen[key][1]) - due[key] for key in due),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="commands a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--wallets", type=int, default=10_000)
    asked = parser.parse_args()
    telemetry.configure(level=logging.WARNING)  # To stderr: stdout is for the document.
    count = asked.rate * asked.seconds
    with system() as up:
        surroundings = Surroundings.reach(up.settings)
        with programs(up, PROGRAMS):
            opened = publish(surroundings, opening(asked.wallets))
            with psycopg.connect(up.settings.postgres, autocommit=True) as connection:
                wait_for(connection, opened)
            said("load", f"{count} transfers at {asked.rate}/s")
            usage = Usage(up)
            found = measure(surroundings, count=count, wallets=asked.wallets, rate=asked.rate)
            used = usage.end(count)
    report(
        "latency",
        {
            "commands": count,
            "rate_per_s": asked.rate,
            "wallets": asked.wallets,
            **found,
            "processes": used,
        },
    )


if __name__ == "__main__":
    main()
