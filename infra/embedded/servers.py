"""PostgreSQL, Kafka and the registry together: started at the same time, stopped for certain.

    with EmbeddedServers.start(Path(".tally"), want=EVERYTHING, progress=say) as servers:
        servers.postgres_dsn, servers.kafka_bootstrap, servers.registry_url

Everything lies under the data folder (`postgres`, `kafka`, `registry`, `logs`) and survives a stop;
ports are those of last time where they are free. Nothing outlives us: infra/embedded/keeper.py.
Not for several threads at once. `progress` is called from several while downloading.
Errors: ServerFailed: what failed, the end of its log, what to do.
Source: design, "Embedded default and production".
"""

import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from infra.embedded import data, jars, ports
from infra.embedded.java import find_java
from infra.embedded.kafka import EmbeddedKafka
from infra.embedded.postgres import EmbeddedPostgres, Passwords
from infra.embedded.process import Keeper
from infra.embedded.registry import EmbeddedRegistry
from infra.embedded.server import EmbeddedServer, Site, Starting, drive
from infra.embedded.settings import EmbeddedSettings, Progress, ServerFailed, Want


@dataclass(frozen=True, slots=True)
class Found:
    """What a start found out before it starts anything."""

    remembered: data.Remembered


class EmbeddedServers:
    def __init__(self, site: Site, lock: int) -> None:
        self.site, self._lock = site, lock
        self._postgres: EmbeddedPostgres | None = None
        self._kafka: EmbeddedKafka | None = None
        self._registry: EmbeddedRegistry | None = None
        self._stopped = False

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        want: frozenset[Want],
        progress: Progress,
        settings: EmbeddedSettings | None = None,
        delete_data: bool = False,
    ) -> Self:
        """Start those wanted; `delete_data`: the folder goes with them, whatever happens to us."""
        settings = settings or EmbeddedSettings()
        folder = folder.absolute()
        if "registry" in want and "postgres" not in want and settings.store_dsn is None:
            raise ServerFailed("the registry keeps its schemas in PostgreSQL: embed it or name one")
        lock = data.take(folder)
        try:
            (folder / "logs").mkdir(exist_ok=True)
            log = folder / "logs" / "keeper.log"
            keeper = Keeper(lock=lock, log=log, delete=folder if delete_data else None)
        except BaseException:
            os.close(lock)
            raise
        servers = cls(Site(folder, keeper, settings, progress), lock)
        try:
            servers._start(want)
        except BaseException:
            servers.stop()
            raise
        return servers

    def _start(self, want: frozenset[Want]) -> None:
        self._plan(want)
        servers: list[EmbeddedServer | None] = [self._postgres, self._kafka]
        starts = [server.starting() for server in servers if server is not None]
        if self._registry is not None:
            starts.append(self._registry_after_postgres(self._registry))
        drive(starts)
        remembered = data.recall(self.site.data)
        data.remember(self.site.data, replace(remembered, pids=self.site.keeper.pids))

    def _plan(self, want: frozenset[Want]) -> None:
        site, settings = self.site, self.site.settings
        remembered = data.recall(site.data)
        asked: dict[str, int | None] = {}
        if "postgres" in want:
            asked["postgres"] = settings.postgres_port
        if "kafka" in want:
            asked |= {"kafka": settings.kafka_port, "kafka_controller": None}
        if "registry" in want:
            asked["registry"] = settings.registry_port
        chosen = ports.choose(asked, remembered.ports)
        passwords = remembered.passwords or {
            name: secrets.token_hex(16) for name in ("superuser", "tally")
        }
        data.remember(site.data, data.Remembered(remembered.ports | chosen, passwords))
        if "postgres" in want:
            self._postgres = EmbeddedPostgres(site, chosen["postgres"], Passwords(**passwords))
        if want & {"kafka", "registry"}:
            java, cache = find_java(), settings.cache
            if "kafka" in want:
                classpath = jars.kafka_classpath(cache, site.progress)
                kafka_ports = (chosen["kafka"], chosen["kafka_controller"])
                self._kafka = EmbeddedKafka(site, kafka_ports, java, classpath)
            if "registry" in want:
                jar = jars.registry_jar(cache, site.progress)
                self._registry = EmbeddedRegistry(site, chosen["registry"], java, jar)

    def _registry_after_postgres(self, registry: EmbeddedRegistry) -> Starting:
        while self._postgres is not None and not self._postgres.running:
            yield
        registry.store_dsn = self._postgres.dsn if self._postgres else self.site.settings.store_dsn or ""
        yield from registry.starting()

    @property
    def postgres(self) -> EmbeddedPostgres:
        assert self._postgres is not None, "PostgreSQL was not wanted"
        return self._postgres

    @property
    def kafka(self) -> EmbeddedKafka:
        assert self._kafka is not None, "Kafka was not wanted"
        return self._kafka

    @property
    def registry(self) -> EmbeddedRegistry:
        assert self._registry is not None, "the registry was not wanted"
        return self._registry

    @property
    def postgres_dsn(self) -> str:
        return self.postgres.dsn

    @property
    def kafka_bootstrap(self) -> str:
        return self.kafka.bootstrap

    @property
    def registry_url(self) -> str:
        return self.registry.url

    def stop(self) -> None:
        """Stop all in order, PostgreSQL last, and return when they are gone."""
        if not self._stopped:
            self._stopped = True
            self.site.keeper.close(patience_max_s=self.site.settings.stop_timeout_s)
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
