"""Row 9: events that a projector does not know. Money stops and says so, streams wait in order.

Shape: the older release is a projector that does not know one type; the newer one is ours. Orders
are paid from wallets; one kind of event in them is unknown, transfers go on meanwhile.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, LiteralString, cast

from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import AdminClient

from domain.order import DeliverOrder, OrderDelivered, PlaceOrder
from domain.payment import ConfirmPayment, CreatePayment, PaymentItem
from schemas.names import FULL_NAMES
from tests.integration.faults.given import (
    EUR,
    Keyed,
    assert_sound,
    balances,
    opened,
    publish,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

UNKNOWN = FULL_NAMES[OrderDelivered]
OLDER = Fault(unknown=UNKNOWN, group="older")
MONEY = ("ledger", "settlement", "wallets")
STREAMS = ("collections", "orders", "payments")
CENTS = 1_000
Futures = Mapping[TopicPartition, Future[object]]
STATUS = "SELECT order_id, status FROM read.orders ORDER BY order_id"
PARKED = "SELECT model, parked FROM read.position WHERE parked > 0"
MENDED = {"o1": "delivered", "o2": "delivered", "o3": "paid"}
PLACE = "SELECT min(notification_id) FROM book_main.events WHERE topic = %s"


def bought(*numbers: int, delivered: bool) -> list[Keyed]:
    """Orders that are paid, and delivered or not."""
    found: list[Keyed] = []
    for number in numbers:
        order, payment = f"o{number}", f"p{number}"
        item = PaymentItem("i", "balance", 10, "a")
        found += [
            (f"place-{order}", PlaceOrder(order, "owner", "b", 10, EUR)),
            (f"pay-{order}", CreatePayment(payment, order, "b", 10, 1, EUR, (item,))),
            (f"confirm-{order}", ConfirmPayment(payment)),
        ]
        if delivered:
            found.append((f"deliver-{order}", DeliverOrder(order)))
    return found


def positions(system: System, models: Sequence[str]) -> set[int]:
    with system.connect() as connection:
        rows = connection.execute(
            "SELECT sequence FROM read.position WHERE book = 'main' AND model = ANY(%s)",
            (list(models),),
        ).fetchall()
    return {int(row[0]) for row in rows}


def first_unknown(system: System) -> int:
    """Of the first unknown event."""
    with system.connect() as connection:
        row = connection.execute(PLACE, (UNKNOWN,)).fetchone()
    assert row is not None, "a minimum is a row"
    return int(row[0])


def asked(system: System, statement: LiteralString) -> list[tuple[Any, ...]]:
    """Nothing, before there are read models."""
    with system.connect() as connection:
        there = connection.execute("SELECT to_regclass('read.position') IS NOT NULL")
        return connection.execute(statement).fetchall() if there.fetchone() == (True,) else []


def until_mended(system: System) -> dict[str, str]:
    """All models hold all, and nothing waits; the orders."""
    system.caught_up("ledger")
    system.until(lambda: None if asked(system, PARKED) else True, "nothing to wait")
    assert positions(system, (*MONEY, *STREAMS)) == {system.caught_up("orders")}
    return dict(asked(system, STATUS))


def played(system: System) -> None:
    """Two orders delivered, one only paid, money moving before and after."""
    until_relayed(
        system,
        publish(
            system,
            [
                *opened("a", "b", cents=CENTS),
                *bought(1, 2, delivered=True),
                *bought(3, delivered=False),
                *transfers(range(20), ("a", "b")),
            ],
        ),
    )


def assert_stands(system: System) -> None:
    """Stale and not wrong; others up to date; the streams in question wait."""
    assert positions(system, MONEY) == {first_unknown(system) - 1}
    assert asked(system, STATUS) == [("o1", "paid"), ("o2", "paid"), ("o3", "paid")]
    assert asked(system, PARKED) == [("orders", 2)]
    said = system.programs["projector"].log.read_text(encoding="utf-8")
    for model in MONEY:
        assert f'"model": "{model}", "before": "{UNKNOWN} at {first_unknown(system)}"' in said


def test_money_stops_before_an_unknown_event_and_goes_on_with_a_release_that_knows_it(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path) as system:
        played(system)
        start(system, "projector", OLDER)
        system.caught_up("orders")
        assert_stands(system)
        system.kill("projector")
        again = Fault(unknown=UNKNOWN, group="again")  # It stops there again.
        start(system, "projector", again)
        publish(system, bought(4, delivered=False))
        system.until(lambda: asked(system, STATUS)[3:] or None, "the fourth order")
        assert positions(system, MONEY) == {first_unknown(system) - 1}
        system.kill("projector")
        start(system, "projector", Fault(group="older"))
        assert until_mended(system) == {**MENDED, "o4": "paid"}
        assert_sound(system)
        assert balances(system) == 2 * CENTS - 4  # The commission of four orders.


def test_an_unknown_event_in_what_kafka_no_longer_has_is_read_from_the_book(
    servers: Addresses, tmp_path: Path
) -> None:
    """The gap is fetched from the log: money stops there, the stream waits, nothing spins."""
    with running(servers, tmp_path, partitions=1) as system:
        played(system)
        place = TopicPartition(system.surroundings.topics.events, 0, OFFSET_END)
        admin = AdminClient({"bootstrap.servers": system.settings.kafka})
        deleted = cast("Futures", admin.delete_records([place]))
        for future in deleted.values():
            future.result()
        start(system, "projector", OLDER)
        publish(system, [("more", PlaceOrder("o9", "owner", "b", 10, EUR))])
        system.until(lambda: asked(system, STATUS)[3:] or None, "the order after the gap")
        assert positions(system, MONEY) == {first_unknown(system) - 1}
        assert asked(system, PARKED) == [("orders", 2)]
        system.kill("projector")
        start(system, "projector", Fault(group="newer"))
        assert until_mended(system) == {**MENDED, "o9": "placed"}
