"""Read back what the read side packs for COPY: field by field, as PostgreSQL does.

Shape: fields(rows) -> a list of the raw fields of each row. Errors: AssertionError where lengths do
not add up, which PostgreSQL would refuse.
"""

from collections.abc import Iterable
from struct import unpack_from


def fields(rows: Iterable[bytes]) -> list[list[bytes]]:
    data, at, found = b"".join(rows), 0, list[list[bytes]]()
    while at < len(data):
        (count,) = unpack_from(">h", data, at)
        at, row = at + 2, list[bytes]()
        for _ in range(count):
            (size,) = unpack_from(">i", data, at)
            row.append(data[at + 4 : at + 4 + size])
            assert len(row[-1]) == size, "a field reaches over the end"
            at += 4 + size
        found.append(row)
    return found


def number(field: bytes) -> int:
    return int.from_bytes(field, "big", signed=True)
