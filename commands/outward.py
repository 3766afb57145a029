"""What leaves a book: commands for other books, timers, and dead letters, by way of its outbox.

Shape: `leaving` builds the rows of one command (it may fail, and has then added nothing), `add`
keeps them. A follow-on's identity is its causing event and purpose: sent twice, it is done once.
Headers of an internal command: `tally-return-book`, `tally-return-type`, `tally-return` name the
command that a refusal sends back.
"""

from typing import NamedTuple

from commands import identity
from commands.catalogue import COMMANDS
from commands.dead_letter import DeadLetter, DeadLetterHeader
from commands.execution import Executed, Outward, with_code
from commands.incoming import Incoming, Record, Return
from commands.ports import Codec, Context, Outgoing, Timer
from domain.decision import At, Refused, Try

RETURN_BOOK, RETURN_TYPE, RETURN = "tally-return-book", "tally-return-type", "tally-return"
NO_RECORD = Record("", 0, -1, b"", b"", ())
FOLLOW_ON_REFUSED = "follow_on_refused"
DEAD_LETTER_TYPE = "tally.dead_letter.v1.DeadLetter"


class Leaving(NamedTuple):
    """The rows of one command."""

    outgoing: list[Outgoing]
    timers: list[Timer]


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
        leaving = Leaving([], [])
        for outward in done.outward:
            context = self._context(incoming, outward)
            match outward.follow_on:
                case At():
                    leaving.timers.append(self._timer(context, outward.follow_on))
                case Try():
                    leaving.outgoing.append(self._to_book(context, outward.follow_on))
        for command, refused in done.unanswered:
            detail = f"{type(command).__name__}: {refused.code}: {refused.detail}"
            why = Refused(FOLLOW_ON_REFUSED, detail)
            leaving.outgoing.append(self._dead(incoming, why, ""))
        return leaving

    def add(self, leaving: Leaving) -> None:
        self.outgoing.extend(leaving.outgoing)
        self.timers.extend(leaving.timers)

    def returned(self, incoming: Incoming, back: Return, refused: Refused) -> None:
        """A refusal goes back to the book that tried, as the command it named for that."""
        command = self.codec.decode_command(back.type_name, back.payload)
        context = self._answering(incoming)
        payload = self.codec.encode_command(context, with_code(command, refused))
        self.outgoing.append(Outgoing("internal", back.book, back.type_name, payload))

    def dead_letter(self, incoming: Incoming, why: Refused, trace: str = "") -> None:
        self.outgoing.append(self._dead(incoming, why, trace))

    def _dead(self, incoming: Incoming, why: Refused, trace: str) -> Outgoing:
        record = incoming.record or NO_RECORD
        place = f"{record.topic}-{record.partition}-{record.offset}"
        dead_letter = DeadLetter(
            place if incoming.record else "timer-" + incoming.timer_id.hex(),
            self.book,
            record.topic,
            record.partition,
            record.offset,
            record.key,
            record.value,
            tuple(DeadLetterHeader(name, value) for name, value in record.headers),
            why.code,
            why.detail,
            trace,
            incoming.type_name,
            incoming.command_id.hex(),
            self.at_us,
        )
        payload = self.codec.encode_dead_letter(dead_letter)
        return Outgoing("dead-letters", self.book, DEAD_LETTER_TYPE, payload)

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
        timer_id = identity.command_id(client=context.client, key=context.idempotency_key)
        payload = self.codec.encode_command(context, at.command)
        return Timer(timer_id, at.due_us, COMMANDS[type(at.command)].type_name, payload)

    def _to_book(self, context: Context, follow_on: Try) -> Outgoing:
        payload = self.codec.encode_command(context, follow_on.command)
        type_name = COMMANDS[type(follow_on.command)].type_name
        return Outgoing(
            "internal", follow_on.book, type_name, payload, self._back(context, follow_on)
        )

    def _back(self, context: Context, follow_on: Try) -> tuple[tuple[str, bytes], ...]:
        if follow_on.on_refusal is None:
            return ()
        type_name = COMMANDS[type(follow_on.on_refusal)].type_name
        payload = self.codec.encode_command(context, follow_on.on_refusal)
        return (
            (RETURN_BOOK, self.book.encode()),
            (RETURN_TYPE, type_name.encode()),
            (RETURN, payload),
        )
