"""Put a rebuilt read model in the place of the one that serves, in one transaction.

Shape: swap(connection, models, live, fresh). The old relations are dropped, the new ones move into
the schema that serves, with their comments, rights, positions and parked events; a model's build
number rises, so that whoever remembers rows of the old one forgets them.
Rules: the caller holds the gate, so no batch is being written. Whoever reads meanwhile waits for a
moment; a reader who has not finished in LOCK_TIMEOUT_MS is not interrupted: the swap gives up.
Errors: psycopg's LockNotAvailable (somebody reads), DependentObjectsStillExist (somebody has built
a view on the old relations): nothing has changed.
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import Cursor, sql

from projections.model import Model
from projections.positions import RELATIONS
from projections.schema import complete, drop

LOCK_TIMEOUT_MS = 5_000
MOVE = {
    "r": sql.SQL("ALTER TABLE {} SET SCHEMA {}"),
    "v": sql.SQL("ALTER VIEW {} SET SCHEMA {}"),
}
KINDS: Final = """SELECT relname, relkind::text FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relname = ANY(%s)"""
NOTED: Final = "SELECT relations, functions FROM {}.model WHERE model = %s"
BUILD: Final = "SELECT build FROM {}.model WHERE model = %s"
COPIES: Final = (
    """INSERT INTO {live}.model
SELECT model, version, %(build)s, relations, functions, built_at
FROM {fresh}.model WHERE model = %(model)s""",
    "INSERT INTO {live}.position SELECT * FROM {fresh}.position WHERE model = %(model)s",
    "INSERT INTO {live}.parked SELECT * FROM {fresh}.parked WHERE model = %(model)s",
)


def swap(connection: psycopg.Connection, models: Iterable[Model], *, live: str, fresh: str) -> None:
    """Put the fresh builds of models in the place of those that serve; the fresh schema is gone."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", (str(LOCK_TIMEOUT_MS),))
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(live)))
        complete(cursor, RELATIONS)  # Or what the fresh positions say more has no place.
        for model in models:
            replace(cursor, model.name, live=live, fresh=fresh)
        cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(fresh)))


def replace(cursor: Cursor, model: str, *, live: str, fresh: str) -> None:
    place = {"live": sql.Identifier(live), "fresh": sql.Identifier(fresh)}
    found = cursor.execute(sql.SQL(BUILD).format(place["live"]), (model,)).fetchone()
    noted = cursor.execute(sql.SQL(NOTED).format(place["fresh"]), (model,)).fetchone()
    assert noted is not None, "swapped in without being built"
    drop(cursor, model)
    relations, functions = noted
    kinds = dict(cursor.execute(KINDS, (fresh, relations)).fetchall())
    for relation in relations:
        name = sql.Identifier(fresh, relation)
        cursor.execute(MOVE[kinds[relation]].format(name, place["live"]))
    for function in functions:
        name = sql.Identifier(fresh, function)
        cursor.execute(sql.SQL("ALTER FUNCTION {} SET SCHEMA {}").format(name, place["live"]))
    values = {"model": model, "build": (found[0] if found else 0) + 1}
    for copy in COPIES:
        cursor.execute(sql.SQL(copy).format(**place), values)
