"""An old book, whose first answers neither Kafka nor the book has any more.

Shape: one system; its read models are thrown away, or rebuilt, after retention has done its work.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest
from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import AdminClient

from commands.outage import Outage
from consumers import rebuild
from consumers.projector.feed import Span
from consumers.projector.start import Fetch
from projections.models import REBUILT
from tests.integration.faults.given import assert_sound, opened, publish, transfers, until_relayed
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

Futures = Mapping[TopicPartition, Future[object]]
HELD = """SELECT count(*), min(answer_sequence), max(answer_sequence) FROM read.commands
WHERE book = 'main'"""


def held(system: System) -> tuple[Any, ...]:
    with system.connect() as connection:
        row = connection.execute(HELD).fetchone()
    assert row is not None, "a count is a row"
    return row


def until_held(system: System, *, to: int) -> None:
    system.until(lambda: (system.serves() and held(system)[2] == to) or None, "the last answer")


def nobody_has_answers(system: System) -> None:
    """As weeks later: retention has taken the records, and the book its partitions by the day."""
    number = system.surroundings.cluster.partitions
    topic = system.surroundings.topics.results
    places = [TopicPartition(topic, each, OFFSET_END) for each in range(number)]
    admin = AdminClient({"bootstrap.servers": system.settings.kafka})
    for future in cast("Futures", admin.delete_records(places)).values():
        future.result()
    with system.connect() as connection:
        connection.execute("DELETE FROM book_main.answers")


def rebuilt(system: System) -> None:
    done = rebuild.run(system.surroundings, REBUILT, lambda _book, _count: None)
    assert all(each.rebuilt.swapped for each in done), done


def test_an_answer_beyond_the_book_s_last_is_waited_for(servers: Addresses, tmp_path: Path) -> None:
    """As after a restore to an older state: nothing is passed over on its word."""
    with running(servers, tmp_path) as system:
        count = publish(system, opened("a", "b"))
        until_relayed(system, count)
        nobody_has_answers(system)
        fetch = Fetch(system.settings.postgres)
        assert fetch.answers("main", Span(0, count - 1)) == []
        with pytest.raises(
            Outage, match=f"holds answer {count + 1} of main, the book gave {count}"
        ):
            fetch.answers("main", Span(0, count))


def test_read_models_come_up_though_the_first_answers_are_gone(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path) as system:
        first = publish(system, [*opened("a", "b", cents=100), *transfers(range(10), "ab")])
        until_relayed(system, first)
        system.start("projector")
        until_held(system, to=first)
        nobody_has_answers(system)
        rebuilt(system)
        assert held(system) == (first, 1, first)  # Taken from what serves.
        system.stop("projector")
        with system.connect() as connection:
            connection.execute("DROP SCHEMA read CASCADE")
        last = first + publish(system, transfers(range(10, 15), "ab"))
        until_relayed(system, last)
        system.start("projector")
        system.caught_up("ledger")
        until_held(system, to=last)
        assert held(system) == (last - first, first + 1, last)
        rebuilt(system)
        assert held(system) == (last - first, first + 1, last)
        assert_sound(system)
