"""Events of two editions of one schema, from the log over the bus to whoever reads it.

Shape: the release before writes the first edition, this one the second (tests/unit/schemas/
two_editions.py); one relay publishes both, each behind the id of the schema that wrote it.
"""

from functools import partial
from pathlib import Path
from threading import Event

from commands.incoming import Incoming, Origin, Record
from consumers.projector import log_reader
from consumers.relay.book_relay import BookRelay
from consumers.surroundings import Surroundings
from consumers.verify.bus_pass import pass_over_bus
from consumers.verify.report import Findings
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from domain.wallet import OpenWallet, WalletOpened
from infra.codec import AvroCodec
from infra.event_store import books
from infra.event_store.directory import Book
from infra.kafka import messages
from schemas import codec
from schemas.framing import unframe
from schemas.meta import CommandMeta
from tests.integration.faults.given import CLIENT, EUR, framed, read
from tests.integration.programs import System, running
from tests.integration.servers import Addresses
from tests.unit.schemas.two_editions import OPENED, by_the_first, of_wallet_opened

MAIN = Book("main", "book_main")


class Before(AvroCodec):
    """What the release before wrote."""

    @staticmethod
    def encode_event(event: object) -> bytes:
        assert isinstance(event, WalletOpened)
        return by_the_first(event)


def opens(system: System, name: str, as_release: AvroCodec, *, offset: int) -> None:
    """A writer of that release opens a wallet."""
    surroundings = system.surroundings
    dsn, decoder = system.settings.postgres, Decoder(surroundings.schemas)
    take = partial(books.take, dsn, MAIN, surroundings.bus, (0, 0), codec.decode_stored_event)
    desk = Desk(take, as_release, decoder.timer, Event(), Limits(100, 100))
    value = framed(system, CommandMeta(CLIENT, name), OpenWallet(name, "anna", "buyer", EUR))
    record = Record(surroundings.topics.commands, 0, offset, b"main", value, ())
    batch: list[Incoming] = [decoder.read(record, Origin.COMMANDS)]
    desk.handle(batch)
    desk.close()


def test_each_event_travels_behind_the_schema_that_wrote_it(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, programs=()) as system:
        opens(system, "a", Before(), offset=0)
        with of_wallet_opened(tmp_path / "schemas"):
            surroundings = Surroundings.reach(system.settings)
            opens(system, "b", AvroCodec(), offset=1)
            relay = BookRelay(system.settings.postgres, MAIN, surroundings.publisher())
            while relay.step():
                pass
            relay.close()

            found = read(system, surroundings.topics.events)
            ids = [unframe(messages.value(each))[0] for each in found]
            assert ids == [surroundings.earlier_ids[OPENED], surroundings.ids[OPENED]]
            expected = [WalletOpened(name, "anna", "buyer", EUR, 0) for name in ("a", "b")]
            with system.connect() as connection:
                projected = list(log_reader.read(connection, MAIN, after=0, to=2))
            assert [each.event for each in projected] == expected
            assert {each.type_name for each in projected} == {OPENED}
            findings = Findings()
            pass_over_bus(surroundings, [MAIN], findings)
            wrong = [each for each in findings.report().invariants if not each.holds]
            assert not wrong, wrong
