"""`tally dsn`: where PostgreSQL is, for tools that speak SQL.

Rules: it holds the password, so it is no argument of a command: those are read by everybody on the
machine. A file of services, or the environment, is read by its owner alone.
Source: libpq, "Connection Strings" and "The Connection Service File".
"""

from typing import Annotated

import typer

from cli.calls import Call, refuse, with_call
from cli.printing import document

# Who made the role may grant it, and is no member of it before.
MAY_BE = "SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s"

Reader = Annotated[
    bool, typer.Option("--reader", help="As tally_reader: reads read models, changes nothing.")
]
Service = Annotated[
    bool, typer.Option("--service", help="As the service `tally`, for a PGSERVICEFILE.")
]


@with_call
def dsn(call: Call, *, reader: Reader = False, service: Service = False) -> None:
    """Print the DSN of PostgreSQL with its password, for any tool.

    Read models are in the schema `read`: SELECT * FROM read.wallets. It is a slip that --reader
    keeps from changing anything, not a person: the password is the same. Keep the file of a
    service to yourself, and the password out of a command's arguments: others can read those.

    Example: (umask 077; tally dsn --service >db.conf) && PGSERVICEFILE=db.conf psql service=tally
    """
    found = call.settings("postgres").postgres
    if reader:
        found = _of_reader(found)
    if service:
        typer.echo(_service(found))
    elif call.json:
        document({"postgres": found})
    else:
        typer.echo(found)


def _of_reader(dsn: str) -> str:
    """The same login, whose sessions begin as the role that reads."""
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from infra.event_store.directory import connect
    from projections.relations import READER

    with connect(dsn) as connection:
        row = connection.execute(MAY_BE, (READER,)).fetchone()
        if row is None:
            raise refuse("there are no read models yet: the projector makes them")
        if row != (True,):
            role = sql.Identifier(READER)
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    said = conninfo_to_dict(dsn).get("options") or ""
    return make_conninfo(dsn, options=f"{said} -c role={READER}".strip())


def _service(dsn: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    words = (f"{name}={value}" for name, value in conninfo_to_dict(dsn).items())
    return "\n".join(["[tally]", *words])
