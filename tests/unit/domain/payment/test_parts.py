"""However refunds are cut: nothing negative, nothing above the part, all of them the whole."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.money import AMOUNT_MAX
from domain.payment import CreatePayment, PaymentItem, RefundItem
from domain.payment.parts import item_parts, refund_items, seller_part
from tests.unit.domain.payment.given import CREATE, TERMS, terms

SMALL = st.lists(st.integers(1, 12), min_size=1, max_size=10)
ANY = st.lists(st.integers(1, AMOUNT_MAX // 10), min_size=1, max_size=10)


@given(SMALL)
@example([1, 1, 1])
@example([2, 1, 2])
@example([5, 3, 1])
def test_parts_only_rise_one_unit_at_a_time(amounts_minor: list[int]) -> None:
    """Every sum of refunds there is: so every sequence of refunds there is."""
    whole_minor = sum(amounts_minor)
    parts = [item_parts(amounts_minor, refunded) for refunded in range(whole_minor + 1)]
    assert parts[0] == (0,) * len(amounts_minor)
    assert parts[-1] == tuple(amounts_minor)
    for before, after in pairwise(parts):
        rises = [new - old for old, new in zip(before, after, strict=True)]
        assert sorted(rises) == [0] * (len(rises) - 1) + [1]


@given(ANY, st.lists(st.integers(0, 10**6), max_size=12), st.integers(0, 10**6))
def test_any_sequence_of_refunds_gives_exactly_the_whole(
    amounts_minor: list[int], cuts: list[int], commission: int
) -> None:
    """Cuts and commission are parts in a million of the whole."""
    whole_minor = sum(amounts_minor)
    payment = terms(payment_of(amounts_minor, whole_minor * commission // 10**6))
    sums = [0, *sorted(whole_minor * cut // 10**6 for cut in cuts), whole_minor]
    gone = dict.fromkeys((item.item_id for item in payment.items), 0)
    seller_minor = commission_minor = 0
    for before_minor, after_minor in pairwise(sums):
        refunded_minor = after_minor - before_minor
        items = refund_items(payment, before_minor=before_minor, after_minor=after_minor)
        assert all(item.amount_minor > 0 for item in items)
        assert sum(item.amount_minor for item in items) == refunded_minor
        for item in items:
            gone[item.item_id] += item.amount_minor
        seller = seller_part(payment, after_minor) - seller_part(payment, before_minor)
        assert 0 <= seller <= refunded_minor
        seller_minor += seller
        commission_minor += refunded_minor - seller
        for item in payment.items:
            assert gone[item.item_id] <= item.amount_minor
        assert seller_minor <= payment.share_minor
        assert commission_minor <= payment.commission_minor
    assert seller_minor == payment.share_minor
    assert commission_minor == payment.commission_minor
    assert list(gone.values()) == amounts_minor


def payment_of(amounts_minor: list[int], commission_minor: int) -> CreatePayment:
    items = tuple(
        PaymentItem(f"i{number}", "balance", amount_minor, wallet_id="ann")
        for number, amount_minor in enumerate(amounts_minor)
    )
    whole_minor = sum(amounts_minor)
    return CreatePayment("p1", "o1", "shop", whole_minor, commission_minor, "CNY", items)


@given(SMALL, st.data())
def test_a_part_is_near_its_exact_share(amounts_minor: list[int], data: st.DataObject) -> None:
    """Each cut rounds by less than one, what it hands on is shared by all that follow."""
    whole_minor = sum(amounts_minor)
    refunded_minor = data.draw(st.integers(0, whole_minor))
    parts = item_parts(amounts_minor, refunded_minor)
    for part_minor, amount_minor in zip(parts, amounts_minor, strict=True):
        off = part_minor * whole_minor - amount_minor * refunded_minor
        assert abs(off) < whole_minor * len(amounts_minor)


@pytest.mark.parametrize(
    ("refunded_minor", "seller_minor"),
    [(0, 0), (1, 0), (2, 1), (4_000, 3_800), (9_999, 9_499), (10_000, 9_500)],
)
def test_the_seller_bears_its_share_rounded_down(refunded_minor: int, seller_minor: int) -> None:
    assert seller_part(TERMS, refunded_minor) == seller_minor


def test_the_parts_of_a_refund_name_where_it_goes_and_leave_out_who_gets_nothing() -> None:
    assert refund_items(TERMS, before_minor=0, after_minor=4_000) == (
        RefundItem("bal", "balance", 1_200, "ann", ""),
        RefundItem("wx", "channel", 2_800, "", "p1.wx"),
    )
    assert refund_items(TERMS, before_minor=0, after_minor=1) == (
        RefundItem("wx", "channel", 1, "", "p1.wx"),
    )
    assert terms(CREATE) == TERMS


@given(st.integers(1, AMOUNT_MAX), st.data())
def test_whoever_gets_everything_bears_everything(whole_minor: int, data: st.DataObject) -> None:
    refunded_minor = data.draw(st.integers(0, whole_minor))
    assert seller_part(terms(payment_of([whole_minor], 0)), refunded_minor) == refunded_minor
    no_share = terms(payment_of([whole_minor], whole_minor))
    assert seller_part(no_share, refunded_minor) == 0
