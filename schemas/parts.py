"""Single values as Avro, for the few records that are put together of parts.

Shape: text(str) -> bytes, number(int) -> bytes.
Errors: Malformed for what has no 64 bits; UnicodeEncodeError for text that is no Unicode.
"""

from schemas.varint import HEAD, LENGTH, LENGTH_SMALL, MIDDLE, SMALL, TAIL, length_bytes, long_bytes

EMPTY = b"\0"  # A text without characters, or a boolean that is false.


def text(value: str) -> bytes:
    if not value:
        return EMPTY
    data = value.encode()
    size = len(data)
    return (LENGTH[size] if size < LENGTH_SMALL else length_bytes(size)) + data


def number(value: int) -> bytes:
    z = value + value if value >= 0 else ~(value + value)
    if z < SMALL:
        return TAIL[z]
    return HEAD[z & 0x3FFF] + TAIL[z >> 14] if z < MIDDLE else long_bytes(z, "number")
