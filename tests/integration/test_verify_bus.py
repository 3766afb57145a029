"""tally.events against the log, and the auditor's own check of a published event.

Shape: records are copied to topics of another prefix with something done to them on the way; the
proof reads there, and the system's own topics stay as they are.
"""

import re
import uuid
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from confluent_kafka import Message, TopicPartition

from consumers.asking import Ask
from consumers.relay.headers import place_of
from consumers.surroundings import Surroundings
from consumers.verify import run
from domain.wallet import CreditWallet, OpenWallet
from infra.kafka import clients, messages, topics
from infra.kafka.reading import records
from infra.kafka.topics import Topics
from schemas.meta import CommandMeta
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

PAGE = Path(__file__).parents[2] / "docs" / "integrity.md"
EVERYTHING = ("writer", "relay", "projector")
CREDITS = 8
LAST = CREDITS + 1
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
Deleted = dict[str, Future[None]]


class Copied(NamedTuple):
    """A record on its way."""

    key: bytes
    value: bytes
    headers: dict[str, bytes]
    partition: int

    @property
    def sequence(self) -> int:
        return place_of(self.headers)[1]

    def saying(self, **facts: bytes) -> "Copied":
        return self._replace(headers=self.headers | {f"ce_{k}": v for k, v in facts.items()})


Change = Callable[[list[Copied]], Iterable[Copied]]


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    folder = tmp_path_factory.mktemp("verify_bus")
    with running(servers, folder, programs=EVERYTHING) as system:
        with system.asker() as asker:
            meta = CommandMeta("shop", "open", "case-42", "clerk-7", "00-1-2-01", "2026-03-31")
            assert asker.ask(Ask("main", meta, OpenWallet("anna", "owner", "buyer", "EUR")))
            for number in range(CREDITS):
                credit = CreditWallet("anna", f"deposit-{number}", 100 + number, "EUR", "bank")
                asker.ask(Ask("main", CommandMeta("shop", f"deposit-{number}"), credit))
        for model in ("wallets", "ledger", "orders", "payments", "collections", "settlement"):
            system.caught_up(model)
        for name in EVERYTHING:
            system.stop(name)
        yield system


def published(surroundings: Surroundings) -> list[Copied]:
    return [
        _copied(message)
        for number in range(surroundings.cluster.partitions)
        for message in records(
            surroundings.settings.kafka_address,
            TopicPartition(surroundings.topics.events, number, 0),
        )
    ]


def _copied(message: Message) -> Copied:
    facts = messages.headers(message)
    return Copied(messages.key(message), messages.value(message), facts, message.partition() or 0)


@contextmanager
def elsewhere(system: System, change: Change) -> Generator[Surroundings]:
    """The system as if its events had been published like this."""
    original = system.surroundings
    names = Topics(f"t{uuid.uuid4().hex[:12]}")
    kafka, partitions = original.settings.kafka_address, original.cluster.partitions
    cluster = topics.prepare(kafka, names, partitions=partitions, replicas=1)
    try:
        producer = clients.producer(kafka)
        for each in change(published(original)):
            headers: Any = list(each.headers.items())
            producer.produce(names.events, each.value, each.key, each.partition, headers=headers)
        assert producer.flush(30.0) == 0
        yield replace(original, topics=names, cluster=cluster)
    finally:
        admin = clients.admin(kafka)
        deleted = cast("Deleted", admin.delete_topics([*names.retention()]))
        for future in deleted.values():
            future.result()


def found(system: System, change: Change) -> dict[str, list[str]]:
    with elsewhere(system, change) as surroundings:
        report = run(surroundings)
    return {each.name: each.detail.split("; ") for each in report.invariants if not each.holds}


def test_what_was_published_is_what_the_log_holds(system: System) -> None:
    assert run(system.surroundings).holds
    assert len(published(system.surroundings)) == LAST


def test_what_a_relay_publishes_again_is_no_offence(system: System) -> None:
    """As it does after a crash: some from the middle, then on; and once more all of it."""
    assert found(system, lambda events: [*events[:6], *events[3:], *events]) == {}


def test_headers_of_another_release_are_no_offence(system: System) -> None:
    """Those that there were once, and those that may come."""

    def more(events: list[Copied]) -> Iterable[Copied]:
        for each in events:
            yield each.saying(book=b"main", sequence=b"%d" % each.sequence, hue=b"green")

    assert found(system, more) == {}


def test_a_forged_repeat_is_found(system: System) -> None:
    """The same place with another chain, amount, wallet, actor or partition: each by its own."""

    def forged(events: list[Copied]) -> Iterable[Copied]:
        yield from events
        yield events[1].saying(chain=b"00" * 32)
        yield events[2]._replace(value=events[3].value)
        yield events[3]._replace(key=b"ben")
        yield events[4].saying(actor=b"somebody")
        yield events[0].saying(time=b"2026-01-01T00:00:00.000000+00:00")

    assert found(system, forged) == {
        "bus_holds_the_log": [
            "main/2 has another chain in Kafka",
            "main/3 has another key or payload in Kafka",
            "main/4 has another key or payload in Kafka",
            "main/5 has another ce_actor in Kafka",
            "main/1 has another ce_time in Kafka",
        ]
    }


def test_a_forged_record_in_the_place_of_the_real_one_is_found(system: System) -> None:
    def forged(events: list[Copied]) -> Iterable[Copied]:
        changed = events[4].value[:-1] + bytes([events[4].value[-1] ^ 2])
        yield from (*events[:4], events[4]._replace(value=changed), *events[5:])

    said = {"bus_holds_the_log": ["main/5 has another key or payload in Kafka"]}
    assert found(system, forged) == said


def test_what_is_missing_on_kafka_is_missed(system: System) -> None:
    said = found(system, lambda events: [*events[:3], *events[4:-1]])
    assert said == {
        "bus_holds_the_log": [
            "main/5 follows 3 in Kafka",
            f"main: found {LAST - 1}, expected {LAST}",
        ]
    }


def test_what_is_no_event_of_ours_is_found(system: System) -> None:
    """A future sequence, a strange book, the wrong partition, no headers, and a bad number."""

    def strange(events: list[Copied]) -> Iterable[Copied]:
        yield from events
        last = events[-1]
        yield last.saying(id=b"main/%d" % (LAST + 1))
        yield last.saying(id=b"main/many")
        yield last._replace(headers={})
        yield last.saying(id=b"nowhere/1")

    said = found(system, strange)["bus_holds_the_log"]
    assert said[0] == f"main/{LAST + 1} is not in the log"
    assert re.search(r"is no event of ours: ValueError", said[1])
    assert sorted(re.findall(r"is of (b'\w*'), no book", "; ".join(said[2:]))) == [
        "b''",
        "b'nowhere'",
    ]
    assert len(said) == 4

    def misplaced(events: list[Copied]) -> Iterable[Copied]:
        yield from events
        yield events[0]._replace(partition=1 - events[0].partition)

    (said_so,) = found(system, misplaced)["bus_holds_the_log"]
    assert said_so.endswith("is of b'main', on another partition than its book")


def test_an_auditor_checks_events_with_the_standard_library_alone(system: System) -> None:
    """The example of docs/integrity.md as it stands there, on events as they are published."""
    (example,) = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    names: dict[str, Any] = {}
    exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102 - our own page.
    imported = set(re.findall(r"^(?:import|from) (\w+)", example, re.MULTILINE))
    assert imported == {"hmac", "datetime", "hashlib", "typing"}
    with system.connect() as connection:
        row = connection.execute("SELECT secret FROM book_main.secrets").fetchone()
        assert row is not None
    key, previous, events = bytes(row[0]), bytes(32), published(system.surroundings)
    assert events[0].headers["ce_actor"] == b"clerk-7"
    for each in events:
        salt = names["salt_of"](key, each.sequence)
        genuine = partial(names["is_genuine"], salt=salt)
        assert genuine(each, previous=previous)
        other = each.saying(actor=b"clerk-8")
        assert not genuine(other, previous=previous)
        assert not genuine(each._replace(key=b"ben"), previous=previous)
        assert not genuine(each._replace(value=each.value + b"\0"), previous=previous)
        assert not genuine(each, previous=previous[::-1] + b"x")
        previous = bytes.fromhex(each.headers["ce_chain"].decode())
