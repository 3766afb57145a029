"""Records of a partition go to the desks of their books; what belongs to no book is refused.

Shape: Router.handle(partition, records). One transaction for strays, then one a book and batch.
Strays come first: a book's position that has moved past one would hide it from the next writer.
A book that was made lately is found by asking the directory once a batch, never once a record.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import structlog

from commands.answering import REFUSED, Given, without_effect
from commands.incoming import Origin, Record
from commands.outward import Outbox, unheard
from commands.ports import Codec, Outgoing
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, now_us
from consumers.writer.reading import Partition
from domain.decision import Refused
from infra.event_store.strays import Mark
from infra.kafka.partition import partition_of
from schemas.malformed import Malformed

KEY_BYTES_MAX = 120  # More than any name of a book has.
ANSWER_TYPE = "tally.answer.v1.CommandAnswered"
log = structlog.get_logger()


class Router:
    """Sends records to desks. `open_new` takes the books of a partition that are not taken yet."""

    def __init__(
        self,
        decoder: Decoder,
        codec: Codec,
        open_new: Callable[[Partition], None],
        partitions: int,
    ) -> None:
        self._decoder = decoder
        self._codec = codec
        self._open_new = open_new
        self._partitions = partitions

    def handle(self, partition: Partition, records: Sequence[tuple[Origin, Record]]) -> None:
        """Write the batch. Raises what a desk raises."""
        by_book: dict[str, list[tuple[Origin, Record]]] = {}
        for each in records:
            by_book.setdefault(book_of(each[1]), []).append(each)
        if by_book.keys() - partition.desks.keys():
            self._open_new(partition)
        unknown = by_book.keys() - partition.desks.keys()
        if unknown:  # In the order of the partition, whatever books they name.
            self._refuse(partition, [each for each in records if book_of(each[1]) in unknown])
        for book, found in by_book.items():
            if book not in unknown:
                self._write(partition.desks[book], found)

    def _write(self, desk: Desk, records: Sequence[tuple[Origin, Record]]) -> None:
        new = [
            self._decoder.read(record, origin)
            for origin, record in records
            if not desk.has(record.offset, origin)
        ]
        if new:
            desk.handle(new)

    def _refuse(self, partition: Partition, strays: Sequence[tuple[Origin, Record]]) -> None:
        commands, internal = partition.strays.positions
        rows: list[Outgoing] = []
        marks: list[Mark] = []
        for origin, record in strays:
            if record.offset < (commands if origin is Origin.COMMANDS else internal):
                continue
            refused, mark = self._stray(partition, origin, record)
            rows += refused
            marks += mark
            if origin is Origin.COMMANDS:
                commands = record.offset + 1
            else:
                internal = record.offset + 1
        if rows:
            partition.strays.refuse(rows, (commands, internal), marks)
            log.warning("strays_refused", partition=partition.number, count=len(rows))

    def _stray(
        self, partition: Partition, origin: Origin, record: Record
    ) -> tuple[list[Outgoing], list[Mark]]:
        """A refusal to whoever can be addressed, else a dead letter.

        A follow-on's refusal goes back to the book that tried, and is kept for good: if the book
        is made later, a repeat of it must not be done there.
        """
        book = book_of(record)
        incoming = self._decoder.read(record, origin)
        refused = self._reason(partition, record)
        outbox = Outbox(book, now_us(), self._codec)
        if incoming.unreadable:
            outbox.dead_letter(incoming, incoming.refused or refused)
            return outbox.outgoing, []
        given = Given(book, 0, now_us())  # Of no book: kept for nobody.
        told = without_effect(given, incoming, REFUSED, refused)
        payload = self._codec.encode_answer(told)
        answer = Outgoing("results", book, ANSWER_TYPE, payload)
        if incoming.on_refusal is None:
            if not incoming.heard:
                outbox.dead_letter(incoming, unheard(refused))
            return [answer, *outbox.outgoing], []
        try:
            returned = outbox.returned(incoming, incoming.on_refusal, refused)
        except Malformed as malformed:
            outbox.dead_letter(incoming, Refused(malformed.code, str(malformed)))
            return [answer, *outbox.outgoing], []
        mark = Mark(book, incoming.command_id, incoming.payload_hash, payload)
        return [answer, returned], [mark]

    def _reason(self, partition: Partition, record: Record) -> Refused:
        book, right = book_of(record), partition_of(record.key, self._partitions)
        if right != partition.number:
            return Refused("wrong_partition", f"book {book!r:.80} is on partition {right}")
        return Refused("book_unknown", f"there is no book {book!r:.80}")


def book_of(record: Record) -> str:
    """The book that a record is for; a key that is no name of a book stays fit to be stored."""
    return _named(record.key[:KEY_BYTES_MAX])


@lru_cache(maxsize=1024)
def _named(key: bytes) -> str:
    return key.decode("utf-8", "replace").replace("\0", "\ufffd")
