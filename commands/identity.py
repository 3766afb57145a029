"""Names that make once mean once: of commands, streams, things and follow-ons.

Shape: 16 bytes each, a BLAKE2b digest of the parts with a zero byte between them; stored as uuid.
The parts cannot contain a zero byte (ids are checked, purposes are ours), so no two names collide
by concatenation; by chance they do with a probability below 10^-18 at 10^10 names.
"""

from functools import cache
from hashlib import blake2b

from domain.decision import Stream

EMPTY = blake2b(digest_size=16)  # Copied for each: a fifth quicker than made anew.


def command_id(*, client: str, key: str) -> bytes:
    """A command is its client and the client's key: the same pair again is the same command."""
    return _named(f"command\0{client}\0{key}")


def own_command_id(*, client: str, key: str) -> bytes:
    """The same of our own programs and books: nobody outside can use up one of their keys."""
    return _named(f"own\0{client}\0{key}")


def payload_hash(type_name: str, data: bytes) -> bytes:
    """What the command asks for, without its envelope."""
    made = _of_type(type_name).copy()
    made.update(data)
    return made.digest()


def stream_id(stream: Stream) -> bytes:
    """The id of a stream of events in the store."""
    return _named("\0".join(("stream", *stream)))


def fact_key(thing: str) -> bytes:
    """The name of a thing that begins once in its book, forever."""
    return _named(f"fact\0{thing}")


def follow_on_client(book: str) -> str:
    """The client that a book is to other books and to its own timers; no client may hold ':'."""
    return "tally:" + book


def follow_on_key(sequence: int, purpose: str) -> str:
    """A follow-on is its causing event and its purpose."""
    return f"{sequence}/{purpose}"


def _named(text: str) -> bytes:
    made = EMPTY.copy()
    made.update(text.encode())
    return made.digest()


@cache
def _of_type(type_name: str) -> blake2b:
    """Begins the hash of a payload of that type."""
    person = blake2b(type_name.encode(), digest_size=16).digest()
    return blake2b(digest_size=16, person=person)
