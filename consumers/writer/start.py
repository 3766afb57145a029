"""The writer program, put together.

Shape: run(surroundings, stop) until told to stop. Errors: what consumers/writer/program.py raises.
"""

from datetime import UTC, datetime
from functools import partial
from threading import Event

import psycopg
import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from commands.outage import Outage
from consumers.surroundings import Surroundings
from consumers.writer.bus_check import check_bus
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from consumers.writer.program import Writer
from consumers.writer.reading import Partition
from consumers.writer.routing import Router
from infra.codec import AvroCodec
from infra.event_store import books, directory
from infra.event_store.books import TakenBook
from infra.event_store.datastore import translated
from infra.event_store.directory import Book
from infra.event_store.strays import Strays
from infra.garbage import seldom_collected
from infra.kafka import clients
from infra.kafka.partition import partition_of
from schemas import codec

GROUP = "writer"
GARBAGE_EVERY = 50_000  # Objects.
TIMEOUT_S = 1.0  # For an offset that the next look gets too.
log = structlog.get_logger()


def run(surroundings: Surroundings, stop: Event) -> None:
    """Write the books of whatever partitions the group gives us."""
    settings, topics = surroundings.settings, surroundings.topics
    decoder = Decoder(surroundings.schemas)
    opening = Opening(surroundings, decoder, stop)
    router = Router(decoder, AvroCodec(), opening.open_new, surroundings.cluster.partitions)
    consumer = clients.group_consumer(settings.kafka_address, group=f"{topics.prefix}.{GROUP}")
    with seldom_collected(GARBAGE_EVERY):
        Writer(consumer, topics, opening, router.handle, batch=settings.batch).run(stop)


class Opening:
    """Opens partitions and takes their books."""

    def __init__(self, surroundings: Surroundings, decoder: Decoder, stop: Event) -> None:
        self._surroundings = surroundings
        self._decoder = decoder
        self._stop = stop
        self._events_topic_id = surroundings.cluster.topic_ids[surroundings.topics.events]

    def open(self, number: int) -> Partition:
        """A partition with all its books, each taken."""
        partition = Partition(number, Strays.take(self._surroundings.settings.postgres, number))
        try:
            self.open_new(partition)
        except BaseException:
            partition.close()
            raise
        return partition

    def open_new(self, partition: Partition) -> None:
        """Take the books of a partition that are not taken yet."""
        surroundings = self._surroundings
        for book in directory.list_books(surroundings.settings.postgres):
            mine = partition_of(book.name.encode(), surroundings.cluster.partitions)
            if mine == partition.number and book.name not in partition.desks:
                partition.desks[book.name] = self._desk(book, partition)

    def tend(self, consumer: Consumer, partition: Partition) -> None:
        """Take books that were made meanwhile, and note for all where Kafka's events end now.

        So little is to be searched when a book is taken, however much its neighbours write. While
        a server is away it is left for the next time.
        """
        place = TopicPartition(self._surroundings.topics.events, partition.number)
        try:
            self.open_new(partition)
            _, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)
        except (Outage, KafkaException) as error:
            if isinstance(error, Outage) and not error.retry:
                raise
            log.debug("not_tended", partition=partition.number, outage=str(error))
            return
        for desk in partition.desks.values():
            desk.note_end(end, self._events_topic_id)

    def _desk(self, book: Book, partition: Partition) -> Desk:
        settings = self._surroundings.settings
        return Desk(
            partial(self._take, book, partition),
            AvroCodec(),
            self._decoder.timer,
            self._stop,
            Limits(settings.memory, settings.failures_max),
        )

    def _take(self, book: Book, partition: Partition) -> TakenBook:
        try:
            return self._taken(book, partition)
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error

    def _taken(self, book: Book, partition: Partition) -> TakenBook:
        surroundings = self._surroundings
        dsn = surroundings.settings.postgres
        with directory.connect(dsn) as connection:
            directory.keep_answer_partitions(connection, book.schema, datetime.now(UTC))
        start = partition.strays.positions
        taken = books.take(dsn, book, surroundings.bus, start, codec.decode_stored_event)
        try:
            epoch = taken.head.epoch
            end = check_bus(surroundings, book, partition.number, epoch=epoch)
            with translated():
                taken.store.recorder.note_end(end, self._events_topic_id, epoch=epoch)
        except BaseException:
            taken.store.close()
            raise
        return taken
