"""Snapshots: a long stream begins at its latest one, and says the same as its whole fold."""

from dataclasses import make_dataclass

from commands.ports import Loaded
from domain.wallet import Wallet
from infra.event_store import snapshots
from tests.integration.event_store.given import Shelf, opened, proven, transfers

WALLET = ("wallet", "a")
LONG = 650
BATCH = 70  # No multiple of what a snapshot is taken after.


def long_stream(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a", "b", cents=LONG))
    for start in range(0, LONG, BATCH):
        desk.handle(transfers(shelf, range(start, min(LONG, start + BATCH))))
    desk.close()


def loaded(shelf: Shelf) -> Loaded:
    taken = shelf.take()
    try:
        return taken.store.look_up((), (), [WALLET]).streams[WALLET]
    finally:
        taken.store.close()


def folded(shelf: Shelf) -> tuple[int, object]:
    stream = proven(shelf).streams[WALLET]
    return stream.version, stream.state


def test_a_long_stream_is_loaded_from_its_snapshot_and_is_the_same(shelf: Shelf) -> None:
    long_stream(shelf)
    found = loaded(shelf)
    assert (found.version, found.state) == folded(shelf)
    rows = shelf.ask("SELECT originator_version FROM snapshots ORDER BY 1")
    assert len(rows) == 2, "the latest of each wallet, no older one"
    with shelf.connect() as connection:  # What nobody would do, to see that it is read from there.
        connection.execute(
            """UPDATE snapshots SET state = convert_to(replace(convert_from(state, 'UTF8'),
              '"owner_id":"owner"', '"owner_id":"another"'), 'UTF8')"""
        )
    state = loaded(shelf).state
    assert isinstance(state, Wallet)
    assert state.account.owner_id == "another"


def test_a_snapshot_of_another_shape_is_not_read(shelf: Shelf) -> None:
    long_stream(shelf)
    with shelf.connect() as connection:
        connection.execute("UPDATE snapshots SET topic = topic || '0', state = '{}'")
    found = loaded(shelf)
    assert (found.version, found.state) == folded(shelf)
    desk = shelf.desk()
    desk.handle(transfers(shelf, range(LONG, LONG + 1)))
    assert shelf.told()[-1] == ("refused", "insufficient_funds")
    desk.close()


def test_a_shape_is_that_of_every_class_in_it() -> None:
    old = make_dataclass("Inner", [("amount_minor", int)])
    new = make_dataclass("Inner", [("amount_minor", int), ("currency", str, "EUR")])
    told = [
        snapshots.encode(make_dataclass("Outer", [("inner", inner)])(inner(1)))[0]
        for inner in (old, new)
    ]
    deep = [
        snapshots.encode(make_dataclass("Outer", [("inner", dict[str, inner])])({}))[0]
        for inner in (old, new)
    ]
    assert len({*told, *deep}) == 4
