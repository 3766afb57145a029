"""Row 2, as processes: a writer that stood still while another took its books is fenced."""

import signal
from pathlib import Path

from tests.integration.faults.given import (
    assert_sound,
    balances,
    gave_up,
    opened,
    outcomes,
    publish,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import running
from tests.integration.servers import Addresses

CENTS = 500
WAVE = 200


def test_a_writer_that_wakes_up_behind_another_one_gives_up(
    servers: Addresses, tmp_path: Path
) -> None:
    """In two groups, so that Kafka keeps neither of them from the other's books."""
    with running(servers, tmp_path, programs=("relay", "projector")) as system:
        older = start(system, "writer", Fault(group="older"), label="older")
        asked = publish(system, [*opened("a", "b", cents=CENTS), *transfers(range(WAVE), "ab")])
        until_relayed(system, asked)
        older.process.send_signal(signal.SIGSTOP)
        start(system, "writer", Fault(group="newer"), label="newer")
        asked += publish(system, transfers(range(WAVE, 2 * WAVE), "ab"))
        until_relayed(system, asked)
        older.process.send_signal(signal.SIGCONT)
        asked += publish(system, transfers(range(2 * WAVE, 3 * WAVE), "ab"))
        assert gave_up(system, "older").startswith("Fenced: main")
        until_relayed(system, asked)
        assert set(outcomes(system).values()) == {1}
        assert len(outcomes(system)) == asked
        assert_sound(system)
        assert balances(system) == 2 * CENTS
