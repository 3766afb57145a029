"""Money that goes back, through wallets, channel and ledger: given, when, then."""

import pytest

from domain.order import (
    DeliveredOrder,
    DeliverOrder,
    OrderDelivered,
)
from domain.payment import (
    ConfirmPayment,
    RefundPayment,
    SellerShareReleased,
)
from domain.wallet import (
    DebitWallet,
    DebtRecorded,
    FundsCredited,
)
from tests.unit.domain.payment.world import World, balance, create


def test_delivery_makes_what_is_left_of_the_share_available(world: World) -> None:
    world.paid()
    world.refund("p1", "r1", 4_000)
    assert world.wallet("shop").pending_minor == 5_700
    events = world.done(DeliverOrder("o1"))
    assert SellerShareReleased("p1", "shop", 5_700, "CNY") in events
    assert world.wallet("shop").available_minor == 5_700
    assert world.book.state("order", "o1") == DeliveredOrder("o1", "p1")
    assert world.code(DeliverOrder("o1")) == "order_delivered"
    world.check_ledgers()


def test_delivery_after_a_whole_refund_releases_nothing(world: World) -> None:
    world.paid()
    world.refund("p1", "r1", 10_000)
    events = world.done(DeliverOrder("o1"))
    assert events == (OrderDelivered("o1", "p1"), SellerShareReleased("p1", "shop", 0, "CNY"))
    world.check_ledgers()


def test_a_refund_after_the_seller_took_the_money_becomes_a_debt(world: World) -> None:
    world.paid()
    world.done(DeliverOrder("o1"))
    world.done(DebitWallet("shop", "w1", 9_000, "CNY", "bank"))
    events = world.refund("p1", "r1", 4_000)
    assert DebtRecorded("shop", "refund:r1:seller", 3_300, "CNY", "liability:refund:r1") in events
    assert world.wallet("shop").balance_minor == 0
    assert world.wallet("ann").balance_minor == 8_200
    assert world.under("liability:refund:") == {"liability:refund:r1": -2_800}
    world.check_ledgers()


def test_a_refund_that_the_channel_refuses_stays_a_case_and_may_still_succeed(
    world: World,
) -> None:
    world.paid()
    world.refund("p1", "r1", 4_000)
    world.refund_outcome("p1.wx", "r1", "refused")
    assert world.under("liability:refund:") == {"liability:refund:r1": -2_800}
    assert world.code(RefundPayment("p1", "r2", 6_001, "CNY")) == "refund_exceeds_payment"
    world.refund_outcome("p1.wx", "r1", "succeeded")
    assert world.under("liability:refund:") == {}
    world.refund("p1", "r2", 6_000)
    world.refund_outcome("p1.wx", "r2", "succeeded")
    assert world.under("") == {"external:bank": 10_000, "liability:wallet:ann": -10_000}
    assert world.code(RefundPayment("p1", "r3", 1, "CNY")) == "refund_exceeds_payment"
    world.check_ledgers()


def test_a_refund_number_is_used_once_in_a_book(world: World) -> None:
    world.paid()
    world.refund("p1", "r1", 1_000)
    assert world.code(RefundPayment("p1", "r1", 1_000, "CNY")) == "already_exists"
    world.place("o2", 100)
    world.done(create("p2", "o2", balance("bal", "ann", 100)))
    world.done(ConfirmPayment("p2"))
    assert world.code(RefundPayment("p2", "r1", 100, "CNY")) == "already_exists"


@pytest.mark.parametrize("item_id", ["seller", "share", "release", "1"])
def test_no_name_of_an_item_gets_in_the_way_of_our_own_movements(
    world: World, item_id: str
) -> None:
    world.done(create("p1", "o1", balance(item_id, "ann", 10_000)))
    world.done(ConfirmPayment("p1"))
    world.refund("p1", "r1", 3_000)
    world.done(DeliverOrder("o1"))
    events = world.refund("p1", "r2", 7_000)
    assert sum(isinstance(event, FundsCredited) for event in events) == 1
    assert world.wallet("ann").balance_minor == 10_000
    assert world.wallet("shop").balance_minor == 0
    world.check_ledgers()


@pytest.mark.parametrize("commission_minor", [0, 10_000])
def test_a_share_or_a_commission_of_nothing_moves_nothing(
    world: World, commission_minor: int
) -> None:
    command = create("p1", "o1", balance("bal", "ann", 10_000))
    world.done(type(command)("p1", "o1", "shop", 10_000, commission_minor, "CNY", command.items))
    world.done(ConfirmPayment("p1"))
    assert world.wallet("shop").pending_minor == 10_000 - commission_minor
    world.refund("p1", "r1", 1)
    world.done(DeliverOrder("o1"))
    world.refund("p1", "r2", 9_999)
    assert world.under("") == {"external:bank": 10_000, "liability:wallet:ann": -10_000}
    world.check_ledgers()
