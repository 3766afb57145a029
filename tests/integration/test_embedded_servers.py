"""PostgreSQL, Kafka and the registry, each for real: what survives a stop, a crash, a new start."""

import json
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.request import Request, urlopen

import psycopg
import pytest
from confluent_kafka import Consumer, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from infra.embedded import data, kafka, ports
from infra.embedded.postgres import EmbeddedPostgres, Passwords
from infra.embedded.process import Keeper
from infra.embedded.server import Site
from infra.embedded.servers import EmbeddedServers
from infra.embedded.settings import EVERYTHING, EmbeddedSettings, ServerFailed, Want
from tests.integration.conftest import StartServers
from tests.integration.servers import Addresses, quiet

if TYPE_CHECKING:
    from infra.kafka.topics import Described

TIMEOUT_S = 30.0
POSTGRES, REGISTRY = frozenset[Want]({"postgres"}), frozenset[Want]({"registry"})
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "data_checksums": "on",
    "listen_addresses": "127.0.0.1",
}


def write_row(dsn: str, value: int) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value bigint)")
        connection.execute("INSERT INTO kept VALUES (%s)", (value,))


def read_rows(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def make_topic(bootstrap: str, topic: str) -> None:
    client = AdminClient({"bootstrap.servers": bootstrap})
    client.create_topics([NewTopic(topic, 1, 1)])[topic].result(TIMEOUT_S)


def publish(bootstrap: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})
    producer.produce(topic, value)
    assert producer.flush(TIMEOUT_S) == 0


def read_topic(bootstrap: str, topic: str, count: int) -> list[bytes | None]:
    """By a group of the new protocol (KIP-848), from the start."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"group-{uuid.uuid4()}",
            "group.protocol": "consumer",
            "auto.offset.reset": "earliest",
        }
    )
    try:
        consumer.subscribe([topic])
        found: list[Message] = consumer.consume(count, TIMEOUT_S)
        return [message.value() for message in found]
    finally:
        consumer.close()


def register(url: str, subject: str, name: str) -> int:
    schema = json.dumps({"type": "record", "name": name, "fields": []})
    request = Request(  # noqa: S310 - Our own address.
        f"{url}/subjects/{subject}/versions",
        data=json.dumps({"schema": schema}).encode(),
        headers={"Content-Type": "application/vnd.schemaregistry.v1+json"},
    )
    with urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
        return json.load(response)["id"]


def schema_of(url: str, number: int) -> str:
    with urlopen(f"{url}/schemas/ids/{number}", timeout=TIMEOUT_S) as response:  # noqa: S310
        return json.loads(json.load(response)["schema"])["name"]


def test_any_id_will_do_for_a_cluster(
    own_servers: StartServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that looks like an option."""
    hyphen_first = uuid.UUID(bytes=b"\xf8" + bytes(15))
    monkeypatch.setattr(kafka, "uuid4", lambda: hyphen_first)
    admin = AdminClient({"bootstrap.servers": own_servers("kafka").kafka_bootstrap})
    described = cast("Described", admin.describe_cluster().result())
    assert described.cluster_id == "-AAAAAAAAAAAAAAAAAAAAA"


def test_everything_survives_a_stop_on_the_same_ports(tmp_path: Path) -> None:
    folder = tmp_path / "a täglich \\ used folder"
    with EmbeddedServers.start(folder, want=EVERYTHING, progress=quiet) as servers:
        addresses = servers.postgres_dsn, servers.kafka_bootstrap, servers.registry_url
        write_row(servers.postgres_dsn, 1)
        make_topic(servers.kafka_bootstrap, "kept")
        publish(servers.kafka_bootstrap, "kept", b"one")
        register(servers.registry_url, "other", "Other")
        number = register(servers.registry_url, "kept", "Kept")
    with EmbeddedServers.start(folder, want=EVERYTHING, progress=quiet) as servers:
        assert (
            servers.postgres_dsn,
            servers.kafka_bootstrap,
            servers.registry_url,
        ) == addresses
        assert read_rows(servers.postgres_dsn) == [1]
        assert read_topic(servers.kafka_bootstrap, "kept", 1) == [b"one"]
        assert schema_of(servers.registry_url, number) == "Kept"
        assert register(servers.registry_url, "kept", "Kept") == number


def test_a_killed_postgres_comes_back_with_what_was_committed(own_servers: StartServers) -> None:
    servers = own_servers("postgres")
    write_row(servers.postgres_dsn, 1)
    with psycopg.connect(servers.postgres_dsn) as held:
        servers.postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
    servers.postgres.start()
    write_row(servers.postgres_dsn, 2)
    assert read_rows(servers.postgres_dsn) == [1, 2]


def test_a_killed_kafka_comes_back_with_what_was_acknowledged(own_servers: StartServers) -> None:
    servers = own_servers("kafka")
    make_topic(servers.kafka_bootstrap, "kept")
    publish(servers.kafka_bootstrap, "kept", b"one")
    servers.kafka.kill()
    assert ports.is_free(servers.kafka.port)
    servers.kafka.start()
    publish(servers.kafka_bootstrap, "kept", b"two")
    assert read_topic(servers.kafka_bootstrap, "kept", 2) == [b"one", b"two"]


def test_a_killed_registry_comes_back_with_its_ids(own_servers: StartServers) -> None:
    servers = own_servers("postgres", "registry")
    number = register(servers.registry_url, "kept", "Kept")
    servers.registry.kill()
    servers.registry.start()
    assert schema_of(servers.registry_url, number) == "Kept"


def test_the_registry_answers_as_soon_as_its_postgres_does_again(
    own_servers: StartServers,
) -> None:
    servers = own_servers("postgres", "registry")
    number = register(servers.registry_url, "kept", "Kept")
    servers.postgres.kill()
    servers.postgres.start()
    assert schema_of(servers.registry_url, number) == "Kept"


def test_the_registry_keeps_its_schemas_in_a_postgres_of_others(
    own_servers: StartServers, servers: Addresses, tmp_path: Path
) -> None:
    other = own_servers("postgres")
    settings = EmbeddedSettings(store_dsn=other.postgres_dsn)
    folder = tmp_path / "registry"
    with EmbeddedServers.start(folder, want=REGISTRY, progress=quiet, settings=settings) as one:
        assert one.registry_url != servers.registry_url
        register(one.registry_url, "kept", "Kept")
    with psycopg.connect(other.postgres_dsn) as connection:
        found = connection.execute("SELECT count(*) FROM registry.artifacts").fetchone()
    assert found == (1,)


def test_postgres_is_durable_and_lets_nobody_in_without_the_password(servers: Addresses) -> None:
    with psycopg.connect(servers.postgres_dsn) as connection:
        rows = connection.execute("SELECT name, setting FROM pg_settings").fetchall()
        role = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert DURABLE.items() <= dict(rows).items()
    assert role == (False,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(servers.postgres_dsn, password="wrong")  # noqa: S106 - It is wrong.


def test_kafka_makes_no_topic_by_itself(servers: Addresses, topic_prefix: str) -> None:
    producer = Producer({"bootstrap.servers": servers.kafka_bootstrap, "message.timeout.ms": 2000})
    errors: list[str] = []
    producer.produce(
        f"{topic_prefix}unknown",
        b"value",
        on_delivery=lambda error, _: errors.append("" if error is None else str(error.name())),
    )
    producer.flush(TIMEOUT_S)
    assert errors in (["_UNKNOWN_TOPIC"], ["_MSG_TIMED_OUT"])


def test_a_second_owner_is_refused(own_servers: StartServers) -> None:
    first = own_servers("postgres")
    with pytest.raises(ServerFailed, match="in use by process"):
        own_servers("postgres")
    assert read_nothing(first.postgres_dsn)


def read_nothing(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_a_port_that_was_asked_for_and_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port: int = taken.getsockname()[1]
        settings = EmbeddedSettings(postgres_port=port)
        with pytest.raises(ServerFailed, match=f"port {port}, asked for postgres, is taken"):
            EmbeddedServers.start(
                tmp_path / "data", want=POSTGRES, progress=quiet, settings=settings
            )
    with EmbeddedServers.start(
        tmp_path / "data", want=POSTGRES, progress=quiet, settings=settings
    ) as servers:
        assert f":{port}/" in servers.postgres_dsn


@pytest.mark.parametrize("movable", [True, False])
def test_a_port_lost_while_starting(tmp_path: Path, *, movable: bool) -> None:
    """Taken after it was chosen: another one, unless somebody counts on this one."""
    folder = tmp_path / "data"
    held = data.take(folder)
    (folder / "logs").mkdir()
    keeper = Keeper(lock=held.servers, log=folder / "keeper.log", delete=None)
    try:
        with socket.create_server((ports.LOOPBACK, 0)) as taken:
            port: int = taken.getsockname()[1]
            server = EmbeddedPostgres(
                Site(folder, keeper, EmbeddedSettings(), quiet),
                {"postgres": port},
                Passwords("one", "two"),
                movable=movable,
            )
            if movable:
                server.start()
                assert server.port != port
                assert read_nothing(server.dsn)
            else:
                with pytest.raises(ServerFailed, match="Address already in use"):
                    server.start()
    finally:
        keeper.close(patience_max_s=TIMEOUT_S)
        held.release()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(own_servers: StartServers) -> None:
    servers = own_servers("postgres")
    servers.postgres.stop()
    (servers.postgres.cluster / "global" / "pg_control").unlink()
    with pytest.raises(ServerFailed, match="could not find the database system"):
        servers.postgres.start()


def test_a_folder_with_other_things_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep", encoding="utf-8")
    with pytest.raises(ServerFailed, match="not empty"):
        EmbeddedServers.start(tmp_path, want=frozenset(), progress=quiet, delete_data=True)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "keep"


def test_the_registry_needs_a_postgres(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="PostgreSQL: embed it or name one"):
        EmbeddedServers.start(tmp_path, want=REGISTRY, progress=quiet)
