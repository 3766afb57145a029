"""The Java programs we run, from Maven Central, each proven by its SHA-256 before it is used.

`jars.lock.toml` (jgo's own format) says what: Kafka with all it needs, the registry as a tar.gz.
A first use downloads into a staging folder of the cache, checks every sum and renames the folder
into place: it is there whole or not at all. From then on each file is compared with the size and
time of change it had when it was proven, and proven again if they differ.

Shape: `kafka_classpath(cache, progress)`, `registry_jar(cache, progress)`; the lock is written by
infra/embedded/lock.py. First runs at the same time wait for one another.
Errors: ServerFailed: not to be had (offline), or another file than the lock says.
Source: design, "Embedded default and production"; jgo 3.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.settings import Progress, ServerFailed

LOCK = Path(__file__).with_name("jars.lock.toml")
PROOF = "proof.json"
DOWNLOADS_AT_ONCE = 6
TOLD = 4  # How often a download says how far it is.
Stat = tuple[int, int]  # Size in bytes, time of change in ns.
Proof = dict[str, tuple[str, int, int]]  # File: SHA-256, size, time of change.


@dataclass(frozen=True, slots=True)
class Locked:
    """One file of the lock."""

    group: str
    artifact: str
    version: str
    packaging: str
    classifier: str
    sha256: str

    @property
    def filename(self) -> str:
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{classifier}.{self.packaging}"


def kafka_classpath(cache: Path, progress: Progress) -> str:
    wanted = [one for one in read_lock() if one.packaging == "jar"]
    folder = _ready(cache, "kafka", wanted, progress)
    return os.pathsep.join(str(folder / one.filename) for one in wanted)


def registry_jar(cache: Path, progress: Progress) -> Path:
    wanted = [one for one in read_lock() if one.packaging == "tar.gz"]
    folder = _ready(cache, "registry", wanted, progress)
    return next(folder.glob("*-runner.jar"))


def read_lock() -> list[Locked]:
    return [
        Locked(
            group=one["groupId"],
            artifact=one["artifactId"],
            version=one["version"],
            packaging=one["packaging"],
            classifier=one.get("classifier", ""),
            sha256=one["sha256"],
        )
        for one in tomllib.loads(LOCK.read_text(encoding="utf-8"))["dependencies"]
    ]


def _ready(cache: Path, part: str, wanted: Sequence[Locked], progress: Progress) -> Path:
    """The folder with the proven files, made if need be."""
    sums = hashlib.sha256("".join(one.sha256 for one in wanted).encode()).hexdigest()
    folder = cache / "jars" / f"{part}-{sums[:16]}"
    if _is_proven(folder):
        return folder
    with _one_at_a_time(cache / "jars"):
        if _is_proven(folder):
            return folder
        for leftover in (folder, *folder.parent.glob("staging-*")):
            shutil.rmtree(leftover, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix="staging-"))
        try:
            _fill(staging, part, wanted, progress)
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return folder


@contextmanager
def _one_at_a_time(folder: Path) -> Generator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fill(staging: Path, part: str, wanted: Sequence[Locked], progress: Progress) -> None:
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        fetching = [pool.submit(_fetch, one, staging) for one in wanted]
        size = 0
        progress(part, f"downloading {len(wanted)} files, the first time only")
        try:
            for number, one in enumerate(as_completed(fetching), start=1):
                size += one.result()
                if number % max(1, len(wanted) // TOLD) == 0:
                    done = f"{number} of {len(wanted)} files, {size / 1e6:,.1f} MB"
                    progress(part, f"downloaded so far: {done}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    shutil.rmtree(staging / "repository")
    for archive in list(staging.glob("*.tar.gz")):
        progress(part, "unpacking")
        with tarfile.open(archive) as members:
            members.extraction_filter = getattr(tarfile, "data_filter", _as_it_is)
            members.extractall(staging)  # noqa: S202 - Proven by its sum, and filtered.
        archive.unlink()
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    proof = {str(path.relative_to(staging)): (_sha256(path), *_stat(path)) for path in files}
    (staging / PROOF).write_text(json.dumps(proof), encoding="utf-8")


def _fetch(one: Locked, staging: Path) -> int:
    """Its size in bytes."""
    path = _download(one, staging)
    found = _sha256(path)
    if found != one.sha256:
        raise ServerFailed(
            f"{one.filename} is not the file of {LOCK.name} (SHA-256 {found}, not {one.sha256}): "
            "something between here and Maven Central serves another one"
        )
    return path.rename(staging / one.filename).stat().st_size


def _download(one: Locked, staging: Path) -> Path:
    # Imported here: it takes 0.3 s, and only the first run of a machine needs it.
    from jgo.maven import MavenContext  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    context = MavenContext(repo_cache=staging / "repository")
    component = context.project(one.group, one.artifact).at_version(one.version)
    try:
        return component.artifact(one.classifier, one.packaging).resolve()
    except (RequestException, RuntimeError, OSError) as error:
        raise ServerFailed(
            f"{one.filename} could not be downloaded from Maven Central ({error}): "
            "is this machine online, is a proxy needed (HTTPS_PROXY)? Only the first run downloads"
        ) from error


def _is_proven(folder: Path) -> bool:
    """All files are those that were proven; one whose size or time differs is proven again."""
    try:
        proof: Proof = json.loads((folder / PROOF).read_text(encoding="utf-8"))
        return all(
            _stat(folder / name) == (size, changed) or _sha256(folder / name) == sha256
            for name, (sha256, size, changed) in proof.items()
        )
    except FileNotFoundError:
        return False


def _stat(path: Path) -> Stat:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_it_is(member: tarfile.TarInfo, _: str) -> tarfile.TarInfo:
    return member  # Python 3.11.0 to 3.11.3 have no filter; the sum of the archive must do.
