"""A log that two releases have written, each by its own edition of a schema, is one log.

Shape: the release before is a codec that writes the first edition; this one has both.
"""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest
from psycopg import sql

from cli.observing import log
from commands.incoming import Origin
from consumers.projector import log_reader
from consumers.relay.headers import Headers
from consumers.surroundings import AGGREGATE_OF
from consumers.verify.bus_pass import LOG
from consumers.writer.desk import Desk
from domain.wallet import ExpireHold, OpenWallet, Wallet, WalletOpened
from infra.codec import AvroCodec
from schemas.names import FULL_NAMES
from tests.integration.event_store.given import EUR, LIMITS, MAIN, Shelf, opened, proven
from tests.unit.schemas.two_editions import OPENED, SECOND, by_the_first, of_wallet_opened

TOPICS = "SELECT topic FROM events WHERE topic LIKE '%%WalletOpened%%' ORDER BY notification_id"
BY_THE_WRONG = """ALTER TABLE events DISABLE TRIGGER USER;
UPDATE events SET topic = 'tally.wallet.v1.WalletOpened' WHERE topic LIKE '%#2'"""


class Before(AvroCodec):
    """What the release before wrote."""

    @staticmethod
    def encode_event(event: object) -> bytes:
        if isinstance(event, WalletOpened):
            return by_the_first(event)
        return AvroCodec.encode_event(event)


@pytest.fixture
def both(shelf: Shelf, tmp_path: Path) -> Generator[Shelf]:
    """A wallet opened by each release."""
    before = Desk(partial(shelf.take, MAIN), Before(), shelf.decoder.timer, Event(), LIMITS)
    before.handle(opened(shelf, "a"))
    before.close()
    with of_wallet_opened(tmp_path / "schemas"):
        desk = shelf.desk()
        desk.handle(opened(shelf, "b"))
        desk.close()
        yield shelf


def test_each_event_is_stored_under_the_edition_that_wrote_it(both: Shelf) -> None:
    assert both.ask(TOPICS) == [(OPENED,), (SECOND,)]


def test_streams_of_both_are_loaded_and_go_on(both: Shelf) -> None:
    """From the first event: a snapshot would hide how it is read."""
    desk = both.desk()
    streams = [("wallet", "a"), ("wallet", "b")]
    found = desk.store.look_up((), (), streams).streams
    states = [each.state for each in found.values() if isinstance(each.state, Wallet)]
    assert [each.account.owner_id for each in states] == ["owner", "owner"]
    desk.handle([both.incoming("again", OpenWallet("a", "owner", "buyer", EUR))])
    assert both.told()[-1] == ("refused", "already_exists")
    desk.close()


def test_the_log_is_proven_and_the_edition_is_part_of_the_proof(both: Shelf) -> None:
    proven(both)
    with both.connect() as connection:
        connection.execute(BY_THE_WRONG)
    with pytest.raises(AssertionError, match="log_chain_unbroken"):
        proven(both)


def test_read_models_and_people_see_one_type(both: Shelf) -> None:
    with psycopg.connect(both.dsn) as connection:
        read = list(log_reader.read(connection, MAIN, after=0, to=4))
    events = [each.event for each in read if each.type_name == OPENED]
    assert events == [WalletOpened(name, "owner", "buyer", EUR, 0) for name in ("a", "b")]
    wanted = log.Wanted.parsed("1", None, aggregate=None, type_name=OPENED, limit=0)
    shown = list(log.read(both.dsn, wanted, book="main") or ())
    assert [(each["type"], each["data"]["owner_id"]) for each in shown] == [
        ("WalletOpened", "owner")
    ] * 2


def test_the_relay_says_the_edition_beside_the_type(both: Shelf) -> None:
    headers = Headers("main", AGGREGATE_OF)
    with psycopg.connect(both.dsn) as connection, connection.cursor(binary=True) as cursor:
        cursor.execute(sql.SQL(LOG).format(schema=sql.Identifier(MAIN.schema)))
        said = [dict(headers.of(row)) for row in cursor]
    found = [
        (each.get("ce_dataschema"), each["ce_aggregate"])
        for each in said
        if each["ce_type"] == OPENED.encode()
    ]
    assert found == [(None, b"wallet"), (SECOND.encode(), b"wallet")]


def test_a_timer_that_a_later_release_has_set_is_a_dead_letter(shelf: Shelf) -> None:
    """After a step back: it is kept, and the book goes on."""
    name = FULL_NAMES[ExpireHold] + "#2"
    with shelf.connect() as connection:
        connection.execute("INSERT INTO timers VALUES (gen_random_uuid(), 1, %s, 'later')", (name,))
    desk = shelf.desk()
    desk.handle_due()
    (letter,) = shelf.dead_letters()
    assert (letter.reason, letter.command_type, letter.value) == ("unknown_type", name, b"later")
    assert letter.dead_letter_id.startswith("timer-")
    assert shelf.count("timers") == 0
    desk.handle([shelf.incoming("o", OpenWallet("a", "o", "buyer", EUR), origin=Origin.COMMANDS)])
    assert shelf.told() == [("accepted", "")]
    desk.close()
