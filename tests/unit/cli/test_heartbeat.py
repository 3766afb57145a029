"""What programs say of themselves, and when that still counts."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra import heartbeat
from infra.heartbeat import FAILED, RUNNING, SILENT_S, STUCK_S, WAITING, Beat, Heartbeat, beats
from infra.stopping import Stop
from tests.unit.cli.calling import tally

PATIENCE_S = 30.0

SECOND_US = 1_000_000
HERE = socket.gethostname()


def now_us() -> int:
    return time.time_ns() // 1_000


def said(data: Path) -> Beat:
    (beat,) = beats(data)
    return beat


def until(data: Path, state: str) -> Beat:
    """The heartbeat's thread writes every second."""
    stop = Stop()
    for _ in range(1_000):
        found = [each for each in beats(data) if each.state == state]
        if found:
            return found[0]
        stop.wait(0.02)
    raise AssertionError(f"never {state}: {beats(data)}")


def test_a_program_says_how_it_is_and_leaves_nothing(tmp_path: Path) -> None:
    with Heartbeat(tmp_path, "writer", Stop()) as one:
        until(tmp_path, "starting")
        one.running()
        assert until(tmp_path, RUNNING).is_fresh(now_us())
        one.waiting("Kafka: down", pause_s=60.0)
        beat = until(tmp_path, WAITING)
        assert (beat.program, beat.pid, beat.why) == ("writer", os.getpid(), "Kafka: down")
    assert beats(tmp_path) == []


def test_one_that_gives_up_leaves_its_reason(tmp_path: Path) -> None:
    with Heartbeat(tmp_path, "writer", Stop()) as one:
        one.failed("restored to an older state")
    assert (said(tmp_path).state, said(tmp_path).why) == (FAILED, "restored to an older state")
    assert not said(tmp_path).is_fresh(now_us())
    called = tally("status", "--program", "writer", "--data", str(tmp_path))
    assert called.exit_code == 1
    assert "failed: restored to an older state" in called.stderr
    with Heartbeat(tmp_path, "writer", Stop()):
        assert until(tmp_path, "starting").why == ""


def test_a_wait_that_is_not_renewed_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "WAIT_RENEWED_S", 0.0)
    with Heartbeat(tmp_path, "relay", Stop()) as one:
        one.waiting("Kafka: down", pause_s=0.0)
        assert until(tmp_path, RUNNING).why == ""


def test_what_is_not_reached_yet_is_waited_for_however_long_a_try_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "WAIT_RENEWED_S", 0.0)
    with Heartbeat(tmp_path, "relay", Stop()) as one:
        one.waiting("PostgreSQL: gone", pause_s=60.0)
        one.reaching()
        one.waiting("the registry: no answer", pause_s=0.0)
        before = until(tmp_path, WAITING)
        patience_s = time.monotonic() + PATIENCE_S
        while said(tmp_path).written_at_us == before.written_at_us:
            assert time.monotonic() < patience_s, "it is not written again"
        assert said(tmp_path).state == WAITING
        one.running()
        until(tmp_path, RUNNING)
        one.waiting("a book", pause_s=0.0)
        assert until(tmp_path, RUNNING).why == ""


def test_a_health_check_is_0_for_a_live_program(tmp_path: Path) -> None:
    with Heartbeat(tmp_path, "relay", Stop()) as one:
        one.running()
        until(tmp_path, RUNNING)
        called = tally("status", "--program", "relay", "--data", str(tmp_path), "--json")
    assert called.exit_code == 0
    assert '"state": "running"' in called.stdout


@pytest.mark.parametrize(
    ("age_us", "idle_us", "state", "fresh"),
    [
        (0, 0, RUNNING, True),
        (0, 0, WAITING, True),
        (0, 0, FAILED, False),
        (int(SILENT_S * SECOND_US) - 1, 0, RUNNING, True),
        (int(SILENT_S * SECOND_US), 0, RUNNING, False),
        (0, int(STUCK_S * SECOND_US) - 1, RUNNING, True),
        (0, int(STUCK_S * SECOND_US), RUNNING, False),
    ],
)
def test_a_beat_counts_while_it_is_fresh_and_its_loop_turns(
    age_us: int, idle_us: int, *, state: str, fresh: bool
) -> None:
    at_us = 10**15
    beat = Beat("writer", os.getpid(), HERE, state, "", 0, at_us - age_us, at_us - idle_us)
    assert beat.is_fresh(at_us) is fresh


def test_a_process_that_is_gone_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    at_us = 10**15
    assert not Beat("writer", process.pid, HERE, RUNNING, "", 0, at_us, at_us).is_fresh(at_us)
    assert Beat("writer", process.pid, "elsewhere", RUNNING, "", 0, at_us, at_us).is_fresh(at_us)
