"""The relay behind a writer that is faster: answers leave all the same, after their events."""

from collections.abc import Generator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from commands.incoming import Origin, Record
from consumers.relay import book_relay
from consumers.relay.book_relay import BookRelay
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from domain.wallet import OpenWallet
from infra.codec import ANSWER, AvroCodec
from infra.event_store import books
from infra.event_store.directory import Book
from infra.kafka import messages
from schemas import codec
from schemas.framing import unframe
from schemas.meta import CommandMeta
from tests.integration.faults.given import CLIENT, EUR, framed, read
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

MAIN = Book("main", "book_main")
STEP = 4


def wallets_opened(system: System) -> Generator[None]:
    """Each time that it is asked, as many wallets are opened as the relay takes in two steps."""
    surroundings = system.surroundings
    dsn, decoder = system.settings.postgres, Decoder(surroundings.schemas)
    take = partial(books.take, dsn, MAIN, surroundings.bus, (0, 0), codec.decode_stored_event)
    offsets = count()
    with closing(Desk(take, AvroCodec(), decoder.timer, Event(), Limits(100, 100))) as desk:
        while True:
            batch: list[Record] = []
            for _, offset in zip(range(2 * STEP), offsets, strict=False):
                name = f"wallet-{offset}"
                command = OpenWallet(name, "anna", "buyer", EUR)
                value = framed(system, CommandMeta(CLIENT, name), command)
                topic = surroundings.topics.commands
                batch.append(Record(topic, 0, offset, b"main", value, ()))
            desk.handle([decoder.read(record, Origin.COMMANDS) for record in batch])
            yield


def test_answers_leave_while_events_come_faster_than_they_go(
    servers: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_relay, "ROWS_MAX", STEP)
    with running(servers, tmp_path, programs=()) as system:
        opened = wallets_opened(system)
        relay = BookRelay(system.settings.postgres, MAIN, system.surroundings.publisher())
        with closing(opened), closing(relay):
            for _ in range(6):
                next(opened)
                relay.step()
        topics = system.surroundings.topics
        told = len(read(system, topics.events))
        found = [unframe(messages.value(each))[1] for each in read(system, topics.results)]
        answers = [ANSWER.decode(each) for each in found]
        assert answers, "nobody is told anything while the relay is behind"
        assert max(each.last_sequence for each in answers) <= told
