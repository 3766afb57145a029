"""Apache Kafka 4.3.1: one node that is broker and controller (KRaft), on 127.0.0.1.

Topics are made by those who own them, with their retention (nothing is created automatically).
Consumer groups of KIP-848 are on. A crash is safe: the log is checked and cut to its last whole
batch at the next start.
Units: mebibytes, milliseconds where Kafka says `.ms`. Errors: ServerFailed with the end of the log.
Source: Kafka 4.3 documentation, "Configuration"; design, "Embedded default and production".
"""

import base64
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from infra.embedded.jvm import Runtime, environment, fresh
from infra.embedded.ports import LOOPBACK
from infra.embedded.process import Program
from infra.embedded.server import EmbeddedServer, Site, Starting

INIT_PRODUCER_ID, PRODUCER_TIMEOUT_MS = 22, 60_000
ANSWER = struct.Struct(">iiih")  # Size, number of the request, throttled for ms, error code.
ERROR = 3
PROBE_TIMEOUT_S = 2.0
PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "num.partitions": "1",
    "num.network.threads": "2",
    "num.io.threads": "4",
    # One node holds the only copy; few partitions, each is a folder made at the first use.
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # A group settles at once, and notices a killed member in 10 s, not in 45.
    "group.initial.rebalance.delay.ms": "0",
    "group.consumer.min.heartbeat.interval.ms": "500",
    "group.consumer.heartbeat.interval.ms": "1000",
    "group.consumer.min.session.timeout.ms": "6000",
    "group.consumer.session.timeout.ms": "10000",
    # After a crash it may register again once its former life has timed out: 4 s, not 9.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "4000",
    "log.cleaner.dedupe.buffer.size": "8388608",  # Of 512 MB of heap the default takes 128.
}


CONTROLLER = "kafka_controller"  # The name of its second port.
# Without Java's second compiler. Of 300,000 transfers it took 5 µs each, and a third of the start's
# CPU, for code that served them in 8 µs instead of 10: it would pay after a million or more.
COMPILER = "-XX:TieredStopAtLevel=1"
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
)


class EmbeddedKafka(EmbeddedServer):
    name = "kafka"

    def __init__(
        self, site: Site, chosen: Mapping[str, int], runtime: Runtime, *, movable: bool
    ) -> None:
        super().__init__(site, chosen, movable=movable)
        self.runtime = runtime
        self.folder = site.data / "kafka"

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"

    def prepare(self) -> Starting:
        fresh(self.folder / "tmp")
        self._configure()
        if not (self.folder / "log" / "meta.properties").exists():
            self.site.progress(self.name, "formatting")
            cluster = base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
            # In one word: one in 64 begins with a hyphen, and would be taken for an option.
            format_as = ("format", f"--cluster-id={cluster}", "-c", str(self.properties))
            yield from self.finish(self._java("kafka.tools.StorageTool", *format_as))

    def program(self) -> Program:
        self._configure()
        return self._java("kafka.Kafka", str(self.properties))

    def _configure(self) -> None:
        controller = f"{LOOPBACK}:{self.ports[CONTROLLER]}"
        properties = PROPERTIES | {
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.folder / "log"),
        }
        lines = (f"{name}={_escaped(value)}\n" for name, value in properties.items())
        self.properties.write_text("".join(lines), encoding="ascii")

    def _java(self, *main: str) -> Program:
        heap_mib, temporary = self.site.settings.kafka_heap_mib, self.folder / "tmp"
        return Program(
            name=self.name,
            argv=(*self.runtime.command(heap_mib, temporary, COMPILER, *LOGGING), *main),
            cwd=self.folder,
            log=self.site.log(self.name),
            env=environment(),
        )

    def answers(self) -> bool:
        """It gives out producer ids: the last thing that works, and what a first producer asks."""
        request = struct.pack(">hhihhi", INIT_PRODUCER_ID, 0, 1, -1, -1, PRODUCER_TIMEOUT_MS)
        try:
            with socket.create_connection((LOOPBACK, self.port), PROBE_TIMEOUT_S) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                answer = connection.recv(ANSWER.size, socket.MSG_WAITALL)
        except OSError:
            return False
        return len(answer) == ANSWER.size and ANSWER.unpack(answer)[ERROR] == 0


def _escaped(value: str) -> str:
    """As java.util.Properties reads it: a backslash escapes, other than ASCII is a number."""
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    codes = (int.from_bytes(units[i : i + 2]) for i in range(0, len(units), 2))
    return "".join(chr(code) if code < 128 else f"\\u{code:04x}" for code in codes)  # noqa: PLR2004
