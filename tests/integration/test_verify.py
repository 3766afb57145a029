"""The proof: a healthy system holds every invariant, and whatever is tampered with is found.

Shape: one system for all tests, at rest. A corruption is made by the owner of the database with the
trigger of the log off, and taken back after the proof.
"""

import re
from collections.abc import Generator
from typing import LiteralString

import psycopg
import pytest

from consumers.verify import run
from consumers.verify.report import INVARIANTS, Report
from tests.integration.programs import System, running
from tests.integration.proven import EVERYTHING, at_rest, corrupted
from tests.integration.servers import Addresses

EVENTS = ("book_main.events",)


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    folder = tmp_path_factory.mktemp("verify")
    with running(servers, folder, programs=EVERYTHING) as system:
        at_rest(system, folder)
        yield system


def broken(report: Report) -> dict[str, str]:
    return {each.name: each.detail for each in report.invariants if not each.holds}


def test_a_healthy_system_holds_every_invariant(system: System) -> None:
    said: list[str] = []
    report = run(system.surroundings, said.append)
    assert broken(report) == {}
    assert report.holds
    assert tuple(each.name for each in report.invariants) == INVARIANTS
    with system.connect() as connection:
        heads = "SELECT m.last_sequence + o.last_sequence FROM book_main.head m, book_other.head o"
        assert connection.execute(heads).fetchone() == (report.events,)
        breaks = connection.execute("SELECT count(*) FROM read.breaks WHERE status = 'open'")
        assert breaks.fetchone() == (5,), "suspense accounts that must be explained"
    assert said[-1] == "events on Kafka"


def test_the_log_refuses_to_be_changed_by_its_owner(system: System) -> None:
    with system.connect() as connection:
        for statement in (
            "UPDATE book_main.events SET actor = 'nobody'",
            "DELETE FROM book_main.events WHERE notification_id = 3",
            "TRUNCATE book_main.events",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
                connection.execute(statement.encode())


# The event in question is in the middle: `fund-anna`, a deposit of 10,000.
SECOND: LiteralString = "UPDATE book_main.events SET {} WHERE notification_id = 2"
CHAINED: dict[str, LiteralString] = {
    "recorded_at": "recorded_at = recorded_at + interval '1 microsecond'",
    "effective_on": "effective_on = effective_on - 1",
    "actor": "actor = 'clerk-8'",
    "actor taken away": "actor = NULL",
    "correlation_id": "correlation_id = 'case-43'",
    "causation": "causation = '1'",
    "traceparent": "traceparent = '00-1-1-00'",
    "command_id": "command_id = gen_random_uuid()",
    "chain": "chain = sha256(chain)",
    # The same length, still a record, but of another account.
    "payload": "state = decode(replace(encode(state, 'hex'), '62616e6b', '62616e67'), 'hex')",
}


@pytest.mark.parametrize("what", CHAINED)
def test_a_changed_fact_breaks_the_chain_where_it_is(system: System, what: str) -> None:
    change = CHAINED[what]
    with corrupted(system, EVENTS, SECOND.replace("{}", change)):
        found = broken(run(system.surroundings))
    assert found["log_chain_unbroken"].startswith("main/2: tally.wallet.v1.FundsCredited of anna")
    # Kafka has the event as it was, and says so.
    assert "main/2 has another" in found["bus_holds_the_log"]


def test_a_payload_that_is_no_record_is_found_and_read_past(system: System) -> None:
    cut = SECOND.replace("{}", "state = substr(state, 1, 4)")
    with corrupted(system, EVENTS, cut):
        found = broken(run(system.surroundings))
    assert found["log_chain_unbroken"].startswith("main/2: ")
    assert "wallets_equal_streams" in found, "without the deposit, the wallet is another"


def test_a_type_that_nobody_knows_is_found(system: System) -> None:
    named = SECOND.replace("{}", "topic = 'tally.wallet.v1.FundsConjured'")
    with corrupted(system, EVENTS, named):
        found = broken(run(system.surroundings))
    assert "no event is called tally.wallet.v1.FundsConjured" in found["log_chain_unbroken"]


def test_a_removed_event_leaves_a_gap(system: System) -> None:
    with corrupted(system, EVENTS, "DELETE FROM book_main.events WHERE notification_id = 2"):
        found = broken(run(system.surroundings))
    assert found["log_sequences_gapless"] == "main/2: found 3, expected 2"
    assert found["log_chain_unbroken"].startswith("main/3: ")
    assert "wallet/anna version 3" in found["streams_gapless"]
    assert "main/2 is not in the log" in found["bus_holds_the_log"]


def test_a_removed_end_is_missed(system: System) -> None:
    """The last event and nothing after it: the head names a chain that is not there."""
    delete: LiteralString = """DELETE FROM book_main.events WHERE notification_id =
      (SELECT max(notification_id) FROM book_main.events)"""
    with corrupted(system, EVENTS, delete):
        found = broken(run(system.surroundings))
    assert found["log_sequences_gapless"].startswith("main: found ")
    assert found["log_chain_unbroken"].startswith("main head: found ")


def test_a_swapped_pair_breaks_the_chain_at_both(system: System) -> None:
    """Two deposits trade places, numbers and all; every column stays that of some event."""
    aside: LiteralString = (
        "UPDATE book_main.events SET notification_id = -2 WHERE notification_id = 2"
    )
    over: LiteralString = (
        "UPDATE book_main.events SET notification_id = 2 WHERE notification_id = 4"
    )
    back: LiteralString = (
        "UPDATE book_main.events SET notification_id = 4 WHERE notification_id = -2"
    )
    with corrupted(system, EVENTS, aside, over, back):
        found = broken(run(system.surroundings))
    places = [each.partition(":")[0] for each in found["log_chain_unbroken"].split("; ")]
    assert places[:1] == ["main/2"]
    assert "main/4" in places
    assert "log_sequences_gapless" not in found
    assert "streams_gapless" in found, "a deposit before its wallet was opened"


def test_an_event_of_another_stream_is_found(system: System) -> None:
    moved: LiteralString = """UPDATE book_main.events SET originator_id = gen_random_uuid()
      WHERE notification_id = 2"""
    with corrupted(system, EVENTS, moved):
        found = broken(run(system.surroundings))
    assert list(found) == ["streams_gapless"], "who loads the wallet would miss it"


LAST_OF_ANNA: LiteralString = """(SELECT max(m.book_sequence) FROM read.wallet_movements AS m
  JOIN read.wallet_profiles AS p USING (wallet_number) WHERE p.wallet_id = 'anna')"""


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("read.wallet_profiles", "SET debt = 1 WHERE wallet_id = 'anna'"),
        ("read.wallet_profiles", "SET status = 'frozen' WHERE wallet_id = 'anna'"),
        (
            "read.wallet_movements",
            "SET balance_after = balance_after + 1 WHERE book_sequence = " + LAST_OF_ANNA,
        ),
    ],
)
def test_a_tampered_wallet_is_not_its_stream(
    system: System, table: LiteralString, change: LiteralString
) -> None:
    with corrupted(system, (table,), "UPDATE " + table + " " + change):
        found = broken(run(system.surroundings))
    assert list(found) == ["wallets_equal_streams"]
    said = found["wallets_equal_streams"]
    assert said.startswith("main wallet anna: found currency EUR, status ")
    expected = r"expected currency EUR, status open, balance \d+, reserved \d+, debt 0$"
    assert re.search(expected, said)


def test_a_wallet_that_was_never_opened_is_found(system: System) -> None:
    invented: LiteralString = """INSERT INTO read.wallet_profiles (wallet_id, book, owner_id, type,
      currency, overdraft_limit, status, debt, opened_at, changed_at, book_sequence)
      SELECT 'ghost', book, owner_id, type, currency, overdraft_limit, status, debt, opened_at,
      changed_at, book_sequence FROM read.wallet_profiles WHERE wallet_id = 'anna'"""
    with corrupted(system, ("read.wallet_profiles",), invented):
        found = broken(run(system.surroundings))
    assert list(found) == ["wallets_equal_streams"]
    assert found["wallets_equal_streams"].startswith("main wallet ghost: found currency EUR, ")
    assert found["wallets_equal_streams"].endswith(", expected nothing")


ENTRY: LiteralString = """INSERT INTO read.ledger_entries (book_sequence, amount, recorded_at,
  debit_balance, credit_balance, debit_number, credit_number, effective_on, line, book)
  SELECT book_sequence, 50, recorded_at, debit_balance + {0}, credit_balance - {0}, debit_number,
  credit_number, effective_on, 9, book FROM read.ledger_entries WHERE book_sequence = {1}
  AND line = 1 AND book = 'main'"""


def test_an_extra_ledger_entry_is_found(system: System) -> None:
    last: LiteralString = "(SELECT max(book_sequence) FROM read.ledger_entries WHERE book = 'main')"
    entry = ENTRY.replace("{0}", "50").replace("{1}", last)
    with corrupted(system, ("read.ledger_entries",), entry):
        found = broken(run(system.surroundings))
    assert "main lines" in found["ledger_equals_log"]


def test_an_extra_entry_that_hides_behind_later_ones_is_found(system: System) -> None:
    """Its balances are as if it were not there, and so are all served balances."""
    entry = ENTRY.replace("{0}", "0").replace("{1}", "2")
    with corrupted(system, ("read.ledger_entries",), entry):
        found = broken(run(system.surroundings))
    assert list(found) == ["ledger_equals_log"]
    assert "by its lines" in found["ledger_equals_log"]
    assert "main lines" in found["ledger_equals_log"]


def test_a_one_sided_balance_breaks_the_trial_balance(system: System) -> None:
    change: LiteralString = """UPDATE read.ledger_entries SET debit_balance = debit_balance + 1
      WHERE book = 'main' AND book_sequence =
      (SELECT max(book_sequence) FROM read.ledger_entries WHERE book = 'main')"""
    with corrupted(system, ("read.ledger_entries",), change):
        found = broken(run(system.surroundings))
    assert set(found) == {"ledger_equals_log", "trial_balance_zero"}


def test_a_lost_answer_is_missed(system: System) -> None:
    """Served ones are counted by the place of the last, saved ones by that of the head."""
    served: LiteralString = "DELETE FROM read.commands WHERE answer_sequence = 2 AND book = 'main'"
    with corrupted(system, ("read.commands",), served):
        assert "main served" in broken(run(system.surroundings))["answers_gapless"]
    for place in ("2", "(SELECT max(answer_sequence) FROM book_main.answers)"):
        saved: LiteralString = "DELETE FROM book_main.answers WHERE answer_sequence = "
        with corrupted(system, ("book_main.answers",), saved + place):
            found = broken(run(system.surroundings))
        assert list(found) == ["answers_gapless"]
        assert "saved" in found["answers_gapless"]


def test_answers_that_were_dropped_by_the_day_are_no_loss(system: System) -> None:
    for some in ("answer_sequence <= 3", "true"):
        dropped: LiteralString = "DELETE FROM book_main.answers WHERE "
        with corrupted(system, ("book_main.answers",), dropped + some):
            assert broken(run(system.surroundings)) == {}


def test_a_second_outcome_of_a_command_is_found(system: System) -> None:
    twice: LiteralString = """UPDATE read.commands SET command_id =
      (SELECT command_id FROM read.commands WHERE answer_sequence = 1 AND book = 'main')
      WHERE answer_sequence = 2 AND book = 'main'"""
    with corrupted(system, ("read.commands",), twice):
        assert list(broken(run(system.surroundings))) == ["outcomes_unique"]


def test_an_answer_that_was_lost_and_is_served_is_found(system: System) -> None:
    """Where a book was put back, and has answered another command under its number since."""
    lost: LiteralString = """UPDATE read.commands SET command_id = gen_random_uuid()
      WHERE answer_sequence = 2 AND book = 'main'"""
    with corrupted(system, ("read.commands",), lost):
        found = broken(run(system.surroundings))
    assert list(found) == ["outcomes_unique"]
    assert "main served otherwise than saved" in found["outcomes_unique"]


# What a client gets who publishes again after so many hours, or what nobody must get.
AGAIN: LiteralString = """INSERT INTO read.commands (answer_sequence, answered_at, first_sequence,
    book_sequence, command_id, replayed, book, client, idempotency_key, command_type, status, code,
    detail, correlation_id)
  SELECT (SELECT max(answer_sequence) + 1 FROM read.commands WHERE book = 'main'),
    answered_at + interval '{0} hours', {1}, {1}, command_id, false, book, client,
    idempotency_key, command_type, {2}, detail, correlation_id
  FROM read.commands WHERE answer_sequence = 2 AND book = 'main'"""
REFUSED: LiteralString = "'refused', 'already_exists'"


def again(hours: LiteralString, *, done: LiteralString) -> LiteralString:
    said: LiteralString = "'accepted', ''" if done != "0" else REFUSED
    return AGAIN.replace("{0}", hours).replace("{1}", done).replace("{2}", said)


def test_a_command_that_is_published_again_after_days_is_no_second_outcome(system: System) -> None:
    late = again("50", done="0"), again("99", done="0")
    with corrupted(system, ("read.commands",), *late):
        assert broken(run(system.surroundings)) == {}


@pytest.mark.parametrize(("hours", "done"), [("23", "0"), ("50", "9")])
def test_an_outcome_too_early_or_with_events_is_a_second_one(
    system: System, hours: LiteralString, done: LiteralString
) -> None:
    with corrupted(system, ("read.commands",), again(hours, done=done)):
        assert list(broken(run(system.surroundings))) == ["outcomes_unique"]
