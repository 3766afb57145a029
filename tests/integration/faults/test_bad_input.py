"""Row 8: whatever is published, the partition goes on, and what was wrong can be read somewhere.

Shape: one system; each bad record is followed by a good command of the same book, whose answer
proves that the writer went on. What has a readable envelope is refused with a code, anything else
is a dead letter with its bytes as they came.
"""

import json
from collections.abc import Callable, Generator
from itertools import count
from typing import Any, NamedTuple

import pytest
from confluent_kafka import Producer

from commands.answer import CommandAnswered
from commands.outward import VALUE_BYTES_MAX
from consumers.asking import Ask
from domain.settlement import SealBatch
from domain.wallet import CreditWallet, HoldForOwner, OpenWallet
from infra.kafka.partition import partition_of
from infra.registry.client import Registry
from schemas import codec
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES
from tests.integration.faults.given import (
    CLIENT,
    EUR,
    Raw,
    answers,
    assert_sound,
    framed,
    opened,
    publish,
    put,
    until_relayed,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

NUMBERS = count()
CREDIT = FULL_NAMES[CreditWallet]
TWO_TO_THE_63 = b"\x80" * 9 + b"\x02"  # Zigzag of 2^63, in ten bytes: one bit too many.
Make = Callable[[System, str], Raw]
LETTER = """SELECT reason, detail, book, topic, topic_partition, key, value, traceback
FROM read.dead_letters WHERE substr(value, 1, 1000) = %s AND key = %s"""


class Letter(NamedTuple):
    reason: str
    detail: str
    book: str
    topic: str
    partition: int
    key: bytes
    value: bytes
    traceback: str


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    folder = tmp_path_factory.mktemp("bad_input")
    with running(servers, folder, programs=("writer", "relay", "projector")) as system:
        until_relayed(system, publish(system, opened("a", "b", cents=100)))
        yield system
        assert_sound(system)


def goes_on(system: System) -> None:
    """A command that is published after it is done."""
    number = next(NUMBERS)
    credit = CreditWallet("a", f"on-{number}", 1, EUR, "bank")
    with system.asker() as asker:
        answer = asker.ask(Ask("main", CommandMeta("till", f"on-{number}"), credit))
    assert (answer.status, answer.code) == ("accepted", "")


def letter_of(system: System, raw: Raw) -> Letter:
    asked = raw.value[:1_000], raw.key
    with system.connect() as connection:
        found = system.until(
            lambda: connection.execute(LETTER, asked, binary=True).fetchone(),
            f"the dead letter of {raw.value[:20]!r}",
        )
    return Letter._make(found)


def answer_to(system: System, key: str) -> CommandAnswered:
    return system.until(
        lambda: next((each for each in answers(system) if each.idempotency_key == key), None),
        f"the answer to {key!r}",
    )


def credit(amount_minor: int, currency: str = EUR) -> Callable[[str], CreditWallet]:
    return lambda key: CreditWallet("a", key, amount_minor, currency, "bank")


def said(make: Callable[[str], Any], book: bytes = b"main", **meta: str) -> Make:
    def raw(system: System, key: str) -> Raw:
        return Raw(framed(system, CommandMeta(CLIENT, key, **meta), make(key)), book)

    return raw


def bare(key: str) -> bytes:
    return codec.encode_command(CommandMeta(CLIENT, key), credit(1)(key))


def just(value: bytes) -> Make:
    def raw(system: System, key: str) -> Raw:
        del system, key
        return Raw(value)

    return raw


def without_framing(system: System, key: str) -> Raw:
    del system
    return Raw(bare(key))


def of_schema(schema_id: int) -> Make:
    def raw(system: System, key: str) -> Raw:
        del system
        return Raw(b"\0" + schema_id.to_bytes(4, "big") + bare(key))

    return raw


def registered(system: System, subject: str, schema: dict[str, Any]) -> int:
    own = f"{subject}-{system.settings.topic_prefix}"
    with Registry(system.settings.registry) as registry:
        found = registry.register(subject=own, text=json.dumps(schema))
    assert isinstance(found, int), found
    return found


def of_unknown_type(system: System, key: str) -> Raw:
    """A record that somebody may well register, and none of ours."""
    schema = {
        "type": "record",
        "name": "BlessWallet",
        "namespace": "tally.wallet.v1",
        "fields": [{"name": "wallet_id", "type": "string"}],
    }
    schema_id = registered(system, "bless", schema)
    return Raw(b"\0" + schema_id.to_bytes(4, "big") + b"\x02a" + key.encode())


def without_a_field(system: System, key: str) -> Raw:
    """Written by a schema of that name that has no amount."""
    schema = {
        "type": "record",
        "name": "CreditWallet",
        "namespace": "tally.wallet.v1",
        "fields": [{"name": "wallet_id", "type": "string"}],
    }
    schema_id = registered(system, "no-amount", schema)
    return Raw(b"\0" + schema_id.to_bytes(4, "big") + b"\x02a" + key.encode())


def cut_short(system: System, key: str) -> Raw:
    return Raw(framed(system, CommandMeta(CLIENT, key), credit(1)(key))[:-3])


def two_to_the_63(system: System, key: str) -> Raw:
    """By hand: no writer of Avro would."""
    value = framed(system, CommandMeta(CLIENT, key), credit(77_777)(key))
    amount = b"\xa2\xbf\x09"  # 77,777, as a varint.
    assert value.count(amount) == 1
    return Raw(value.replace(amount, TWO_TO_THE_63))


DEAD: dict[str, tuple[Make, str]] = {
    "garbage": (just(b"garbage"), "not_confluent_framed"),
    "nothing but a byte": (just(b"\x01"), "not_confluent_framed"),
    "without Confluent's framing": (without_framing, "not_confluent_framed"),
    "framing and no more": (just(b"\0\0\0\0"), "not_confluent_framed"),
    "a schema id that nobody has": (of_schema(2_000_000_000), "unknown_schema"),
    "a schema id of 32 bits": (of_schema(2**32 - 1), "unknown_schema"),
    "schema id zero": (of_schema(0), "unknown_schema"),
    "a type that we do not have": (of_unknown_type, "unknown_type"),
    "a field is missing": (without_a_field, "malformed"),
    "cut short": (cut_short, "malformed"),
    "an amount of 2^63": (two_to_the_63, "malformed"),
}


@pytest.mark.parametrize("name", DEAD)
def test_what_cannot_be_read_is_a_dead_letter_with_its_bytes(system: System, name: str) -> None:
    make, reason = DEAD[name]
    raw = make(system, f"dead-{next(NUMBERS)}")
    put(system, [raw])
    goes_on(system)
    letter = letter_of(system, raw)
    assert (letter.reason, letter.book, letter.key) == (reason, "main", b"main")
    assert letter.value == raw.value
    assert letter.topic == system.surroundings.topics.commands
    assert letter.partition == partition_of(b"main", system.surroundings.cluster.partitions)
    assert letter.detail
    assert not letter.traceback


REFUSED: dict[str, tuple[Make, str]] = {
    "a negative amount": (said(credit(-1)), "amount_not_positive"),
    "the largest amount there is": (said(credit(2**63 - 1)), "amount_too_large"),
    "a currency that nobody has": (said(credit(1, "XXQ")), "invalid_field"),
    "a book that is not there": (said(credit(1), b"nobook"), "book_unknown"),
    "an internal type from outside": (
        said(lambda key: HoldForOwner("a", key, "me", 1, EUR)),
        "not_allowed",
    ),
    "an internal type of another program": (said(SealBatch), "not_allowed"),
    "a zero byte in an id": (
        said(lambda key: OpenWallet(f"{key}\0", "o", "buyer", EUR)),
        "invalid_field",
    ),
    "a zero byte in the envelope": (said(credit(1), correlation_id="a\0b"), "invalid_field"),
    "a day that is none": (said(credit(1), effective_on="2026-02-30"), "invalid_field"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_be_read_is_refused_with_its_reason(system: System, name: str) -> None:
    make, code = REFUSED[name]
    key = f"refused-{next(NUMBERS)}"
    put(system, [make(system, key)])
    goes_on(system)
    answer = answer_to(system, key)
    assert (answer.status, answer.code, answer.replayed) == ("refused", code, False)
    assert answer.detail
    assert (answer.first_sequence, answer.last_sequence) == (0, 0)


def test_a_zero_byte_in_the_key_is_refused_and_stops_no_read_model(system: System) -> None:
    key = f"zero-\0-{next(NUMBERS)}"
    put(system, [said(credit(1))(system, key)])
    goes_on(system)
    assert answer_to(system, key).code == "invalid_field"
    system.caught_up("wallets")
    shown = key.replace("\0", "\ufffd")
    with system.connect() as connection:
        statement = "SELECT code FROM read.commands WHERE idempotency_key = %s"
        found = system.until(lambda: connection.execute(statement, (shown,)).fetchone(), "it")
    assert found == ("invalid_field",)


def test_a_command_on_the_wrong_partition_is_refused(system: System) -> None:
    key = f"partition-{next(NUMBERS)}"
    right = partition_of(b"main", system.surroundings.cluster.partitions)
    raw = said(credit(1))(system, key)._replace(partition=1 - right)
    put(system, [raw])
    goes_on(system)
    answer = answer_to(system, key)
    assert (answer.code, answer.answer_sequence) == ("wrong_partition", 0)
    assert str(right) in answer.detail


NO_BOOKS = (b"", b"\xff\xfe\0\x01", b"a\0b", b"x" * 100_000, "bücher".encode())


@pytest.mark.parametrize("key", NO_BOOKS)
def test_a_key_that_is_no_book_s_name_stops_nothing(system: System, key: bytes) -> None:
    """Garbage becomes a dead letter, a command is refused; both reach whoever looks for them."""
    named = f"key-{next(NUMBERS)}"
    garbage = Raw(b"garbage " + named.encode(), key)
    put(system, [garbage, said(credit(1), key)(system, named)])
    goes_on(system)
    assert answer_to(system, named).code == "book_unknown"
    with system.connect() as connection:
        statement = "SELECT reason FROM read.dead_letters WHERE value = %s"
        found = system.until(
            lambda: connection.execute(statement, (garbage.value,)).fetchone(), "its dead letter"
        )
    assert found == ("not_confluent_framed",)


def test_a_record_without_a_value_is_a_dead_letter(system: System) -> None:
    producer = Producer({"bootstrap.servers": system.settings.kafka})
    producer.produce(system.surroundings.topics.commands, None, b"main", headers=[("x", None)])
    assert producer.flush(30) == 0
    goes_on(system)
    assert letter_of(system, Raw(b"")).reason == "not_confluent_framed"


def test_a_record_larger_than_any_command_stops_neither_writer_nor_relay(system: System) -> None:
    """Kafka bounds what travels, not what it unpacks to."""
    large = {"message.max.bytes": 20_000_000, "compression.type": "lz4"}
    producer = Producer({"bootstrap.servers": system.settings.kafka, **large})
    value = b"\0" * 8_000_000
    for key in (b"main", b"nobook"):
        producer.produce(system.surroundings.topics.commands, value, key)
    assert producer.flush(30) == 0
    goes_on(system)
    for key in (b"main", b"nobook"):
        letter = letter_of(system, Raw(value, key))
        assert letter.reason == "too_large"
        assert letter.value == value[:VALUE_BYTES_MAX]
