"""Jars from a repository of our own: proven before use, fetched once, refused when they differ."""

import gc
import hashlib
import io
import tarfile
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jgo.maven._core
import pytest

from infra.embedded import jars
from infra.embedded.settings import ServerFailed
from tests.integration.servers import quiet

JAR = Path("org/example/broker/1.0/broker-1.0.jar")
ARCHIVE = Path("org/example/app/2.0/app-2.0-all.tar.gz")
DEPENDENCY = """
[[dependencies]]
groupId = "org.example"
artifactId = "{artifact}"
version = "{version}"
packaging = "{packaging}"
classifier = "{classifier}"
sha256 = "{sha256}"
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """What a Maven repository is: files by path, over HTTP."""

    folder: Path
    server: ThreadingHTTPServer
    asked: list[str] = field(default_factory=list[str])

    def put(self, path: Path, content: bytes) -> str:
        whole = self.folder / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def count(self, path: Path) -> int:
        return self.asked.count(f"/{path}")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Repository]:
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

    folder = tmp_path / "repository"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(jgo.maven._core, "DEFAULT_REMOTE_REPOS", {"central": address})
        yield Repository(folder, server, asked)
        server.shutdown()
        thread.join()


@pytest.fixture
def lock(tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock of one jar and one archive, both in the repository."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in ("app-2.0-runner.jar", "lib/needed.jar"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
    sums = repository.put(JAR, b"classes"), repository.put(ARCHIVE, content.getvalue())
    path = tmp_path / "jars.lock.toml"
    path.write_text(
        DEPENDENCY.format(
            artifact="broker", version="1.0", packaging="jar", classifier="", sha256=sums[0]
        )
        + DEPENDENCY.format(
            artifact="app", version="2.0", packaging="tar.gz", classifier="all", sha256=sums[1]
        ),
        encoding="utf-8",
    )
    monkeypatch.setattr(jars, "LOCK", path)
    return path


@pytest.mark.usefixtures("lock")
def test_files_are_fetched_once(tmp_path: Path, repository: Repository) -> None:
    first = jars.kafka_classpath(tmp_path / "cache", quiet)
    assert Path(first).read_bytes() == b"classes"
    assert jars.kafka_classpath(tmp_path / "cache", quiet) == first
    assert repository.count(JAR) == 1


def test_a_download_says_a_few_times_how_far_it_is(
    tmp_path: Path, repository: Repository, lock: Path
) -> None:
    text = ""
    for number in range(41):
        path = Path(f"org/example/part{number}/1.0/part{number}-1.0.jar")
        found = repository.put(path, bytes(100_000))
        text += DEPENDENCY.format(
            artifact=path.parts[2], version="1.0", packaging="jar", classifier="", sha256=found
        )
    lock.write_text(text, encoding="utf-8")
    told: list[str] = []
    jars.kafka_classpath(tmp_path / "cache", lambda _, what: told.append(what))
    assert told == [
        "downloading 41 files, the first time only",
        "downloaded so far: 10 of 41 files, 1.0 MB",
        "downloaded so far: 20 of 41 files, 2.0 MB",
        "downloaded so far: 30 of 41 files, 3.0 MB",
        "downloaded so far: 40 of 41 files, 4.0 MB",
    ]


@pytest.mark.usefixtures("lock")
def test_the_archive_is_unpacked_and_not_kept(tmp_path: Path) -> None:
    jar = jars.registry_jar(tmp_path / "cache", quiet)
    assert jar.name == "app-2.0-runner.jar"
    assert (jar.parent / "lib" / "needed.jar").read_text(encoding="utf-8") == "lib/needed.jar"
    assert list(jar.parent.rglob("*.tar.gz")) == []


@pytest.mark.usefixtures("lock")
def test_first_runs_at_the_same_time_fetch_once(tmp_path: Path, repository: Repository) -> None:
    with ThreadPoolExecutor(8) as pool:
        ready = [pool.submit(jars.kafka_classpath, tmp_path / "cache", quiet) for _ in range(8)]
    assert len({one.result() for one in ready}) == 1
    assert repository.count(JAR) == 1


@pytest.mark.usefixtures("lock")
def test_another_file_than_the_lock_says_is_refused(tmp_path: Path, repository: Repository) -> None:
    found = repository.put(JAR, b"other classes")
    with pytest.raises(ServerFailed, match=f"broker-1.0.jar is not the file .*{found}"):
        jars.kafka_classpath(tmp_path / "cache", quiet)
    assert list((tmp_path / "cache").rglob("*.jar")) == []


@pytest.mark.usefixtures("lock")
@pytest.mark.parametrize("content", [b"changed", b"something longer"])
def test_a_file_that_changed_in_the_cache_is_fetched_again(
    tmp_path: Path, repository: Repository, content: bytes
) -> None:
    path = Path(jars.kafka_classpath(tmp_path / "cache", quiet))
    path.write_bytes(content)
    assert Path(jars.kafka_classpath(tmp_path / "cache", quiet)).read_bytes() == b"classes"
    assert repository.count(JAR) == 2


@pytest.mark.usefixtures("lock")
def test_a_file_that_is_missing_in_the_cache_is_fetched_again(
    tmp_path: Path, repository: Repository
) -> None:
    jar = jars.registry_jar(tmp_path / "cache", quiet)
    (jar.parent / "lib" / "needed.jar").unlink()
    assert jars.registry_jar(tmp_path / "cache", quiet) == jar
    assert (jar.parent / "lib" / "needed.jar").exists()
    assert repository.count(ARCHIVE) == 2


@pytest.mark.usefixtures("lock")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # jgo leaves the refused request open.
def test_what_cannot_be_had_is_named(tmp_path: Path, repository: Repository) -> None:
    (repository.folder / JAR).unlink()
    with pytest.raises(ServerFailed, match=r"broker-1\.0\.jar could not be downloaded .* online"):
        jars.kafka_classpath(tmp_path / "cache", quiet)
    gc.collect()


def test_offline_is_said(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lock.exists()
    nobody = {"central": "http://127.0.0.1:9"}  # The discard port: nobody listens there.
    monkeypatch.setattr(jgo.maven._core, "DEFAULT_REMOTE_REPOS", nobody)
    with pytest.raises(ServerFailed, match="Only the first run downloads"):
        jars.kafka_classpath(tmp_path / "cache", quiet)


def test_the_committed_lock_sums_every_file() -> None:
    locked = jars.read_lock()
    assert {len(bytes.fromhex(one.sha256)) for one in locked} == {32}
    assert {one.filename for one in locked} >= {
        "kafka_2.13-4.3.1.jar",
        "apicurio-registry-app-3.0.9-all.tar.gz",
    }
