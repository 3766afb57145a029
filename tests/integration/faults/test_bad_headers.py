"""Row 8, of headers: to Kafka a header's name is bytes, and anybody may publish any.

Shape: one system; each record is followed by a good command, whose answer proves that the writer
went on.
"""

from pathlib import Path

from consumers.asking import Ask
from domain.wallet import OpenWallet
from schemas.meta import CommandMeta
from tests.integration.faults.given import CLIENT, EUR, Raw, assert_sound, framed
from tests.integration.faults.hostile import put_with_name
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

NO_UTF_8 = b"\xff\xfe"
LETTER = """SELECT reason, book, topic, key, header_names, traceback FROM read.dead_letters
WHERE value = %s"""


def opening(system: System, name: str) -> bytes:
    return framed(system, CommandMeta(CLIENT, name), OpenWallet(name, "owner", "buyer", EUR))


def goes_on(system: System, name: str) -> None:
    """A command that is published after it is done."""
    with system.asker() as asker:
        command = OpenWallet(name, "owner", "buyer", EUR)
        answer = asker.ask(Ask("main", CommandMeta(CLIENT, name), command))
    assert (answer.status, answer.code) == ("accepted", "")


def test_a_header_s_name_that_is_no_utf_8_is_a_dead_letter(
    servers: Addresses, tmp_path: Path
) -> None:
    """On both topics, for a book and for none; the value counts for nothing, it may be a good one.

    A record with a plain name of the same kind proves that it is the name.
    """
    with running(servers, tmp_path, programs=("writer", "relay", "projector")) as system:
        topics, kafka = system.surroundings.topics, system.settings.kafka
        put_with_name(kafka, topics.commands, Raw(opening(system, "plain")), name=b"plain")
        places = [
            (topic, Raw(opening(system, f"{topic}-{key.decode()}"), key))
            for topic in (topics.commands, topics.internal)
            for key in (b"main", b"nobook")
        ]
        for topic, raw in places:
            put_with_name(kafka, topic, raw, name=NO_UTF_8)
        goes_on(system, "next")
        with system.connect() as connection:
            for topic, raw in places:
                asked = (raw.value,)
                found = system.until(
                    lambda asked=asked: connection.execute(LETTER, asked, binary=True).fetchone(),
                    f"the dead letter of {raw.key!r} on {topic}",
                )
                assert found == ("malformed_headers", raw.key.decode(), topic, raw.key, [], "")
            system.caught_up("wallets")
            wallets = connection.execute("SELECT wallet_id FROM read.wallets ORDER BY 1")
            assert wallets.fetchall() == [("next",), ("plain",)]
        assert_sound(system)


def test_such_a_record_among_the_events_keeps_no_book_from_being_taken(
    servers: Addresses, tmp_path: Path
) -> None:
    """The writer looks at what Kafka holds before it writes."""
    with running(servers, tmp_path, programs=()) as system:
        topic = system.surroundings.topics.events
        put_with_name(system.settings.kafka, topic, Raw(b"x"), name=NO_UTF_8)
        system.start("writer")
        system.start("relay")
        goes_on(system, "a")
