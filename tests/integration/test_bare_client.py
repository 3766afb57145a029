"""Somebody else's service: a stock client, the .avsc files, the page docs/publishing.md, no more.

Nothing of ours is imported but what starts the programs; the page's own Python example is run as it
stands there.
"""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.integration.programs import running
from tests.integration.servers import Addresses

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
SCHEMAS = ROOT / "schemas"
VALUE_BYTES_MAX = 524_293  # Half a mebibyte and the five bytes before it.
PATIENCE_S = 60.0
EMPTY = {"string": "", "long": 0, "boolean": False}
Record = dict[str, Any]


class BareClient:
    """What a service has: addresses, the names of the topics, and the .avsc files."""

    def __init__(self, servers: Addresses, prefix: str) -> None:
        self.servers, self.prefix = servers, prefix
        self.registry = SchemaRegistryClient({"url": servers.registry_url})
        # The library declares no parameters of its serializers.
        self.deserialize = AvroDeserializer(self.registry)  # pyright: ignore[reportCallIssue]
        self.partitions: dict[str, int] = {}
        self.producer = Producer(
            {
                "bootstrap.servers": servers.kafka_bootstrap,
                "partitioner": "murmur2_random",
                "enable.idempotence": True,
            }
        )

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    def encoded(self, file: Path, record: Record) -> bytes:
        serialize = AvroSerializer(
            self.registry,  # pyright: ignore[reportCallIssue]
            file.read_text(encoding="utf-8"),
            conf={
                "auto.register.schemas": False,
                "subject.name.strategy": record_subject_name_strategy,
            },
        )
        context = SerializationContext(self.topic("commands"), MessageField.VALUE)
        value = serialize(record, context)
        assert value is not None
        return value

    def command(self, name: str, key: str, **fields: object) -> bytes:
        file = SCHEMAS / f"{name}.v1.avsc"
        meta = {"client": "shop", "idempotency_key": key}
        return self.encoded(file, {"meta": meta, **fields})

    def publish(self, value: bytes, *, book: str = "main") -> None:
        self.producer.produce(self.topic("commands"), value, book, on_delivery=self._delivered)
        assert self.producer.flush(PATIENCE_S) == 0

    def _delivered(self, error: object, message: Message) -> None:
        assert error is None
        self.partitions[cast("bytes", message.key()).decode()] = cast("int", message.partition())

    def first(self, topic: str, fits: Callable[[Record, Message], bool]) -> tuple[Record, Message]:
        """The first record of a topic that fits, read from the topic's beginning."""
        consumer = Consumer(
            {"bootstrap.servers": self.servers.kafka_bootstrap, "group.id": uuid.uuid4().hex}
        )
        until_s = time.monotonic() + PATIENCE_S
        try:
            known = consumer.list_topics(self.topic(topic), timeout=PATIENCE_S).topics
            partitions = known[self.topic(topic)].partitions
            consumer.assign([TopicPartition(self.topic(topic), each, 0) for each in partitions])
            while time.monotonic() < until_s:
                message = consumer.poll(1.0)
                if message is None or message.error():
                    continue
                context = SerializationContext(self.topic(topic), MessageField.VALUE)
                record = cast("Record", self.deserialize(message.value(), context))
                if fits(record, message):
                    return record, message
        finally:
            consumer.close()
        raise AssertionError(f"nothing that fits came on {topic}")

    def answer(self, key: str, *, nth: int = 1) -> Record:
        """The nth answer to a key."""
        found: list[Record] = []

        def fits(record: Record, _: Message) -> bool:
            if record["idempotency_key"] == key:
                found.append(record)
            return len(found) == nth

        return self.first("results", fits)[0]


@pytest.fixture(scope="module")
def client(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[BareClient]:
    with running(servers, tmp_path_factory.mktemp("bare")) as system:
        client = BareClient(servers, system.settings.topic_prefix)
        with client.registry:
            yield client


def opening(client: BareClient, key: str, wallet_id: str, **more: object) -> bytes:
    fields = {"wallet_id": wallet_id, "owner_id": "customer-1", "type": "buyer", "currency": "EUR"}
    return client.command("wallet/OpenWallet", key, **{**fields, **more})


def crediting(client: BareClient, key: str, wallet_id: str, amount_minor: int) -> bytes:
    fields = {"wallet_id": wallet_id, "movement_id": f"m-{key}", "amount_minor": amount_minor}
    return client.command("wallet/CreditWallet", key, **fields, currency="EUR", source="bank")


def header_values(message: Message) -> Mapping[str, str]:
    headers = cast("list[tuple[str, bytes]]", message.headers() or [])
    return {name: value.decode() for name, value in headers}


def test_the_pages_example_works(client: BareClient, tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1
    example = tmp_path / "first_command.py"
    example.write_text(blocks[0], encoding="utf-8")
    said = [
        subprocess.run(
            [sys.executable, str(example)],
            cwd=tmp_path,
            env={
                **os.environ,
                "KAFKA": client.servers.kafka_bootstrap,
                "REGISTRY": client.servers.registry_url,
                "TOPIC_PREFIX": client.prefix,
                "SCHEMAS": str(SCHEMAS),
            },
            capture_output=True,
            check=True,
            timeout=PATIENCE_S,
        ).stdout
        for _ in range(2)
    ]
    assert said == [b"accepted\n", b"accepted again\n"]


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*/*.avsc")), ids=lambda file: file.stem)
def test_a_stock_serializer_finds_every_schema(client: BareClient, file: Path) -> None:
    schema = json.loads(file.read_text(encoding="utf-8"))
    value = client.encoded(file, example(schema))
    assert value[0] == 0
    assert client.registry.get_schema(int.from_bytes(value[1:5], "big")).schema_str is not None
    context = SerializationContext(client.topic("commands"), MessageField.VALUE)
    decoded = cast("Record", client.deserialize(value, context))
    assert list(decoded) == [field["name"] for field in schema["fields"]]


def example(schema: Record) -> Record:
    return {each["name"]: empty(each["type"]) for each in schema["fields"] if "default" not in each}


def empty(kind: Any) -> object:  # noqa: ANN401 - a name or a schema.
    if isinstance(kind, str):
        return {**EMPTY, "int": 0, "bytes": b""}[kind]
    if kind["type"] == "record":
        return example(kind)
    return [] if kind["type"] == "array" else 0


def test_a_command_is_answered_and_its_event_published(client: BareClient) -> None:
    client.publish(opening(client, "k-open", "wallet-1"))
    client.publish(crediting(client, "k-credit", "wallet-1", 12_50))
    answer = client.answer("k-credit")
    assert (answer["status"], answer["code"], answer["replayed"]) == ("accepted", "", False)
    assert (answer["book"], answer["client"]) == ("main", "shop")
    assert answer["command_type"] == "tally.wallet.v1.CreditWallet"
    assert answer["first_sequence"] == answer["last_sequence"] > 1

    event, message = client.first(
        "events", lambda record, _: record.get("movement_id") == "m-k-credit"
    )
    assert event["wallet_id"] == "wallet-1"
    assert event["amount_minor"] == event["balance_after_minor"] == 12_50
    assert message.key() == b"wallet-1"
    assert message.partition() == client.partitions["main"]
    facts = header_values(message)
    assert facts["ce_type"] == "tally.wallet.v1.FundsCredited"
    assert facts["ce_id"] == f"main/{answer['first_sequence']}"
    assert facts["ce_commandid"] == answer["command_id"]


def test_every_header_of_an_event_is_on_the_page(client: BareClient) -> None:
    client.publish(opening(client, "k-headers", "wallet-h"))
    _, message = client.first("events", lambda record, _: record["wallet_id"] == "wallet-h")
    said = set(re.findall(r"`(ce_[a-z]+)`", PAGE))
    assert set(header_values(message)) <= said
    optional = {"ce_correlationid", "ce_causation", "ce_actor", "ce_traceparent", "ce_dataschema"}
    assert said - set(header_values(message)) <= optional


def test_the_same_key_is_done_once(client: BareClient) -> None:
    opened = opening(client, "k-once", "wallet-2")
    client.publish(opened)
    first = client.answer("k-once")
    client.publish(opened)
    again = client.answer("k-once", nth=2)
    assert (again["status"], again["replayed"]) == ("accepted", True)
    assert again["first_sequence"] == first["first_sequence"]
    assert again["answer_sequence"] > first["answer_sequence"]
    client.publish(opening(client, "k-once", "wallet-3"))
    other = client.answer("k-once", nth=3)
    assert (other["status"], other["code"]) == ("refused", "idempotency_key_reused")


def test_a_rule_says_no_by_a_word(client: BareClient) -> None:
    client.publish(crediting(client, "k-nobody", "nobody", 5))
    answer = client.answer("k-nobody")
    assert (answer["status"], answer["code"]) == ("refused", "wallet_unknown")
    assert answer["first_sequence"] == answer["last_sequence"] == 0


@pytest.mark.parametrize(
    ("key", "fields", "said"),
    [
        ("k-currency", {"currency": "EURO"}, "currency"),
        ("k-owner", {"owner_id": "no spaces"}, "owner_id"),
    ],
)
def test_a_wrong_field_is_named(client: BareClient, key: str, fields: Record, said: str) -> None:
    client.publish(opening(client, key, "wallet-4", **fields))
    answer = client.answer(key)
    assert (answer["status"], answer["code"]) == ("refused", "invalid_field")
    assert answer["detail"].startswith(said)


def test_a_book_that_is_not_there_is_said(client: BareClient) -> None:
    client.publish(opening(client, "k-book", "wallet-5"), book="nowhere")
    answer = client.answer("k-book")
    assert (answer["status"], answer["code"]) == ("refused", "book_unknown")
    assert answer["answer_sequence"] == 0


def test_a_command_of_ours_is_not_taken_from_outside(client: BareClient) -> None:
    received = client.command(
        "wallet/ReceiveFunds",
        "k-ours",
        wallet_id="wallet-1",
        movement_id="m",
        amount_minor=5,
        currency="EUR",
        account="external:x",
    )
    client.publish(received)
    assert client.answer("k-ours")["code"] == "not_allowed"


def test_garbage_is_kept_with_its_reason_and_the_book_goes_on(client: BareClient) -> None:
    good = opening(client, "k-cut", "wallet-6")
    event = client.encoded(
        SCHEMAS / "wallet/WalletFrozen.v1.avsc", {"wallet_id": "w", "reason": "x"}
    )
    garbage = {
        b"garbage": "not_confluent_framed",
        b"\0\0": "not_confluent_framed",
        b"\0" + (2_000_000_000).to_bytes(4, "big") + b"x": "unknown_schema",
        event: "unknown_type",
        good[:-3]: "malformed",
        good + b"x": "malformed",
        good[:5] + b"\x02\xff" + good[7:]: "malformed",
        good + bytes(600_000): "too_large",
    }
    for value in garbage:
        client.publish(value)
    client.publish(opening(client, "k-after", "wallet-6"))
    assert client.answer("k-after")["status"] == "accepted"
    for value, reason in garbage.items():
        kept = value[:VALUE_BYTES_MAX]  # A dead letter must fit a record, whatever was sent.
        letter, _ = client.first("dead-letters", lambda record, _, v=kept: record["value"] == v)
        assert letter["reason"] == reason
        assert letter["topic"] == client.topic("commands")
        assert (letter["key"], letter["detail"] != "") == (b"main", True)
        assert f"`{reason}`" in PAGE
