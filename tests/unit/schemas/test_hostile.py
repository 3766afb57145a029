"""Bytes that nobody should have sent: refused by one error, in little memory, never half believed.

Whatever our decoder accepts, fastavro reads the same from it, and it is the one form of its values.
"""

import io
import json
import re
import tracemalloc
from dataclasses import asdict
from typing import Any, cast

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment import CreatePayment, PaymentItem
from domain.wallet import CaptureHold, OpenWallet
from schemas import codec, files, varint
from schemas.codec import COMMAND_BYTES_MAX, RecordCodec
from schemas.fast import functions
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.names import COMMANDS
from schemas.writers import plain
from tests.unit.schemas.strategies import EACH, RECORDS, records

MEMORY_MAX = 64 * 2**20
HUGE = (2**31, 2**40, 2**62, 2**63 - 1)
META = CommandMeta("shop", "key-1")
CREATE_PAYMENT = "tally.payment.v1.CreatePayment"


def decode(full_name: str, data: bytes) -> tuple[Any, bytes]:
    """Any record, and its bytes in the one form."""
    cls = RECORDS[full_name]
    if full_name in COMMANDS:
        meta, command, asked = codec.decode_command(full_name, data)
        return (meta, command), RecordCodec(CommandMeta).encode(meta) + asked
    record = RecordCodec(cls).decode(data)
    return record, RecordCodec(cls).encode(record)


def encode(full_name: str, record: Any) -> bytes:  # noqa: ANN401 - of any class.
    if full_name in COMMANDS:
        return codec.encode_command(META, record)
    return RecordCodec(RECORDS[full_name]).encode(record)


def by_fastavro(full_name: str, data: bytes) -> object:
    stream = io.BytesIO(data)
    schema = fastavro.parse_schema(plain(json.loads(files.texts()[full_name])))
    found = fastavro.schemaless_reader(stream, schema, None)
    assert stream.tell() == len(data), "bytes were left"
    return found


def as_dict(record: Any) -> object:  # noqa: ANN401 - of any class, or a command with its meta.
    if isinstance(record, tuple):
        meta, command = cast("tuple[CommandMeta, Any]", record)
        return {"meta": asdict(meta), **lists(asdict(command))}
    return lists(asdict(record))


def lists(value: dict[str, Any]) -> dict[str, Any]:
    return {name: listed(each) for name, each in value.items()}


def listed(value: Any) -> Any:  # noqa: ANN401 - the value of any field.
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


def believe_all_or_nothing(full_name: str, data: bytes) -> None:
    try:
        record, one_form = decode(full_name, data)
    except Malformed as malformed:
        assert malformed.code == "malformed"  # noqa: PT017 - either may be.
        assert not re.search(r"\b0 bytes", malformed.detail)  # noqa: PT017
        return
    assert as_dict(record) == by_fastavro(full_name, data)
    assert decode(full_name, one_form)[0] == record
    if functions(RECORDS[full_name]).one_form:
        assert one_form == data


@pytest.mark.parametrize("full_name", RECORDS)
def test_damaged_bytes_are_refused_or_whole(full_name: str) -> None:
    @EACH
    @given(records(RECORDS[full_name]), st.data())
    def check(record: Any, chance: st.DataObject) -> None:  # noqa: ANN401 - of any class.
        data = bytearray(encode(full_name, record))
        for _ in range(chance.draw(st.integers(1, 3))):
            place = chance.draw(st.integers(0, len(data)))
            data[place : place + chance.draw(st.integers(0, 3))] = chance.draw(
                st.binary(max_size=12)
            )
        believe_all_or_nothing(full_name, bytes(data))

    check()


@given(st.sampled_from(sorted(RECORDS)), st.binary(max_size=200))
def test_any_bytes_are_refused_or_whole(full_name: str, data: bytes) -> None:
    believe_all_or_nothing(full_name, data)


@pytest.mark.parametrize("full_name", RECORDS)
def test_a_record_cut_short_is_refused(full_name: str) -> None:
    @EACH
    @given(records(RECORDS[full_name]), st.data())
    def check(record: Any, chance: st.DataObject) -> None:  # noqa: ANN401 - of any class.
        data = encode(full_name, record)
        with pytest.raises(Malformed, match=r"it ends within field |no UTF-8"):
            decode(full_name, data[: chance.draw(st.integers(0, len(data) - 1))])
        with pytest.raises(Malformed, match="1 bytes left over after its last field"):
            decode(full_name, data + b"\0")

    check()


def test_it_is_said_where_a_record_is_damaged() -> None:
    full_name = "tally.wallet.v1.OpenWallet"
    meta, command = CommandMeta("shop", "key-1", actor="ann"), OpenWallet("w", "me", "buyer", "EUR")
    whole = codec.encode_command(meta, command)
    said = {
        whole[:-3]: "it ends within field currency",
        whole[:3]: "it ends within field meta.client",
        whole[: whole.index(b"ann") + 1]: "it ends within field meta.actor",
        b"": "it ends within field meta.client",
        whole.replace(b"me", b"\xff\xfe"): "field owner_id is no UTF-8",
        whole + b"abc": "3 bytes left over after its last field",
    }
    for data, where in said.items():
        with pytest.raises(Malformed) as caught:
            codec.decode_command(full_name, data)
        assert caught.value.detail == f"not a {full_name}: {where}"


def test_a_flag_that_is_neither_is_damage() -> None:
    release_rest = codec.encode_command(META, CaptureHold("w", "h", "c", 1, "EUR", "bank"))
    with pytest.raises(Malformed, match="field release_rest: neither true nor false"):
        codec.decode_command("tally.wallet.v1.CaptureHold", release_rest[:-1] + b"\2")


def number(value: int) -> bytes:
    return varint.long_bytes(2 * value, "test")


@pytest.mark.parametrize("claim", HUGE)
def test_a_length_allocates_nothing(claim: int) -> None:
    believed = peak_of(lambda: decode("tally.wallet.v1.WalletFrozen", number(claim) + b"abc"))
    assert believed < 2**16


@pytest.mark.parametrize("claim", HUGE)
def test_a_count_allocates_nothing(claim: int) -> None:
    start = codec.encode_command(META, CreatePayment("p", "o", "s", 1, 0, "EUR", ()))[:-1]
    assert peak_of(lambda: decode(CREATE_PAYMENT, start + number(claim) + b"abc")) < 2**16
    negative = varint.long_bytes(2 * claim - 1, "test") + number(claim) + b"abc"
    assert peak_of(lambda: decode(CREATE_PAYMENT, start + negative)) < 2**16


def test_the_fullest_command_fits_in_memory() -> None:
    item = functions(PaymentItem).encode(PaymentItem("", "", 0))
    start = codec.encode_command(META, CreatePayment("p", "o", "s", 1, 0, "EUR", ()))[:-1]
    count = (COMMAND_BYTES_MAX - len(start) - 4) // len(item)
    payload = start + number(count) + item * count + b"\0"
    assert peak_of(lambda: decode(CREATE_PAYMENT, payload), refused=False) < MEMORY_MAX


def peak_of(decoding: Any, *, refused: bool = True) -> int:  # noqa: ANN401 - any callable.
    functions(PaymentItem)
    tracemalloc.start()
    try:
        if refused:
            with pytest.raises(Malformed):
                decoding()
        else:
            decoding()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "form",
    [
        b"\x80\x00",  # Zero in two bytes.
        b"\x81\x80\x00",
        b"\x81\x80\x80\x00",
        b"\xff" * 9 + b"\x02",  # 65 bits.
        b"\xff" * 10 + b"\x01",
        b"\x80" * 1_000,
    ],
)
def test_a_number_has_one_form(form: bytes) -> None:
    start, end = b"\2p\2o\2s", b"\0\2E\0"
    name = "tally.wallet.v1.PendingReleased"
    good = RecordCodec(RECORDS[name]).encode(RECORDS[name]("w", "m", 1, "E", 0, 0))
    assert good == b"\2w\2m\2\2E\0\0"
    with pytest.raises(Malformed, match="integer"):
        decode(name, b"\2w\2m" + form + b"\2E\0\0")
    with pytest.raises(Malformed, match="integer"):
        decode(name, form + start + end)


@pytest.mark.parametrize(
    "z", [*range(300), *(2**bits + by for bits in range(14, 64, 7) for by in (-1, 0, 1))]
)
def test_a_number_is_the_shortest(z: int) -> None:
    data = varint.TAIL[z] if z < varint.SMALL else varint.long_bytes(z, "test")
    assert len(data) == max(1, -(-z.bit_length() // 7))
    if len(data) > 1:
        assert varint.rest(data + b"\xff", 1, data[0]) == (z, len(data))


@pytest.mark.parametrize("flag", [2, 3, 127, 128, 255])
def test_a_boolean_is_zero_or_one(flag: int) -> None:
    name = "tally.wallet.v1.FundsDebited"
    data = RecordCodec(RECORDS[name]).encode(RECORDS[name]("w", "m", 1, "E", "a", True, 0, 0))  # noqa: FBT003
    assert data == b"\2w\2m\2\2E\2a\1\0\0"
    with pytest.raises(Malformed):
        decode(name, data.replace(b"\1", bytes((flag,))))


@pytest.mark.parametrize("text", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
def test_text_is_utf_8(text: bytes) -> None:
    with pytest.raises(Malformed):
        decode("tally.wallet.v1.WalletFrozen", number(len(text)) + text + b"\2r")


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(Malformed, match="a negative length"):
        decode("tally.wallet.v1.WalletFrozen", b"\3abc\2r")
    with pytest.raises(Malformed, match="a negative length"):
        decode("tally.wallet.v1.WalletFrozen", b"\xff\x7fabc\2r")
