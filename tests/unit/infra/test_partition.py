"""Kafka's own partitioner, by the values of its own tests."""

import pytest

from infra.kafka.partition import murmur2, partition_of

# Source: Apache Kafka, UtilsTest.testMurmur2.
VECTORS = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), VECTORS.items())
def test_murmur2_is_kafkas(key: bytes, hashed: int) -> None:
    assert murmur2(key) == hashed & 0xFFFFFFFF


def test_a_partition_is_one_of_those_there_are() -> None:
    found = {partition_of(b"book-%d" % number, 4) for number in range(100)}
    assert found == {0, 1, 2, 3}
