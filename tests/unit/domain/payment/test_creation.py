"""A new payment: what it reads, what it begins, and every rule that may refuse it."""

from dataclasses import replace

import pytest

from domain.decision import Refused
from domain.payment import (
    ConfirmPayment,
    CreatePayment,
    PaymentCreated,
    PaymentItem,
    RefundPayment,
    begins,
    decide,
    reads,
)
from domain.wallet import Wallet
from tests.unit.domain.payment.given import ANN, BALANCE, CHANNEL, CREATE, CREATED, SHOP, wallet


def create(
    command: CreatePayment, seller: Wallet | None = SHOP, *buyers: Wallet | None
) -> tuple[object, ...] | Refused:
    return decide(command, (None, seller, *(buyers or (ANN,))), 0)


def with_items(*items: PaymentItem) -> CreatePayment:
    """A payment over what the items sum to."""
    amount_minor = sum(item.amount_minor for item in items)
    return replace(CREATE, items=items, amount_minor=amount_minor, commission_minor=0)


def test_it_reads_itself_the_seller_and_every_paying_wallet_once() -> None:
    command = with_items(
        replace(BALANCE, item_id="a", wallet_id="bob"),
        replace(BALANCE, item_id="b", wallet_id="shop"),
        replace(BALANCE, item_id="c", wallet_id="bob"),
        CHANNEL,
    )
    assert reads(command) == (("payment", "p1"), ("wallet", "shop"), ("wallet", "bob"))
    assert reads(ConfirmPayment("p1")) == (("payment", "p1"),)


def test_it_begins_our_number_at_the_channel_once_in_the_book() -> None:
    assert begins(CREATE) == "charge:N1"
    assert begins(with_items(BALANCE)) == ""
    assert begins(with_items(replace(CHANNEL, reference=""))) == ""
    assert begins(RefundPayment("p1", "r1", 1, "CNY")) == "refund:r1"
    assert begins(ConfirmPayment("p1")) == ""


def test_a_payment_is_created_as_asked() -> None:
    assert create(CREATE) == (CREATED,)


def test_two_items_of_one_wallet_and_a_seller_who_pays_are_no_problem() -> None:
    same = with_items(replace(BALANCE, item_id="a"), replace(BALANCE, item_id="b"))
    own = with_items(replace(BALANCE, wallet_id="shop"))
    for outcome in (create(same), decide(own, (None, SHOP), 0)):
        assert isinstance(outcome, tuple)
        assert [type(event) for event in outcome] == [PaymentCreated]


def test_ten_items_are_a_payment_and_eleven_are_not() -> None:
    items = [replace(BALANCE, item_id=f"i{number}") for number in range(11)]
    assert isinstance(create(with_items(*items[:10])), tuple)
    refused = Refused("too_many_items", "a payment has at most 10 items")
    assert create(with_items(*items)) == refused


SECOND_CHANNEL = replace(CHANNEL, item_id="wx2", reference="N2")
BAD_ITEMS: tuple[tuple[str, tuple[PaymentItem, ...]], ...] = (
    ("no_items", ()),
    ("tool_unknown", (replace(BALANCE, tool="coupon"),)),
    ("tool_unknown", (replace(BALANCE, tool=""),)),
    ("item_malformed", (replace(BALANCE, item_id=""),)),
    ("item_malformed", (replace(BALANCE, item_id="a.b"),)),
    ("item_malformed", (replace(BALANCE, item_id="a/b"),)),
    ("item_malformed", (replace(BALANCE, item_id="a\n"),)),
    ("item_malformed", (replace(BALANCE, item_id="a" * 65),)),
    ("item_malformed", (replace(BALANCE, wallet_id=""),)),
    ("item_malformed", (replace(BALANCE, provider="wechat"),)),
    ("item_malformed", (replace(BALANCE, merchant_account="1900001"),)),
    ("item_malformed", (replace(BALANCE, reference="N1"),)),
    ("item_malformed", (replace(CHANNEL, wallet_id="ann"),)),
    ("item_malformed", (replace(CHANNEL, provider=""),)),
    ("item_malformed", (replace(CHANNEL, provider="we/chat"),)),
    ("item_malformed", (replace(CHANNEL, merchant_account=""),)),
    ("item_malformed", (replace(CHANNEL, merchant_account="19/1"),)),
    ("item_malformed", (replace(CHANNEL, reference=""),)),
    ("item_malformed", (replace(CHANNEL, reference="N 1"),)),
    ("item_malformed", (replace(CHANNEL, reference="N" * 60),)),
    ("item_ids_not_unique", (BALANCE, replace(CHANNEL, item_id="bal"))),
    ("too_many_channels", (CHANNEL, SECOND_CHANNEL)),
)


@pytest.mark.parametrize(("code", "items"), BAD_ITEMS)
def test_items_that_cannot_pay_are_refused(code: str, items: tuple[PaymentItem, ...]) -> None:
    command = replace(CREATE, items=items)
    wallets = [wallet(stream_id) for _, stream_id in reads(command)[1:]]
    outcome = decide(command, (None, *wallets), 0)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


def test_the_longest_names_are_taken() -> None:
    longest = replace(
        CHANNEL,
        item_id="i" * 64,
        provider="p" * 64,
        merchant_account="m" * 64,
        reference="~" * 59,  # With "late@" before it, a refund number of 64.
    )
    assert isinstance(decide(with_items(longest), (None, SHOP), 0), tuple)


CLOSED_SHOP, CLOSED_ANN = wallet("shop", closed=True), wallet("ann", closed=True)
US_SHOP, US_ANN = wallet("shop", "USD"), wallet("ann", "USD")
BAD_WALLETS: tuple[tuple[Wallet | None, Wallet | None, str, str], ...] = (
    (None, None, "wallet_unknown", "shop"),
    (CLOSED_SHOP, None, "wallet_unknown", "ann"),
    (US_SHOP, CLOSED_ANN, "wallet_closed", "ann"),
    (CLOSED_SHOP, CLOSED_ANN, "wallet_closed", "shop"),
    (US_SHOP, ANN, "currency_mismatch", "shop"),
    (SHOP, US_ANN, "currency_mismatch", "ann"),
)


@pytest.mark.parametrize(("seller", "buyer", "code", "named"), BAD_WALLETS)
def test_wallets_that_cannot_take_part_are_refused_by_precedence(
    seller: Wallet | None, buyer: Wallet | None, code: str, named: str
) -> None:
    outcome = create(replace(CREATE, commission_minor=-1), seller, buyer)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert named in outcome.detail


def amounts(whole_minor: int, commission_minor: int, *parts_minor: int) -> CreatePayment:
    items = tuple(
        replace(BALANCE, item_id=f"i{number}", amount_minor=part_minor)
        for number, part_minor in enumerate(parts_minor)
    )
    return replace(CREATE, amount_minor=whole_minor, commission_minor=commission_minor, items=items)


BAD_AMOUNTS: tuple[tuple[str, CreatePayment], ...] = (
    ("amount_not_positive", amounts(0, 0, 0)),
    ("amount_not_positive", amounts(10, 0, 10, 0)),
    ("amount_not_positive", amounts(10, 0, 11, -1)),
    ("amount_too_large", amounts(10**15 + 1, 0, 10**15, 1)),
    ("amount_too_large", amounts(10, 0, 10**15 + 1)),
    ("items_do_not_sum", amounts(10, -1, 4, 5)),
    ("items_do_not_sum", amounts(10, -1, 6, 5)),
    ("commission_negative", amounts(10, -1, 10)),
    ("commission_too_large", amounts(10, 11, 10)),
)


@pytest.mark.parametrize(("code", "command"), BAD_AMOUNTS)
def test_amounts_that_do_not_add_up_are_refused(code: str, command: CreatePayment) -> None:
    outcome = create(command)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


@pytest.mark.parametrize(
    "command", [amounts(10, 0, 4, 6), amounts(10, 10, 10), amounts(10**15, 1, 10**15)]
)
def test_amounts_at_the_bounds_are_taken(command: CreatePayment) -> None:
    assert isinstance(create(command), tuple)
