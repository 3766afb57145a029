"""A data folder: who owns it now, and what the next start has to know.

`DIR/lock` is locked by the owner and, inherited, by the keeper and every server: the folder is free
when the last of them is gone, and not before, whoever was killed. `DIR/servers.json` (readable by
us alone) remembers ports, passwords and process ids.
Shape: `take(folder)` -> the lock; `recall(folder)`, `remember(folder, remembered)`.
Errors: ServerFailed names the owner of a folder in use.
Source: flock(2): the lock belongs to the open file, which children share.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.embedded.settings import ServerFailed

LEAVING_S = 10.0  # A killed owner's servers are gone after that.
PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Remembered:
    ports: dict[str, int] = field(default_factory=dict[str, int])
    passwords: dict[str, str] = field(default_factory=dict[str, str])
    pids: dict[str, int] = field(default_factory=dict[str, int])


def take(folder: Path) -> int:
    """Lock the folder and return the open lock; wait a little for a killed owner's servers."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LEAVING_S
    while not _locked(lock):
        owner = os.pread(lock, 32, 0).decode().strip()
        if time.monotonic() > deadline or _alive(owner):
            os.close(lock)
            raise in_use(folder, owner)
        time.sleep(PAUSE_S)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def in_use(folder: Path, owner: str) -> ServerFailed:
    if _alive(owner):
        return ServerFailed(
            f"{folder} is in use by process {owner}: stop that, or choose another folder"
        )
    pids = " ".join(str(pid) for pid in recall(folder).pids.values())
    return ServerFailed(
        f"{folder} is in use by servers that outlived process {owner or '?'}: "
        f"end them (they were {pids or 'not noted'}), or choose another folder"
    )


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
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
