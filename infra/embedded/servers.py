"""PostgreSQL, Kafka and the registry together: started at the same time, stopped for certain.

    with EmbeddedServers.start(Path(".tally"), want=EVERYTHING, progress=say) as servers:
        servers.postgres_dsn, servers.kafka_bootstrap, servers.registry_url

Everything lies under the data folder (`postgres`, `kafka`, `registry`, `logs`) and survives a stop;
ports are those of last time where they are free. Nothing outlives us: infra/embedded/keeper.py.
For one thread at a time.
Errors: ServerFailed: what failed, the end of its log, what to do.
Source: design, "Embedded default and production".
"""

import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from infra.embedded import data, jars, ports
from infra.embedded.java import find_java
from infra.embedded.jvm import runtime
from infra.embedded.kafka import CONTROLLER, EmbeddedKafka
from infra.embedded.postgres import EmbeddedPostgres, Passwords
from infra.embedded.process import Keeper
from infra.embedded.registry import EmbeddedRegistry
from infra.embedded.server import Site, Starting, drive
from infra.embedded.settings import EmbeddedSettings, Progress, ServerFailed, Want

RECORDING_PATIENCE_S = 60.0  # Measured: 3 to 6 s, once on a machine.


class EmbeddedServers:
    def __init__(self, site: Site, held: data.Held) -> None:
        self.site, self._held, self._stopped = site, held, False
        self._postgres: EmbeddedPostgres | None = None
        self._kafka: EmbeddedKafka | None = None
        self._registry: EmbeddedRegistry | None = None

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
        settings, folder = settings or EmbeddedSettings(), folder.absolute()
        if "registry" in want and "postgres" not in want and settings.store_dsn is None:
            raise ServerFailed("the registry keeps its schemas in PostgreSQL: embed it or name one")
        if delete_data and folder.exists() and any(folder.iterdir()):
            raise ServerFailed(f"{folder} is not empty and will not be deleted: choose another one")
        held = data.take(folder)
        try:
            delete = folder if delete_data else None
            keeper = Keeper(lock=held.servers, log=logs(folder), delete=delete)
        except BaseException:
            held.release()
            raise
        servers = cls(Site(folder, keeper, settings, progress, not delete_data), held)
        try:
            servers._start(want)
        except BaseException:
            servers.stop()
            raise
        return servers

    def _start(self, want: frozenset[Want]) -> None:
        remembered = data.recall(self.site.data)
        passwords = remembered.passwords or {
            name: secrets.token_hex(16) for name in ("superuser", "tally")
        }
        chosen = self._choose(want, remembered.ports)
        data.remember(self.site.data, data.Remembered(remembered.ports | chosen, passwords))
        if "postgres" in want:
            self._postgres = EmbeddedPostgres(
                self.site,
                {"postgres": chosen["postgres"]},
                Passwords(**passwords),
                movable=self.site.settings.postgres_port is None,
            )
        self._plan_java(want, chosen)
        starts = [one.starting() for one in (self._postgres, self._kafka) if one is not None]
        if self._registry is not None:
            starts.append(self._after_postgres(self._registry))
        drive(starts)
        self._record()
        self._remember(remembered.ports | chosen, passwords)

    def _choose(self, want: frozenset[Want], preferred: Mapping[str, int]) -> dict[str, int]:
        settings = self.site.settings
        asked: dict[str, int | None] = {}
        if "postgres" in want:
            asked["postgres"] = settings.postgres_port
        if "kafka" in want:
            asked |= {"kafka": settings.kafka_port, CONTROLLER: None}
        if "registry" in want:
            asked["registry"] = settings.registry_port
        return ports.choose(asked, preferred)

    def _plan_java(self, want: frozenset[Want], chosen: Mapping[str, int]) -> None:
        site, settings = self.site, self.site.settings
        if not want & {"kafka", "registry"}:
            return
        java = find_java()
        site.progress("java", f"{java.major}, found by {java.found_by}")
        if "kafka" in want:
            classpath = jars.kafka_classpath(settings.cache, site.progress)
            self._kafka = EmbeddedKafka(
                site,
                {name: chosen[name] for name in ("kafka", CONTROLLER)},
                runtime(java, ("-cp", classpath), settings.cache),
                movable=settings.kafka_port is None,
            )
        if "registry" in want:
            jar = jars.registry_jar(settings.cache, site.progress)
            self._registry = EmbeddedRegistry(
                site,
                {"registry": chosen["registry"]},
                runtime(java, ("-jar", str(jar)), settings.cache),
                movable=settings.registry_port is None,
            )

    def _after_postgres(self, registry: EmbeddedRegistry) -> Starting:
        if self._postgres is None:
            registry.store_dsn = self.site.settings.store_dsn or ""
        else:
            while not self._postgres.running:
                yield
            registry.store_dsn = self._postgres.dsn
        yield from registry.starting()

    def _record(self) -> None:
        """The first time on a machine: let Java write down what it has loaded, and start again."""
        recording = [
            one
            for one in (self._kafka, self._registry)
            if one is not None and not one.runtime.archive.path.exists()
        ]
        if not recording:
            return
        for one in recording:
            one.running = False
            self.site.progress(one.name, "preparing quicker starts, the first time only")
        names = [one.name for one in recording]
        self.site.keeper.stop(*names, patience_max_s=RECORDING_PATIENCE_S)
        for one in recording:
            status = self.site.keeper.status(one.name)
            by_itself = status is not None and status != -signal.SIGKILL
            if not one.runtime.archive.settle(whole=by_itself):
                self.site.progress(one.name, "no quicker starts with this Java, or not yet")
        drive([one.starting() for one in recording])

    def _remember(self, planned: Mapping[str, int], passwords: Mapping[str, str]) -> None:
        """With the ports as they turned out."""
        found = dict(planned)
        for one in (self._postgres, self._kafka, self._registry):
            found |= {} if one is None else one.ports
        pids = self.site.keeper.pids
        data.remember(self.site.data, data.Remembered(found, dict(passwords), pids))

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
            self._held.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def logs(folder: Path) -> Path:
    """Keep the logs of this run and of the one before; return the keeper's."""
    (folder / "logs").mkdir(exist_ok=True)
    for log in (folder / "logs").glob("*.log"):
        log.replace(log.with_suffix(".log.before"))
    return folder / "logs" / "keeper.log"
