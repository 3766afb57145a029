"""What clients send is looked at field by field before any rule sees it."""

import pytest

from commands.checks import check
from domain.decision import Refused
from domain.payment import CreatePayment, PaymentItem
from domain.settlement import ResolveBreak
from domain.transfer import TransferFunds
from domain.wallet import HoldFunds, OpenWallet
from schemas.meta import CommandMeta

META = CommandMeta("shop", "key-1")
SETTLEMENT = "wechat/1921000401/charge/T1"


def field(command: object, meta: CommandMeta = META) -> str:
    """The field that is refused, empty where none is."""
    refused = check(meta, command)
    assert refused is None or refused.code == "invalid_field"
    return "" if refused is None else refused.detail.partition(":")[0]


@pytest.mark.parametrize("wallet_id", ["a", "A-1", "x" * 64, "seller.1_2-3"])
def test_an_id_is_letters_digits_and_three_signs(wallet_id: str) -> None:
    assert field(OpenWallet(wallet_id, "o", "buyer", "EUR")) == ""


@pytest.mark.parametrize("wallet_id", ["", "-a", "x" * 65, "a b", "a/b", "a:b", "ä", "a\0"])
def test_any_other_id_is_refused_by_name(wallet_id: str) -> None:
    assert field(OpenWallet(wallet_id, "o", "buyer", "EUR")) == "wallet_id"


@pytest.mark.parametrize("currency", ["", "EUX", "eur", "EURO"])
def test_a_currency_is_one_of_iso_4217(currency: str) -> None:
    assert field(OpenWallet("a", "o", "buyer", currency)) == "currency"


def test_the_refusal_says_what_was_expected_and_found() -> None:
    found = check(META, OpenWallet("a", "o", "buyer", "EUX"))
    assert found == Refused("invalid_field", "currency: expected an ISO 4217 code, found 'EUX'")


@pytest.mark.parametrize("client", ["", "tally:main", "a b"])
def test_a_client_is_an_id(client: str) -> None:
    command = OpenWallet("a", "o", "buyer", "EUR")
    assert field(command, CommandMeta(client, "key")) == "meta.client"


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ü"])
def test_a_key_is_short_and_printable(key: str) -> None:
    command = OpenWallet("a", "o", "buyer", "EUR")
    assert field(command, CommandMeta("shop", key)) == "meta.idempotency_key"


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "20260228", "2026-W09-6"])
def test_a_business_day_is_a_day(day: str) -> None:
    command = OpenWallet("a", "o", "buyer", "EUR")
    assert field(command, CommandMeta("shop", "k", effective_on=day)) == "meta.effective_on"


@pytest.mark.parametrize("expires_at_us", [-1, 4_102_444_800_000_000])
def test_a_time_is_in_microseconds_of_this_century(expires_at_us: int) -> None:
    assert field(HoldFunds("a", "h", 1, "EUR", expires_at_us)) == "expires_at_us"


def test_another_book_may_be_left_out() -> None:
    assert field(TransferFunds("t", "a", "b", 1, "EUR")) == ""
    assert field(TransferFunds("t", "a", "b", 1, "EUR", "eu west")) == "destination_book"


def test_fields_of_items_are_named_with_their_place() -> None:
    items = (
        PaymentItem("i1", "balance", 1, wallet_id="a"),
        PaymentItem("i 2", "balance", 1, wallet_id="a"),
    )
    assert field(CreatePayment("p", "o", "s", 2, 0, "EUR", items)) == "items[1].item_id"


@pytest.mark.parametrize("name", [SETTLEMENT, "wechat//unknown:REVOKED/late@p*i", "a/b/c/d/e"])
def test_a_settlement_id_is_spelled_as_a_provider_may(name: str) -> None:
    assert field(ResolveBreak(name, f"{name}#1", "writeoff", "")) == ""


@pytest.mark.parametrize("name", ["", "wechat", "wechat/1/charge", "/1/charge/T1", "a/b/c/"])
def test_a_settlement_id_has_four_parts(name: str) -> None:
    assert field(ResolveBreak(name, f"{SETTLEMENT}#1", "writeoff", "")) == "settlement_id"


@pytest.mark.parametrize("name", [SETTLEMENT, f"{SETTLEMENT}#", f"{SETTLEMENT}#x", "#1"])
def test_a_break_id_is_a_settlement_id_and_a_number(name: str) -> None:
    assert field(ResolveBreak(SETTLEMENT, name, "writeoff", "")) == "break_id"
