"""A record becomes a command, or says why it cannot.

Shape: Decoder.read(record, origin) -> Incoming. What has no readable envelope is `unreadable` and
becomes a dead letter; what has one is answered, if only with a refusal.
Errors: Outage where the registry cannot be asked.
"""

from dataclasses import replace

from commands import checks, identity
from commands.incoming import Incoming, Origin, Record, Return
from commands.outward import HEARD, NO_RECORD, RETURN, RETURN_BOOK, RETURN_TYPE
from commands.ports import Timer
from consumers.writer.desk import today
from domain.decision import Refused
from domain.transfer import TransferFunds
from infra.registry.ids import SchemaIds
from schemas import codec
from schemas.framing import unframe
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES

NOBODY = CommandMeta("", "")
CLIENT = None, True  # Who publishes on tally.commands reads tally.results.
MALFORMED_HEADERS = "malformed_headers"


class Decoder:
    """Reads commands and timers."""

    def __init__(self, schemas: SchemaIds) -> None:
        self._schemas = schemas

    def read(self, record: Record, origin: Origin) -> Incoming:
        """A command as it was published."""
        if record.headers is None:
            said = "the name of a header is no UTF-8; the headers are left out here"
            return _unreadable(record, origin, Malformed(said, code=MALFORMED_HEADERS))
        try:
            schema_id, payload = unframe(record.value)
            known = self._schemas.of(schema_id)
            if known is None:
                return _unreadable(record, origin, self._schemas.why_unknown(schema_id))
            name, writer = known
            meta, command, data = codec.decode_command(name, payload, writer)
            own = origin is not Origin.COMMANDS
            on_refusal, heard = _hearing(record.headers) if own else CLIENT
        except Malformed as malformed:
            return _unreadable(record, origin, malformed)
        if type(command) is TransferFunds and command.destination_book:
            command = _at_home(command, record.key)
        refused = None
        if not own:
            refused = checks.check(meta, command)
            if refused is None and meta.effective_on:
                refused = checks.check_day(meta.effective_on, today())
        named = identity.own_command_id if own else identity.command_id
        return Incoming(
            origin,
            named(client=meta.client, key=meta.idempotency_key),
            identity.payload_hash(name, data),
            name,
            meta,
            command,
            refused,
            on_refusal,
            b"",
            record,
            heard=heard,
        )

    @staticmethod
    def timer(timer: Timer) -> Incoming:
        """A command of the book's own timers."""
        try:
            meta, command, data = codec.decode_stored_command(timer.type_name, timer.payload)
        except Malformed as malformed:
            record = NO_RECORD._replace(value=timer.payload)
            unreadable = _unreadable(record, Origin.TIMER, malformed)
            return unreadable._replace(type_name=timer.type_name, timer_id=timer.timer_id)
        return Incoming(
            Origin.TIMER,
            identity.own_command_id(client=meta.client, key=meta.idempotency_key),
            identity.payload_hash(timer.type_name, data),
            FULL_NAMES[type(command)],
            meta,
            command,
            timer_id=timer.timer_id,
            heard=False,
        )


def _at_home(command: TransferFunds, key: bytes) -> TransferFunds:
    """A transfer to the book that it is sent to is one inside it: no other book is asked."""
    if command.destination_book.encode() != key:
        return command
    return replace(command, destination_book="")


def _unreadable(record: Record, origin: Origin, malformed: Malformed) -> Incoming:
    return Incoming(
        origin,
        b"",
        b"",
        "",
        NOBODY,
        None,
        Refused(malformed.code, str(malformed)),
        record=record,
        unreadable=True,
    )


def _hearing(found: tuple[tuple[str, bytes], ...]) -> tuple[Return | None, bool]:
    """What a refusal sends back, and whether the sender hears of it.

    Errors: Malformed, where only a part of what it sends back is there.
    """
    headers = dict(found)
    if RETURN_BOOK not in headers:
        return None, HEARD in headers
    try:
        back = Return(headers[RETURN_BOOK].decode(), headers[RETURN_TYPE].decode(), headers[RETURN])
    except (KeyError, UnicodeDecodeError) as error:
        raise Malformed(f"its header {RETURN_BOOK} lacks what goes with it") from error
    return back, True
