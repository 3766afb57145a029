"""A record that nobody of us wrote, on a topic of ours: named by its place, and why."""

from collections.abc import Callable

import pytest
from confluent_kafka import Message
from structlog.testing import capture_logs

from consumers.projector.decoding import Foreign, read_answer, read_dead_letter
from consumers.projector.feed import TOLD_MAX, told
from schemas.framing import frame


def record(value: bytes) -> Message:
    return Message(topic="tally.t", partition=2, offset=7, value=value)


@pytest.mark.parametrize("value", [b"", b"abc", b"\0\0\0\0\1", frame(1, b"\xff" * 20)])
@pytest.mark.parametrize("read", [read_answer, read_dead_letter])
def test_bytes_that_are_none_of_ours(read: Callable[[Message], object], value: bytes) -> None:
    with pytest.raises(Foreign, match=r"^tally\.t\[2\]@7 is none of ours: "):
        read(record(value))


def test_they_are_named_and_counted_and_their_words_are_not_repeated() -> None:
    strange = [Foreign(record(b"secret"), "too short")] * (TOLD_MAX + 5)
    with capture_logs() as lines:
        assert told(strange, before=3) == TOLD_MAX + 5
        assert told([], before=18) == 0
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("foreign_records", "error")
    assert line["records"] == ["tally.t[2]@7 is none of ours: too short"] * TOLD_MAX
    assert (line["now"], line["ever"]) == (TOLD_MAX + 5, TOLD_MAX + 8)
