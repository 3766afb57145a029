"""What leaves a book fits a record of Kafka, whatever came in."""

import pytest
from confluent_kafka import KafkaException, Producer

from commands.incoming import Incoming, Origin, Record
from commands.outward import (
    DETAIL_CHARS_MAX,
    HEADERS_BYTES_MAX,
    KEY_BYTES_MAX,
    LETTER_BYTES_MAX,
    TRACE_CHARS_MAX,
    VALUE_BYTES_MAX,
    Outbox,
)
from domain.decision import Refused
from infra.codec import DEAD_LETTER, AvroCodec
from schemas.meta import CommandMeta

WIDE = "\U0001f4b0"  # Four bytes of UTF-8.
Headers = tuple[tuple[str, bytes], ...]
FULL = Record(
    "tally.commands",
    0,
    2**62,
    b"k" * KEY_BYTES_MAX,
    b"v" * VALUE_BYTES_MAX,
    (("n" * 1_000, b"h" * (HEADERS_BYTES_MAX - 1_100)),),
)


def letter_of(record: Record, *, detail: str = "", trace: str = "") -> bytes:
    why = Refused("internal_error", detail)
    incoming = Incoming(
        *(Origin.COMMANDS, b"\xff" * 16, b"", "tally.wallet.v1.CreditWallet"),
        *(CommandMeta("", ""), None, why),
        record=record,
        unreadable=True,
    )
    outbox = Outbox(WIDE * 120, 1, AvroCodec())
    outbox.dead_letter(incoming, why, trace)
    (row,) = outbox.outgoing
    return row.payload


def test_a_dead_letter_of_the_largest_parts_is_kept_whole_and_fits_a_record() -> None:
    long = WIDE * (DETAIL_CHARS_MAX + 1)
    payload = letter_of(FULL, detail=long, trace=WIDE * (TRACE_CHARS_MAX + 1))
    letter = DEAD_LETTER.decode(payload)
    assert (letter.key, letter.value) == (FULL.key, FULL.value)
    assert tuple((each.name, each.value) for each in letter.headers) == FULL.headers
    assert len(payload) <= LETTER_BYTES_MAX


@pytest.mark.parametrize(
    "headers",
    [
        (("", b""),) * 600_000,
        (("x", b""),) * 30_000,
        (("x" * 200_000, b""),),
        (("", b"x" * 2_000_000),),
    ],
)
def test_headers_beyond_the_bound_are_left_out_and_it_says_so(headers: Headers) -> None:
    payload = letter_of(FULL._replace(value=b"garbage", headers=headers), detail="no command")
    letter = DEAD_LETTER.decode(payload)
    assert letter.headers == ()
    assert letter.value == b"garbage"
    assert letter.detail.startswith("no command; cut")


def test_the_bound_of_a_letter_is_below_what_a_producer_takes() -> None:
    """The client refuses a larger one at once, without asking Kafka, whatever it compresses to."""
    sender = Producer({"bootstrap.servers": "localhost:1"})
    sender.produce("tally.dead-letters", b"\0" * (LETTER_BYTES_MAX + 5), b"k" * 120)
    assert len(sender) > 0
    with pytest.raises(KafkaException, match="MSG_SIZE_TOO_LARGE"):
        sender.produce("tally.dead-letters", b"\0" * 1_000_000, b"k")
    sender.purge()
    sender.flush(1)
