"""What tests of faults share: faulty programs, commands published ahead, what came of them.

Shape: start(system, "writer", Fault(…)) then died(system, label); publish(system, …) puts commands
on a topic and returns when Kafka has them; answers(system), events(system) read a topic whole.
Money: cents of one currency. Every helper waits for facts, none for time.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event
from typing import NamedTuple

from confluent_kafka import Consumer, Message, TopicPartition
from psycopg import sql

from commands.answer import CommandAnswered
from consumers import verify
from consumers.supervisor.hosting import ENDED, GAVE_UP
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, OpenWallet
from infra.codec import ANSWER
from infra.kafka import clients, messages
from infra.kafka.reading import records
from infra.settings import Settings
from schemas import codec
from schemas.framing import frame, unframe
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command
from tests.integration.faults.program import Fault
from tests.integration.programs import ROOT, Program, System

CLIENT = "shop"
EUR = "EUR"
DEATH_S_MAX = 60.0
SOUND = Fault()
Keyed = tuple[str, Command]
Headers = list[tuple[str, str | bytes | None]]


class Raw(NamedTuple):
    """A record as somebody might publish it."""

    value: bytes
    key: bytes = b"main"
    partition: int | None = None  # Kafka's own, of the key.
    headers: tuple[tuple[str, bytes], ...] = ()


def start(
    system: System,
    name: str,
    fault: Fault = SOUND,
    *,
    label: str = "",
    more: Mapping[str, str] | None = None,
) -> Program:
    """Start a program as `tally run` does, with a fault. `more`: further variables."""
    label = label or name
    assert label not in system.programs, f"{label} runs already"
    log = system.folder / f"{label}.log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.faults.program", name],
            cwd=ROOT,
            env={**os.environ, **variables(system.settings), **fault.variables, **(more or {})},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    system.programs[label] = Program(name, log, process)
    return system.programs[label]


def variables(settings: Settings) -> dict[str, str]:
    said = settings.model_dump(mode="json")
    return {f"TALLY_{name.upper()}": str(value) for name, value in said.items()}


def died(system: System, label: str) -> Program:
    """It has killed itself, at its point."""
    program, code = ended(system, label)
    assert code == -signal.SIGKILL, f"{label} ended with {code}:\n{program.said()}"
    return program


def gave_up(system: System, label: str) -> str:
    """It has ended because waiting helps nothing; what it said last."""
    program, code = ended(system, label)
    assert code in (ENDED, GAVE_UP), f"{label} ended with {code}:\n{program.said()}"
    return program.said().rpartition("gave up: ")[2]


def ended(system: System, label: str) -> tuple[Program, int]:
    program = system.programs.pop(label)
    try:
        code = program.process.wait(DEATH_S_MAX)
    except subprocess.TimeoutExpired:
        system.programs[label] = program
        raise AssertionError(f"{label} did not end:\n{program.said()}") from None
    assert program.process.stdin is not None, "started with a pipe"
    program.process.stdin.close()
    return program, code


def publish(
    system: System,
    commands: Iterable[Keyed],
    *,
    book: str = "main",
    client: str = CLIENT,
    internal: bool = False,
) -> int:
    """Put commands on their topic; how many they were."""
    values = [
        Raw(framed(system, CommandMeta(client, key), command), book.encode())
        for key, command in commands
    ]
    put(system, values, internal=internal)
    return len(values)


def framed(system: System, meta: CommandMeta, command: Command) -> bytes:
    schema_id = system.surroundings.ids[FULL_NAMES[type(command)]]
    return frame(schema_id, codec.encode_command(meta, command))


def put(system: System, raws: Sequence[Raw], *, internal: bool = False) -> None:
    """Put records on tally.commands or tally.internal; returns when Kafka has them."""
    topics = system.surroundings.topics
    topic = topics.internal if internal else topics.commands
    producer = clients.producer(system.settings.kafka_address)
    for raw in raws:
        headers: Headers = [*raw.headers]
        if raw.partition is None:
            producer.produce(topic, raw.value, raw.key, headers=headers)
        else:
            producer.produce(topic, raw.value, raw.key, raw.partition, headers=headers)
    assert producer.flush(DEATH_S_MAX) == 0, "Kafka has not taken all of it"


def opened(*wallets: str, cents: int = 0) -> list[Keyed]:
    """Wallets, each with some money in it."""
    found: list[Keyed] = [
        (f"open-{name}", OpenWallet(name, "owner", "buyer", EUR)) for name in wallets
    ]
    if cents:
        found += [
            (f"fund-{name}", CreditWallet(name, f"fund-{name}", cents, EUR, "bank"))
            for name in wallets
        ]
    return found


def transfers(
    numbers: Iterable[int], wallets: Sequence[str], *, cents: int = 1, book: str = ""
) -> list[Keyed]:
    """Each from one wallet to the next; `book`: where the destinations are."""
    count = len(wallets)
    return [
        (
            f"t{number}",
            TransferFunds(
                f"t{number}",
                wallets[number % count],
                wallets[(number + 1) % count],
                cents,
                EUR,
                book,
            ),
        )
        for number in numbers
    ]


def read(system: System, topic: str) -> list[Message]:
    """A topic from its beginning to its end as it is now, partition by partition."""
    return [
        message
        for number in range(system.surroundings.cluster.partitions)
        for message in records(system.settings.kafka_address, TopicPartition(topic, number, 0))
    ]


def answers(system: System) -> list[CommandAnswered]:
    """All of tally.results, repeats of the relay's left out."""
    found: dict[tuple[str, int, int], CommandAnswered] = {}
    for place, message in enumerate(read(system, system.surroundings.topics.results)):
        answer = ANSWER.decode(unframe(messages.value(message))[1])
        sequence = answer.answer_sequence
        found.setdefault((answer.book, sequence, 0 if sequence else place), answer)
    return list(found.values())


def outcomes(system: System, *, client: str = CLIENT) -> Counter[str]:
    """How many outcomes every key of a client has; repeats that were asked for do not count."""
    return Counter(
        each.idempotency_key
        for each in answers(system)
        if each.client == client and not each.replayed
    )


def until_relayed(system: System, count: int, *, book: str = "main") -> None:
    """Wait until a book has given so many answers, and Kafka has all that it holds."""
    text = """SELECT h.last_answer >= %s AND h.last_answer = r.last_answer
      AND h.last_sequence = r.last_sequence AND NOT EXISTS (SELECT FROM {schema}.outbox)
      FROM {schema}.head h, {schema}.relayed r"""
    statement = sql.SQL(text).format(schema=sql.Identifier(f"book_{book}"))
    with system.connect() as connection:
        system.until(
            lambda: True if connection.execute(statement, (count,)).fetchone() == (True,) else None,
            f"{count} answers of {book}",
        )


def until_written(system: System, count: int, *, book: str = "main") -> None:
    """Wait until a book has given so many answers, whether or not anybody has heard of them."""
    text = sql.SQL("SELECT last_answer >= %s FROM {}.head").format(sql.Identifier(f"book_{book}"))
    with system.connect() as connection:
        system.until(
            lambda: True if connection.execute(text, (count,)).fetchone() == (True,) else None,
            f"{count} answers of {book}",
        )


def until_held(system: System, count: int) -> None:
    """Wait until the read models hold all events of the first book, and so many answers."""
    system.caught_up("ledger")
    held = "SELECT TRUE FROM read.position WHERE (model, book) = ('commands', 'main')"
    with system.connect() as connection:
        system.until(
            lambda: connection.execute(f"{held} AND sequence >= %s", (count,)).fetchone(),
            f"{count} answers",
        )


def until_consumed(system: System, group: str, *topics: str) -> None:
    """Wait until a group of ours has noted all that is in these topics now."""
    numbers = range(system.surroundings.cluster.partitions)
    places = [TopicPartition(topic, number) for topic in topics for number in numbers]
    named = f"{system.surroundings.topics.prefix}.{group}"
    consumer = Consumer({"bootstrap.servers": system.settings.kafka, "group.id": named})
    try:
        ends = [consumer.get_watermark_offsets(place)[1] for place in places]

        def look() -> bool | None:
            noted = consumer.committed(places, timeout=DEATH_S_MAX)
            behind = [
                place for place, end in zip(noted, ends, strict=True) if max(place.offset, 0) < end
            ]
            return None if behind else True

        system.until(look, f"{group} to read all of {topics}")
    finally:
        consumer.close()


def assert_sound(system: System) -> None:
    """`tally verify` holds in every invariant."""
    report = verify.run(system.surroundings)
    assert report.holds, [each for each in report.invariants if not each.holds]


def balances(system: System) -> int:
    """The money in all wallets of all books."""
    with system.connect() as connection:
        row = connection.execute("SELECT coalesce(sum(balance), 0) FROM read.wallets").fetchone()
        assert row is not None, "a sum is a row"
        return int(row[0])


def last_sequence(system: System, *, book: str = "main") -> int:
    head = sql.SQL("SELECT last_sequence FROM {}.head").format(sql.Identifier(f"book_{book}"))
    with system.connect() as connection:
        row = connection.execute(head).fetchone()
        assert row is not None, f"no book {book}"
        return int(row[0])


def wait_for(look: Callable[[], bool], what: str, *, within_s: float = DEATH_S_MAX) -> None:
    """As System.until, while programs may be dead."""
    until_s, pause = time.monotonic() + within_s, Event()
    while not look():
        assert time.monotonic() < until_s, f"waited {within_s:.0f} s for {what}"
        pause.wait(0.02)
