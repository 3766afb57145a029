"""Signals: the first one asks, the second one does not ask again."""

import os
import signal
import subprocess
import sys
from threading import Event

import pytest

from infra.stopping import Stop, stopping

PROGRAM = """
import os, signal, sys
from infra import stopping
stopping.AT_ONCE_S = float(sys.argv[2])
with stopping.stopping() as stop:
    print("up", flush=True)
    stop.wait()
    print("asked", flush=True)
    if sys.argv[1] == "asked again":
        os.kill(os.getpid(), signal.SIGTERM)
    while sys.argv[1] == "stuck":
        signal.pause()
"""


def started(how: str, at_once_s: float = 0.5) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, how, str(at_once_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_a_program_finish(number: signal.Signals) -> None:
    with started("well") as process:
        process.send_signal(number)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        assert process.wait() == 0


def test_the_second_signal_ends_it() -> None:
    with started("stuck", at_once_s=0.0) as process:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 128 + signal.SIGINT


@pytest.mark.parametrize(("at_once_s", "status"), [(3_600.0, 0), (0.0, 128 + signal.SIGTERM)])
def test_two_signals_at_once_are_one(at_once_s: float, status: int) -> None:
    with started("asked again", at_once_s) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == status


def test_handlers_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stopping() as stop:
        assert signal.getsignal(signal.SIGTERM) != before[1]
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(60.0)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_looking_at_it_is_a_turn() -> None:
    stop = Stop()
    for look in (stop.is_set, lambda: stop.wait(0.0)):
        stop.looked_at_s = 0.0
        assert not look()
        assert stop.looked_at_s > 0.0
    assert isinstance(stop, Event)
