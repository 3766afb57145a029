"""A file of commands: what is good becomes a command, what is bad is named by line and field."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.publishing.lines import LINE_BYTES_MAX, Bad, Good, read
from cli.publishing.spool import Spool
from domain.wallet import OpenWallet
from schemas import codec
from schemas.meta import CommandMeta
from tests.unit.cli.calling import tally

DATA: dict[str, Any] = {
    "wallet_id": "alice",
    "owner_id": "alice",
    "type": "buyer",
    "currency": "EUR",
}
LINE: dict[str, Any] = {
    "type": "OpenWallet",
    "book": "main",
    "client": "shop",
    "idempotency_key": "k1",
    "data": DATA,
}
HOLD = {"wallet_id": "a", "hold_id": "h", "owner": "x", "amount_minor": 1, "currency": "EUR"}


def lines(*values: object) -> list[Good | Bad]:
    text = "".join(json.dumps(value) + "\n" for value in values)
    return list(read(io.BytesIO(text.encode())))


def problems(raw: bytes) -> tuple[str, ...]:
    (found,) = read(io.BytesIO(raw))
    assert isinstance(found, Bad)
    return found.problems


def test_a_good_line_is_a_command() -> None:
    (found,) = lines(LINE)
    assert isinstance(found, Good)
    assert found[:3] == (1, "main", "tally.wallet.v1.OpenWallet")
    meta, command, _ = codec.decode_command(found.type_name, found.payload)
    assert meta == CommandMeta("shop", "k1")
    assert command == OpenWallet("alice", "alice", "buyer", "EUR")


def test_a_file_may_begin_with_a_mark_of_utf_8_and_be_nothing_else() -> None:
    (found,) = read(io.BytesIO(json.dumps(LINE).encode("utf-8-sig")))
    assert isinstance(found, Good)
    text = "\n".join([json.dumps(LINE)] * 2) + "\n"
    for name in ("utf-16", "utf-16-le", "utf-16-be"):
        found = list(read(io.BytesIO(text.encode(name))))
        said = "line: expected UTF-8, found other bytes (is the file UTF-16?)"
        assert {each.problems for each in found if isinstance(each, Bad)} == {(said,)}, name
        assert all(isinstance(each, Bad) for each in found)


def test_empty_lines_count_but_say_nothing() -> None:
    raw = b"\n  \n" + json.dumps(LINE).encode() + b"\n\n" + json.dumps(LINE).encode()
    assert [each.number for each in read(io.BytesIO(raw))] == [3, 5]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"type": "OpenWalet"}, "type: expected the name of a command like OpenWallet"),
        ({"book": "Main"}, "book: expected [a-z][a-z0-9_-]{0,39}, found 'Main'"),
        ({"client": "a b"}, "client: expected [A-Za-z0-9]"),
        ({"data": DATA | {"currency": "EUX"}}, "data.currency: expected an ISO 4217 code, found"),
        ({"data": DATA | {"overdraft_limit_minor": 1.5}}, "data.overdraft_limit_minor: expected"),
        ({"data": DATA | {"more": 1}}, "data.more: expected no such field"),
        ({"type": "HoldForOwner", "data": HOLD}, "type: expected a command that clients publish"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, Any], problem: str) -> None:
    (found,) = lines(LINE | change)
    assert isinstance(found, Bad)
    assert any(each.startswith(problem) for each in found.problems), found


def test_all_that_is_wrong_is_named() -> None:
    (found,) = lines(LINE | {"type": "HoldForOwner", "data": HOLD, "book": "B"})
    assert isinstance(found, Bad)
    assert named(found.problems) == ["type", "book"]
    (found,) = lines({"type": "HoldForOwner", "data": {"hold_id": 7}})
    said = "expected a command that clients publish, found HoldForOwner, which is our own"
    assert found == Bad(1, (f"type: {said} (not_allowed)",))
    wrong = {"client": "sh op", "idempotency_key": "x 5", "book": "B"}
    bad = DATA | {"wallet_id": "a b", "currency": "EUX"}
    (found,) = lines(LINE | wrong | {"data": bad})
    assert isinstance(found, Bad)
    around = ["book", "client", "idempotency_key"]
    assert named(found.problems) == [*around, "data.wallet_id", "data.currency"]
    (found,) = lines(LINE | wrong | {"data": DATA | {"wallet_id": 7}})
    assert isinstance(found, Bad)
    assert named(found.problems) == ["data.wallet_id", *around]


def named(found: Sequence[str]) -> list[str]:
    return [each.partition(":")[0] for each in found]


def test_all_names_that_are_there_twice_are_named_by_their_paths() -> None:
    raw = json.dumps(LINE).encode().replace(b'"wallet_id"', b'"wallet_id": "b", "wallet_id"')
    said = "data.wallet_id: expected once, found more than once"
    assert problems(raw) == (said,)
    raw = raw.replace(b'"book"', b'"book": "shop", "book": "main", "book"')
    assert problems(raw) == ("book: expected once, found more than once", said)
    inside = b'{"items": [{}, {"a": 1, "a": 2}]}'
    assert problems(inside)[0] == "items[1].a: expected once, found more than once"


@pytest.mark.parametrize("raw", [b"nonsense", b"{", b"\xff", b"[" * 100_000, b"1" * 5_000])
def test_what_is_no_object_is_said(raw: bytes) -> None:
    (problem,) = problems(raw)
    assert problem.startswith("line: expected ")


def test_a_line_without_end_costs_no_memory_and_the_next_is_read() -> None:
    raw = b" " * (3 * LINE_BYTES_MAX) + b"\n" + json.dumps(LINE).encode()
    long, good = read(io.BytesIO(raw))
    assert long == Bad(1, (f"line: expected at most {LINE_BYTES_MAX} bytes, found more",))
    assert isinstance(good, Good)
    assert good.number == 2


@given(st.binary(max_size=200))
def test_no_bytes_break_it(raw: bytes) -> None:
    assert all(isinstance(each, Bad) for each in read(io.BytesIO(raw)))


@given(
    st.lists(
        st.builds(
            Good,
            st.integers(1, 2**63),
            st.text(max_size=40),
            st.text(max_size=60),
            st.binary(max_size=300),
        )
    )
)
def test_the_spool_gives_back_what_was_put(goods: list[Good]) -> None:
    with Spool() as spool:
        for good in goods:
            spool.put(good)
        assert list(spool) == goods
        assert spool.count == len(goods)


def test_nothing_is_published_if_a_line_is_bad() -> None:
    """There is no Kafka at this address, so that trying to publish would be seen."""
    env = {"TALLY_KAFKA": "127.0.0.1:1", "TALLY_REGISTRY": "http://127.0.0.1:1"}
    text = json.dumps(LINE) + "\n" + json.dumps(LINE | {"type": "Open"}) + "\n"
    called = tally("publish", "-", env=env, stdin=text.encode())
    assert called.exit_code == 1
    assert called.stderr.splitlines()[0].startswith("tally: line 2: type: expected the name")
    assert "1 bad line: nothing was published" in called.stderr
