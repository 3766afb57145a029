"""The chain: every fact and every byte counts, and the salt is HMAC as everybody knows it."""

import hmac
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from commands import chain

FACTS = chain.Facts(1_700_000_000_000_000, 19_675, b"c" * 16, "order-1", "clerk", "00-trace")


def said(facts: chain.Facts, *, aggregate_id: str = "alice", causation: str = "") -> bytes:
    return chain.facts_bytes(
        kind=chain.kind_bytes(
            book="main", type_name="tally.wallet.v1.FundsHeld", aggregate="wallet"
        ),
        aggregate_id=aggregate_id,
        numbers=chain.NUMBERS.pack(7, 3, facts.recorded_at_us, facts.effective_on),
        command=chain.command_bytes(facts),
        causation=causation,
    )


@given(key=st.binary(max_size=64), sequence=st.integers(1, 2**62))
def test_the_salt_is_the_hmac_of_the_sequence(key: bytes, sequence: int) -> None:
    expected = hmac.digest(key, sequence.to_bytes(8, "big"), "sha256")
    assert chain.Salts(key).of(sequence) == expected


def test_a_link_is_built_as_documented() -> None:
    leaf = sha256(sha256(b"facts").digest() + sha256(b"salt" + b"payload").digest()).digest()
    found = chain.link(previous=chain.FIRST, salt=b"salt", facts=b"facts", payload=b"payload")
    assert found == sha256(chain.FIRST + leaf).digest()


def test_every_fact_changes_the_bytes() -> None:
    changed = [
        FACTS._replace(recorded_at_us=1),
        FACTS._replace(effective_on=1),
        FACTS._replace(command_id=b"d" * 16),
        FACTS._replace(correlation_id="order-2"),
        FACTS._replace(actor=""),
        FACTS._replace(traceparent=""),
    ]
    all_bytes = {said(FACTS), said(FACTS, aggregate_id="bob"), said(FACTS, causation="6")}
    assert len(all_bytes | {said(each) for each in changed}) == 3 + len(changed)


def test_texts_cannot_borrow_from_their_neighbours() -> None:
    left = FACTS._replace(correlation_id="ab", actor="c")
    right = FACTS._replace(correlation_id="a", actor="bc")
    assert said(left) != said(right)


def test_the_previous_link_counts() -> None:
    first = chain.link(previous=chain.FIRST, salt=b"s", facts=b"f", payload=b"p")
    second = chain.link(previous=first, salt=b"s", facts=b"f", payload=b"p")
    assert first != second
    assert len(first) == len(second) == 32
