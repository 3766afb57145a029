"""The decorator of every command, event and state: a frozen dataclass that is quick to make.

Shape: `@value` is `@dataclass(frozen=True, slots=True)` in all that can be seen of it: fields,
defaults, replace, match, equality, hash, pickle; setting a field raises FrozenInstanceError.
Why: a frozen dataclass sets each field by `object.__setattr__`, 0.9 µs for eight, and a transfer
makes six. Here a new object is of a class with the same slots that is not frozen while its fields
are assigned, and is then given its own: 0.35 µs (docs/decisions/0008-values.md).
Errors: AssertionError for what this `__init__` does not know: bases, keyword-only fields, factories
of defaults, fields that are not its parameters. TypeError for a subclass.
"""

from dataclasses import MISSING, dataclass, fields
from functools import wraps
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A class of values: frozen, with slots."""
    assert cls.__bases__ == (object,), "a value has no base: it is what its fields say"
    made: Any = dataclass(frozen=True, slots=True)(cls)
    _quicken(made)
    made.__init_subclass__ = classmethod(_refuse_subclass)
    return made


def _quicken(cls: Any) -> None:  # noqa: ANN401 - any class, whose __init__ is replaced.
    slow, names = cls.__init__, [each.name for each in fields(cls)]
    known = slow.__code__
    assert known.co_varnames[1 : known.co_argcount] == tuple(names), "a field is a parameter"
    assert not known.co_kwonlyargcount, "a field is known by its place too"
    assert all(each.default_factory is MISSING for each in fields(cls)), "a default is a value"
    lines = [
        f"def __init__({', '.join(('self', *names))}):",
        "become(self, Open)",
        *(f"self.{name} = {name}" for name in names),
        "self.__class__ = Own",
        *(["self.__post_init__()"] if hasattr(cls, "__post_init__") else []),
    ]
    scope: dict[str, Any] = {
        "become": object.__dict__["__class__"].__set__,  # A plain assignment is refused as any is.
        "Open": type(cls.__name__, (), {"__slots__": tuple(names)}),
        "Own": cls,
    }
    exec(compile("\n    ".join(lines), f"<value {cls.__name__}>", "exec"), scope)  # noqa: S102 - our own text, of our own classes.
    quick = scope["__init__"]
    quick.__defaults__ = slow.__defaults__
    cls.__init__ = wraps(slow)(quick)


def _refuse_subclass(cls: type) -> NoReturn:
    raise TypeError(f"{cls.__name__}: a value has no subclass")
