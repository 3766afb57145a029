"""Asking: one answer to each command, in order, whoever is killed between; and no endless wait."""

from collections.abc import Generator
from pathlib import Path
from threading import Event

import pytest

from commands.outage import Outage
from consumers.asking import Ask, Asker, Stopped
from domain.settlement import SealBatch
from domain.wallet import CreditWallet, OpenWallet
from schemas.meta import CommandMeta
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

COUNT = 3_000


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    with running(servers, tmp_path_factory.mktemp("asking")) as system:
        yield system


def opened(wallet_id: str, *, key: str = "", book: str = "main") -> Ask:
    command = OpenWallet(wallet_id, "owner", "buyer", "EUR")
    return Ask(book, CommandMeta("shop", key or f"open-{wallet_id}"), command)


def credited(wallet_id: str, number: int) -> Ask:
    name = f"{wallet_id}-{number}"
    command = CreditWallet(wallet_id, name, 1, "EUR", "bank")
    return Ask("main", CommandMeta("shop", name), command)


def test_every_command_is_answered_once_though_the_writer_is_killed(system: System) -> None:
    with system.asker() as asker:
        assert asker.ask(opened("killed")).status == "accepted"
        system.kill("writer")
        system.start("writer")
        asks = [credited("killed", number) for number in range(COUNT)]
        answers = list(asker.ask_all(asks))
    assert [each.idempotency_key for each in answers] == [ask.meta.idempotency_key for ask in asks]
    assert {(each.status, each.replayed) for each in answers} == {("accepted", False)}


def test_the_same_command_twice_is_answered_twice(system: System) -> None:
    with system.asker() as asker:
        first, second = asker.ask_all([opened("twice"), opened("twice")])
    assert (first.replayed, second.replayed) == (False, True)
    assert first.first_sequence == second.first_sequence > 0


def test_an_answer_that_is_delivered_again_is_not_told_again(system: System) -> None:
    """As a relay does that was killed before it noted what it had published."""
    with system.asker() as asker:
        first = asker.ask(opened("again"))
        system.kill("relay")
        with system.connect() as connection:
            connection.execute("UPDATE book_main.relayed SET last_answer = 0")
        system.start("relay")
        answers = list(asker.ask_all([opened("again"), opened("after")]))
    assert [each.idempotency_key for each in answers] == ["open-again", "open-after"]
    assert [each.replayed for each in answers] == [True, False]
    assert [each.answer_sequence for each in answers] == [
        first.answer_sequence + 1,
        first.answer_sequence + 2,
    ]


def test_a_command_for_no_book_is_answered_too(system: System) -> None:
    with system.asker() as asker:
        answers = list(asker.ask_all([opened("lost", book="nowhere"), opened("found")]))
    assert {(each.book, each.status, each.code) for each in answers} == {
        ("nowhere", "refused", "book_unknown"),
        ("main", "accepted", ""),
    }


def test_nobody_outside_answers_for_a_command_of_ours(system: System) -> None:
    """A stranger takes our name and our key, and is answered before we ask."""
    ours = Ask("main", CommandMeta("intake", "none/seal/1"), SealBatch("none"), internal=True)
    with system.asker() as asker, system.asker() as stranger:
        asker.ask(opened("strange"))  # From here on it hears what is answered to anybody.
        assert stranger.ask(ours._replace(internal=False)).code == "not_allowed"
        assert asker.ask(ours).code == "batch_unknown"


def test_books_of_all_partitions_are_asked_together(system: System) -> None:
    books = [f"b{number}" for number in range(4)]
    for book in books:
        system.create_book(book)
    with system.asker(outstanding_max=3) as asker:
        answers = list(asker.ask_all([opened("w", book=book) for book in books]))
    assert sorted(each.book for each in answers) == books
    assert {each.status for each in answers} == {"accepted"}


def test_silence_is_an_outage_and_a_stop_is_heard(servers: Addresses, tmp_path: Path) -> None:
    with running(servers, tmp_path, programs=()) as silent:
        with (
            Asker(silent.surroundings, silence_s_max=0.2) as asker,
            pytest.raises(Outage, match="do a writer and a relay run") as raised,
        ):
            asker.ask(opened("nobody"))
        assert raised.value.retry
        assert str(raised.value).endswith("look at `tally dead-letters list`")
        stop = Event()
        with Asker(silent.surroundings, stop=stop) as asker:
            stop.set()
            with pytest.raises(Stopped):
                asker.ask(opened("nobody"))
