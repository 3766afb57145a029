"""A payment with its order, wallets, collection and settlement: given, when, then."""

from itertools import product

import pytest

from domain.collection import CollectionRefundStarted
from domain.decision import Refused
from domain.order import (
    CancelOrder,
    ClaimedOrder,
    DeliverOrder,
    OpenOrder,
    PaidOrder,
)
from domain.payment import (
    CancelPayment,
    ConfirmPayment,
    FailedPayment,
    LateChargedPayment,
    LateChargeReceived,
    PaymentFailed,
    PaymentSucceeded,
    RefundSucceeded,
    UndonePayment,
)
from domain.settlement import Awaited
from domain.wallet import (
    CloseWallet,
    FreezeWallet,
)
from tests.unit.domain.payment.world import World, balance, channel, create


def test_wallets_alone_pay_at_once(world: World) -> None:
    world.done(create("p1", "o1", balance("bal", "ann", 10_000)))
    events = world.done(ConfirmPayment("p1"))
    assert PaymentSucceeded("p1", "o1", "shop", 10_000, 500, "CNY") in events
    assert world.book.state("order", "o1") == PaidOrder("o1", "p1")
    assert world.wallet("ann").balance_minor == 0
    assert (world.wallet("shop").balance_minor, world.wallet("shop").available_minor) == (9_500, 0)
    assert world.under("income:") == {"income:commission": -500}
    world.check_ledgers()


def test_with_a_channel_the_balance_is_only_held_until_the_channel_answers(world: World) -> None:
    world.mixed()
    assert world.wallet("ann").available_minor == 7_000
    assert isinstance(world.book.state("order", "o1"), ClaimedOrder)
    world.charge("p1.wx", "unknown")
    assert world.wallet("ann").balance_minor == 10_000
    world.charge("p1.wx", "succeeded")
    assert world.wallet("ann").balance_minor == 7_000
    assert world.wallet("shop").pending_minor == 9_500
    assert world.under("asset:receivable:") == {"asset:receivable:wechat": 7_000}
    world.check_ledgers()


def test_what_the_channel_took_is_awaited_in_its_file(world: World) -> None:
    world.paid()
    found = world.book.state("settlement_reference", "wechat/1900001/charge/N1")
    assert isinstance(found, Awaited)
    assert found.expectation.amount_minor == 7_000
    assert found.expectation.expected_on == "2019-02-19"


def test_a_refused_charge_gives_everything_back_and_frees_the_order(world: World) -> None:
    world.mixed()
    world.charge("p1.wx", "refused")
    assert isinstance(world.book.state("payment", "p1"), FailedPayment)
    assert isinstance(world.book.state("order", "o1"), OpenOrder)
    assert world.wallet("ann").available_minor == 10_000
    world.mixed("p2", "N2")
    world.charge("p2.wx", "succeeded")
    assert world.book.state("order", "o1") == PaidOrder("o1", "p2")
    world.check_ledgers()


def test_a_confirmation_that_a_wallet_refuses_charges_nobody(world: World) -> None:
    world.place("o2", 20_000)
    items = (channel("wx", "N9", 9_999), balance("bal", "ann", 10_001))
    world.done(create("p2", "o2", *items))
    assert world.code(ConfirmPayment("p2")) == "insufficient_funds"
    assert world.book.state("collection", "p2.wx") is None
    world.done(FreezeWallet("ann", "police"))
    assert world.code(ConfirmPayment("p2")) == "wallet_frozen"
    world.deposit("ann", 1)
    world.done(CancelPayment("p2", "too dear"))
    assert isinstance(world.book.state("order", "o2"), OpenOrder)


def test_a_payment_must_fit_its_order(world: World) -> None:
    whole = balance("bal", "ann", 10_000)
    assert world.code(create("p1", "o9", whole)) == "order_unknown"
    assert world.code(create("p1", "o1", balance("bal", "ann", 9_999))) == "amount_mismatch"
    world.place("o2", seller="another shop")
    assert world.code(create("p1", "o2", whole)) == "seller_mismatch"
    world.done(create("p1", "o1", whole))
    assert world.code(create("p2", "o1", whole)) == "payment_under_way"
    assert world.code(CancelOrder("o1", "no")) == "payment_under_way"
    world.done(CancelPayment("p1", "no"))
    world.done(CancelOrder("o1", "no"))
    assert world.code(create("p2", "o1", whole)) == "order_not_payable"


def test_a_refused_payment_does_not_use_up_its_number(world: World) -> None:
    item = channel("wx", "N1", 10_000)
    assert world.code(create("p1", "o9", item)) == "order_unknown"
    world.done(create("p1", "o1", item))
    world.place("o2")
    assert world.code(create("p2", "o2", item)) == "already_exists"
    world.done(CancelPayment("p1", "no"))
    assert world.code(create("p2", "o1", item)) == "already_exists"


def test_a_charge_that_succeeds_after_the_next_payment_is_given_back(world: World) -> None:
    """The buyer pays once: the first attempt is unknown, is given up, and turns out charged."""
    world.mixed()
    world.charge("p1.wx", "unknown")
    world.done(CancelPayment("p1", "no answer"))
    world.mixed("p2", "N2")
    world.charge("p2.wx", "succeeded", number="wx2")
    events = world.charge("p1.wx", "succeeded")
    assert isinstance(events, tuple)
    assert LateChargeReceived("p1", "wx", "late@N1", 7_000, "CNY", "p1.wx") in events
    assert [type(event) for event in events].count(CollectionRefundStarted) == 1
    assert world.under("liability:refund:") == {"liability:refund:late@N1": -7_000}
    world.check_ledgers()
    world.refund_outcome("p1.wx", "late@N1", "unknown")
    events = world.refund_outcome("p1.wx", "late@N1", "succeeded")
    assert isinstance(events, tuple)
    assert RefundSucceeded("p1", "late@N1", 7_000, "CNY") in events
    assert world.under("liability:refund:") == {}
    assert world.under("asset:receivable:") == {"asset:receivable:wechat": 7_000}
    awaited = world.book.state("settlement_reference", "wechat/1900001/refund/late@N1")
    assert isinstance(awaited, Awaited)
    assert awaited.expectation.amount_minor == -7_000
    assert world.wallet("ann").balance_minor == 7_000
    assert world.wallet("shop").balance_minor == 9_500
    world.check_ledgers()


STEPS = ("succeeded", "refused", "unknown", "cancel")
SEQUENCES = [steps for length in range(1, 5) for steps in product(STEPS, repeat=length)]


@pytest.mark.parametrize("steps", SEQUENCES, ids="-".join)
def test_whatever_is_said_in_whatever_order_everything_is_paid_or_undone(
    world: World, steps: tuple[str, ...]
) -> None:
    """All 340 sequences of up to four answers and cancellations; the first that ends it counts."""
    world.mixed()
    for step in steps:
        if step == "cancel":
            world.do(CancelPayment("p1", "no"))
        else:
            assert not isinstance(world.charge("p1.wx", step), Refused)
        world.check_ledgers()
    end = next((step for step in steps if step != "unknown"), "open")
    ann, shop, order = world.wallet("ann"), world.wallet("shop"), world.book.state("order", "o1")
    state = world.book.state("payment", "p1")
    charged = "succeeded" in steps
    if end == "succeeded":
        assert (ann.balance_minor, shop.pending_minor) == (7_000, 9_500)
        assert order == PaidOrder("o1", "p1")
    elif end == "open":
        assert (ann.balance_minor, ann.available_minor, shop.balance_minor) == (10_000, 7_000, 0)
    else:
        assert (ann.balance_minor, ann.available_minor, shop.balance_minor) == (10_000, 10_000, 0)
        assert isinstance(order, OpenOrder)
        ended = FailedPayment if end == "refused" else UndonePayment
        assert isinstance(state, LateChargedPayment if charged else ended)
    late = {"liability:refund:late@N1": -7_000} if charged and end != "succeeded" else {}
    assert world.under("liability:refund:") == late
    assert world.under("asset:receivable:wechat") == (
        {"asset:receivable:wechat": 7_000} if charged else {}
    )
    kinds = [type(event) for event in world.book.events]
    assert kinds.count(PaymentSucceeded) + kinds.count(LateChargeReceived) == charged
    assert kinds.count(PaymentFailed) == (end == "refused")


def test_a_seller_who_closed_the_wallet_meanwhile_is_paid_all_the_same(world: World) -> None:
    world.mixed()
    world.done(CloseWallet("shop", "gave up"))
    world.charge("p1.wx", "succeeded")
    assert world.wallet("shop").pending_minor == 9_500
    world.done(DeliverOrder("o1"))
    world.refund("p1", "r1", 10_000)
    assert world.wallet("shop").balance_minor == 0
    world.check_ledgers()
