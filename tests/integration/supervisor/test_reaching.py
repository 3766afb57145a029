"""A program that is kept waiting by silence says that it waits, all the time."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
import structlog

from consumers.supervisor.hosting import host
from infra import heartbeat
from infra.heartbeat import RUNNING, WAITING, Heartbeat, beats
from infra.settings import Settings
from infra.stopping import Stop
from infra.telemetry import configure
from tests.integration.servers import Addresses

TRIES, LOOK_EVERY_S = 3, 0.05


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_try_that_lasts_longer_than_the_pause_before_it_is_no_running(
    servers: Addresses, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL takes connections and says nothing."""
    monkeypatch.setattr(heartbeat, "WAIT_RENEWED_S", 0.0)
    stop, seen = Stop(), set[str]()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Heartbeat(tmp_path, "relay", stop) as beat,
    ):
        settings = Settings(
            kafka=servers.kafka_bootstrap,
            registry=servers.registry_url,
            postgres=f"postgresql://tally@127.0.0.1:{silent.getsockname()[1]}/tally",
            topic_prefix=topic_prefix,
        )
        configure(as_json=True, on_waiting=beat.waiting)
        hosted = Thread(target=host, args=("relay", settings, stop, beat))
        hosted.start()
        kept = [silent.accept()]
        silent.settimeout(LOOK_EVERY_S)
        while len(kept) < TRIES:
            seen |= {each.state for each in beats(tmp_path)}
            with suppress(TimeoutError):
                kept.append(silent.accept())
        stop.set()
        for connection, _ in kept:
            connection.close()
        hosted.join()
    assert WAITING in seen
    assert RUNNING not in seen
