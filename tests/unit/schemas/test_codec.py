"""What is encoded is read back, is what fastavro writes with the .avsc, and has one form."""

import io
import json
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment import CreatePayment, PaymentItem
from domain.wallet import FreezeWallet, HoldFunds, WalletFrozen
from schemas import codec, files, framing
from schemas.codec import COMMAND_BYTES_MAX, RecordCodec
from schemas.fast import functions
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.names import COMMANDS, EVENTS
from tests.unit.schemas.strategies import EACH, OTHERS, records

META = CommandMeta("shop", "key-1")
METAS = records(CommandMeta)


def by_fastavro(full_name: str, value: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, json.loads(files.texts()[full_name]), value)
    return stream.getvalue()


@pytest.mark.parametrize("full_name", EVENTS)
def test_an_event_comes_back(full_name: str) -> None:
    @EACH
    @given(records(EVENTS[full_name]))
    def check(event: Any) -> None:  # noqa: ANN401 - of any class.
        data = codec.encode_event(event)
        assert data == by_fastavro(full_name, asdict(event))
        decoded = codec.decode_event(full_name, data)
        assert decoded == event
        assert type(decoded) is type(event)
        assert hash(decoded) == hash(event)

    check()


@pytest.mark.parametrize("full_name", COMMANDS)
def test_a_command_comes_back(full_name: str) -> None:
    @EACH
    @given(METAS, records(COMMANDS[full_name]))
    def check(meta: CommandMeta, command: Any) -> None:  # noqa: ANN401 - of any class.
        payload = codec.encode_command(meta, command)
        assert payload == by_fastavro(full_name, {"meta": asdict(meta), **asdict(command)})
        again, decoded, data = codec.decode_command(full_name, payload)
        assert (again, decoded) == (meta, command)
        assert type(decoded) is type(command)
        assert payload.endswith(data)
        assert codec.encode_command(META, command).endswith(data)

    check()


@pytest.mark.parametrize("full_name", OTHERS)
def test_another_record_comes_back(full_name: str) -> None:
    record_codec = RecordCodec(OTHERS[full_name])

    @EACH
    @given(records(OTHERS[full_name]))
    def check(record: Any) -> None:  # noqa: ANN401 - of any class.
        data = record_codec.encode(record)
        assert data == by_fastavro(full_name, asdict(record))
        assert record_codec.decode(data) == record

    check()


def test_a_decoded_record_is_frozen() -> None:
    event = codec.decode_event(
        "tally.wallet.v1.WalletFrozen", codec.encode_event(WalletFrozen("w", "asked"))
    )
    assert is_dataclass(event)
    assert [field.name for field in fields(event)] == ["wallet_id", "reason"]
    with pytest.raises(AttributeError):
        setattr(event, "reason", "other")  # noqa: B010 - statically it is forbidden already.


def test_what_a_command_asks_for_does_not_depend_on_who_sends_it() -> None:
    command = FreezeWallet("w", "asked")
    one = codec.encode_command(META, command)
    other = codec.encode_command(CommandMeta("bank", "key-2", "c", "a", "t", "2024-05-01"), command)
    name = "tally.wallet.v1.FreezeWallet"
    assert one != other
    assert codec.decode_command(name, one)[2] == codec.decode_command(name, other)[2]


def blocks(items: tuple[PaymentItem, ...]) -> bytes:
    """The items as another writer may put them: a block each, with its size in bytes."""
    encode = functions(PaymentItem).encode
    return b"".join(b"\1" + bytes((2 * len(encode(item)),)) + encode(item) for item in items)


def test_an_array_in_blocks_is_the_same_command() -> None:
    items = (PaymentItem("1", "balance", 5, "w"), PaymentItem("2", "channel", 7))
    command = CreatePayment("p", "o", "s", 12, 0, "EUR", items)
    usual = codec.encode_command(META, command)
    array = b"\4" + b"".join(functions(PaymentItem).encode(item) for item in items) + b"\0"
    assert usual.endswith(array)
    unusual = usual.removesuffix(array) + blocks(items) + b"\0"
    name = "tally.payment.v1.CreatePayment"
    assert codec.decode_command(name, unusual) == codec.decode_command(name, usual)


def test_a_block_must_have_the_size_it_says() -> None:
    item = functions(PaymentItem).encode(PaymentItem("1", "balance", 5, "w"))
    start = codec.encode_command(META, CreatePayment("p", "o", "s", 12, 0, "EUR", ()))[:-1]
    name = "tally.payment.v1.CreatePayment"
    right = start + b"\1" + bytes((2 * len(item),)) + item + b"\0"
    _, command, data = codec.decode_command(name, right)
    assert isinstance(command, CreatePayment)
    assert len(command.items) == 1
    assert data.endswith(b"\2" + item + b"\0")
    for size in (0, len(item) - 1, len(item) + 1):
        with pytest.raises(Malformed, match="block of another size"):
            codec.decode_command(name, start + b"\1" + bytes((2 * size,)) + item + b"\0")


@pytest.mark.parametrize("amount", [2**63, -(2**63) - 1, 2**64, 10**30])
def test_an_integer_over_64_bits_is_refused_by_name(amount: int) -> None:
    with pytest.raises(Malformed, match="amount_minor: the integer does not fit 64 bits"):
        codec.encode_command(META, HoldFunds("w", "h", amount, "EUR", 0))


# Wherever one byte more begins, on both sides of nothing.
BOUNDS = [
    0,
    *(sign * 2**bits + by for bits in range(6, 63, 7) for sign in (1, -1) for by in (-1, 0)),
]


@pytest.mark.parametrize("amount", [2**63 - 1, -(2**63), *BOUNDS])
def test_an_integer_at_a_bound_travels(amount: int) -> None:
    command = HoldFunds("w", "h", amount, "EUR", 0)
    payload = codec.encode_command(META, command)
    assert payload == by_fastavro(
        "tally.wallet.v1.HoldFunds", {"meta": asdict(META), **asdict(command)}
    )
    assert codec.decode_command("tally.wallet.v1.HoldFunds", payload)[1] == command


def test_the_partition_has_32_bits() -> None:
    name = "tally.dead_letter.v1.DeadLetter"
    record_codec = RecordCodec(OTHERS[name])
    values = dict.fromkeys(("dead_letter_id", "book", "topic", "reason", "detail"), "x")
    values |= dict.fromkeys(("traceback", "command_type", "command_id"), "y")
    rest = {"offset": 1, "key": b"", "value": b"", "headers": (), "recorded_at_us": 0}
    with pytest.raises(Malformed, match="partition: the integer does not fit 32 bits"):
        record_codec.encode(OTHERS[name](**values, **rest, partition=2**31))
    data = record_codec.encode(OTHERS[name](**values, **rest, partition=0))
    place = b"\2x\2x\2x"
    assert data.startswith(place)
    with pytest.raises(Malformed, match="partition"):
        record_codec.decode(data.replace(place + b"\0", place + b"\x80\x80\x80\x80\x10", 1))


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(Malformed, match=r"tally\.wallet\.v1\.WalletFrozen holds text"):
        codec.encode_event(WalletFrozen("w", "\ud800"))
    with pytest.raises(Malformed, match="CommandMeta holds text"):
        codec.encode_command(CommandMeta("shop", "\udfff"), FreezeWallet("w", "asked"))


@pytest.mark.parametrize(
    "name", ["tally.wallet.v1.FreezeWallet", "tally.wallet.v2.WalletFrozen", ""]
)
def test_an_unknown_event_is_told_apart(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        codec.decode_event(name, b"\2w\2r")
    assert caught.value.code == "unknown_type"


def test_an_event_is_no_command() -> None:
    with pytest.raises(Malformed) as caught:
        codec.decode_command("tally.wallet.v1.WalletFrozen", b"")
    assert caught.value.code == "unknown_type"


def test_a_command_has_half_the_room_of_its_events() -> None:
    room = COMMAND_BYTES_MAX - len(codec.encode_command(META, FreezeWallet("w", "")))
    largest = FreezeWallet("w", "x" * (room - 2))  # Its length takes two bytes more.
    payload = codec.encode_command(META, largest)
    assert len(payload) == COMMAND_BYTES_MAX == framing.PAYLOAD_BYTES_MAX / 2
    assert codec.decode_command("tally.wallet.v1.FreezeWallet", payload)[1] == largest
    with pytest.raises(Malformed) as caught:
        codec.encode_command(META, FreezeWallet("w", "x" * (room - 1)))
    assert caught.value.code == "too_large"
    with pytest.raises(Malformed) as caught:
        codec.decode_command("tally.wallet.v1.FreezeWallet", payload + b"x")
    assert caught.value.code == "too_large"


def test_an_event_has_a_bound() -> None:
    with pytest.raises(Malformed) as caught:
        codec.encode_event(WalletFrozen("w", "x" * framing.PAYLOAD_BYTES_MAX))
    assert caught.value.code == "too_large"
    with pytest.raises(Malformed) as caught:
        codec.decode_event("tally.wallet.v1.WalletFrozen", b"x" * (framing.PAYLOAD_BYTES_MAX + 1))
    assert caught.value.code == "too_large"


@given(st.integers(0, 2**32 - 1), st.binary(max_size=50))
def test_a_frame_comes_off(schema_id: int, payload: bytes) -> None:
    value = framing.frame(schema_id, payload)
    assert value == b"\0" + schema_id.to_bytes(4, "big") + payload
    assert framing.unframe(value) == (schema_id, payload)


@pytest.mark.parametrize("value", [None, b"", b"\0", b"\0\0\0\0", b"\1\0\0\0\1x", b'{"type": 1}'])
def test_a_value_without_a_frame_is_told_apart(value: bytes | None) -> None:
    with pytest.raises(Malformed) as caught:
        framing.unframe(value)
    assert caught.value.code == "not_confluent_framed"


def test_a_framed_value_has_a_bound() -> None:
    with pytest.raises(Malformed) as caught:
        framing.unframe(bytes(framing.PAYLOAD_BYTES_MAX + 1))
    assert caught.value.code == "too_large"
