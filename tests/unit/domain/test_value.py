"""A value is a frozen dataclass with slots in all that can be seen of it, and knows its bounds."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter

from domain.value import value


@value
class Coin:
    """What one has in a pocket."""

    kind: str
    amount_minor: int = 5


@dataclass(frozen=True, slots=True)
class Plain:
    kind: str
    amount_minor: int = 5


def test_it_is_made_by_place_by_name_and_by_default() -> None:
    assert Coin("cent", 1) == Coin(amount_minor=1, kind="cent") == Coin("cent", amount_minor=1)
    assert Coin("cent").amount_minor == 5
    assert type(Coin("cent")) is Coin


@pytest.mark.parametrize(
    "make",
    [Coin, lambda: Coin("a", 1, 2), lambda: Coin("a", other=1)],  # pyright: ignore[reportCallIssue]
)
def test_it_is_not_made_of_other_parts(make: Callable[[], Coin]) -> None:
    with pytest.raises(TypeError):
        make()


def test_no_field_is_ever_set_or_taken_away() -> None:
    coin: Any = Coin("cent", 1)
    with pytest.raises(FrozenInstanceError):
        coin.amount_minor = 2
    with pytest.raises(FrozenInstanceError):
        del coin.kind
    for name, other in (("other", 2), ("__class__", Plain)):
        with pytest.raises((AttributeError, TypeError)):  # As of the library's, by its version.
            setattr(coin, name, other)
    assert not hasattr(coin, "__dict__")
    assert coin == Coin("cent", 1)


def test_it_is_what_a_frozen_dataclass_is() -> None:
    own, plain = Coin("cent", 1), Plain("cent", 1)
    assert repr(own) == repr(plain).replace("Plain", "Coin")
    assert hash(own) == hash(plain)
    assert own != Coin("cent", 2)
    assert own != plain
    assert [each.name for each in fields(Coin)] == [each.name for each in fields(Plain)]
    assert Coin.__match_args__ == Plain.__match_args__
    assert inspect.signature(Coin) == inspect.signature(Plain)
    assert get_type_hints(Coin.__init__) == get_type_hints(Plain.__init__)
    assert Coin.__doc__ == "What one has in a pocket."


def test_it_is_replaced_matched_copied_and_read_back() -> None:
    coin = Coin("cent", 1)
    assert replace(coin, amount_minor=2) == Coin("cent", 2)
    match coin:
        case Coin(kind, amount_minor):
            assert (kind, amount_minor) == ("cent", 1)
    for again in (copy.copy(coin), copy.deepcopy(coin), pickle.loads(pickle.dumps(coin))):  # noqa: S301 - our own bytes.
        assert again == coin
        assert type(again) is Coin
    adapter = TypeAdapter(Coin)
    assert adapter.validate_json(adapter.dump_json(coin)) == coin


def test_its_own_check_sees_it_whole_and_frozen() -> None:
    @value
    class Checked:
        amount_minor: int

        def __post_init__(self) -> None:
            assert type(self) is Checked
            assert self.amount_minor > 0, "nothing"

    assert Checked(1).amount_minor == 1
    with pytest.raises(AssertionError, match="nothing"):
        Checked(0)


def test_a_value_has_no_subclass() -> None:
    with pytest.raises(TypeError, match="Penny: a value has no subclass"):
        type("Penny", (Coin,), {"__slots__": ()})


class Base:
    __slots__ = ()


def _class(annotation: Any, default: Any, *bases: type) -> type:  # noqa: ANN401 - as in a class.
    scope = {"__module__": __name__, "__annotations__": {"a": annotation}, "a": default}
    return type("Refused", bases, scope)


@pytest.mark.parametrize(
    ("cls", "why"),
    [
        (_class(int, 0, Base), "no base"),
        (_class(list[int], field(default_factory=list[int])), "a default is a value"),
        (_class(int, field(default=0, kw_only=True)), "field is"),
        (_class(int, field(default=0, init=False)), "a field is a parameter"),
    ],
)
def test_what_it_does_not_know_is_refused_at_once(cls: type, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        value(cls)
