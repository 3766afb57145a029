"""Schemas that others wrote by: an older or newer edition of ours, or another language's version.

Shape: writer(text) -> Writer; `ours` where its records have our bytes (documentation, defaults and
properties do not count), else read(writer, reader, data) resolves them to our shape with fastavro.
Bounds: a schema may come from anybody who may register one. Every value takes a byte at least and
types nest without recursion to DEPTH_MAX: reading n bytes takes O(n) steps and no deep stack.
Errors: Malformed, for a schema that is not accepted and for bytes that do not fit it.
Source: Avro 1.12, "Schema Resolution", "Parsing Canonical Form".
"""

import io
import json
import struct
from dataclasses import dataclass
from typing import Any, cast

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, to_parsing_canonical_form

from schemas.malformed import Malformed

Schema = dict[str, Any]
Node = Any  # A schema, a list of them (a union) or a name.

TEXT_CHARS_MAX = 262_144  # Our largest has 4,000.
DEPTH_MAX = 16
NESTED = frozenset({"type", "items", "values", "fields"})
PRIMITIVE = frozenset({"boolean", "int", "long", "float", "double", "bytes", "string"})
NOT_ACCEPTED = "schema_not_accepted"
UNREADABLE = (
    EOFError,
    ValueError,  # UnicodeDecodeError among them.
    IndexError,  # A branch of a union or symbol of an enum that does not exist.
    KeyError,
    OverflowError,
    TypeError,
    struct.error,
    SchemaResolutionError,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """`parsed` is fastavro's, without logical types: integers stay integers."""

    full_name: str
    canonical: str
    parsed: Schema


def writer(text: str) -> Writer:
    """The schema of that text, if it is one that we would read by."""
    if len(text) > TEXT_CHARS_MAX:
        raise Malformed("the schema is too long", code=NOT_ACCEPTED)
    try:
        parsed = cast("Schema", fastavro.parse_schema(plain(json.loads(text))))
        check(parsed)
        canonical = to_parsing_canonical_form(parsed)
    except Malformed:
        raise
    except (ValueError, KeyError, TypeError, RecursionError, SchemaParseException) as error:
        raise Malformed(f"not an Avro record schema: {error}", code=NOT_ACCEPTED) from error
    return Writer(parsed["name"], canonical, parsed)


def read(written: Writer, reader: Writer, data: bytes) -> Schema:
    """One record, all of the bytes, in the reader's shape."""
    stream = io.BytesIO(data)
    try:
        found = fastavro.schemaless_reader(stream, written.parsed, reader.parsed)
    except UNREADABLE as error:
        raise Malformed(f"not a {written.full_name} of its writer's schema") from error
    if stream.tell() != len(data):
        left = len(data) - stream.tell()
        raise Malformed(f"not a {written.full_name}: {left} bytes left over after its last field")
    return cast("Schema", found)


def plain(node: Node, depth: int = 0) -> Node:
    """The schema without its logical types."""
    if depth > 4 * DEPTH_MAX:  # A type inside another is three or four steps further down.
        raise Malformed("the schema is nested too deeply", code=NOT_ACCEPTED)
    if isinstance(node, list):
        return [plain(each, depth + 1) for each in cast("list[Node]", node)]
    if not isinstance(node, dict):
        return node
    return {
        key: plain(value, depth + 1) if key in NESTED else value
        for key, value in cast("Schema", node).items()
        if key != "logicalType"
    }


def check(parsed: Schema) -> None:
    """Raises Malformed for a schema that costs more to read than its bytes."""
    if parsed["type"] != "record":
        raise Malformed("not a record", code=NOT_ACCEPTED)
    _depth(parsed, 0, {})


def _depth(node: Node, above: int, complete: dict[str, int]) -> int:
    """How many types lie inside each other here; `complete`: the same of the types named before."""
    if isinstance(node, str):
        found = 1 if node in PRIMITIVE else complete.get(node, DEPTH_MAX + 1)
    else:
        found = 1 + max((_depth(each, above + 1, complete) for each in _inner(node)), default=0)
    if above + found > DEPTH_MAX:
        raise Malformed("types without bytes, in themselves or too deep", code=NOT_ACCEPTED)
    if isinstance(node, dict) and "name" in node:
        complete[node["name"]] = found
    return found


def _inner(node: list[Node] | Schema) -> list[Node]:
    """The types that a type is made of. Null has no bytes: it is a branch of a union or refused."""
    if isinstance(node, list):
        return [each for each in node if each != "null"]
    match node["type"]:
        case "record":
            inner = [field["type"] for field in node["fields"]]
            known = bool(inner)
        case "array":
            inner, known = [node["items"]], True
        case "map":
            inner, known = [node["values"]], True
        case "fixed":
            inner, known = [], node["size"] > 0
        case kind:
            inner, known = [], kind == "enum" or kind in PRIMITIVE
    if not known:
        raise Malformed(f"a type that is not accepted: {node['type']!s:.60}", code=NOT_ACCEPTED)
    return inner
