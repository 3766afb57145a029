"""A record that nobody of us wrote, on a topic of ours: named by its place, and why."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest
from confluent_kafka import Message
from structlog.testing import capture_logs

from consumers.projector.decoding import EventDecoder, Foreign, read_answer, read_dead_letter
from consumers.projector.feed import TOLD_MAX, told
from schemas.framing import frame

if TYPE_CHECKING:
    from infra.registry.ids import SchemaIds

FACTS = {
    "ce_type": b"tally.wallet.v1.WalletFrozen",
    "ce_source": b"/tally/main",
    "ce_sequence": b"1",
    "ce_time": b"2026-01-01T00:00:00Z",
    "ce_effectiveon": b"2026-01-01",
    "ce_subject": b"ann",
    "ce_version": b"1",
    "ce_commandid": b"00" * 16,
}
READ_EVENT = EventDecoder(cast("SchemaIds", None)).read  # The registry is asked last.


def record(value: bytes, facts: dict[str, bytes] | None = None) -> Message:
    headers: list[tuple[str, str | bytes | None]] = [*(facts or {}).items()]
    return Message(topic="tally.t", partition=2, offset=7, value=value, headers=headers)


@pytest.mark.parametrize("value", [b"", b"abc", b"\0\0\0\0\1", frame(1, b"\xff" * 20)])
@pytest.mark.parametrize("read", [read_answer, read_dead_letter, READ_EVENT])
def test_bytes_that_are_none_of_ours(read: Callable[[Message], object], value: bytes) -> None:
    with pytest.raises(Foreign, match=r"^tally\.t\[2\]@7 is none of ours: "):
        read(record(value))


@pytest.mark.parametrize("missing", FACTS)
def test_an_event_without_a_fact(missing: str) -> None:
    facts = {name: value for name, value in FACTS.items() if name != missing}
    with pytest.raises(Foreign, match=missing):
        READ_EVENT(record(b"", facts))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_sequence", b"first"),
        ("ce_time", b"2026-01-01T00:00:00"),
        ("ce_time", b"noon"),
        ("ce_effectiveon", b"today"),
        ("ce_commandid", b"xyz"),
        ("ce_source", b"/elsewhere/main"),
        ("ce_subject", b"\xff"),
        ("ce_type", b"\xff"),
    ],
)
def test_an_event_with_a_fact_that_is_none(name: str, value: bytes) -> None:
    with pytest.raises(Foreign, match="headers are not as we write them"):
        READ_EVENT(record(b"", {**FACTS, name: value}))


def test_they_are_named_and_counted_and_their_words_are_not_repeated() -> None:
    strange = [Foreign(record(b"secret"), "too short")] * (TOLD_MAX + 5)
    with capture_logs() as lines:
        assert told(strange, before=3) == TOLD_MAX + 5
        assert told([], before=18) == 0
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("foreign_records", "error")
    assert line["records"] == ["tally.t[2]@7 is none of ours: too short"] * TOLD_MAX
    assert (line["now"], line["ever"]) == (TOLD_MAX + 5, TOLD_MAX + 8)
