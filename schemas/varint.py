"""Avro's integers: zigzag, then seven bits a byte, the lowest first.

Shape: TAIL[z] and LENGTH[n] are the bytes of a zigzag value and of a string's length where they are
small; `long_bytes`, `length_bytes` and `rest` take over where they are not.
Units: a zigzag value z is 2n for n >= 0, else -2n - 1; a long has 64 bits.
Errors: Malformed for what has no 64 bits, and for a number written with more bytes than it needs:
one value has one form, so that equal commands have equal bytes.
Source: Avro 1.12, "Binary Encoding". Tables: 28 of 64 bits in one concatenation (measured: 0.6 µs
for a whole event, 3.6 µs by a call of fastavro).
"""

from schemas.malformed import Malformed

Zigzag = int
Place = int  # In the bytes.

SMALL = 1 << 14
MIDDLE = 1 << 28
LENGTH_SMALL = SMALL // 2
LONG_BITS = 64
BYTES_MAX = 10
SEVEN_BITS = 0x7F
UNUSUAL = "an integer in a form that no writer uses"

# The minimal form of z < 2^14, and two bytes of any z with more bytes to follow.
TAIL = (
    *(bytes((z,)) for z in range(0x80)),
    *(bytes((z & 0x7F | 0x80, z >> 7)) for z in range(0x80, SMALL)),
)
HEAD = tuple(bytes((z & 0x7F | 0x80, z >> 7 | 0x80)) for z in range(SMALL))
LENGTH = TAIL[::2]


def long_bytes(z: Zigzag, field: str) -> bytes:
    """The form of a zigzag value that is not small."""
    if z < MIDDLE:
        return HEAD[z & 0x3FFF] + TAIL[z >> 14]
    low = HEAD[z & 0x3FFF] + HEAD[z >> 14 & 0x3FFF]
    z >>= 28
    if z < SMALL:
        return low + TAIL[z]
    if z < MIDDLE:
        return low + HEAD[z & 0x3FFF] + TAIL[z >> 14]
    if z >> LONG_BITS - 28:
        raise Malformed(f"{field}: the integer does not fit 64 bits")
    return low + HEAD[z & 0x3FFF] + HEAD[z >> 14 & 0x3FFF] + TAIL[z >> 28]


def length_bytes(n: int) -> bytes:
    """The form of a length that is not small."""
    return long_bytes(2 * n, "length")


def rest(data: bytes, i: Place, z: Zigzag) -> tuple[Zigzag, Place]:
    """The value whose first byte, with its high bit, is z; `data[i]` is the second. And its end."""
    byte = data[i]
    z += (byte - 1) << 7
    if byte > SEVEN_BITS:
        i += 1
        byte = data[i]
        z += (byte - 1) << 14
        if byte > SEVEN_BITS:
            return _beyond(data, i + 1, z)
    if not byte:
        raise Malformed(UNUSUAL)
    return z, i + 1


def _beyond(data: bytes, i: Place, z: Zigzag) -> tuple[Zigzag, Place]:
    """The same with the fourth byte at `data[i]`."""
    for shift in range(21, 7 * BYTES_MAX, 7):
        byte = data[i]
        i += 1
        z += (byte - 1) << shift
        if byte <= SEVEN_BITS:
            if not byte or z >> LONG_BITS:
                raise Malformed(UNUSUAL)
            return z, i
    raise Malformed("an integer of more than 64 bits")


def length(data: bytes, i: Place, z: Zigzag) -> tuple[Zigzag, Place]:
    """A length that is not small: first byte z. And where the content begins."""
    if z > SEVEN_BITS:
        z, i = rest(data, i, z)
    if z & 1:
        raise Malformed("a negative length")
    return z, i
