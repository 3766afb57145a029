"""What is begun is taken as new without asking, and comes to the same as if it had been asked."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from commands import unit_of_work
from commands.incoming import Incoming, Origin
from commands.ports import Begun, Changes, Found
from domain.decision import Stream
from domain.transfer import FailTransfer, TransferFunds
from domain.wallet import CreditWallet
from infra.event_store.store import PostgresStore
from schemas.meta import CommandMeta
from tests.integration.event_store.given import EUR, Shelf, opened, proven, transfers

EXISTS = ("refused", "already_exists")
DONE = ("accepted", "")


class Calls(NamedTuple):
    """How many things each look-up asked for; how many events each writing wrote, -1 if refused."""

    asked: list[int]
    written: list[int]

    def clear(self) -> None:
        self.asked.clear()
        self.written.clear()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    made, look_up, record = Calls([], []), PostgresStore.look_up, PostgresStore.record

    def counting(
        store: PostgresStore,
        command_ids: Sequence[bytes],
        facts: Sequence[bytes],
        streams: Sequence[Stream],
    ) -> Found:
        made.asked.append(len(facts))
        return look_up(store, command_ids, facts, streams)

    def recording(store: PostgresStore, changes: Changes) -> None:
        try:
            record(store, changes)
        except Begun:
            made.written.append(-1)
            raise
        made.written.append(len(changes.events))

    monkeypatch.setattr(PostgresStore, "look_up", counting)
    monkeypatch.setattr(PostgresStore, "record", recording)
    return made


def again(shelf: Shelf, key: str, *, cents: int = 1, origin: Origin = Origin.COMMANDS) -> Incoming:
    """The transfer t1, under another key than the first time."""
    return shelf.incoming(key, TransferFunds("t1", "a", "b", cents, EUR), origin=origin)


def test_what_is_new_is_not_asked_for(shelf: Shelf, calls: Calls) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    desk.handle(transfers(shelf, range(2, 50)))
    assert calls == ([0, 0], [6, 96])
    desk.close()


def test_what_had_begun_is_decided_again_and_what_follows_asks(
    shelf: Shelf, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood costs one batch more, not one for each of its own."""
    monkeypatch.setattr(unit_of_work, "ASKING_BATCHES", 3)
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    calls.clear()
    desk.handle([*transfers(shelf, [2, 3]), again(shelf, "x"), *transfers(shelf, [4])])
    assert calls == ([0, 4], [-1, 6])
    assert shelf.told()[5:] == [DONE, DONE, EXISTS, DONE]
    calls.clear()
    for number in range(10, 20):
        desk.handle([*transfers(shelf, [number]), again(shelf, f"x{number}")])
    assert calls == ([2] * 10, [2] * 10)
    calls.clear()
    for number in range(20, 25):
        desk.handle(transfers(shelf, [number]))
    assert calls == ([1, 1, 0, 0, 0], [2] * 5), "the last of the flood, and two batches without"
    assert shelf.sequences() == list(range(1, 43))
    proven(shelf)
    desk.close()


def test_another_refusal_does_not_hide_that_it_had_begun(shelf: Shelf, calls: Calls) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    calls.clear()
    desk.handle([*transfers(shelf, [2]), *transfers(shelf, [3], cents=5_000)])
    assert calls == ([0, 1], [2]), "asked for once, and it stands"
    assert shelf.told()[5:] == [DONE, ("refused", "insufficient_funds")]
    calls.clear()
    own = again(shelf, "own", cents=5_000, origin=Origin.INTERNAL)
    desk.handle([*transfers(shelf, [4]), again(shelf, "x", cents=5_000), own])
    assert calls == ([0, 1], [2]), "both are of one thing"
    assert shelf.told()[7:] == [DONE, EXISTS, DONE]
    assert shelf.sequences() == list(range(1, 11))
    proven(shelf)
    desk.close()


def test_a_batch_with_both_is_decided_again_as_a_whole(shelf: Shelf, calls: Calls) -> None:
    """What was found amid it does not make it one that had asked."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1, 2])])
    desk.close()
    desk = shelf.desk()  # Remembers nothing.
    calls.clear()
    second = shelf.incoming("again-2", TransferFunds("t2", "a", "b", 1, EUR))
    desk.handle([second, again(shelf, "again-1", cents=10**9), *transfers(shelf, [3])])
    assert calls.written == [-1, 2]
    assert shelf.told()[-3:] == [EXISTS, EXISTS, DONE]
    desk.close()
    proven(shelf)


def test_what_a_client_may_not_send_loads_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it names."""
    asked: list[Stream] = []
    look_up = PostgresStore.look_up

    def noting(
        store: PostgresStore,
        command_ids: Sequence[bytes],
        facts: Sequence[bytes],
        streams: Sequence[Stream],
    ) -> Found:
        asked.extend(streams)
        return look_up(store, command_ids, facts, streams)

    monkeypatch.setattr(PostgresStore, "look_up", noting)
    desk = shelf.desk()
    desk.handle([shelf.incoming("ours", FailTransfer("t9", "wallet_closed"))])
    desk.close()
    assert asked == []
    assert shelf.told() == [("refused", "not_allowed")]


def test_no_failure_counts_before_everything_was_asked_for(shelf: Shelf, calls: Calls) -> None:
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    calls.clear()
    failing = shelf.incoming("bad", FailTransfer("no-such", ""), origin=Origin.INTERNAL)
    desk.handle([*transfers(shelf, [2]), again(shelf, "x"), failing])
    assert calls == ([0, 2], [2])
    assert shelf.told()[5:] == [DONE, EXISTS, ("internal_error", "internal_error")]
    assert len(shelf.dead_letters()) == 1
    proven(shelf)
    desk.close()


def test_it_holds_beside_what_the_store_will_not_take(shelf: Shelf) -> None:
    """Found by bisection, each part of which may meet what had begun."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    zero = CommandMeta("intake", "zero", correlation_id="a\0b")  # No text in PostgreSQL has it.
    credit = CreditWallet("a", "zero", 1, EUR, "bank")
    unwritable = shelf.incoming(zero, credit, origin=Origin.INTERNAL)
    batch = [*transfers(shelf, [2, 3]), unwritable, again(shelf, "x"), *transfers(shelf, [4])]
    desk.handle(batch)
    failed = ("internal_error", "internal_error")
    assert shelf.told()[5:] == [DONE, DONE, failed, EXISTS, DONE]
    assert len(shelf.dead_letters()) == 1
    proven(shelf)
    desk.close()
