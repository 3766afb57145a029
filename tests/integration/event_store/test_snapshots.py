"""Snapshots: a long stream begins at its latest one, and says the same as its whole fold."""

from collections.abc import Sequence
from dataclasses import make_dataclass
from typing import LiteralString

import pytest
from psycopg.abc import Params
from psycopg.rows import TupleRow

from commands.outage import Outage
from commands.ports import Loaded
from domain.wallet import Wallet
from infra.event_store import snapshots, store
from infra.event_store.store import PostgresStore
from schemas import codec
from tests.integration.event_store.given import MAIN, Shelf, opened, proven, transfers

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


class Watched(PostgresStore):
    """It remembers the most rows that it has held."""

    rows_max = 0

    def _rows(self, text: LiteralString, parameters: Params | None) -> Sequence[TupleRow]:
        rows = super()._rows(text, parameters)
        self.rows_max = max(self.rows_max, len(rows))
        return rows


def test_a_stream_without_a_snapshot_is_folded_in_parts(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a change of its class: from its first event, with snapshots on the way."""
    long_stream(shelf)
    with shelf.connect() as connection:
        connection.execute("UPDATE snapshots SET topic = topic || '0', state = '{}'")
    monkeypatch.setattr(store, "ROWS_MAX", 90)
    monkeypatch.setattr(store, "KEEP_AFTER", 60)
    decoded: list[int] = []

    def decode(topic: str, payload: bytes) -> object:
        decoded.append(1)
        if len(decoded) == 700:  # Amid the second of two streams.
            raise Outage("thrown out of the group", retry=True)
        return codec.decode_event(topic, payload)

    watched = Watched(shelf.dsn, schema=MAIN.schema, decode_event=decode)
    with pytest.raises(Outage):
        watched.look_up((), (), [WALLET, ("wallet", "b")])
    streams = watched.look_up((), (), [WALLET, ("wallet", "b")]).streams
    watched.close()
    found = streams[WALLET]
    assert (found.version, found.state) == folded(shelf)
    assert watched.rows_max == 90
    events = sum(each.version for each in streams.values())
    assert events < len(decoded) < events + 2 * 90, "gone on with, not begun again"


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
