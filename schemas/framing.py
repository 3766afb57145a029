"""Confluent's wire format: a zero byte, the schema's id in four bytes, bare Avro.

Shape: frame(schema_id, payload) -> value; unframe(value) -> (schema_id, payload).
Errors: Malformed("…", code="not_confluent_framed") for another first byte, too few bytes or no
value at all; code "too_large" beyond PAYLOAD_BYTES_MAX.
Source: Confluent documentation, "Wire format".
"""

import struct

from schemas.malformed import NOT_FRAMED, TOO_LARGE, Malformed

PAYLOAD_BYTES_MAX = 1_048_576  # Kafka's own bound of a batch, so nothing larger travels anyway.

_HEADER = struct.Struct(">bI")
_SIZE = _HEADER.size


def frame(schema_id: int, payload: bytes) -> bytes:
    return _HEADER.pack(0, schema_id) + payload


def unframe(value: bytes | None) -> tuple[int, bytes]:
    if value is None:
        raise Malformed("a record without a value", code=NOT_FRAMED)
    if len(value) < _SIZE or value[0]:
        raise Malformed("no schema id of Confluent's wire format in front", code=NOT_FRAMED)
    if len(value) > PAYLOAD_BYTES_MAX:
        check_size(value)
    return _HEADER.unpack_from(value)[1], value[_SIZE:]


def check_size(data: bytes) -> None:
    if len(data) > PAYLOAD_BYTES_MAX:
        raise Malformed(f"{len(data)} bytes, more than {PAYLOAD_BYTES_MAX}", code=TOO_LARGE)
