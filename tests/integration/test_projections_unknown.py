"""Events that nobody here knows: models of money stop before them, others park the stream.

Shape: the story, with an event of one order replaced by one of another world.
"""

from collections.abc import Iterable, Sequence

import psycopg
import pytest

from domain.order import OrderPaid, OrderPlaced
from domain.settlement import BreakOpened
from projections.model import UnknownEvent
from projections.models import event_models
from projections.orders import Orders
from projections.parking import Redriven, redrive
from projections.recorded import Recorded, Undecoded
from tests.integration.read_side import (
    apply,
    ask,
    contents,
    prepared,
)
from tests.unit.projections.records import record, unknown
from tests.unit.projections.story import Story

LOG = record(Story().events)
END = len(LOG)
MONEY = ("ledger", "settlement", "wallets")
STREAMS = ("collections", "orders", "payments")
PLACE = next(each.sequence for each in LOG if isinstance(each.event, OrderPaid))
STRANGE = unknown(LOG[PLACE - 1], Undecoded("no such schema"))
HERE = [*LOG[: PLACE - 1], STRANGE, *LOG[PLACE:]]
WAITING = [each.sequence for each in LOG if each.aggregate_id == "o1" and each.sequence >= PLACE]


class Fetch:
    """Reads a log by places, and remembers how many were asked for at once."""

    def __init__(self, log: Sequence[Recorded]) -> None:
        self.log = log
        self.asked: list[int] = []

    def __call__(self, places: Sequence[int]) -> Iterable[Recorded]:
        self.asked.append(len(places))
        return [self.log[place - 1] for place in places]


def positions(reads: psycopg.Connection) -> dict[object, object]:
    rows = ask(reads, "SELECT model, sequence FROM read.position")
    return {model: sequence for model, sequence in rows}  # noqa: C416 - rows are of any length.


def test_models_of_money_stop_before_it_and_the_others_go_on(reads: psycopg.Connection) -> None:
    done = apply(reads, HERE)
    assert done.positions == {
        **dict.fromkeys(MONEY, PLACE - 1),
        **dict.fromkeys(STREAMS, END),
    }
    assert positions(reads) == done.positions
    assert {each.model for each in done.stopped} == set(MONEY)
    assert {(each.book, each.sequence, each.type_name) for each in done.stopped} == {
        ("main", PLACE, "tally.wallet.v1.FundsBlessed")
    }
    assert done.parked == len(WAITING)


def test_it_stops_there_again_and_goes_on_once_it_knows(
    reads: psycopg.Connection, own: str
) -> None:
    apply(reads, HERE)
    again = apply(reads, HERE[PLACE - 2 :])
    assert [each.sequence for each in again.stopped] == [PLACE] * len(MONEY)
    assert apply(reads, LOG).positions == dict.fromkeys((*MONEY, *STREAMS), END)
    redrive(reads, Orders(), "main", Fetch(LOG))
    assert_complete(reads, own)


def test_an_unknown_event_at_the_head_of_a_batch_moves_nothing(reads: psycopg.Connection) -> None:
    apply(reads, HERE[: PLACE - 1])
    done = apply(reads, HERE[PLACE - 1 :])
    assert done.positions["ledger"] == PLACE - 1
    assert done.positions["orders"] == END


def test_the_ledger_alone_stops_before_what_accounting_does_not_know(
    reads: psycopg.Connection,
) -> None:
    """A known type of event, of a kind that no row of the accounting table is about."""
    place = next(each.sequence for each in LOG if isinstance(each.event, BreakOpened))
    strange = LOG[place - 1]._replace(
        event=BreakOpened(
            "w/m/c/r", "w/m/c/r#1", "haunted", "w", "m", "r", "", 0, 1, "CNY", 0, 0, 0
        ),
        aggregate_id="w/m/c/r",
    )
    done = apply(reads, [*LOG[: place - 1], strange])
    assert done.stopped == (UnknownEvent("ledger", "main", place, strange.type_name),)
    assert done.positions["ledger"] == place - 1
    assert done.positions["settlement"] == place
    assert apply(reads, LOG[: place - 1]).positions["ledger"] == place - 1


def test_the_stream_waits_in_order_and_all_others_go_on(reads: psycopg.Connection) -> None:
    streams = [model for model in event_models() if model.parks]
    for start in range(0, END, 2):  # So that what follows comes in later batches.
        apply(reads, HERE[start : start + 2], models=streams)
    parked = ask(
        reads,
        "SELECT book_sequence, aggregate, aggregate_id, reason FROM read.parked ORDER BY 1",
    )
    assert parked == [
        (place, "order", "o1", "unknown_event" if place == PLACE else "follows_parked")
        for place in WAITING
    ]
    assert ask(reads, "SELECT model, parked FROM read.position WHERE parked > 0") == [
        ("orders", len(WAITING))
    ]
    assert ask(reads, "SELECT status FROM read.orders WHERE order_id = 'o1'") == [("being_paid",)]
    assert ask(reads, "SELECT status FROM read.orders WHERE order_id = 'o4'") == [("delivered",)]


def test_parked_events_are_told_twice_and_wait_once(reads: psycopg.Connection) -> None:
    streams = [model for model in event_models() if model.parks]
    for _ in range(2):
        apply(reads, HERE, models=streams)
    assert ask(reads, "SELECT count(*) FROM read.parked") == [(len(WAITING),)]


def test_redriven_in_order_they_leave_nothing_behind(reads: psycopg.Connection, own: str) -> None:
    apply(reads, HERE)
    assert redrive(reads, Orders(), "main", Fetch(HERE)) == Redriven(0, len(WAITING))
    assert redrive(reads, Orders(), "main", Fetch(LOG)) == Redriven(len(WAITING), 0)
    assert redrive(reads, Orders(), "main", Fetch(LOG)) == Redriven(0, 0)
    apply(reads, LOG)
    assert_complete(reads, own)


def assert_complete(reads: psycopg.Connection, dsn: str) -> None:
    with prepared(dsn, schema="whole") as other:
        apply(other, LOG, schema="whole")
        assert contents(reads) == contents(other, "whole")


def many_orders(unknown_one: int, count: int) -> tuple[list[Recorded], list[Recorded]]:
    """A log of orders that are placed and paid, and the same with one that is not understood."""
    events: list[object] = []
    for number in range(count):
        events.append(OrderPlaced(f"o{number}", "ann", "shop", 5, "CNY"))
        events.append(OrderPaid(f"o{number}", f"p{number}"))
    log = record(events)
    here = [
        unknown(each, Undecoded("new")) if place % 2 == 0 else each
        for place, each in enumerate(log)
    ]
    assert log[unknown_one].aggregate == "order"
    return log, here


def test_redriving_is_bounded_and_keeps_the_order_of_streams(
    reads: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of five: what stays parked at the end of one part holds its stream back in the next."""
    monkeypatch.setattr("projections.parking.REDRIVE_MAX", 5)
    log, here = many_orders(4, 20)
    apply(reads, here, models=[Orders()])
    assert ask(reads, "SELECT count(*) FROM read.parked") == [(40,)]
    partly = Fetch([*log[:4], here[4], *log[5:]])
    assert redrive(reads, Orders(), "main", partly) == Redriven(38, 2)
    assert max(partly.asked) == 5
    assert ask(reads, "SELECT DISTINCT aggregate_id FROM read.parked") == [("o2",)]
    assert redrive(reads, Orders(), "main", Fetch(log)) == Redriven(2, 0)
    assert ask(reads, "SELECT DISTINCT status FROM read.orders") == [("paid",)]


def test_a_log_that_gives_other_events_is_not_believed(reads: psycopg.Connection) -> None:
    apply(reads, HERE)
    with pytest.raises(AssertionError, match="the log gave other events"):
        redrive(reads, Orders(), "main", lambda places: [LOG[0] for _ in places])
