"""Answers: one outcome per command, kept so that the same key again gets the same answer.

Shape: an answer becomes the Avro record CommandAnswered. `status`: accepted, refused or
internal_error. An internal error is no refusal and is never kept against the key.
Units: sequences are positions in the book's log, 0 where there is no event.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from commands.answer import CommandAnswered
from commands.execution import Executed
from commands.incoming import Incoming
from commands.ports import Codec, Head, NewAnswer, SavedAnswer
from domain.decision import Refused

ACCEPTED = "accepted"
REFUSED = "refused"
INTERNAL_ERROR = "internal_error"
FAILED = Refused(INTERNAL_ERROR, "the command made us fail; it had no effect")
KEY_REUSED = Refused("idempotency_key_reused", "this key was used for another command")


class Given(NamedTuple):
    """Where and when an answer is given. `sequence`: 0 outside any book's answers."""

    book: str
    sequence: int
    at_us: int


def without_effect(given: Given, incoming: Incoming, status: str, why: Refused) -> CommandAnswered:
    """The answer to a command that came to nothing."""
    meta = incoming.meta
    return CommandAnswered(
        given.book,
        given.sequence,
        incoming.command_id.hex(),
        meta.client,
        meta.idempotency_key,
        incoming.type_name,
        status,
        why.code,
        why.detail,
        replayed=False,
        first_sequence=0,
        last_sequence=0,
        correlation_id=meta.correlation_id,
        answered_at_us=given.at_us,
    )


class Answers:
    """The answers of one batch, in order."""

    def __init__(
        self, head: Head, at_us: int, codec: Codec, saved: Mapping[bytes, SavedAnswer]
    ) -> None:
        self.book = head.name
        self.sequence = head.answer_sequence
        self.at_us = at_us
        self.codec = codec
        self.rows: list[NewAnswer] = []
        self._accepted = codec.accepted(head.name, at_us)
        self._given: dict[bytes, SavedAnswer | NewAnswer] = dict(saved)

    def accepted(self, incoming: Incoming, done: Executed) -> None:
        first, count = done.first_sequence, len(done.events)
        first, last = (first, first + count - 1) if count else (0, 0)
        payload = self._accepted(incoming, sequence=self.sequence + 1, first=first, last=last)
        self._add(incoming, payload, keep=True)

    def refused(self, incoming: Incoming, refused: Refused, *, keep: bool = True) -> None:
        self._add(incoming, self._refusal(incoming, REFUSED, refused), keep=keep)

    def failed(self, incoming: Incoming, why: Refused = FAILED) -> None:
        """It is among the dead letters, and may be sent again."""
        self._add(incoming, self._refusal(incoming, INTERNAL_ERROR, why), keep=False)

    def given(self, command_id: bytes) -> SavedAnswer | NewAnswer | None:
        """What was answered already, before this batch or in it."""
        return self._given.get(command_id)

    def again(self, incoming: Incoming, saved: SavedAnswer | NewAnswer) -> None:
        """The same key again: the same answer, or a refusal if it asks for something else."""
        if saved.payload_hash != incoming.payload_hash:
            self.refused(incoming, KEY_REUSED, keep=False)
            return
        answer = self.codec.decode_answer(saved.payload)
        repeated = replace(answer, answer_sequence=self.sequence + 1, replayed=True)
        self._add(incoming, self.codec.encode_answer(repeated), keep=False)

    def _refusal(self, incoming: Incoming, status: str, why: Refused) -> bytes:
        given = Given(self.book, self.sequence + 1, self.at_us)
        return self.codec.encode_answer(without_effect(given, incoming, status, why))

    def _add(self, incoming: Incoming, payload: bytes, *, keep: bool) -> None:
        self.sequence += 1
        command_id = incoming.command_id if keep else None
        row = NewAnswer(self.sequence, command_id, incoming.payload_hash, payload)
        self.rows.append(row)
        if command_id is not None:
            self._given[command_id] = row
