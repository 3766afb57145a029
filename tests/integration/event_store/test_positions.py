"""Positions: what has been read is never read again, what was refused is never done later."""

from commands.incoming import Origin
from commands.ports import Outgoing
from domain.wallet import OpenWallet
from infra.event_store.strays import Mark, Strays
from tests.integration.event_store.given import EUR, MAIN, Shelf, opened, transfers

POSITIONS = "SELECT commands_position, internal_position FROM head"


def test_a_position_moves_with_its_batch_of_each_topic(shelf: Shelf) -> None:
    desk = shelf.desk()
    wallet = OpenWallet("a", "owner", "buyer", EUR)
    desk.handle([*opened(shelf, "a", "b"), shelf.incoming("x", wallet, origin=Origin.INTERNAL)])
    assert desk.positions == (4, 1)
    assert shelf.ask(POSITIONS) == [(4, 1)]
    assert desk.has(3, Origin.COMMANDS)
    assert not desk.has(4, Origin.COMMANDS)
    assert not desk.has(1, Origin.INTERNAL)
    desk.close()


def test_a_batch_that_lies_behind_the_position_is_not_done_again(shelf: Shelf) -> None:
    desk = shelf.desk()
    batch = opened(shelf, "a", "b")
    desk.handle(batch)
    last = transfers(shelf, [1])
    desk.handle([*batch, *last])
    assert len(shelf.answers()) == 5, "repeats by the client are answered, those by Kafka are not"
    desk.close()
    desk = shelf.desk()
    desk.handle([*batch, *last])
    assert len(shelf.answers()) == 5
    desk.close()


def test_an_idle_book_moves_on_and_never_back(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a"))
    desk.tend((100, 50))
    assert shelf.ask(POSITIONS) == [(100, 50)]
    desk.tend((20, 60))
    assert shelf.ask(POSITIONS) == [(100, 60)]
    epoch = desk.head.epoch
    desk.tend((100, 60))
    assert shelf.ask("SELECT epoch FROM head") == [(epoch,)]
    desk.close()


def test_idle_strays_move_on_and_never_back(shelf: Shelf) -> None:
    strays = Strays.take(shelf.dsn, 3)
    strays.reach((10, 5))
    strays.reach((4, 8))
    assert strays.positions == (10, 8)
    assert Strays.take(shelf.dsn, 3).positions == (10, 8)
    assert Strays.take(shelf.dsn, 4).positions == (0, 0)


def test_a_new_book_begins_behind_what_was_refused_before_it_was_there(shelf: Shelf) -> None:
    strays = Strays.take(shelf.dsn, 0)
    row = Outgoing("results", "later", "tally.answer.v1.CommandAnswered", b"no")
    strays.refuse([row, row], (7, 2))
    book = shelf.create("later")
    first = shelf.take(book, start=strays.positions)
    assert (first.head.commands_position, first.head.internal_position) == (7, 2)
    first.store.close()
    again = shelf.take(book, start=(90, 90))
    assert (again.head.commands_position, again.head.internal_position) == (7, 2)
    again.store.close()


def test_a_book_made_later_gets_the_marks_of_what_was_refused_for_want_of_it(shelf: Shelf) -> None:
    strays = Strays.take(shelf.dsn, 0)
    marks = [Mark(name, bytes([number] * 16), b"hash", b"no") for number, name in enumerate("ab")]
    strays.refuse((), (1, 1), marks)
    strays.refuse((), (2, 2), marks)
    taken = shelf.take(shelf.create("b"))
    found = taken.store.look_up([bytes([0] * 16), bytes([1] * 16)], (), ())
    assert {key: answer.payload for key, answer in found.answers.items()} == {
        bytes([1] * 16): b"no"
    }
    taken.store.close()
    main = shelf.take(MAIN)
    assert main.store.look_up([bytes([1] * 16)], (), ()).answers == {}
    main.store.close()
    with shelf.connect() as connection:
        left = connection.execute("SELECT book FROM tally.partition_marks").fetchall()
    assert left == [("a",)]
