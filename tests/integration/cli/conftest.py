"""A system for each file of commands, and a caller of `tally` on it."""

from collections.abc import Generator

import pytest

from tests.integration import programs
from tests.integration.cli.calls import Call, caller, play
from tests.integration.programs import System
from tests.integration.servers import Addresses


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    """Writer, relay and projector on a database and topics of this file's own."""
    folder = tmp_path_factory.mktemp("cli")
    with programs.running(servers, folder, programs=("writer", "relay", "projector")) as system:
        yield system


@pytest.fixture(scope="module")
def call(system: System) -> Call:
    return caller(system)


@pytest.fixture(scope="module")
def played(system: System, call: Call) -> str:
    return play(system, call, "played")
