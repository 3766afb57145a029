"""One set of real servers for a whole test run, however many processes it has.

The first process that needs servers starts them and writes their addresses into a file that the
others read. Each holds a shared lock on a second file while it uses them; the one that started them
waits for the others before it stops them.
Servers named in the environment (TALLY_TEST_POSTGRES, TALLY_TEST_KAFKA, TALLY_TEST_REGISTRY) are
used as they are; only those missing are started.
Errors: ServerFailed, as at any start.
Source: docs/embedded.md, "Tests".
"""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.embedded.servers import EmbeddedServers
from infra.embedded.settings import EmbeddedSettings, Want

VARIABLES: dict[Want, str] = {
    "postgres": "TALLY_TEST_POSTGRES",
    "kafka": "TALLY_TEST_KAFKA",
    "registry": "TALLY_TEST_REGISTRY",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    postgres_dsn: str
    kafka_bootstrap: str
    registry_url: str


def quiet(part: str, what: str) -> None:
    """Progress that nobody watches."""
    del part, what


@contextmanager
def shared(folder: Path) -> Generator[Addresses]:
    """`folder` is the same for all processes of the run, and for no other run."""
    folder.mkdir(exist_ok=True)
    addresses, started = folder / "addresses.json", None
    with (folder / "users").open("a") as users:
        with _alone(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not addresses.exists():
                started = start(folder / "data")
                addresses.write_text(json.dumps(asdict(address(started))), encoding="utf-8")
        try:
            yield Addresses(**json.loads(addresses.read_text(encoding="utf-8")))
        finally:
            if started is not None:
                _stop(started, addresses, users.fileno())


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    with (folder / "start").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stop(servers: EmbeddedServers, addresses: Path, users: int) -> None:
    """Nobody new may come; those who are there may finish."""
    with _alone(addresses.parent):
        addresses.unlink()
        fcntl.flock(users, fcntl.LOCK_UN)
        fcntl.flock(users, fcntl.LOCK_EX)
        servers.stop()


def start(data: Path) -> EmbeddedServers:
    """Those that the environment does not name."""
    return EmbeddedServers.start(
        data,
        want=frozenset(
            want for want, variable in VARIABLES.items() if not os.environ.get(variable)
        ),
        progress=quiet,
        settings=EmbeddedSettings(store_dsn=os.environ.get(VARIABLES["postgres"])),
        delete_data=True,
    )


def address(servers: EmbeddedServers) -> Addresses:
    return Addresses(
        postgres_dsn=os.environ.get(VARIABLES["postgres"]) or servers.postgres_dsn,
        kafka_bootstrap=os.environ.get(VARIABLES["kafka"]) or servers.kafka_bootstrap,
        registry_url=os.environ.get(VARIABLES["registry"]) or servers.registry_url,
    )
