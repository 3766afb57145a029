"""What can be chosen about the embedded servers, and how they fail.

Units: mebibytes, seconds.
Shape: `EmbeddedSettings`, frozen, with defaults for two cores and 2 GB; `Want`, the servers wanted.
Errors: `ServerFailed`, an outage that says what went wrong and what to do about it.
Source: design, "Embedded default and production".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs

from commands.outage import Outage

Want = Literal["postgres", "kafka", "registry"]
EVERYTHING: frozenset[Want] = frozenset({"postgres", "kafka", "registry"})

Progress = Callable[[str, str], None]  # The part it is about, and what happens to it now.


class ServerFailed(Outage):
    """A server could not be had; never worth a blind retry, the message says what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(what, retry=False)


def _cache() -> Path:
    return Path(platformdirs.user_cache_dir("tallystick", appauthor=False))


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """`store_dsn`: the PostgreSQL of the registry when none is embedded."""

    postgres_port: int | None = None  # None: the one of last time if it is free, else any.
    kafka_port: int | None = None
    registry_port: int | None = None
    store_dsn: str | None = None
    shared_buffers_mib: int = 256
    kafka_heap_mib: int = 512
    registry_heap_mib: int = 256
    start_timeout_s: float = 60.0  # Measured: 5 s on two cores; the rest is for a busy machine.
    stop_timeout_s: float = 20.0
    cache: Path = field(default_factory=_cache)
