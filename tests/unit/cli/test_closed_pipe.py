"""Whoever reads our output may go before its end: that is no refusal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.application import CLOSED_PIPE

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "unit" / "providers" / "samples" / "nacha" / "moov-io_ach__return-WEB.ach"


@pytest.mark.parametrize(
    "words",
    [
        ["settlement", "parse", str(FILE), "--lines", "--json"],
        ["settlement", "parse", str(FILE)],  # A table.
        ["settlement", "formats"],
        ["version"],
    ],
    ids=" ".join,
)
def test_a_reader_who_has_gone_is_no_refusal(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    called = [sys.executable, "-m", "tallystick", *words]
    try:
        ended = subprocess.run(
            called, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False, text=True
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (CLOSED_PIPE, "")
