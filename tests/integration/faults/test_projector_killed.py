"""Row 4: the projector is killed amid a batch. What a model holds is what its position says."""

from pathlib import Path

import psycopg
from psycopg import sql

from consumers.projector import log_reader
from infra.event_store import directory
from projections.models import all_models, event_models
from projections.schema import LIVE, prepare
from tests.integration.faults.given import (
    Raw,
    assert_sound,
    died,
    opened,
    publish,
    put,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.read_side import apply
from tests.integration.servers import Addresses

POINTS = ("projector_before_move", "projector_before_commit", "projector_after_commit")
WAVE = 50
ANEW = "anew"  # A schema where everything is folded from the log.


def held(connection: psycopg.Connection, schema: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the models that are fed with events."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for model in event_models():
        for relation in model.relations.compared:
            table = sql.Identifier(schema, relation)
            query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(table)
            found[relation] = connection.execute(query).fetchall()
    return found


def assert_agree(system: System) -> int:
    """Models and positions; how far they are."""
    with psycopg.connect(system.settings.postgres) as connection:
        rows = connection.execute(
            "SELECT DISTINCT sequence FROM read.position WHERE model <> 'commands'"
        ).fetchall()
        assert len(rows) <= 1, "they move together"
        sequence = int(rows[0][0]) if rows else 0
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(ANEW)))
        connection.commit()
        prepare(connection, all_models(), schema=ANEW)
        (book,) = directory.list_books(system.settings.postgres)
        with psycopg.connect(system.settings.postgres) as reading:
            log = list(log_reader.read(reading, book, after=0, to=sequence))
        connection.commit()
        apply(connection, log, schema=ANEW)
        assert held(connection, LIVE) == held(connection, ANEW)
    return sequence


def test_a_projector_killed_in_a_batch_agrees_with_its_position(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path) as system:
        asked = publish(system, opened("a", "b", cents=WAVE))
        standing: list[int] = []
        for wave, point in enumerate(POINTS):
            numbers = range(wave * WAVE, wave * WAVE + WAVE)
            asked += publish(system, transfers(numbers, ("a", "b")))
            until_relayed(system, asked)
            start(system, "projector", Fault(point, group=f"projector-{point}"))
            died(system, "projector")
            standing.append(assert_agree(system))
        assert standing[:2] == [0, 0]
        assert standing[2] > 0
        start(system, "projector")
        assert system.caught_up("ledger") == assert_agree(system)
        assert_sound(system)


def test_dead_letters_are_kept_through_a_kill(servers: Addresses, tmp_path: Path) -> None:
    with running(servers, tmp_path) as system:
        put(system, [Raw(b"garbage %d" % number) for number in range(20)])
        asked = publish(system, opened("a"))
        until_relayed(system, asked)
        start(system, "projector", Fault("projector_after_dead_letters", group="first"))
        died(system, "projector")
        start(system, "projector")
        with system.connect() as connection:
            count = "SELECT count(DISTINCT value), count(*) FROM read.dead_letters"
            system.until(
                lambda: connection.execute(count).fetchone() == (20, 20) or None, "all of them"
            )
