"""Kafka's own partitioner, so that everybody finds a book's partition by its name.

Shape: partition_of(key, partitions). Source: murmur2 with seed 0x9747b28c as in Kafka's
DefaultPartitioner; librdkafka calls it murmur2_random.
"""

SEED = 0x9747B28C
M = 0x5BD1E995
MASK = 0xFFFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key in a topic of so many partitions."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """The 32-bit hash."""
    value = SEED ^ len(data)
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        chunk = int.from_bytes(data[start : start + 4], "little") * M & MASK
        chunk = (chunk ^ chunk >> 24) * M & MASK
        value = value * M & MASK ^ chunk
    rest = data[whole:]
    if rest:
        value = (value ^ int.from_bytes(rest, "little")) * M & MASK
    value = (value ^ value >> 13) * M & MASK
    return value ^ value >> 15
