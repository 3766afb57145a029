"""Encoders and decoders of one class each, written out and compiled at its first use.

Shape: functions(cls) -> Functions(encode, read): `encode(object) -> bytes` is bare Avro;
`read(data, i) -> (object, end)` reads from i and leaves it to the caller to check the end.
Errors: Malformed for numbers, and for text that is no Unicode on its way out; IndexError and
UnicodeError for what runs out of bytes or is no UTF-8 (schemas/codec.py makes them Malformed). A
length beyond the end allocates nothing: a slice is no longer than its bytes, and the end then is
beyond them.
Why: a call of fastavro takes 3.6 µs to write and 3.8 µs to read an event of eight fields, these
functions 0.6 and 1.3 µs (docs/reference/schemas.md does not change: a test compares the bytes).
An object is filled while it still has a class of the same slots that is not frozen, and then gets
its own: setting eight frozen fields takes 0.9 µs, this 0.3.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from schemas import varint
from schemas.malformed import Malformed
from schemas.names import FULL_NAMES
from schemas.shape import KAFKA_INT, item_of, types_of

Encode = Callable[[Any], bytes]
Read = Callable[[bytes, int], tuple[Any, int]]

INT_MAX = 2**31 - 1
ITEM_COUNT_END = b"\0"


@dataclass(frozen=True, slots=True)
class Functions:
    """`one_form`: equal objects have been written as equal bytes, whoever wrote them.

    Arrays are not: they may be cut into blocks as a writer likes.
    """

    encode: Encode
    read: Read
    one_form: bool


@cache
def functions(cls: type) -> Functions:
    assert dataclasses.is_dataclass(cls), "only a dataclass is a record"
    assert dataclasses.fields(cls), "a record without fields would be read from no bytes"
    assert not hasattr(cls, "__post_init__"), "a record is filled without __post_init__"
    kinds = types_of(cls)
    inner = {name: functions(_record_of(kind)) for name, kind in kinds.items() if _is_nested(kind)}
    names: dict[str, Any] = {
        "HEAD": varint.HEAD,
        "TAIL": varint.TAIL,
        "LENGTH": varint.LENGTH,
        "long_bytes": varint.long_bytes,
        "length_bytes": varint.length_bytes,
        "rest": varint.rest,
        "length": varint.length,
        "array_bytes": array_bytes,
        "array": array,
        "no_unicode": no_unicode,
        "narrow": narrow,
        "BOOL": (False, True),
        "new": object.__new__,
        "Open": type(cls.__name__, (), {"__slots__": tuple(kinds)}),
        "Class": cls,
    }
    for name, each in inner.items():
        names[f"encode_{name}"], names[f"read_{name}"] = each.encode, each.read
    for source in (_encoder(kinds), _reader(kinds)):
        exec(compile(source, f"<schemas.fast {cls.__name__}>", "exec"), names)  # noqa: S102 - our own text, of our own classes.
    has_array = any(item_of(kind) is not None for kind in kinds.values())
    one_form = not has_array and all(each.one_form for each in inner.values())
    return Functions(cast("Encode", names["encode"]), cast("Read", names["read"]), one_form)


def array_bytes(items: tuple[Any, ...], encode: Encode) -> bytes:
    """An array as one block, as most writers do."""
    if not items:
        return ITEM_COUNT_END
    count = varint.long_bytes(2 * len(items), "items") if len(items) >= varint.LENGTH_SMALL else b""
    count = count or varint.LENGTH[len(items)]
    return b"".join((count, *map(encode, items), ITEM_COUNT_END))


def array(data: bytes, i: int, read: Read) -> tuple[tuple[Any, ...], int]:
    """An array in any number of blocks; a negative count is followed by the block's bytes."""
    items: list[Any] = []
    while True:
        z = data[i]
        i += 1
        if z > varint.SEVEN_BITS:
            z, i = varint.rest(data, i, z)
        if z == 0:
            return tuple(items), i
        if z & 1:
            size, i = varint.length(data, i + 1, data[i])
            end = i + (size >> 1)
        else:
            end = -1
        for _ in range((z + 1) >> 1):  # Every item has a byte at least: data ends it, if not count.
            item, i = read(data, i)
            items.append(item)
        if end not in (-1, i):
            raise Malformed("a block of another size than it says")


def narrow(value: int, field: str) -> int:
    """An int of 32 bits."""
    if not -INT_MAX - 1 <= value <= INT_MAX:
        raise Malformed(f"{field}: the integer does not fit 32 bits")
    return value


def no_unicode(cls: type) -> Malformed:
    """A record that cannot be written."""
    name = FULL_NAMES.get(cls, cls.__name__)
    return Malformed(f"{name} holds text that is no Unicode")


def _is_nested(kind: Any) -> bool:  # noqa: ANN401 - a type is whatever an annotation may be.
    return item_of(kind) is not None or dataclasses.is_dataclass(kind)


def _record_of(kind: Any) -> type:  # noqa: ANN401
    return item_of(kind) or kind


def _encoder(kinds: Mapping[str, Any]) -> str:
    before: list[str] = []
    parts: list[str] = []
    for name, kind in kinds.items():
        lines, part = _writes(name, kind)
        before.extend(lines)
        parts.append(part)
    body = ["try:", *before, f"return b''.join(({', '.join(parts)},))"]
    wrong = ("except UnicodeEncodeError as error:", "    raise no_unicode(Class) from error")
    return "\n    ".join(("def encode(o):", "\n        ".join(body), *wrong))


def _writes(name: str, kind: Any) -> tuple[list[str], str]:  # noqa: ANN401
    """The lines before, and the parts of the record, of one field."""
    v, n = f"v_{name}", f"n_{name}"
    if kind in (str, bytes):
        value = f"o.{name}.encode()" if kind is str else f"o.{name}"
        size = f"LENGTH[{n}] if {n} < {varint.LENGTH_SMALL} else length_bytes({n})"
        return [f"{v} = {value}", f"{n} = len({v})"], f"{size}, {v}"
    if kind is bool:
        return [], f"TAIL[1] if o.{name} else TAIL[0]"
    if kind is int:
        value = f"narrow(o.{name}, '{name}')" if name in KAFKA_INT else f"o.{name}"
        lines = [f"{v} = {value}", f"{v} = {v} + {v} if {v} >= 0 else ~({v} + {v})"]
        middle = f"HEAD[{v} & 0x3FFF] + TAIL[{v} >> 14] if {v} < {varint.MIDDLE}"
        large = f"long_bytes({v}, '{name}')"
        return lines, f"TAIL[{v}] if {v} < {varint.SMALL} else {middle} else {large}"
    if item_of(kind) is not None:
        return [], f"array_bytes(o.{name}, encode_{name})"
    return [], f"encode_{name}(o.{name})"


def _reader(kinds: Mapping[str, Any]) -> str:
    body = ["o = new(Open)"]
    for name, kind in kinds.items():
        body.extend(_reads(name, kind))
    return "\n    ".join(("def read(data, i):", *body, "o.__class__ = Class", "return o, i"))


def _reads(name: str, kind: Any) -> Iterator[str]:  # noqa: ANN401
    """The lines that read one field of `o` from `data[i]` on and move i behind it."""
    if item_of(kind) is not None:
        yield f"o.{name}, i = array(data, i, read_{name})"
    elif dataclasses.is_dataclass(kind):
        yield f"o.{name}, i = read_{name}(data, i)"
    elif kind is bool:
        yield f"o.{name} = BOOL[data[i]]"
        yield "i += 1"
    else:
        yield from ("z = data[i]", "i += 1")
        if kind is int:
            value = "~(z >> 1) if z & 1 else z >> 1"
            yield from ("if z > 127:", "    b = data[i]", "    if 0 < b < 128:")
            yield from ("        z += (b << 7) - 128", "        i += 1")
            yield from ("    else:", "        z, i = rest(data, i, z)")
            yield (
                f"o.{name} = narrow({value}, '{name}')"
                if name in KAFKA_INT
                else f"o.{name} = {value}"
            )
        else:
            yield from ("if z:", "    if z & 129: z, i = length(data, i, z)")
            yield "    j = i + (z >> 1)"
            yield from (f"    o.{name} = data[i:j]" + ".decode()" * (kind is str), "    i = j")
            yield f"else: o.{name} = {kind()!r}"
