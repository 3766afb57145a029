"""Where bytes stop being the record that they should be: said once it is known that they are not.

Shape: damage(classes, data) -> "it ends within field meta.actor", or where else and what. `classes`
lie one behind the other, as `meta` and its command do, each with what goes before its fields.
Never in a hot path: it reads field by field what schemas/fast.py reads at once.
Errors: none; of bytes that are such records after all, nothing is left over.
Source: Avro 1.12, "Binary Encoding".
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from schemas import varint
from schemas.fast import array, functions
from schemas.malformed import Malformed
from schemas.shape import item_of, types_of

Place = int  # In the bytes.


def damage(classes: Sequence[tuple[str, type]], data: bytes) -> str:
    """In words, without the bytes themselves."""
    i = 0
    for path, kind in _fields(classes):
        try:
            i = _behind(kind, data, i)
        except UnicodeDecodeError:
            return f"field {path} is no UTF-8"
        except IndexError:
            return f"it ends within field {path}"
        except Malformed as malformed:
            return f"field {path}: {malformed.detail}"
    left = len(data) - i
    return f"{left} bytes left over after its last field"


def _fields(classes: Sequence[tuple[str, type]]) -> Iterator[tuple[str, Any]]:
    for before, cls in classes:
        for name, kind in types_of(cls).items():
            if dataclasses.is_dataclass(kind) and isinstance(kind, type):
                yield from _fields([(f"{before}{name}.", kind)])
            else:
                yield before + name, kind


def _behind(kind: Any, data: bytes, i: Place) -> Place:  # noqa: ANN401 - an annotation.
    """The place behind a field. Errors: IndexError where the bytes end before."""
    if (item := item_of(kind)) is not None:
        _, i = array(data, i, functions(item).read)
    elif kind is bool:
        if data[i] > 1:
            raise Malformed("neither true nor false")
        i += 1
    elif kind is int:
        z, i = data[i], i + 1
        if z > varint.SEVEN_BITS:
            _, i = varint.rest(data, i, z)
    else:
        size, start = varint.length(data, i + 1, data[i])
        i = start + (size >> 1)
        if kind is str and i <= len(data):
            data[start:i].decode()
    if i > len(data):
        raise IndexError
    return i
