"""Commands and events as bare Avro: what is stored, hashed and, behind a schema id, published.

Shape: encode_* -> bytes; decode_event(type_name, data) -> event; decode_command(full_name, payload)
-> Decoded; decode_stored_event and decode_stored_command take the name that it is stored under.
Integers stay integers, timestamps too. Bytes that another schema wrote are resolved to our shape
with its Writer (schemas/writers.py). `RecordCodec(cls)` is the same for one class more.
Bounds: a record has PAYLOAD_BYTES_MAX, a command half of it, so that its events and their headers
still fit; memory is a small multiple of the bytes, whatever lengths and counts they claim.
Errors: Malformed, of all of them; an integer over 64 bits or text that is no Unicode is refused on
the way out as on the way in.
"""

import dataclasses
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from schemas import editions, files, writers
from schemas.damage import damage
from schemas.fast import Functions, functions
from schemas.framing import PAYLOAD_BYTES_MAX, check_size
from schemas.malformed import TOO_LARGE, UNKNOWN_TYPE, Malformed
from schemas.meta import CommandMeta
from schemas.names import COMMANDS, EVENTS, TYPES, Command, Event
from schemas.shape import item_of, types_of
from schemas.writers import Schema, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND_BYTES_MAX = PAYLOAD_BYTES_MAX // 2

Record = TypeVar("Record")
# The last: the command's bytes without `meta`, equal for equal commands whoever wrote them.
Decoded = tuple[CommandMeta, Command, bytes]


class Meta(Protocol):
    """What CommandMeta holds; anything that holds the same is encoded the same."""

    @property
    def client(self) -> str: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def traceparent(self) -> str: ...
    @property
    def effective_on(self) -> str: ...


class RecordCodec(Generic[Record]):
    """Bare Avro of one class. Errors: Malformed."""

    def __init__(self, cls: type[Record]) -> None:
        self._cls, self._functions = cls, functions(cls)
        self.encode: Callable[[Record], bytes] = self._functions.encode

    def decode(self, data: bytes) -> Record:
        return cast("Record", _decode(self._cls, self._functions, data))


_META = functions(CommandMeta)


def encode_event(event: Event) -> bytes:
    data = functions(type(event)).encode(event)
    if len(data) > PAYLOAD_BYTES_MAX:
        check_size(data)
    return data


def decode_event(type_name: str, data: bytes, written: Writer | None = None) -> Event:
    """An event. `written`: the schema it was written by, where that is not ours of today."""
    cls = EVENTS.get(type_name)
    if cls is None:
        raise Malformed(f"no event is called {type_name:.100}", code=UNKNOWN_TYPE)
    if written is None:
        return cast("Event", _decode(cls, functions(cls), data))
    check_size(data)
    return cast("Event", _build(cls, writers.read(written, ours(type_name), data)))


def decode_stored_event(name: str, data: bytes) -> Event:
    """An event by whatever edition its name says."""
    full_name, written = reading_of(name)
    return decode_event(full_name, data, written)


def decode_stored_command(name: str, payload: bytes) -> Decoded:
    """A command by whatever edition its name says."""
    full_name, written = reading_of(name)
    return decode_command(full_name, payload, written)


def encode_command(meta: Meta, command: Command) -> bytes:
    """The whole record: the bytes of `meta`, then those of the command."""
    data = _META.encode(meta) + functions(type(command)).encode(command)
    if len(data) > COMMAND_BYTES_MAX:
        raise _command_too_large(data)
    return data


def decode_command(full_name: str, payload: bytes, written: Writer | None = None) -> Decoded:
    """A command. `written`: the schema it was written by, where that is not ours of today."""
    cls = COMMANDS.get(full_name)
    if cls is None:
        raise Malformed(f"no command is called {full_name:.100}", code=UNKNOWN_TYPE)
    if len(payload) > COMMAND_BYTES_MAX:
        raise _command_too_large(payload)
    if written is not None:
        return _resolved(cls, writers.read(written, ours(full_name), payload))
    code = functions(cls)
    try:
        meta, start = _META.read(payload, 0)
        command, end = code.read(payload, start)
    except (IndexError, UnicodeDecodeError) as error:
        raise _no_command(full_name, payload) from error
    if end != len(payload):
        raise _no_command(full_name, payload)
    return meta, command, payload[start:] if code.one_form else code.encode(command)


@cache
def ours(full_name: str) -> Writer:
    """Our own schema of that name."""
    return writers.writer(files.texts()[full_name])


def unlike_ours(written: Writer) -> Writer | None:
    """None where its bytes are ours, or it is of a type that we have not."""
    known = written.full_name in files.texts()
    same = not known or written.canonical == ours(written.full_name).canonical
    return None if same else written


@cache
def writer_of(full_name: str, edition: int) -> Writer | None:
    """The schema of an edition, None where its bytes are those of today's."""
    return unlike_ours(writers.writer(files.editions(full_name)[edition - 1]))


@lru_cache(maxsize=1_024)
def reading_of(name: str) -> tuple[str, Writer | None]:
    full_name, edition = editions.parted(name)
    return full_name, writer_of(full_name, edition) if full_name in TYPES else None


def _decode(cls: type, code: Functions, data: bytes) -> object:
    if len(data) > PAYLOAD_BYTES_MAX:
        check_size(data)
    try:
        record, end = code.read(data, 0)
    except (IndexError, UnicodeDecodeError) as error:
        raise Malformed(damage([("", cls)], data)) from error
    if end != len(data):
        raise Malformed(damage([("", cls)], data))
    return record


def _no_command(full_name: str, payload: bytes) -> Malformed:
    said = damage([("meta.", CommandMeta), ("", COMMANDS[full_name])], payload)
    return Malformed(f"not a {full_name}: {said}")


def _command_too_large(payload: bytes) -> Malformed:
    said = f"a command of {len(payload)} bytes, more than {COMMAND_BYTES_MAX}"
    return Malformed(said, code=TOO_LARGE)


def _resolved(cls: type[Command], found: Schema) -> Decoded:
    meta = cast("CommandMeta", _build(CommandMeta, found["meta"]))
    command = cast("Command", _build(cls, found))
    return meta, command, functions(cls).encode(command)


def _build(cls: type, found: Schema) -> object:
    return cls(**{name: _value(kind, found[name]) for name, kind in types_of(cls).items()})


def _value(kind: Any, value: Any) -> object:  # noqa: ANN401 - an annotation, and what Avro has there.
    if (item := item_of(kind)) is not None:
        return tuple(_value(item, each) for each in value)
    return _build(cast("type", kind), value) if dataclasses.is_dataclass(kind) else value
