"""`tally up`: what dies is started again, and when it ends, whatever way, nothing is left."""

import json
import os
import signal

from infra.embedded import data
from infra.heartbeat import RUNNING
from tests.integration.processes import Watch
from tests.integration.upward import Start, publish
from tests.unit.cli.calling import tally

GONE_WITHIN_S = 60.0
PROGRAMS = {"writer", "relay", "projector", "intake"}


def test_a_killed_program_is_started_again_and_all_stop_in_order(
    start: Start, system: dict[str, str]
) -> None:
    up = start("up", "--json", **system)
    assert up.ready()["kafka"] == system["kafka"]
    assert set(up.beats()) >= PROGRAMS
    before = up.pids()
    for name in ("writer", "relay"):
        os.kill(before[name], signal.SIGKILL)

    def again() -> bool | None:
        beats = up.beats()
        new = [beats[each] for each in ("writer", "relay") if each in beats]
        started = [each for each in new if each.pid != before[each.program]]
        return True if [each.state for each in started] == [RUNNING, RUNNING] else None

    up.until(again, "started again")
    children = up.beats()["supervisor"].facts["children"]
    assert {name: child["restarts"] for name, child in children.items()} == {
        "writer": 1,
        "relay": 1,
        "projector": 0,
        "intake": 0,
    }
    assert publish(up, key="k1") == "accepted"
    status = tally("status", "--json", "--data", str(up.data))
    assert {each["beat"]["program"] for each in json.loads(status.stdout)["programs"]} == {
        *PROGRAMS,
        "supervisor",
    }
    with Watch(up.pids().values()) as watch:
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(GONE_WITHIN_S) == 0
        assert watch.gone(GONE_WITHIN_S)
    assert up.logged("stopped") == ["intake", "writer", "relay", "projector"]
    assert up.beats() == {}
    assert "nothing runs under" in publish(up, key="k2")


def test_a_killed_supervisor_takes_all_with_it(start: Start, system: dict[str, str]) -> None:
    up = start("up", "--json", **system)
    up.ready()
    with Watch(up.pids().values()) as watch:
        up.process.kill()
        up.process.wait()
        assert watch.gone(GONE_WITHIN_S)
    held = data.take(up.data)  # Waits until the keeper, too, is gone.
    held.release()
    assert "nothing runs under" in publish(up, key="k1")


def test_everything_embedded_survives_a_crash_and_a_new_start(start: Start) -> None:
    up = start("up", "--json")
    up.ready()
    assert publish(up, key="k1", wallet_id="first") == "accepted"
    before = up.pids()
    with Watch([before["postgres"]]) as watch:
        os.kill(before["postgres"], signal.SIGKILL)
        assert watch.gone(GONE_WITHIN_S)
    up.until(lambda: up.pids()["postgres"] != before["postgres"] or None, "PostgreSQL again")
    assert publish(up, key="k2", wallet_id="second") == "accepted"
    with Watch(up.pids().values()) as watch:
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(GONE_WITHIN_S) == 0
        assert watch.gone(GONE_WITHIN_S)

    again = start("up", "--json")
    again.ready()
    assert publish(again, key="k3", wallet_id="first") == "refused"
    events = tally("events", "--json", "--data", str(again.data)).stdout.splitlines()
    assert [json.loads(each)["aggregate_id"] for each in events] == ["first", "second"]
    with Watch(again.pids().values()) as watch:
        again.process.kill()
        assert watch.gone(GONE_WITHIN_S)
