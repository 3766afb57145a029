"""Free TCP ports on the loopback address, below the range that outgoing connections are given.

Shape: `choose(asked, preferred)` -> a port a name, all different, all free a moment ago. Outside
the ephemeral range (Linux from 32768, macOS from 49152) a port is still ours after its server was
down for a while: no client's own connection can have taken it.
Errors: ServerFailed names the port that was asked for and is taken.
Source: ip(7), ip_local_port_range.
"""

import random
import socket
from collections.abc import Mapping

from infra.embedded.settings import ServerFailed

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_700
TRIES_MAX = 200  # Of 12,700 ports; a machine on which all tries fail has other troubles.


def is_free(port: int) -> bool:
    """A server could listen there; connections of the last one that still linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
            listener.listen(1)
        except OSError:
            return False
    return True


def choose(asked: Mapping[str, int | None], preferred: Mapping[str, int]) -> dict[str, int]:
    """The port asked for, or it fails; else the preferred one (last time's), or any free one."""
    chosen: dict[str, int] = {}
    for name, port in asked.items():
        if port is not None and not is_free(port):
            raise ServerFailed(
                f"port {port}, asked for {name}, is taken on {LOOPBACK}: "
                "stop what listens there, or ask for another or for none"
            )
        chosen[name] = port or _free(preferred.get(name), frozenset(chosen.values()))
    return chosen


def _free(preferred: int | None, taken: frozenset[int]) -> int:
    chance = random.SystemRandom()  # Two that start at the same moment must not try the same ports.
    tries = [chance.randint(FIRST, LAST) for _ in range(TRIES_MAX)]
    for port in tries if preferred is None else (preferred, *tries):
        if port not in taken and is_free(port):
            return port
    raise ServerFailed(f"no free port among {TRIES_MAX} tries in {FIRST}-{LAST} on {LOOPBACK}")
