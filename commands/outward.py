"""What leaves a book: commands for other books, timers, and dead letters, by way of its outbox.

Shape: `leaving` builds the rows of one command (it may fail, and has then added nothing), `add`
keeps them. A follow-on's identity is its causing event and purpose: sent twice, it is done once.
Headers of an internal command: `tally-return-book`, `tally-return-type`, `tally-return` name the
command that a refusal sends back; `tally-heard` says that its sender hears the answer. One with
neither that is refused becomes a dead letter: what it tells has happened, and must not be lost.
"""

from dataclasses import replace
from typing import NamedTuple

from commands import identity
from commands.catalogue import COMMANDS
from commands.dead_letter import DeadLetter, DeadLetterHeader
from commands.execution import Executed, Outward, with_code
from commands.incoming import Incoming, Record, Return
from commands.ports import Codec, Context, Outgoing, Timer
from domain.decision import At, Refused, Try

RETURN_BOOK, RETURN_TYPE, RETURN = "tally-return-book", "tally-return-type", "tally-return"
HEARD = "tally-heard"
NO_RECORD = Record("", 0, -1, b"", b"", ())
FOLLOW_ON_REFUSED = "follow_on_refused"
DEAD_LETTER_TYPE = "tally.dead_letter.v1.DeadLetter"
# A dead letter must fit a record of Kafka, 1 MB, whatever was sent: one that did not would hold up
# its book's relay for ever. No readable command has more than VALUE_BYTES_MAX, so what is cut is
# none; the whole of it lies where its id says. A header counts its bytes and two lengths.
LETTER_BYTES_MAX = 900_000
VALUE_BYTES_MAX, KEY_BYTES_MAX, HEADERS_BYTES_MAX, HEADER_BYTES = 524_293, 65_536, 131_072, 8
DETAIL_CHARS_MAX, TRACE_CHARS_MAX = 2_000, 20_000
CUT = "; cut, the whole of it is at its place in the topic"


class Leaving(NamedTuple):
    """The rows of one command."""

    outgoing: list[Outgoing]
    timers: list[Timer]


NOTHING = Leaving([], [])  # What most commands send: never changed.


class Outbox:
    """What leaves with one batch, in order."""

    def __init__(self, book: str, at_us: int, codec: Codec) -> None:
        self.book = book
        self.at_us = at_us
        self.codec = codec
        self.client = identity.follow_on_client(book)
        self.outgoing: list[Outgoing] = []
        self.timers: list[Timer] = []

    def leaving(self, incoming: Incoming, done: Executed) -> Leaving:
        """The follow-ons of a command that leave it, and what of it nobody else answers for."""
        if not done.outward and not done.unanswered:
            return NOTHING
        leaving = Leaving([], [])
        for outward in done.outward:
            context = self._context(incoming, outward)
            match outward.follow_on:
                case At():
                    leaving.timers.append(self._timer(context, outward.follow_on))
                case Try():
                    leaving.outgoing.append(self._to_book(context, outward.follow_on))
        for outward, refused in done.unanswered:
            leaving.outgoing.append(self._unanswered(incoming, outward, refused))
        return leaving

    def add(self, leaving: Leaving) -> None:
        self.outgoing.extend(leaving.outgoing)
        self.timers.extend(leaving.timers)

    def returned(self, incoming: Incoming, back: Return, refused: Refused) -> Outgoing:
        """A refusal for the book that tried, as the command it named for that. It may fail."""
        command = self.codec.decode_command(back.type_name, back.payload)
        context = self._answering(incoming)
        payload = self.codec.encode_command(context, with_code(command, refused))
        return Outgoing("internal", back.book, self._stored_name(command), payload)

    def dead_letter(self, incoming: Incoming, why: Refused, trace: str = "") -> None:
        """A record that could not be processed, or a command of a timer."""
        record, type_name = incoming.record, incoming.type_name
        if record is None:
            record, type_name = self._of_timer(incoming), self._stored_name(incoming.command)
        dead_letter = replace(self._dead(record, why, incoming), command_type=type_name)
        name = f"{record.topic}-{record.partition}-{record.offset}"
        if incoming.timer_id:
            name = "timer-" + incoming.timer_id.hex()
        row = replace(dead_letter, dead_letter_id=name, traceback=trace[-TRACE_CHARS_MAX:])
        self.outgoing.append(self._letter(row))

    def _of_timer(self, incoming: Incoming) -> Record:
        payload = self.codec.encode_command(incoming.meta, incoming.command)
        return NO_RECORD._replace(value=payload)

    def _unanswered(self, incoming: Incoming, outward: Outward, refused: Refused) -> Outgoing:
        """A follow-on that was refused here, with nobody named to hear of it."""
        command = outward.follow_on.command
        context = self._context(incoming, outward)
        detail = f"{type(command).__name__}: {refused.code}: {refused.detail}"
        record = NO_RECORD._replace(value=self.codec.encode_command(context, command))
        dead_letter = self._dead(record, Refused(FOLLOW_ON_REFUSED, detail), incoming)
        name = f"follow-on-{self.book}/{context.idempotency_key}"
        return self._letter(
            replace(dead_letter, dead_letter_id=name, command_type=self._stored_name(command))
        )

    def _dead(self, record: Record, why: Refused, incoming: Incoming) -> DeadLetter:
        """Everything but its name."""
        kept = _bounded(record)
        cut = CUT if kept is not record else ""
        return DeadLetter(
            "",
            self.book,
            record.topic,
            record.partition,
            record.offset,
            kept.key,
            kept.value,
            tuple(DeadLetterHeader(name, value) for name, value in kept.headers or ()),
            why.code,
            why.detail[:DETAIL_CHARS_MAX] + cut,
            "",
            incoming.type_name,
            incoming.command_id.hex(),
            self.at_us,
        )

    def _letter(self, dead_letter: DeadLetter) -> Outgoing:
        payload = self.codec.encode_dead_letter(dead_letter)
        assert len(payload) <= LETTER_BYTES_MAX, "the parts of a dead letter are bounded"
        name = self.codec.stored_name(DEAD_LETTER_TYPE)
        return Outgoing("dead-letters", self.book, name, payload)

    def _context(self, incoming: Incoming, outward: Outward) -> Context:
        meta = incoming.meta
        return Context(
            self.client,
            identity.follow_on_key(outward.sequence, outward.follow_on.purpose),
            meta.correlation_id or incoming.command_id.hex(),
            meta.actor,
            meta.traceparent,
            meta.effective_on,
        )

    def _answering(self, incoming: Incoming) -> Context:
        meta = incoming.meta
        key = f"{meta.idempotency_key}/refused"
        return Context(
            self.client, key, meta.correlation_id, meta.actor, meta.traceparent, meta.effective_on
        )

    def _timer(self, context: Context, at: At) -> Timer:
        """Booked on the day on which it falls due, whatever day the command was booked on."""
        context = context._replace(effective_on="")
        timer_id = identity.own_command_id(client=context.client, key=context.idempotency_key)
        payload = self.codec.encode_command(context, at.command)
        return Timer(timer_id, at.due_us, self._stored_name(at.command), payload)

    def _to_book(self, context: Context, follow_on: Try) -> Outgoing:
        payload = self.codec.encode_command(context, follow_on.command)
        name = self._stored_name(follow_on.command)
        back = self._back(context, follow_on)
        return Outgoing("internal", follow_on.book, name, payload, back)

    def _back(self, context: Context, follow_on: Try) -> tuple[tuple[str, bytes], ...]:
        if follow_on.on_refusal is None:
            return ()
        name = self._stored_name(follow_on.on_refusal)
        payload = self.codec.encode_command(context, follow_on.on_refusal)
        return (
            (RETURN_BOOK, self.book.encode()),
            (RETURN_TYPE, name.encode()),
            (RETURN, payload),
        )

    def _stored_name(self, command: object) -> str:
        return self.codec.stored_name(COMMANDS[type(command)].type_name)


def unheard(refused: Refused) -> Refused:
    """Why a command of ours is put aside whose refusal nobody would hear of."""
    return Refused(FOLLOW_ON_REFUSED, f"{refused.code}: {refused.detail}")


def _bounded(record: Record) -> Record:
    """The record itself, or as much of it as fits a dead letter."""
    headers = record.headers or ()
    size = sum(len(name.encode()) + len(value) + HEADER_BYTES for name, value in headers)
    if (
        len(record.value) <= VALUE_BYTES_MAX
        and len(record.key) <= KEY_BYTES_MAX
        and size <= HEADERS_BYTES_MAX
    ):
        return record
    return record._replace(
        key=record.key[:KEY_BYTES_MAX],
        value=record.value[:VALUE_BYTES_MAX],
        headers=record.headers if size <= HEADERS_BYTES_MAX else (),
    )
