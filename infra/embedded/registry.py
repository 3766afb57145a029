"""The Apicurio schema registry 3.0.9, with the Confluent API, on 127.0.0.1.

It keeps schemas and their ids in PostgreSQL, in a schema of its own beside the books: one backup
holds both, and ids survive a restart (its default store is memory and would lose them).
Units: mebibytes, seconds. Errors: ServerFailed with the end of the log.
Source: Apicurio Registry 3.0 documentation; design, "Embedded default and production".
"""

import http.client
from collections.abc import Mapping
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from infra.embedded.jvm import Runtime, environment, fresh
from infra.embedded.ports import LOOPBACK
from infra.embedded.process import Program
from infra.embedded.server import EmbeddedServer, Site, Starting

SCHEMA = "registry"
CONFLUENT_API = "/apis/ccompat/v7"
PROBE_TIMEOUT_S = 5.0
DEFAULT_PORT = "5432"
ENVIRONMENT = {
    # Its own defaults open 20 connections at once and up to 100, all that PostgreSQL has.
    "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": "1",
    "APICURIO_DATASOURCE_JDBC_MIN_SIZE": "1",
    "APICURIO_DATASOURCE_JDBC_MAX_SIZE": "8",
    # Else, after a restart of PostgreSQL, each connection of the pool costs somebody an error 500.
    "QUARKUS_DATASOURCE_POSTGRESQL_JDBC_VALIDATE_ON_BORROW": "true",
    "QUARKUS_BANNER_ENABLED": "false",
    "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
    "QUARKUS_LOG_CATEGORY__IO_APICURIO__LEVEL": "WARN",
}


class EmbeddedRegistry(EmbeddedServer):
    name = "registry"

    def __init__(
        self, site: Site, chosen: Mapping[str, int], runtime: Runtime, *, movable: bool
    ) -> None:
        super().__init__(site, chosen, movable=movable)
        self.runtime = runtime
        self.folder = site.data / "registry"
        self.store_dsn = ""  # Known once PostgreSQL is there.

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}{CONFLUENT_API}"

    def prepare(self) -> Starting:
        fresh(self.folder / "tmp")
        with psycopg.connect(self.store_dsn, autocommit=True) as connection:
            name = sql.Identifier(SCHEMA)
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        yield from ()

    def program(self) -> Program:
        heap_mib, temporary = self.site.settings.registry_heap_mib, self.folder / "tmp"
        # Few requests ever: not worth the optimising compiler.
        command = self.runtime.command(heap_mib, temporary, "-XX:TieredStopAtLevel=1")
        return Program(
            name=self.name,
            argv=command,
            cwd=self.folder,
            log=self.site.log(self.name),
            env=environment() | ENVIRONMENT | store(self.store_dsn) | self._web(),
        )

    def _web(self) -> dict[str, str]:
        return {"QUARKUS_HTTP_HOST": LOOPBACK, "QUARKUS_HTTP_PORT": str(self.port)}

    def answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PROBE_TIMEOUT_S)
        try:
            connection.request("GET", f"{CONFLUENT_API}/subjects")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def store(dsn: str) -> dict[str, str]:
    """Where the registry keeps its schemas, as its environment says it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    port = parts.get("port", DEFAULT_PORT)
    options = f"currentSchema={SCHEMA}&ApplicationName=registry"
    if "sslmode" in parts:
        options += f"&sslmode={quote(parts['sslmode'])}"
    host, database = parts.get("host", "localhost"), quote(parts.get("dbname", ""))
    return {
        "APICURIO_STORAGE_KIND": "sql",
        "APICURIO_STORAGE_SQL_KIND": "postgresql",
        "APICURIO_DATASOURCE_URL": f"jdbc:postgresql://{host}:{port}/{database}?{options}",
        "APICURIO_DATASOURCE_USERNAME": parts.get("user", ""),
        "APICURIO_DATASOURCE_PASSWORD": parts.get("password", ""),
    }
