"""Any record of a class, made from the types of its fields.

Shape: records(cls) -> strategy; RECORDS is every class that travels, by its full name.
"""

import dataclasses
from functools import cache
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st

from commands.answer import CommandAnswered
from commands.dead_letter import DeadLetter
from schemas.names import TYPES
from schemas.shape import KAFKA_INT, item_of, types_of

OTHERS: dict[str, type[Any]] = {
    "tally.answer.v1.CommandAnswered": CommandAnswered,
    "tally.dead_letter.v1.DeadLetter": DeadLetter,
}
RECORDS: dict[str, type[Any]] = {**TYPES, **OTHERS}

EACH = settings(max_examples=max(12, settings().max_examples // 8))  # There are 99 classes.
LONGS = st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300)
INTS = st.integers(-(2**31), 2**31 - 1)
# Lengths around 64 and 8,192 bytes take one byte more.
LONG_TEXTS = ("x" * 63, "x" * 64, "é" * 32, "x" * 8_191, "x" * 8_192, "中" * 2_731, "😀" * 3_000)
TEXTS = st.text(max_size=20) | st.sampled_from(LONG_TEXTS)


@cache
def records(cls: type) -> st.SearchStrategy[Any]:
    return st.builds(cls, **{name: values(name, kind) for name, kind in types_of(cls).items()})


def values(name: str, kind: object) -> st.SearchStrategy[Any]:
    if (item := item_of(kind)) is not None:
        return st.lists(records(item), max_size=3).map(tuple)
    if dataclasses.is_dataclass(kind):
        return records(cast("type", kind))
    plain: dict[object, st.SearchStrategy[Any]] = {
        str: TEXTS,
        bytes: st.binary(max_size=20),
        bool: st.booleans(),
        int: INTS if name in KAFKA_INT else LONGS,
    }
    return plain[kind]
