"""States of aggregates as JSON, so that a long stream loads from its latest state.

Shape: encode(state) -> (topic, bytes); decode(topic, bytes) -> state, or None where the class has
changed since: then the stream is folded from its beginning. The topic carries a hash of the
class's fields and of the classes in them, so a snapshot of another shape is never misread.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from commands.catalogue import AGGREGATES


def encode(state: object) -> tuple[str, bytes]:
    """A state and the name of its shape."""
    cls = type(state)
    return _topic(cls), _adapter(cls).dump_json(state)


def decode(topic: str, data: bytes) -> object | None:
    """A state, or None if its class is not what it was."""
    cls = _classes().get(topic)
    return None if cls is None else _adapter(cls).validate_json(data)


@cache
def _classes() -> dict[str, type]:
    return {_topic(cls): cls for module in AGGREGATES for cls in module.STATES}


@cache
def _adapter(cls: type) -> TypeAdapter[object]:
    return TypeAdapter(cls)


@cache
def _topic(cls: type) -> str:
    shape = ",".join(_shape(cls)).encode()
    return f"{cls.__module__}.{cls.__name__}:{blake2b(shape, digest_size=8).hexdigest()}"


def _shape(cls: type) -> Iterator[str]:
    """Every field, and in brackets those of what it holds."""
    assert is_dataclass(cls), "a state is a dataclass"
    hints = get_type_hints(cls)
    for each in fields(cls):
        inner = ",".join(part for held in _held(hints[each.name]) for part in _shape(held))
        yield f"{each.name}:{each.type}({inner})" if inner else f"{each.name}:{each.type}"


def _held(kind: Any) -> Iterator[type]:  # noqa: ANN401 - any annotation.
    """The dataclasses in an annotation, however deep."""
    if isinstance(kind, type) and is_dataclass(kind):
        yield kind
    for part in get_args(kind):
        yield from _held(part)
