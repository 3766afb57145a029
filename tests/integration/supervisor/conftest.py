"""For each test a system of its own on which nothing of ours runs yet, and `tally` to start."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.integration import programs
from tests.integration.servers import Addresses
from tests.integration.upward import Start, said, starting


@pytest.fixture
def start(tmp_path: Path) -> Generator[Start]:
    with starting(tmp_path) as start:
        yield start


@pytest.fixture
def system(servers: Addresses, tmp_path: Path) -> Generator[dict[str, str]]:
    """Settings of a database and topics that nobody else has, on the shared servers."""
    folder = tmp_path / "system"
    folder.mkdir()
    with programs.running(servers, folder, programs=()) as made:
        yield said(made.settings)
