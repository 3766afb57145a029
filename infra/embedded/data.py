"""A data folder: who owns it now, and what the next start has to know.

Two locks. `DIR/lock` is its owner's alone. `DIR/servers.lock` is inherited by the keeper and by
every server: it is free when the last of them is gone, whoever was killed. So a second owner is
refused at once, and the next one waits for what a killed one has left behind.
`DIR/servers.json` (readable by us alone) remembers ports, passwords and process ids.
Shape: `take(folder)` -> `Held`; `recall(folder)`, `remember(folder, remembered)`.
Errors: ServerFailed names the owner of a folder in use.
Source: flock(2): a lock belongs to the open file, which children share.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.embedded.settings import ServerFailed

LEAVING_S = 10.0  # What a killed owner leaves behind is gone after 5.
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Remembered:
    ports: dict[str, int] = field(default_factory=dict[str, int])
    passwords: dict[str, str] = field(default_factory=dict[str, str])
    pids: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Held:
    """Two open files with their locks; `servers` is for all that must be gone before the next."""

    owner: int
    servers: int

    def release(self) -> None:
        os.ftruncate(self.owner, 0)  # Nobody is said to start here any more.
        os.close(self.servers)
        os.close(self.owner)


def take(folder: Path) -> Held:
    """Become the owner of the folder, or fail."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = _open(folder / "lock")
    if not _locked(owner):
        pid = os.pread(owner, 32, 0).decode().strip()
        os.close(owner)
        raise ServerFailed(
            f"{folder} is in use by process {pid or '?'}: stop that, or choose another folder"
        )
    os.ftruncate(owner, 0)
    os.pwrite(owner, f"{os.getpid()}\n".encode(), 0)
    servers, deadline = _open(folder / "servers.lock"), time.monotonic() + LEAVING_S
    while not _locked(servers):
        if time.monotonic() > deadline:
            os.close(servers)
            os.close(owner)
            pids = " ".join(str(pid) for pid in recall(folder).pids.values())
            raise ServerFailed(
                f"{folder} is in use by servers that outlived their owner: end processes "
                f"{pids or '(not noted)'}, or choose another folder"
            )
        time.sleep(PAUSE_S)
    return Held(owner, servers)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def recall(folder: Path) -> Remembered:
    path = folder / "servers.json"
    if not path.exists():
        return Remembered()
    return Remembered(**json.loads(path.read_text(encoding="utf-8")))


def remember(folder: Path, remembered: Remembered) -> None:
    """Whole or not at all."""
    path = folder / "servers.json"
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(remembered), indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)
