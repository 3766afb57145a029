"""The Avro shape of a dataclass: its names, order, types, defaults and documentation.

Shape: record(cls, namespace) -> Avro schema as plain dicts; a nested dataclass is a nested record
of the same namespace, a tuple an array. A command's record begins with its `meta`.
Units: a field named `*_us` is a timestamp-micros; an int is a long, whatever is Kafka's int an int.
Errors: a field of another type is a TypeError as soon as the shape is made.
Source: Avro 1.12, "Schema Declaration".
"""

import dataclasses
import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

from schemas.meta import CommandMeta

Schema = dict[str, Any]

META_NAMESPACE = "tally.v1"
PLAIN = MappingProxyType({str: "string", int: "long", bool: "boolean", bytes: "bytes"})
KAFKA_INT = frozenset({"partition"})


def record(cls: type, namespace: str) -> Schema:
    return {
        "type": "record",
        "name": cls.__name__,
        "namespace": namespace,
        "doc": inspect.cleandoc(cls.__doc__ or ""),
        "fields": [_field(cls, field, namespace) for field in _fields(cls)],
    }


def command_record(cls: type, namespace: str) -> Schema:
    """The record of a command: `meta`, then the fields of its class."""
    shape = record(cls, namespace)
    meta = {"name": "meta", "type": record(CommandMeta, META_NAMESPACE)}
    return {**shape, "fields": [meta, *shape["fields"]]}


def types_of(cls: type) -> Mapping[str, Any]:
    """The resolved type of every field, in order."""
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in _fields(cls)}


def item_of(kind: Any) -> Any:  # noqa: ANN401 - a type is whatever an annotation may be.
    """What a tuple[X, ...] holds, None of anything else."""
    match get_origin(kind), get_args(kind):
        case type() as origin, (item, end) if origin is tuple and end is Ellipsis:
            return item
        case _:
            return None


def _fields(cls: type) -> tuple[dataclasses.Field[Any], ...]:
    assert dataclasses.is_dataclass(cls), "only a dataclass has a shape"
    return dataclasses.fields(cls)


def _field(cls: type, field: dataclasses.Field[Any], namespace: str) -> Schema:
    shape: Schema = {"name": field.name}
    kind = types_of(cls)[field.name]
    if field.name.endswith("_us"):
        shape["type"] = {"type": "long", "logicalType": "timestamp-micros"}
    elif field.name in KAFKA_INT:
        shape["type"] = "int"
    else:
        shape["type"] = _type(kind, namespace)
    if field.default is not dataclasses.MISSING:
        shape["default"] = field.default
    return shape


def _type(kind: Any, namespace: str) -> Any:  # noqa: ANN401 - a name or a nested schema.
    if kind in PLAIN:
        return PLAIN[kind]
    if (item := item_of(kind)) is not None:
        return {"type": "array", "items": _type(item, namespace)}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return record(kind, namespace)
    raise TypeError(f"{kind} has no Avro shape")
