"""A consumed message with plain types: keys and values are bytes, headers a list of pairs.

Why: the client's types allow for text and nothing everywhere; this is the one place that decides.
"""

from typing import cast

from confluent_kafka import Message

Headers = list[tuple[str, bytes | None]]


def known_headers(message: Message) -> Headers | None:
    """The headers in their order; None: a name among them is no UTF-8, so none can be read.

    To Kafka a name is bytes, to the client text: it fails, by either error, and gives none of them.
    """
    try:
        return cast("Headers", message.headers() or [])
    except (SystemError, UnicodeDecodeError):
        return None


def header_list(message: Message) -> Headers:
    """The headers in their order; none, or none that can be read, is an empty list."""
    return known_headers(message) or []


def headers(message: Message) -> dict[str, bytes]:
    """The headers by name; the last of a name counts, one without a value is empty."""
    return {name: value or b"" for name, value in known_headers(message) or ()}


def key(message: Message) -> bytes:
    """The key, empty where there is none."""
    return message.key() or b""


def value(message: Message) -> bytes:
    """The value, empty where there is none."""
    return message.value() or b""


def topic(message: Message) -> str:
    return message.topic() or ""


def partition(message: Message) -> int:
    return message.partition() or 0


def offset(message: Message) -> int:
    return message.offset() or 0
