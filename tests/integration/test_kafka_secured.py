"""A Kafka that asks who somebody is, and grants what docs/operating.md says and nothing else.

Shape: an embedded one whose listener wants a password (SASL/PLAIN; TLS differs by options alone)
and has an authorizer; the rights are read from the page.
"""

import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Message
from confluent_kafka.admin import (
    AclBinding,  # pyright: ignore[reportPrivateImportUsage] - documented as of this package.
    AclOperation,  # pyright: ignore[reportPrivateImportUsage]
    AclPermissionType,  # pyright: ignore[reportPrivateImportUsage]
    AdminClient,
    ResourcePatternType,  # pyright: ignore[reportPrivateImportUsage]
    ResourceType,  # pyright: ignore[reportPrivateImportUsage]
)

from infra.embedded import kafka
from infra.embedded.kafka import EmbeddedKafka
from infra.kafka import clients
from infra.kafka.address import KafkaAddress
from tests.integration.conftest import StartServers
from tests.integration.databases import database
from tests.integration.programs import ROOT
from tests.integration.servers import Addresses
from tests.integration.upward import Running, publish, starting
from tests.unit.cli.calling import tally

if TYPE_CHECKING:
    from concurrent.futures import Future

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
WHO = "our programs|publishers|readers"
RIGHT = re.compile(rf"^\| ({WHO}) \| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)
USERS = {"our programs": "tally", "publishers": "shop", "readers": "analyst"}
PASSWORDS = {name: f"{name}-word" for name in ("admin", *USERS.values())}
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
LISTENER = {
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.plaintext.plain.sasl.jaas.config": " ".join(
        [
            PLAIN,
            f'username="admin" password="{PASSWORDS["admin"]}"',
            *(f'user_{name}="{word}"' for name, word in PASSWORDS.items()),
        ]
    )
    + ";",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS;User:admin",  # Without a name: the controller alone.
}


def options(user: str) -> dict[str, str]:
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": user,
        "sasl.password": PASSWORDS[user],
    }


class Secured(NamedTuple):
    """A tallystick on a Kafka of these rights."""

    up: Running
    bootstrap: str

    def address(self, user: str) -> KafkaAddress:
        return KafkaAddress(self.bootstrap, options(user))


def admits(self: EmbeddedKafka) -> bool:
    try:
        clients.admin(KafkaAddress(self.bootstrap, options("admin"))).list_topics(timeout=2.0)
    except KafkaException:
        return False
    return True


@pytest.fixture
def secured(
    servers: Addresses,
    own_servers: StartServers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Generator[Secured]:
    monkeypatch.setattr(kafka, "PROPERTIES", kafka.PROPERTIES | LISTENER)
    monkeypatch.setattr(EmbeddedKafka, "answers", admits)
    bootstrap = own_servers("kafka").kafka_bootstrap
    grant(clients.admin(KafkaAddress(bootstrap, options("admin"))))
    with database(servers.postgres_dsn) as dsn, starting(tmp_path) as start:
        up = start(
            "up",
            "--json",
            kafka=bootstrap,
            kafka_options=json.dumps(options("tally")),
            postgres=dsn,
            registry=servers.registry_url,
        )
        up.ready()
        yield Secured(up, bootstrap)


def grant(admin: AdminClient) -> None:
    """What the page says."""
    rights = [
        binding(USERS[who], kind, pattern.strip("`"), operation)
        for who, kind, pattern, operations in RIGHT.findall(PAGE)
        for operation in operations.split(", ")
    ]
    assert len(rights) >= 9, "the page has a table of rights"
    for future in cast("dict[AclBinding, Future[None]]", admin.create_acls(rights)).values():
        future.result()


def binding(user: str, kind: str, pattern: str, operation: str) -> AclBinding:
    prefixed = pattern.endswith("*")
    return AclBinding(
        ResourceType[kind.upper()],
        pattern.removesuffix("*") if " " not in pattern else user,
        ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL,
        f"User:{user}",
        "*",
        AclOperation[operation.upper()],
        AclPermissionType.ALLOW,
    )


def put(address: KafkaAddress, topic: str) -> str:
    """What Kafka says to a record."""
    said: list[KafkaError | None] = []

    def report(error: KafkaError | None, _message: Message) -> None:
        said.append(error)

    producer = clients.producer(address)
    producer.produce(topic, b"not a record of ours", b"main", on_delivery=report)
    assert producer.flush(30.0) == 0
    return "" if said[0] is None else said[0].name()


def read(address: KafkaAddress, topic: str, group: str) -> str:
    """Whether the first message, or what Kafka says instead."""
    words = {**address.words(), "group.id": group, "auto.offset.reset": "earliest"}
    consumer = Consumer(words)
    consumer.subscribe([topic])
    message = consumer.poll(30.0)
    consumer.close()
    assert message is not None, "nothing came"
    error = message.error()
    return "" if error is None else error.name()


def test_everything_runs_by_the_rights_of_the_page_and_nobody_has_more(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = str(secured.up.data)
    with monkeypatch.context() as patch:
        patch.setenv("TALLY_KAFKA_OPTIONS", json.dumps(options("shop")))
        assert publish(secured.up, key="1") == "accepted"
    for words in (("verify",), ("status",)):
        called = tally(*words, "--data", data)
        assert called.exit_code == 0, called.output
    shop, analyst = secured.address("shop"), secured.address("analyst")
    for topic in ("internal", "events", "results", "dead-letters"):
        assert put(shop, f"tally.{topic}") == "TOPIC_AUTHORIZATION_FAILED"
    assert put(shop, "tally.commands") == ""
    assert read(analyst, "tally.events", "analyst") == ""
    assert read(analyst, "tally.internal", "analyst") == "TOPIC_AUTHORIZATION_FAILED"
    with pytest.raises(KafkaException):
        clients.admin(KafkaAddress(secured.bootstrap)).list_topics(timeout=5.0)
    logs = secured.up.log.read_text(encoding="utf-8")
    logs += "".join(
        each.read_text(encoding="utf-8") for each in (secured.up.data / "logs").iterdir()
    )
    assert logs
    assert PASSWORDS["tally"] not in logs
