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

from consumers import rebuild
from consumers.projector import results
from consumers.projector.feed import Searching, Span
from projections.models import REBUILT
from tests.integration.faults.given import (
    assert_sound,
    opened,
    publish,
    start,
    transfers,
    until_relayed,
)
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


def test_read_models_ahead_of_the_log_wait(servers: Addresses, tmp_path: Path) -> None:
    """As after a restore of the books alone: nothing is passed over, and the projector says so."""
    with running(servers, tmp_path) as system:
        count = publish(system, opened("a", "b"))
        until_relayed(system, count)
        system.start("projector")
        until_held(system, to=count)
        for each in ("writer", "relay", "projector"):
            system.stop(each)
        with system.connect() as connection:
            connection.execute("UPDATE book_main.head SET last_answer = last_answer - 1")
            projector = start(system, "projector")
            system.until(lambda: "was it restored?" in projector.said() or None, "it to say so")
            connection.execute("UPDATE book_main.head SET last_answer = last_answer + 1")
        for each in ("writer", "relay"):
            system.start(each)
        count += publish(system, opened("c"))
        until_held(system, to=count)
        assert_sound(system)


def test_answers_that_the_book_has_dropped_come_from_their_topic(
    servers: Addresses, tmp_path: Path
) -> None:
    """As after days without a projector."""
    with running(servers, tmp_path) as system:
        count = publish(system, [*opened("a", "b", cents=100), *transfers(range(10), "ab")])
        until_relayed(system, count)
        with system.connect() as connection:
            connection.execute("DELETE FROM book_main.answers WHERE answer_sequence < 10")
        system.start("projector")
        until_held(system, to=count)
        assert held(system) == (count, 1, count)
        system.stop("projector")
        count += publish(system, transfers(range(10, 20), "ab"))
        until_relayed(system, count)
        with system.connect() as connection:
            connection.execute("DELETE FROM book_main.answers")  # None is left to stand behind.
        system.start("projector")
        until_held(system, to=count)
        assert held(system) == (count, 1, count)
        assert_sound(system)


def test_a_search_that_takes_long_is_cut_and_goes_on_where_it_was(
    servers: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the answers of another book: each part looks at one record."""
    monkeypatch.setattr(results, "SEARCH_S", -1.0)
    with running(servers, tmp_path, partitions=1) as system:
        system.create_book("other")
        before = publish(system, opened("x", "y"), book="other")
        until_relayed(system, before, book="other")
        count = publish(system, opened("a", "b", "c"))
        until_relayed(system, count)
        search = results.Results(system.surroundings)
        for _ in range(before):
            with pytest.raises(Searching):
                search.fetch("main", Span(0, count))
        for after in range(count):
            (found,) = search.fetch("main", Span(after, count))
            assert found.sequence == after + 1


def test_what_was_relayed_while_it_was_searched_is_not_called_gone(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path) as system:
        first = publish(system, opened("a", "b", cents=100))
        until_relayed(system, first)
        rest = transfers(range(5), "ab")
        last = first + len(rest)
        search = results.Results(system.surroundings)
        assert len(search.fetch("main", Span(0, last))) == first
        publish(system, rest)
        until_relayed(system, last)
        found = search.fetch("main", Span(first, last))
        assert [each.sequence for each in found] == list(range(first + 1, last + 1))
        assert search.fetch("main", Span(last, last + 1)) == []


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
