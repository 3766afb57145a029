"""Signals: the first one asks, the second one does not ask again."""

import os
import signal
import subprocess
import sys
from threading import Event

import pytest

from infra.stopping import Stop, stopping

PROGRAM = """
import signal, sys
from infra.stopping import stopping
with stopping() as stop:
    print("up", flush=True)
    stop.wait()
    print("asked", flush=True)
    if "stuck" in sys.argv:
        while True:
            signal.pause()
"""


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_a_program_finish(number: signal.Signals) -> None:
    with started() as process:
        process.send_signal(number)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        assert process.wait() == 0


def test_the_second_signal_ends_it() -> None:
    with started("stuck") as process:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 128 + signal.SIGINT


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
