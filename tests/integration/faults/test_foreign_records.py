"""Row 8, of the topics that are ours alone: a record that somebody else put there stops nobody.

Shape: one system; foreign records on tally.events, tally.results and tally.dead-letters before and
while money moves; whoever reads them says so and goes on. The read models are fed by the books, so
of the events and answers they see nothing.
"""

from collections.abc import Iterable
from pathlib import Path

from consumers import verify
from domain.collection import CollectionStarted
from infra.kafka import clients
from schemas.framing import frame
from schemas.names import FULL_NAMES
from tests.integration.billed import bill_file
from tests.integration.faults.given import (
    DEATH_S_MAX,
    balances,
    opened,
    publish,
    transfers,
    until_relayed,
)
from tests.integration.programs import System, running
from tests.integration.servers import Addresses
from tests.integration.test_intake_asking import opened as asked_for
from tests.integration.test_provider_replay import rows_of_a_day

CENTS = 1_000
UNKNOWN_ID = 2_000_000_000


def put_everywhere(system: System, values: Iterable[bytes]) -> None:
    topics = system.surroundings.topics
    producer = clients.producer(system.settings.kafka_address)
    for topic in (topics.events, topics.results, topics.dead_letters):
        for value in values:
            producer.produce(topic, value, b"main", headers={"ce_id": b"main/soon"})
    assert producer.flush(DEATH_S_MAX) == 0, "Kafka has not taken all of it"


def answers_held(system: System) -> int:
    with system.connect() as connection:
        row = connection.execute("SELECT count(*) FROM read.commands").fetchone()
    assert row is not None, "a count is a row"
    return int(row[0])


def test_foreign_records_are_logged_and_passed_over(servers: Addresses, tmp_path: Path) -> None:
    with (
        running(servers, tmp_path, programs=("relay",)) as system,
        system.asker() as asker,
    ):
        started = system.surroundings.ids[FULL_NAMES[CollectionStarted]]
        rubbish = b"\xff" * 40
        foreign = (b"", b"abc", frame(UNKNOWN_ID, rubbish), frame(started, rubbish))
        put_everywhere(system, foreign)
        system.start("writer")
        assert asker.ask(asked_for("first")).status == "accepted"
        system.start("projector")
        bill = bill_file(tmp_path / "bill.csv", rows_of_a_day())
        system.start("provider", bill=bill)
        count = publish(system, [*opened("a", "b", cents=CENTS), *transfers(range(20), "ab")])
        put_everywhere(system, foreign)
        assert asker.ask(asked_for("last")).status == "accepted"
        until_relayed(system, count + 2)
        system.caught_up("ledger")
        system.until(lambda: answers_held(system) == count + 2 or None, "all answers")
        assert balances(system) == 2 * CENTS
        assert system.programs["writer"].said().count("foreign_event") >= len(foreign)
        report = verify.run(system.surroundings)  # It alone finds fault with them.
        broken = [each.name for each in report.invariants if not each.holds]
        assert broken == ["bus_holds_the_log"]
        letters = f"{system.surroundings.topics.dead_letters}["
        projector = system.programs["projector"]
        system.until(lambda: letters in projector.said() or None, "the projector")
        provider = system.programs["provider"]
        system.until(lambda: provider.said().count("foreign_event") >= 8 or None, "the provider")
