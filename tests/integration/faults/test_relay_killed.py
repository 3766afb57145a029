"""Row 3: the relay is killed between publishing and noting it. Repeats say the same."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from consumers import rebuild
from consumers.relay.headers import place_of
from infra.codec import ANSWER
from infra.kafka import messages
from schemas.framing import unframe
from tests.integration.faults.given import (
    answers,
    assert_sound,
    balances,
    died,
    opened,
    outcomes,
    publish,
    read,
    start,
    transfers,
    until_held,
    until_relayed,
    until_written,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.read_side import contents
from tests.integration.servers import Addresses

# The first flush is of events and outbox, the second of answers.
DEATHS = (
    Fault("relay_after_produce", 1),
    Fault("relay_after_produce", 2),
    Fault("relay_before_note", 1),
    Fault("relay_after_note", 1),
)
INSIDE, ACROSS = 60, 20
CENTS = 1_000


class Told(NamedTuple):
    """An event as Kafka has it."""

    chain: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes


def assert_repeats_say_the_same(system: System) -> Counter[tuple[bytes, int]]:
    """And none leaves a gap; how often each event was told."""
    told: dict[tuple[bytes, int], Told] = {}
    counts = Counter[tuple[bytes, int]]()
    last = Counter[bytes]()
    for message in read(system, system.surroundings.topics.events):
        facts = messages.headers(message)
        book, sequence = place_of(facts)
        assert sequence <= last[book] + 1, f"{sequence} of {book!r} follows {last[book]}"
        last[book] = max(last[book], sequence)
        said = Told(
            facts["ce_chain"], tuple(messages.header_list(message)), messages.value(message)
        )
        assert told.setdefault((book, sequence), said) == said
        counts[book, sequence] += 1
    return counts


def assert_repeated_answers_say_the_same(system: System) -> int:
    """How many there are more than once."""
    told: dict[tuple[str, int], bytes] = {}
    repeats = 0
    for message in read(system, system.surroundings.topics.results):
        answer = ANSWER.decode(unframe(messages.value(message))[1])
        place = answer.book, answer.answer_sequence
        repeats += place in told
        assert told.setdefault(place, messages.value(message)) == messages.value(message)
    return repeats


def test_a_relay_killed_before_it_noted_repeats_the_same(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path, programs=("writer", "projector")) as system:
        system.create_book("second")
        asked = [
            *opened("a", "b", cents=CENTS),
            *transfers(range(INSIDE), ("a", "b")),
            *transfers(range(INSIDE, INSIDE + ACROSS), ("a", "b"), book="second"),
        ]
        there = [(f"second-{key}", command) for key, command in opened("a", "b")]
        publish(system, there, book="second")
        publish(system, asked)
        until_written(system, len(there), book="second")
        until_written(system, len(asked))
        for fault in DEATHS:
            start(system, "relay", fault)
            died(system, "relay")
        start(system, "relay")
        until_relayed(system, len(asked) + ACROSS)
        until_relayed(system, ACROSS + 2, book="second")
        until_relayed(system, len(asked) + ACROSS)
        assert max(assert_repeats_say_the_same(system).values()) == len(DEATHS)
        assert assert_repeated_answers_say_the_same(system) > 0
        assert set(outcomes(system).values()) == {1}
        assert {each.status for each in answers(system)} == {"accepted"}
        assert_sound(system)
        assert balances(system) == 2 * CENTS


def test_nobody_counts_twice_what_is_told_again(servers: Addresses, tmp_path: Path) -> None:
    """As if every note of the relay had been lost."""
    with running(servers, tmp_path, programs=("writer", "relay", "projector")) as system:
        asked = [*opened("a", "b", cents=CENTS), *transfers(range(INSIDE), ("a", "b"))]
        publish(system, asked)
        until_relayed(system, len(asked))
        system.caught_up("wallets")
        until_held(system, len(asked))
        with system.connect() as connection:
            before = contents(connection)
        system.kill("relay")
        with system.connect() as connection:
            connection.execute("UPDATE book_main.relayed SET last_sequence = 0, last_answer = 0")
        system.start("relay")
        until_relayed(system, len(asked))
        assert set(assert_repeats_say_the_same(system).values()) == {2}
        (answers_again,) = rebuild.run(
            system.surroundings, ["commands"], lambda _book, _count: None
        )
        assert answers_again.rebuilt.swapped, "read from the topic, repeats and all"
        with system.connect() as connection:
            assert contents(connection) == before
        assert_sound(system)
