"""Kafka does not take what the relay publishes: nothing is noted, and all of it follows later."""

from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from confluent_kafka.admin import (
    AlterConfigOpType,  # pyright: ignore[reportPrivateImportUsage] - documented as of this package.
    ConfigEntry,  # pyright: ignore[reportPrivateImportUsage]
    ConfigResource,  # pyright: ignore[reportPrivateImportUsage]
    ResourceType,  # pyright: ignore[reportPrivateImportUsage]
)

from commands.outage import Outage
from consumers.relay.book_relay import BookRelay
from infra.event_store.directory import Book
from infra.kafka import clients
from tests.integration.faults.given import answers, opened, publish, read, until_written
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

MAIN = Book("main", "book_main")
RELAYED = "SELECT last_sequence, last_answer FROM book_main.relayed"
TOO_SMALL, LARGE = "100", "1000000"
Done = Mapping[object, Future[None]]


def limited(system: System, topic: str, bytes_max: str) -> None:
    """As much may a batch of records on a topic have."""
    change = AlterConfigOpType.SET
    entry = ConfigEntry("max.message.bytes", bytes_max, incremental_operation=change)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = clients.admin(system.settings.kafka_address)
    for done in cast("Done", admin.incremental_alter_configs([resource])).values():
        done.result()


@pytest.mark.parametrize("what", ["events", "results"])
def test_nothing_is_noted_that_kafka_did_not_take(
    servers: Addresses, tmp_path: Path, what: str
) -> None:
    with running(servers, tmp_path, programs=("writer",)) as system:
        topic = f"{system.surroundings.topics.prefix}.{what}"
        publisher = system.surroundings.publisher()
        with closing(BookRelay(system.settings.postgres, MAIN, publisher)) as relay:
            publish(system, opened("a"))
            until_written(system, 1)
            assert relay.step() == 2
            limited(system, topic, TOO_SMALL)
            publish(system, opened("b", "c"))
            until_written(system, 3)
            with pytest.raises(Outage, match="Kafka did not take all of book main") as refused:
                relay.step()
            assert refused.value.retry
            with system.connect() as connection:
                assert connection.execute(RELAYED).fetchone() == (1, 1)
            limited(system, topic, LARGE)
        with closing(BookRelay(system.settings.postgres, MAIN, publisher)) as again:
            assert again.step() == 4
        assert {each.answer_sequence for each in answers(system)} == {1, 2, 3}
        assert len(read(system, system.surroundings.topics.events)) >= 3
