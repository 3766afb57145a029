"""Every state of a collection x every command: the exact answer."""

import pytest

from domain.collection import (
    STATES,
    Collection,
    CollectionRefundStarted,
    Command,
    RecordChargeOutcome,
    RecordRefundOutcome,
    StartCollection,
    StartRefund,
    decide,
)
from tests.unit.domain.collection import given
from tests.unit.domain.collection.given import DAY, GIVEN, NAMED, PARTS, STATES_GIVEN
from tests.unit.domain.payment.table import Cell, Impossible, Row, assert_cell, assert_whole


def charge(outcome: str, number: str = "", code: str = "", day: str = DAY) -> RecordChargeOutcome:
    return RecordChargeOutcome("p1.wx", outcome, number, code, day)


def refund(outcome: str, number: str = "", code: str = "", day: str = DAY) -> RecordRefundOutcome:
    return RecordRefundOutcome("p1.wx", "r1", outcome, number, code, day)


UNKNOWN, NO_REFUND, WORD = "collection_unknown", "refund_unknown", "outcome_unknown_word"
DAY_WRONG = "day_malformed"
NOT_CHARGED = (Impossible("what was not charged is given back"),) * 3
TOO_MUCH = Impossible("more is given back than was charged")
SECOND = CollectionRefundStarted(*NAMED, "r2", "wechat", "1900001", "N1", 6_000, "CNY")
NOTHING_NEW: tuple[()] = ()

# Answers in the states of GIVEN: nothing, started, unknown, refused | succeeded, contradicted |
# refund started, unknown, refused, succeeded, contradicted.
TABLE: tuple[Row, ...] = (
    (StartCollection(*PARTS), ((given.STARTED,), *("already_exists",) * 10)),
    (
        charge("succeeded", "wx1"),
        (UNKNOWN, *((given.SUCCEEDED,),) * 3, *(NOTHING_NEW,) * 7),
    ),
    (
        charge("succeeded"),
        (UNKNOWN, *((given.CollectionSucceeded(*PARTS, "", DAY),),) * 3, *(NOTHING_NEW,) * 7),
    ),
    (
        charge("succeeded", "wx2"),
        (
            UNKNOWN,
            *((given.CollectionSucceeded(*PARTS, "wx2", DAY),),) * 3,
            (given.CHARGED_AGAIN,),
            NOTHING_NEW,
            *((given.CHARGED_AGAIN,),) * 5,
        ),
    ),
    (
        charge("refused", code="NOTENOUGH", day=""),
        (
            UNKNOWN,
            (given.REFUSED,),
            (given.REFUSED,),
            NOTHING_NEW,
            (given.REFUSED_AFTER,),
            NOTHING_NEW,
            *((given.REFUSED_AFTER,),) * 5,
        ),
    ),
    (
        charge("unknown", code="TIMEOUT", day=""),
        (UNKNOWN, (given.UNKNOWN,), *(NOTHING_NEW,) * 9),
    ),
    (charge("pending"), (UNKNOWN, *(WORD,) * 10)),
    (charge("succeeded", day="20190219"), (UNKNOWN, *(DAY_WRONG,) * 10)),
    (charge("succeeded", day="2019-02-30"), (UNKNOWN, *(DAY_WRONG,) * 10)),
    (
        StartRefund("p1.wx", "r1", 4_000, "CNY"),
        (
            UNKNOWN,
            *NOT_CHARGED,
            *((given.REFUND_STARTED,),) * 2,
            *("already_exists",) * 5,
        ),
    ),
    (
        StartRefund("p1.wx", "r2", 6_000, "CNY"),
        (UNKNOWN, *NOT_CHARGED, *((SECOND,),) * 7),
    ),
    (
        StartRefund("p1.wx", "r2", 6_001, "CNY"),
        (
            UNKNOWN,
            *NOT_CHARGED,
            *((CollectionRefundStarted(*NAMED, "r2", "wechat", "1900001", "N1", 6_001, "CNY"),),)
            * 2,
            *(TOO_MUCH,) * 5,
        ),
    ),
    (
        StartRefund("p1.wx", "r2", 0, "CNY"),
        (UNKNOWN, *NOT_CHARGED, *(Impossible("a refund of nothing"),) * 7),
    ),
    (
        StartRefund("p1.wx", "r2", 6_000, "USD"),
        (UNKNOWN, *NOT_CHARGED, *(Impossible("a refund in another currency"),) * 7),
    ),
    (
        refund("succeeded", "wr1"),
        (
            UNKNOWN,
            *(NO_REFUND,) * 5,
            *((given.REFUND_SUCCEEDED,),) * 3,
            NOTHING_NEW,
            NOTHING_NEW,
        ),
    ),
    (
        refund("succeeded", "wr2"),
        (
            UNKNOWN,
            *(NO_REFUND,) * 5,
            *(
                (
                    given.CollectionRefundSucceeded(
                        *NAMED, "r1", "wechat", "1900001", 4_000, "CNY", "wr2", DAY
                    ),
                ),
            )
            * 3,
            (given.REFUNDED_AGAIN,),
            NOTHING_NEW,
        ),
    ),
    (
        refund("refused", code="ABNORMAL", day=""),
        (
            UNKNOWN,
            *(NO_REFUND,) * 5,
            (given.REFUND_REFUSED,),
            (given.REFUND_REFUSED,),
            NOTHING_NEW,
            (given.REFUND_REFUSED_AFTER,),
            NOTHING_NEW,
        ),
    ),
    (
        refund("unknown", code="TIMEOUT", day=""),
        (UNKNOWN, *(NO_REFUND,) * 5, (given.REFUND_UNKNOWN,), *(NOTHING_NEW,) * 4),
    ),
    (refund("pending"), (UNKNOWN, *(NO_REFUND,) * 5, *(WORD,) * 5)),
    (refund("succeeded", day=""), (UNKNOWN, *(NO_REFUND,) * 5, *(DAY_WRONG,) * 5)),
)
CELLS = [
    pytest.param(command, state, cell, id=f"{row}-{type(command).__name__}-{name}")
    for row, (command, cells) in enumerate(TABLE)
    for name, state, cell in zip(STATES_GIVEN, GIVEN, cells, strict=True)
]


@pytest.mark.parametrize(("command", "state", "cell"), CELLS)
def test_every_state_answers_every_command(
    command: Command, state: Collection | None, cell: Cell
) -> None:
    assert_cell(cell, lambda: decide(command, state, 0))


def test_the_table_is_whole() -> None:
    assert_whole(TABLE, commands=Command, states=len(GIVEN))
    assert {type(state) for state in GIVEN} == {type(None), *STATES}
