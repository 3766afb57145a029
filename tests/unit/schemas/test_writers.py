"""Records of another edition or another language, and schemas that nobody should write by."""

import io
import json
from copy import deepcopy
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment import CreatePayment, PaymentItem
from domain.wallet import OpenWallet, WalletFrozen
from schemas import codec, files
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.writers import Writer, writer

OPEN_WALLET = "tally.wallet.v1.OpenWallet"
CREATE_PAYMENT = "tally.payment.v1.CreatePayment"
FROZEN = "tally.wallet.v1.WalletFrozen"
META = {"client": "shop", "idempotency_key": "key-1"}
Schema = dict[str, Any]


def ours(full_name: str) -> Schema:
    return deepcopy(json.loads(files.texts()[full_name]))


def written(schema: Schema, value: Schema) -> tuple[Writer | None, bytes]:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, value)
    return codec.unlike_ours(writer(json.dumps(schema))), stream.getvalue()


def wallet(**more: object) -> Schema:
    value = {"wallet_id": "w", "owner_id": "o", "type": "buyer", "currency": "EUR"}
    return {"meta": META, **value, **more}


OPENED = OpenWallet("w", "o", "buyer", "EUR")
DATA = codec.decode_command(
    OPEN_WALLET, codec.encode_command(CommandMeta("shop", "key-1"), OPENED)
)[2]


def test_a_field_more_is_passed_over() -> None:
    newer = ours(OPEN_WALLET)
    newer["fields"].insert(1, {"name": "label", "type": ["null", "string"], "default": None})
    by, payload = written(newer, wallet(label="new"))
    assert by is not None
    decoded = codec.decode_command(OPEN_WALLET, payload, by)
    assert decoded == (CommandMeta("shop", "key-1"), OPENED, DATA)


def test_a_field_less_gets_its_default() -> None:
    older = ours(OPEN_WALLET)
    older["fields"].pop()
    by, payload = written(older, wallet())
    assert codec.decode_command(OPEN_WALLET, payload, by)[1:] == (OPENED, DATA)


def test_a_field_of_the_meta_less_gets_its_default() -> None:
    older = ours(OPEN_WALLET)
    older["fields"][0]["type"]["fields"] = older["fields"][0]["type"]["fields"][:2]
    by, payload = written(older, wallet())
    assert codec.decode_command(OPEN_WALLET, payload, by)[0] == CommandMeta("shop", "key-1")


def test_another_order_and_a_narrower_integer_are_the_same_command() -> None:
    other = ours(OPEN_WALLET)
    other["fields"].reverse()
    other["fields"][0]["type"] = "int"
    by, payload = written(other, wallet(overdraft_limit_minor=500))
    _, command, data = codec.decode_command(OPEN_WALLET, payload, by)
    assert command == OpenWallet("w", "o", "buyer", "EUR", 500)
    assert data == DATA[:-1] + b"\xe8\x07"


def test_an_item_of_an_older_edition_gets_its_defaults() -> None:
    older = ours(CREATE_PAYMENT)
    item = older["fields"][-1]["type"]["items"]
    item["fields"] = item["fields"][:3]
    value = {"payment_id": "p", "order_id": "o", "seller_wallet_id": "s", "currency": "EUR"}
    value |= {"amount_minor": 5, "commission_minor": 0}
    items = [{"item_id": "1", "tool": "balance", "amount_minor": 5}]
    by, payload = written(older, {"meta": META, **value, "items": items})
    expected = CreatePayment("p", "o", "s", 5, 0, "EUR", (PaymentItem("1", "balance", 5),))
    assert codec.decode_command(CREATE_PAYMENT, payload, by)[1] == expected


def test_an_event_of_a_newer_release_is_read() -> None:
    newer = ours(FROZEN)
    newer["fields"].append({"name": "until_us", "type": "long", "default": 0})
    by, payload = written(newer, {"wallet_id": "w", "reason": "asked", "until_us": 7})
    assert codec.decode_event(FROZEN, payload, by) == WalletFrozen("w", "asked")


@pytest.mark.parametrize(
    "payload", [b"", b"\2w", b"\2w\2r", b"\2w\2r\0\0", b"\3w\2r\0", b"\2\xff\2r\0"]
)
def test_bytes_that_do_not_fit_their_schema_are_refused(payload: bytes) -> None:
    newer = ours(FROZEN)
    newer["fields"].append({"name": "until_us", "type": "long", "default": 0})
    by = writer(json.dumps(newer))
    with pytest.raises(Malformed):
        codec.decode_event(FROZEN, payload, by)


def test_a_field_without_which_we_cannot_be_is_missed() -> None:
    less = ours(FROZEN)
    less["fields"].pop()
    by, payload = written(less, {"wallet_id": "w"})
    with pytest.raises(Malformed, match="writer's schema"):
        codec.decode_event(FROZEN, payload, by)


@pytest.mark.parametrize("full_name", [OPEN_WALLET, CREATE_PAYMENT, "tally.wallet.v1.FundsHeld"])
def test_the_same_bytes_with_other_words_are_ours(full_name: str) -> None:
    """As Java registers it: without documentation, in one line, with properties of its own."""
    schema = ours(full_name)
    schema["doc"] = "Another text."
    for field in schema["fields"]:
        field.pop("default", None)
        if field["type"] == "string":
            field["type"] = {"type": "string", "avro.java.string": "String"}
    assert codec.unlike_ours(writer(json.dumps(schema))) is None


def test_a_type_that_we_have_not_is_only_named() -> None:
    by = writer('{"type": "record", "name": "a.b.C", "fields": [{"name": "x", "type": "int"}]}')
    assert by.full_name == "a.b.C"
    assert codec.unlike_ours(by) is None


def record(kind: object, name: str = "a.R") -> Schema:
    return {"type": "record", "name": name, "fields": [{"name": "x", "type": kind}]}


def nested(levels: int) -> object:
    kind: object = "int"
    for _ in range(levels):
        kind = {"type": "array", "items": kind}
    return kind


FIXED = {"type": "fixed", "name": "F", "size": 0}
CHAIN = [{"name": f"f{n}", "type": record(f"a.R{n}", f"a.R{n + 1}")} for n in range(20)]


@pytest.mark.parametrize(
    "schema",
    [
        record("null"),
        record({"type": "array", "items": "null"}),
        record({"type": "map", "values": "null"}),
        record({"type": "array", "items": {"type": "record", "name": "E", "fields": []}}),
        record(FIXED),
        record({"type": "array", "items": FIXED}),
        record({"type": "array", "items": ["null", {"type": "array", "items": "null"}]}),
        record("a.R"),
        record(["null", "a.R"]),
        record({"type": "array", "items": "a.R"}),
        record({"type": "array", "items": record(["null", "b.R"], "b.R")}),
        record(nested(20)),
        record(nested(400)),
        {**record("int"), "fields": [{"name": "f", "type": record("int", "a.R0")}, *CHAIN]},
        record("unknown.Type"),
        {"type": "record", "name": "a.R", "fields": []},
        {"type": "enum", "name": "a.R", "symbols": ["A"]},
        {"type": "array", "items": "int"},
        {"type": "error", "name": "a.R", "fields": [{"name": "x", "type": "int"}]},
        {"type": "record", "name": "a.R", "fields": 3},
        {"type": "record", "name": 3, "fields": [{"name": "x", "type": "int"}]},
        {"type": "record", "name": "a.R", "fields": ["x"]},
        record("int") | {"doc": "x" * 300_000},
        ["int"],
        "int",
        {},
        [],
        7,
        None,
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
def test_a_schema_that_costs_more_than_its_bytes_is_not_accepted(schema: object) -> None:
    with pytest.raises(Malformed) as caught:
        writer(json.dumps(schema))
    assert caught.value.code == "schema_not_accepted"


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000, '{"a":' * 100_000])
def test_text_that_is_no_schema_is_not_accepted(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        writer(text)
    assert caught.value.code == "schema_not_accepted"


@pytest.mark.parametrize(
    "kind",
    [
        ["null", "string"],
        {"type": "map", "values": "long"},
        {"type": "enum", "name": "K", "symbols": ["A", "B"]},
        {"type": "fixed", "name": "F", "size": 4},
        {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        nested(8),
        "double",
    ],
)
def test_an_ordinary_schema_is_accepted(kind: object) -> None:
    assert writer(json.dumps(record(kind))).full_name == "a.R"


ATOMS = st.sampled_from(
    ["null", "int", "string", "a.R", "record", "array", "enum", "x", 3, None, []]
)
KEYS = st.sampled_from(["type", "name", "fields", "items", "values", "size", "symbols", "default"])
NODES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(NODES)
def test_any_json_is_accepted_or_refused(kind: object) -> None:
    for schema in (kind, record(kind)):
        try:
            accepted = writer(json.dumps(schema))
        except Malformed as malformed:
            assert malformed.code == "schema_not_accepted"  # noqa: PT017 - either may be.
        else:
            assert accepted.parsed["type"] == "record"


@given(st.binary(max_size=60))
def test_any_bytes_of_another_schema_are_read_or_refused(data: bytes) -> None:
    newer = ours(CREATE_PAYMENT)
    kinds = [{"type": "map", "values": "double"}, {"type": "enum", "name": "K", "symbols": ["A"]}]
    newer["fields"].insert(0, {"name": "extra", "type": ["null", *kinds], "default": None})
    by = writer(json.dumps(newer))
    try:
        codec.decode_command(CREATE_PAYMENT, data, by)
    except Malformed as malformed:
        assert malformed.code == "malformed"  # noqa: PT017 - either may be.
