"""A line of `tally publish`: what it says, or every field that is wrong with it."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given

from domain.payment import CreatePayment, PaymentItem
from domain.wallet import OpenWallet
from schemas.from_json import Line, command_from_json
from schemas.meta import CommandMeta
from schemas.names import COMMANDS, EVENTS
from schemas.to_json import event_to_json
from tests.unit.schemas.strategies import EACH, records

WALLET: dict[str, Any] = {
    "wallet_id": "w-1",
    "owner_id": "o-1",
    "type": "buyer",
    "currency": "EUR",
}
LINE: dict[str, Any] = {
    "type": "OpenWallet",
    "book": "main",
    "client": "shop",
    "idempotency_key": "key-1",
    "data": WALLET,
}
ITEM = {"item_id": "1", "tool": "balance", "amount_minor": 5}
PAYMENT: dict[str, Any] = {
    "payment_id": "p",
    "order_id": "o",
    "seller_wallet_id": "s",
    "amount_minor": 5,
    "commission_minor": 0,
    "currency": "EUR",
    "items": [ITEM],
}


def said(line: object) -> list[str]:
    found = command_from_json(line)
    assert isinstance(found, tuple), "the line was taken"
    return [str(problem) for problem in found]


def test_a_line_is_a_command() -> None:
    expected = Line(
        "main",
        "tally.wallet.v1.OpenWallet",
        CommandMeta("shop", "key-1"),
        OpenWallet("w-1", "o-1", "buyer", "EUR", 0),
    )
    assert command_from_json(LINE) == expected
    assert command_from_json({**LINE, "type": "tally.wallet.v1.OpenWallet"}) == expected


def test_the_rest_of_the_meta_may_be_said() -> None:
    more = {
        "correlation_id": "c",
        "actor": "ann",
        "traceparent": "00-1",
        "effective_on": "2024-02-29",
    }
    found = command_from_json({**LINE, **more})
    assert isinstance(found, Line)
    assert found.meta == CommandMeta("shop", "key-1", "c", "ann", "00-1", "2024-02-29")


def test_items_become_a_tuple_of_their_class() -> None:
    found = command_from_json({**LINE, "type": "CreatePayment", "data": PAYMENT})
    assert isinstance(found, Line)
    items = (PaymentItem("1", "balance", 5),)
    assert found.command == CreatePayment("p", "o", "s", 5, 0, "EUR", items)


@pytest.mark.parametrize("full_name", COMMANDS)
def test_every_command_can_be_said(full_name: str) -> None:
    @EACH
    @given(records(COMMANDS[full_name]))
    def check(command: Any) -> None:  # noqa: ANN401 - of any class.
        text = json.dumps({**LINE, "type": full_name, "data": event_to_json(command)})
        found = command_from_json(json.loads(text))
        assert isinstance(found, Line)
        assert found.command == command
        assert type(found.command) is type(command)

    check()


@pytest.mark.parametrize("full_name", EVENTS)
def test_every_event_can_be_shown(full_name: str) -> None:
    @EACH
    @given(records(EVENTS[full_name]))
    def check(event: Any) -> None:  # noqa: ANN401 - of any class.
        shown = json.loads(json.dumps(event_to_json(event)))
        assert shown == json.loads(json.dumps(asdict(event)))
        assert list(shown) == list(asdict(event))

    check()


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("12", 'an integer, found "12"'),
        (12.0, "an integer, found 12.0"),
        (True, "an integer, found true"),
        (None, "an integer, found null"),
        ([1], "an integer, found [1]"),
        (2**63, "an integer of 64 bits, found 9223372036854775808"),
        (-(2**63) - 1, "an integer of 64 bits, found -9223372036854775809"),
    ],
)
def test_an_amount_is_an_integer_of_64_bits(amount: object, expected: str) -> None:
    line = {**LINE, "data": {**WALLET, "overdraft_limit_minor": amount}}
    assert said(line) == [f"data.overdraft_limit_minor: expected {expected}"]


@pytest.mark.parametrize("amount", [2**63 - 1, -(2**63), 0])
def test_an_amount_at_a_bound_is_taken(amount: int) -> None:
    line = {**LINE, "data": {**WALLET, "overdraft_limit_minor": amount}}
    found = command_from_json(line)
    assert isinstance(found, Line)
    assert found.command == OpenWallet("w-1", "o-1", "buyer", "EUR", amount)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([1], ["line: expected an object, found [1]"]),
        ("OpenWallet", ['line: expected an object, found "OpenWallet"']),
        ({**LINE, "type": 3}, ["type: expected text, found 3"]),
        (
            {**LINE, "type": "OpenWalet"},
            ['type: expected the name of a command like OpenWallet, found "OpenWalet"'],
        ),
        (
            {**LINE, "type": "WalletOpened", "data": {}},
            ['type: expected the name of a command, found "WalletOpened"'],
        ),
        ({**LINE, "type": "§"}, ['type: expected the name of a command, found "§"']),
        ({**LINE, "book": ""}, ['book: expected text that is not empty, found ""']),
        ({**LINE, "client": None}, ["client: expected text, found null"]),
        ({**LINE, "key": "k"}, ['key: expected no such field, found "k"']),
        ({**LINE, "data": 5}, ["data: expected an object, found 5"]),
        ({**LINE, "data": {**WALLET, "wallet_id": 7}}, ["data.wallet_id: expected text, found 7"]),
        (
            {**LINE, "data": {**WALLET, "name": "Ann"}},
            ['data.name: expected no such field, found "Ann"'],
        ),
        (
            {**LINE, "data": {"wallet_id": "w"}},
            [
                f"data.{name}: expected a value, found nothing"
                for name in ("owner_id", "type", "currency")
            ],
        ),
        (
            {**LINE, "effective_on": "2023-02-29"},
            ['effective_on: expected a day as YYYY-MM-DD, found "2023-02-29"'],
        ),
        (
            {**LINE, "effective_on": "20240101"},
            ['effective_on: expected a day as YYYY-MM-DD, found "20240101"'],
        ),
        (
            {**LINE, "data": {**WALLET, "owner_id": "\ud800"}},
            ['data.owner_id: expected text of valid Unicode, found "\\ud800"'],
        ),
        (
            {**LINE, "data": {**WALLET, "owner_id": ["x" * 100]}},
            [f'data.owner_id: expected text, found ["{"x" * 58}…'],
        ),
    ],
)
def test_what_is_wrong_is_named(line: object, expected: list[str]) -> None:
    assert said(line) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (5, "data.items: expected a list, found 5"),
        ([ITEM, 3], "data.items[1]: expected an object, found 3"),
        ([{**ITEM, "tool": 1}], "data.items[0].tool: expected text, found 1"),
        ([{**ITEM, "x": 1}], "data.items[0].x: expected no such field, found 1"),
    ],
)
def test_what_is_wrong_in_an_item_is_named(items: object, expected: str) -> None:
    assert said({**LINE, "type": "CreatePayment", "data": {**PAYMENT, "items": items}}) == [
        expected
    ]


def test_a_flag_is_true_or_false() -> None:
    capture = {
        "wallet_id": "w",
        "hold_id": "h",
        "capture_id": "c",
        "amount_minor": 1,
        "currency": "EUR",
        "destination": "bank",
        "release_rest": 1,
    }
    line = {**LINE, "type": "CaptureHold", "data": capture}
    assert said(line) == ["data.release_rest: expected true or false, found 1"]


def test_everything_wrong_is_said_at_once() -> None:
    assert said({"type": "OpenWallet", "data": {**WALLET, "currency": 7}}) == [
        "book: expected a value, found nothing",
        "client: expected a value, found nothing",
        "idempotency_key: expected a value, found nothing",
        "data.currency: expected text, found 7",
    ]
