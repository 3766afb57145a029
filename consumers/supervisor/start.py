"""Servers and programs together: everything that is not given is embedded, all of it is kept.

Shape: `with started(settings, progress) as up:` has the servers; `up.run(stop, ready)` keeps our
programs alive until told to stop. DIR/tally.json says to other commands where everything is, as
long as it is there (infra/addresses.py).
Errors: ServerFailed; GaveUp where the surroundings cannot be made what they must be.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from consumers.supervisor.child import OwnProgram, Server
from consumers.supervisor.hosting import PROGRAMS, surviving
from consumers.supervisor.program import Supervisor
from consumers.surroundings import Surroundings
from infra import addresses, heartbeat
from infra.embedded.process import Keeper
from infra.embedded.servers import EmbeddedServers
from infra.embedded.settings import EVERYTHING, EmbeddedSettings, Progress, Want
from infra.heartbeat import Heartbeat
from infra.settings import Settings
from infra.stopping import Stop


@dataclass(frozen=True, slots=True)
class Up:
    """Servers that answer. `settings` name all of them."""

    settings: Settings
    servers: EmbeddedServers
    embedded: frozenset[Want]

    @property
    def keeper(self) -> Keeper:
        return self.servers.site.keeper

    def run(
        self, stop: Stop, ready: Callable[[], None], programs: Sequence[str] = PROGRAMS
    ) -> None:
        """Keep the programs alive; `ready` is called once, when all of them run."""
        with Heartbeat(self.settings.data, "supervisor", stop) as beat:
            # Once and here: programs that prepare the same things get in one another's way.
            if surviving(lambda: Surroundings.reach(self.settings), stop) is None:
                return
            children = [OwnProgram(self.keeper, name, self.settings) for name in programs]
            embedded = {
                "postgres": lambda: self.servers.postgres,
                "kafka": lambda: self.servers.kafka,
                "registry": lambda: self.servers.registry,
            }
            servers = [Server(self.keeper, embedded[name]()) for name in sorted(self.embedded)]
            awaited = set(programs)

            def look() -> None:
                if awaited:
                    awaited.difference_update(self._running())
                    if not awaited:
                        ready()

            Supervisor(self.keeper, servers, children, beat).run(stop, look)

    def _running(self) -> list[str]:
        found = heartbeat.beats(self.settings.data)
        pids = self.keeper.pids
        return [
            each.program
            for each in found
            if each.state == heartbeat.RUNNING and pids.get(each.program) == each.pid
        ]


@contextmanager
def started(settings: Settings, progress: Progress, *, delete_data: bool = False) -> Generator[Up]:
    """Start the servers that the settings do not name, and end them with the block.

    `delete_data`: the folder goes with them, whatever happens to us.
    """
    given = {"postgres": settings.postgres, "kafka": settings.kafka, "registry": settings.registry}
    want: frozenset[Want] = frozenset({name for name in EVERYTHING if not given[name]})
    data = settings.data.resolve()
    store = EmbeddedSettings(store_dsn=settings.postgres or None)
    with EmbeddedServers.start(
        data, want=want, progress=progress, settings=store, delete_data=delete_data
    ) as servers:
        whole = settings.model_copy(
            update={
                "data": data,
                "postgres": settings.postgres or servers.postgres_dsn,
                "kafka": settings.kafka or servers.kafka_bootstrap,
                "registry": settings.registry or servers.registry_url,
            }
        )
        addresses.publish(whole)
        try:
            yield Up(whole, servers, want)
        finally:
            addresses.withdraw(data)
